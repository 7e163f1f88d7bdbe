//! Clients that keep to the rules, and others.

use super::*;
use crate::process;
use crate::workspace::Workspace;

/// A client in the words of the shell.
fn client(script: &str) -> Result<Client> {
    let mut command = process::program(&Workspace::this(), "sh");
    Client::start(command.args(["-c", script]))
}

#[test]
fn a_client_that_does_not_connect_is_an_error() {
    let error = client("exit 1").unwrap_err();
    assert!(format!("{error:#}").starts_with("it did not connect: "), "{error:#}");
    let error = client("echo nonsense").unwrap_err();
    assert!(format!("{error:#}").contains("the client said nonsense"), "{error:#}");
}

#[test]
fn an_error_of_the_sdk_is_no_answer() {
    let mut client = client(r#"echo '{}'; read line; echo '{"error":{"code":-32602}}'"#).unwrap();
    let error = client.call("pages", &json!({})).unwrap_err();
    assert!(error.to_string().ends_with(r#"failed: {"error":{"code":-32602}}"#), "{error}");
    client.finish().unwrap();
}

#[test]
fn the_end_must_be_a_good_one() {
    let error = client("echo '{}'; read line; exit 3").unwrap().finish().unwrap_err();
    assert!(error.to_string().contains("exit status: 3"), "{error}");
    let error = client("echo '{}'; read line; echo '{}'").unwrap().finish().unwrap_err();
    assert!(error.to_string().contains("was not asked"), "{error}");
}

#[test]
fn an_answer_is_what_was_expected_or_an_error() {
    let text = json!([{ "type": "text", "text": "Done." }]);
    let plain = Answer(json!({ "content": text, "isError": false }));
    assert_eq!(plain.text().unwrap(), "Done.");
    assert!(plain.failure().is_err());
    assert!(plain.structured().is_err());

    let failed = Answer(json!({ "content": text, "isError": true }));
    assert_eq!(failed.failure().unwrap(), "Done.");
    assert!(failed.text().is_err());

    let both = json!({ "content": text, "structuredContent": { "id": "1" }, "isError": false });
    let both = Answer(both);
    assert_eq!(both.structured().unwrap(), &json!({ "id": "1" }));
    assert!(both.text().is_err());

    let silent = Answer(json!({ "content": [], "isError": false }));
    assert!(silent.text().is_err());
}
