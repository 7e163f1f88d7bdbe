use std::collections::BTreeSet;

use confluence_tools::Surface;
use serde_json::Value;

use super::tools_list;

fn tools() -> Vec<Value> {
    tools_list(&Surface::default())["tools"].as_array().unwrap().clone()
}

/// Every object of a JSON value, with the path to it.
fn objects<'a>(path: &str, value: &'a Value, found: &mut Vec<(String, &'a Value)>) {
    match value {
        Value::Object(object) => {
            found.push((path.to_owned(), value));
            for (name, inner) in object {
                objects(&format!("{path}/{name}"), inner, found);
            }
        }
        Value::Array(items) => {
            for (index, inner) in items.iter().enumerate() {
                objects(&format!("{path}/{index}"), inner, found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn the_whole_answer_stays_within_its_budget() {
    let bytes = tools_list(&Surface::default()).to_string().len();
    assert!(bytes <= 9_000, "{bytes} bytes");
}

#[test]
fn no_schema_has_what_some_client_refuses() {
    // Anthropic and OpenAI refuse unions at the root, Gemini and VS Code references and drafts.
    let banned = [
        "oneOf",
        "anyOf",
        "allOf",
        "not",
        "$ref",
        "$defs",
        "$schema",
        "definitions",
        "format",
        "const",
        "default",
        "additionalProperties",
        "nullable",
    ];
    for tool in tools() {
        let mut found = Vec::new();
        objects(tool["name"].as_str().unwrap(), &tool["inputSchema"], &mut found);
        for (path, object) in found {
            // Below `properties` stand names, which may be any word.
            if path.ends_with("/properties") {
                continue;
            }
            for key in banned {
                assert!(object.get(key).is_none(), "{path} has {key}");
            }
            assert!(object["type"].is_string(), "{path} has no single type");
            if object["type"] == "array" {
                assert!(object["items"].is_object(), "{path} has no items");
            }
            if object["type"] == "object" {
                assert!(object["properties"].is_object(), "{path} has no properties");
            }
            let words = object.get("enum").and_then(Value::as_array).into_iter().flatten();
            assert!(words.into_iter().all(Value::is_string), "{path} has a word that is no text");
        }
    }
}

#[test]
fn every_schema_is_one_flat_object_that_begins_with_the_action() {
    for tool in tools() {
        let schema = &tool["inputSchema"];
        assert_eq!(schema["type"], "object", "{tool}");
        let properties = schema["properties"].as_object().unwrap();
        assert_eq!(properties.keys().next().map(String::as_str), Some("action"));
        assert!(!properties["action"]["enum"].as_array().unwrap().is_empty());
        let required: Vec<_> =
            schema["required"].as_array().unwrap().iter().map(|it| it.as_str().unwrap()).collect();
        assert_eq!(required.first(), Some(&"action"));
        assert!(required.iter().all(|name| properties.contains_key(*name)), "{tool}");
        for injected in ["context_id", "agent_id", "user_id", "attachment_urls"] {
            assert!(!properties.contains_key(injected), "{tool}");
        }
    }
}

#[test]
fn names_and_descriptions_are_what_every_client_takes() {
    let mut names = BTreeSet::new();
    for tool in tools() {
        let name = tool["name"].as_str().unwrap().to_owned();
        assert!((1..=64).contains(&name.len()), "{name}");
        assert!(name.bytes().all(|it| it.is_ascii_lowercase() || it == b'_'), "{name}");
        assert!(names.insert(name.clone()), "{name} is there twice");
        assert!(tool.get("outputSchema").is_none(), "{name}");
        let mut found = Vec::new();
        objects(&name, &tool, &mut found);
        for (path, object) in found {
            if let Some(description) = object.get("description").and_then(Value::as_str) {
                assert!(description.chars().count() <= 1024, "{path}");
            }
        }
    }
}

#[test]
fn annotations_are_explicit_and_say_who_writes() {
    for tool in tools() {
        let name = tool["name"].as_str().unwrap();
        let annotations = &tool["annotations"];
        let (reads, destroys) = match name {
            "pages" => (false, true),
            "comments" | "labels" => (false, false),
            _ => (true, false),
        };
        assert_eq!(annotations["readOnlyHint"], reads, "{name}");
        assert_eq!(annotations["destructiveHint"], destroys, "{name}");
        assert_eq!(annotations["openWorldHint"], true, "{name}");
        assert_eq!(annotations.as_object().unwrap().len(), 3, "{name}: more would cost context");
    }
}

#[test]
fn a_tool_is_read_only_when_no_write_is_left() {
    let surface = Surface { read_only: true, ..Surface::default() };
    for tool in tools_list(&surface)["tools"].as_array().unwrap() {
        assert_eq!(tool["annotations"]["readOnlyHint"], true, "{tool}");
    }
}

#[test]
fn the_list_is_never_empty() {
    let surface = Surface { granted: Some(Vec::new()), ..Surface::default() };
    assert_eq!(tools_list(&surface)["tools"].as_array().unwrap().len(), 8);
}

#[test]
fn every_tool_is_as_it_was() {
    for tool in tools() {
        let name = tool["name"].as_str().unwrap().to_owned();
        insta::assert_json_snapshot!(name, tool);
    }
}
