use clap::Command;
use serde_json::{Value, json};

use super::{CommandCall, add_commands, command_name, read_call};
use crate::OPERATIONS;

fn command() -> Command {
    add_commands(Command::new("test"))
}

#[track_caller]
fn call(line: &[&str]) -> CommandCall {
    let matches = command().try_get_matches_from([&["test"], line].concat()).unwrap();
    read_call(&matches).unwrap().expect("it is a tool")
}

#[track_caller]
fn check(line: &[&str], instruction: &str, arguments: &Value) {
    let call = call(line);
    assert_eq!(call.operation.instruction, instruction);
    let mut got = Value::Object(call.arguments);
    without_nothing(&mut got);
    assert_eq!(&got, arguments);
}

/// Leaves out what was not given, which is spelled as null or an empty list.
fn without_nothing(value: &mut Value) {
    match value {
        Value::Object(object) => {
            object.values_mut().for_each(without_nothing);
            object.retain(|_, it| !it.is_null() && *it != json!([]) && *it != json!(false));
        }
        Value::Array(items) => items.iter_mut().for_each(without_nothing),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn every_operation_is_a_sub_command() {
    let mut root = command();
    root.build();
    root.clone().debug_assert();
    for operation in OPERATIONS {
        let tool = root.find_subcommand(operation.tool).unwrap();
        let action = tool.find_subcommand(command_name(operation.action));
        let action = action.unwrap_or_else(|| panic!("{}", operation.instruction));
        assert!(action.get_about().is_some(), "{}", operation.instruction);
        for argument in action.get_arguments() {
            assert!(argument.get_help().is_some(), "{} {argument}", operation.instruction);
        }
    }
}

#[test]
fn what_is_wrong_is_refused_before_there_is_a_call() {
    for line in [
        &["pages", "get"][..],
        &["pages", "get", "../admin"],
        &["pages", "list", "--limit=many"],
        &["pages", "list", "--sort=color"],
        &["pages", "update", "1", "--message=m"],
        &["labels", "add-to-page", "1"],
        &["pages", "getBody", "1"],
    ] {
        assert!(command().try_get_matches_from([&["test"], line].concat()).is_err(), "{line:?}");
    }
}

#[test]
fn flags_become_the_arguments_of_the_instruction() {
    check(
        &["pages", "list", "--space-id=1,2", "--sort=-title", "--limit=5"],
        "listPages",
        &json!({ "spaceId": ["1", "2"], "sort": "-title", "limit": 5 }),
    );
    check(
        &["pages", "get", "7", "--get-draft", "--version=3"],
        "getPage",
        &json!({ "id": "7", "getDraft": true, "version": 3 }),
    );
    check(&["spaces", "list", "--type=global"], "listSpaces", &json!({ "type": "global" }));
    check(&["search", "cql", "text ~ x"], "searchCql", &json!({ "cql": "text ~ x" }));
}

#[test]
fn flags_become_a_body() {
    check(
        &["pages", "update", "7", "--title=T", "--body=-x", "--version-number=4", "--message=m"],
        "updatePage",
        &json!({ "id": "7", "body": {
            "title": "T",
            "body": { "representation": "storage", "value": "-x" },
            "version": { "number": 4, "message": "m" },
        } }),
    );
    check(
        &["labels", "add-to-page", "7", "a", "my:b", "c:d"],
        "addPageLabel",
        &json!({ "id": "7", "body": [
            { "name": "a" }, { "prefix": "my", "name": "b" }, { "name": "c:d" },
        ] }),
    );
}

#[test]
fn content_can_be_given_afterwards() {
    let mut comment = call(&["comments", "add-footer", "--page-id=7"]);
    comment.set_content("<p/>".to_owned());
    let content = json!({ "representation": "storage", "value": "<p/>" });
    assert_eq!(comment.arguments["body"]["body"], content);
    let mut page = call(&["pages", "create", "--representation=atlas_doc_format"]);
    page.set_content("{}".to_owned());
    assert_eq!(
        page.arguments["body"]["body"],
        json!({ "representation": "atlas_doc_format", "value": "{}" })
    );
}
