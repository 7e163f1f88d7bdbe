use serde_json::{Map, Value, json};

use crate::{Surface, catalog};

/// Bytes that the eight tools may take in a `tools/list` answer, leaving room for their annotations and
/// the envelope.
const BUDGET: usize = 8_290;

#[test]
fn each_tool_has_the_schema_that_clients_see() {
    for tool in catalog() {
        insta::assert_json_snapshot!(tool.name, tool.schema(&Surface::default()).unwrap());
    }
}

#[test]
fn the_schemas_fit_the_budget() {
    let listed: Vec<Value> = catalog()
        .iter()
        .map(|tool| {
            let schema = tool.schema(&Surface::default());
            json!({ "name": tool.name, "description": tool.description, "inputSchema": schema })
        })
        .collect();
    let bytes = json!({ "tools": listed }).to_string().len();
    assert!(bytes <= BUDGET, "{bytes} bytes");
}

#[test]
fn no_schema_holds_what_some_client_refuses() {
    for tool in catalog() {
        let schema = tool.schema(&Surface::default()).unwrap();
        assert_eq!(schema["type"], "object");
        assert!(!schema.contains_key("additionalProperties"), "{}", tool.name);
        walk(tool.name, &Value::Object(schema));
        assert!(tool.description.len() <= 1_024);
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte == b'_';
        assert!(tool.name.bytes().all(plain) && tool.name.len() <= 64, "{}", tool.name);
    }
}

fn walk(path: &str, schema: &Value) {
    let object = schema.as_object().unwrap_or_else(|| panic!("{path} is not an object"));
    for banned in ["oneOf", "anyOf", "allOf", "not", "$ref", "$defs", "$schema", "format", "const"]
    {
        assert!(!object.contains_key(banned), "{path} has {banned}");
    }
    let kind = object["type"].as_str().unwrap_or_else(|| panic!("{path} has no single type"));
    if let Some(text) = object.get("description") {
        assert!(text.as_str().unwrap().len() <= 1_024, "{path}");
    }
    if kind == "array" {
        walk(&format!("{path}[]"), &object["items"]);
    }
    let properties = object.get("properties").and_then(Value::as_object);
    for (name, property) in properties.into_iter().flatten() {
        walk(&format!("{path}.{name}"), property);
    }
    assert!(kind != "object" || properties.is_some(), "{path} has no properties");
}

fn properties(surface: &Surface, tool: &str) -> Map<String, Value> {
    let tool = catalog().iter().find(|it| it.name == tool).unwrap();
    tool.schema(surface).unwrap()["properties"].as_object().unwrap().clone()
}

/// The actions of a tool, each with its arguments.
fn tool_actions(tool: &crate::Tool) -> Vec<(&'static str, Vec<String>)> {
    let surface = Surface::default();
    let operations = surface.operations(tool.name);
    operations
        .map(|operation| {
            let action = tool.arguments(operation.action).unwrap();
            (operation.action, action)
        })
        .collect()
}

#[test]
fn the_action_comes_first_and_each_argument_names_its_actions() {
    for tool in catalog() {
        let properties = properties(&Surface::default(), tool.name);
        assert_eq!(properties.keys().next().unwrap(), "action");
        let actions: Vec<_> = properties["action"]["enum"].as_array().unwrap().clone();
        for (name, property) in &properties {
            if name == "action" || name == "outputFormat" {
                continue;
            }
            let takers: Vec<_> =
                tool_actions(tool).into_iter().filter(|it| it.1.contains(name)).collect();
            if takers.len() == actions.len() {
                continue;
            }
            let text = property["description"].as_str().unwrap();
            let named = text.split(": ").next().unwrap();
            let takers: Vec<_> = takers.into_iter().map(|it| it.0).collect();
            assert_eq!(named, takers.join(", "), "{} {name}", tool.name);
        }
    }
}

#[test]
fn a_read_only_surface_shows_no_write_action_and_no_argument_of_one() {
    let surface = Surface { read_only: true, ..Surface::default() };
    let pages = properties(&surface, "pages");
    assert_eq!(pages["action"]["enum"], json!(["list", "get", "getBody"]));
    for gone in ["body", "edits", "allowLoss", "purge", "draft"] {
        assert!(!pages.contains_key(gone), "{gone}");
    }
    assert!(catalog().iter().all(|tool| tool.hints(&surface).read_only));
}

#[test]
fn a_tool_without_any_action_disappears() {
    let surface = Surface { granted: Some(vec![]), ..Surface::default() };
    assert!(catalog().iter().all(|tool| tool.schema(&surface).is_none()));
}

#[test]
fn hints_are_those_of_the_contract() {
    let hints = |name: &str| {
        let tool = catalog().iter().find(|it| it.name == name).unwrap();
        let hints = tool.hints(&Surface::default());
        (hints.read_only, hints.destructive)
    };
    for name in ["spaces", "search", "content", "attachments", "versions"] {
        assert_eq!(hints(name), (true, false), "{name}");
    }
    assert_eq!(hints("comments"), (false, false));
    assert_eq!(hints("labels"), (false, false));
    assert_eq!(hints("pages"), (false, true));
}
