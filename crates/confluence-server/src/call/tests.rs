use confluence_tools::{Failure, FailureKind};
use serde_json::json;

use super::{operation, present};

#[test]
fn only_known_names_are_logged() {
    let arguments = |action: &str| json!({ "action": action }).as_object().cloned().unwrap();
    let found = |name, action| operation(name, &arguments(action)).map(|it| it.instruction);
    assert_eq!(found("pages", "getBody"), Some("getPageBody"));
    assert_eq!(found("listPages", ""), Some("listPages"));
    assert_eq!(found("pages", "secret"), None);
    assert_eq!(found("secret", "list"), None);
}

#[test]
fn a_failure_has_one_text_and_nothing_else() {
    let result = present(Err(Failure::new(FailureKind::NotFound, "gone")));
    let expected = json!({ "resultType": "complete", "content": [{ "type": "text", "text": "gone" }], "isError": true });
    assert_eq!(serde_json::to_value(result).unwrap(), expected);
}
