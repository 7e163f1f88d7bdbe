use bytes::Bytes;

use super::{is_bare_not_found, message};

#[track_caller]
fn check(body: &str, expected: Option<&str>) {
    assert_eq!(message(&Bytes::copy_from_slice(body.as_bytes())).as_deref(), expected, "{body}");
}

#[test]
fn every_layer_of_confluence_is_understood() {
    check(
        r#"{"errors":[{"status":404,"code":"NOT_FOUND","title":"Cannot find a page with id [9]","detail":null}]}"#,
        Some("Cannot find a page with id [9]"),
    );
    check(
        r#"{"errors":[{"status":"400","title":"A page with this title already exists","detail":"A page already exists with the same TITLE in this space"}]}"#,
        Some(
            "A page with this title already exists: A page already exists with the same TITLE in this space",
        ),
    );
    check(r#"{"errors":[{"title":"one"},{"title":"two","detail":"two"}]}"#, Some("one; two"));
    check(
        r#"{"statusCode":400,"data":{"authorized":true},"message":"com.atlassian.confluence.api.service.exceptions.api.BadRequestException: Could not parse cql : type ="}"#,
        Some("Could not parse cql : type ="),
    );
    check(
        r#"{"code":401,"message":"Unauthorized; scope does not match"}"#,
        Some("Unauthorized; scope does not match"),
    );
}

#[test]
fn markup_and_unknown_shapes_give_no_message() {
    check("", None);
    check("<html><body>502 Bad Gateway</body></html>", None);
    check(r#"{"unknown":"field"}"#, None);
    check(r#"{"message":{"nested":true}}"#, None);
    check(r#"{"errors":[]}"#, None);
    check(r#"{"errors":null,"message":"  "}"#, None);
    check(r#"{"message":"upstream said <html><script>x</script>"}"#, Some("upstream said"));
    check(r#"{"message":"upstream said <HTML><SCRIPT>x</SCRIPT>"}"#, Some("upstream said"));
    check(r#"{"message":"é <!doctype html>"}"#, Some("é"));
    check(r#"{"message":"<p> must end with </p>"}"#, Some("<p> must end with </p>"));
    check(r#""just a string""#, None);
    check("[1,2]", None);
}

#[test]
fn control_characters_are_removed_and_length_is_bounded() {
    check("{\"message\":\"a\\u001b[31mb\\nc\"}", Some("a [31mb c"));
    check(r#"{"message":"a\u202eb\u200f\ufeffc"}"#, Some("a b c"));
    let long = format!(r#"{{"message":"{}"}}"#, "é".repeat(5_000));
    assert_eq!(message(&Bytes::from(long)).unwrap().chars().count(), 1_001);
}

#[test]
fn only_a_404_that_names_nothing_is_bare() {
    let bare = |text: &'static str| is_bare_not_found(&Bytes::from_static(text.as_bytes()));
    assert!(bare(
        r#"{"errors":[{"status":404,"code":"NOT_FOUND","title":"Not Found","detail":null}]}"#
    ));
    assert!(bare(" "));
    assert!(!bare(
        r#"{"errors":[{"status":404,"code":"NOT_FOUND","title":"Cannot find a page with id [9]","detail":null}]}"#
    ));
    assert!(!bare(r#"{"errors":[{"title":"Not Found","detail":"space 1"}]}"#));
    assert!(!bare("<html>"));
    assert!(!bare(r#"{"statusCode":404,"message":"Not Found"}"#));
}
