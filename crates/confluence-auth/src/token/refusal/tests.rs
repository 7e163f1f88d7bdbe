use http::StatusCode;

use super::{TokenError, Unanswered, code, sort};

fn of(status: u16, body: &str) -> TokenError {
    sort(StatusCode::from_u16(status).unwrap(), None, body.as_bytes())
}

#[test]
fn only_what_is_known_to_be_final_is_final() {
    for (status, body) in [
        (403, r#"{"error":"unauthorized_client","error_description":"refresh_token is invalid"}"#),
        (403, r#"{"error":"invalid_grant"}"#),
        (400, r#"{"error":"invalid_grant"}"#),
        (403, r#"{"error":"refresh_token is invalid"}"#),
        (403, r#"{"message":"refresh_token is invalid"}"#),
        (403, r#"{"error":{"a":1},"error_description":"refresh_token is invalid"}"#),
    ] {
        assert!(matches!(of(status, body), TokenError::Refused { .. }), "{status} {body}");
    }
    for (status, body) in [
        (403, ""),
        (403, "{}"),
        (403, "null"),
        (403, "[]"),
        (403, "\"invalid_grant\""),
        (403, r#"{"error":null}"#),
        (403, r#"{"error":["invalid_grant"]}"#),
        (403, "<html>invalid_grant</html>"),
        (500, r#"{"error":"invalid_grant"}"#),
        (503, r#"{"error":"unauthorized_client"}"#),
        (429, r#"{"error":"invalid_grant"}"#),
        (404, r#"{"error":"invalid_grant"}"#),
        (302, ""),
    ] {
        assert!(matches!(of(status, body), TokenError::Unavailable(_)), "{status} {body}");
    }
    assert!(matches!(of(401, r#"{"error":"invalid_grant"}"#), TokenError::Client { .. }));
}

#[test]
fn a_failure_is_told_by_status_and_code_and_never_by_its_text() {
    let error = of(403, r#"{"error":"invalid_grant","error_description":"token s3cret-1 is bad"}"#);
    assert_eq!(error.to_string(), "the grant is refused: 403 invalid_grant");
    assert!(!format!("{error:?}").contains("s3cret"));
    let error = of(503, r#"{"error":"<b>s3cret</b>"}"#);
    let TokenError::Unavailable(source @ Unanswered::Status { .. }) = error else { panic!() };
    assert_eq!(source.to_string(), "it answered with status 503");
}

#[test]
fn a_code_is_a_short_word() {
    assert_eq!(code("access_denied"), Some("access_denied"));
    for text in ["", "a b", "a\n", "<b>", "é", &"a".repeat(65)] {
        assert_eq!(code(text), None, "{text}");
    }
}
