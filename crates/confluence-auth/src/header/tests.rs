use http::HeaderValue;
use secrecy::SecretString;

use super::{InvalidCredential, MAX_LENGTH, basic, bearer};

fn text(header: &Result<HeaderValue, InvalidCredential>) -> &str {
    header.as_ref().unwrap().to_str().unwrap()
}

#[test]
fn nothing_can_be_smuggled_into_the_header() {
    for token in [
        "s3cr\r\nX-Evil: 1",
        "s3cr\nen",
        "s3cr\0en",
        "s3cr en",
        "s3cr\ten",
        "s3cr\u{7f}en",
        "s3cröt",
        "s3cr\u{200b}en",
        "s3cr\u{a0}en",
        "“s3cret”",
    ] {
        let secret = SecretString::from(token);
        let errors = [bearer(&secret).unwrap_err(), basic("a@example.com", &secret).unwrap_err()];
        for error in errors {
            let shown = format!("{error} {error:?}");
            assert!(!shown.contains("s3cr"), "{shown}");
        }
    }
}

#[test]
fn nothing_is_no_credential() {
    for token in ["", " ", "\n", "\r\n\t"] {
        let secret = SecretString::from(token);
        assert_eq!(bearer(&secret).unwrap_err().to_string(), "the access token is empty");
        let error = basic("a@example.com", &secret).unwrap_err();
        assert_eq!(error.to_string(), "the API token is empty");
    }
    let token = SecretString::from("token");
    assert_eq!(basic(" ", &token).unwrap_err().to_string(), "the email is empty");
}

#[test]
fn a_length_that_no_server_takes_is_refused() {
    let long = SecretString::from("t".repeat(MAX_LENGTH + 1));
    assert_eq!(bearer(&long).unwrap_err().to_string(), "the access token is too long");
    assert!(bearer(&SecretString::from("t".repeat(MAX_LENGTH))).is_ok());
    let email = "e".repeat(MAX_LENGTH + 1);
    assert!(basic(&email, &SecretString::from("token")).is_err());
}

#[test]
fn an_email_cannot_move_the_border_to_the_token() {
    for email in ["a:b@example.com", "a b@example.com", "a\n@example.com", "a\0@example.com"] {
        assert!(basic(email, &SecretString::from("token")).is_err(), "{email:?}");
    }
}

#[test]
fn white_space_around_pasted_secrets_is_dropped() {
    assert_eq!(text(&bearer(&SecretString::from(" token\r\n"))), "Bearer token");
    let header = basic(" a@example.com\n", &SecretString::from("token\n"));
    // `a@example.com:token`
    assert_eq!(text(&header), "Basic YUBleGFtcGxlLmNvbTp0b2tlbg==");
}

#[test]
fn an_email_outside_of_ascii_is_sent_as_utf8() {
    let header = basic("jürgen@example.com", &SecretString::from("t"));
    assert_eq!(text(&header), "Basic asO8cmdlbkBleGFtcGxlLmNvbTp0");
}

#[test]
fn headers_are_marked_as_sensitive() {
    let token = SecretString::from("token");
    for header in [bearer(&token).unwrap(), basic("a@example.com", &token).unwrap()] {
        assert!(header.is_sensitive());
        assert_eq!(format!("{header:?}"), "Sensitive");
    }
}
