//! Input schemas in the form that every client accepts.
//!
//! schemars renders an enum as `oneOf` at the root, optional fields as `null` unions, and numbers
//! with a `format`. Model providers refuse one or the other, so the actions of a tool are merged
//! into one flat object here, and what providers refuse is taken out.

use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use crate::action::Action;

/// Marks an argument that is accepted but does a model no good.
const HIDDEN: &str = "x-hidden";

/// The actions of a tool with their arguments.
#[derive(Debug)]
pub(crate) struct ToolSchema {
    actions: Vec<ActionSchema>,
}

/// The arguments of one action.
#[derive(Debug)]
pub(crate) struct ActionSchema {
    name: String,
    pub(crate) properties: Map<String, Value>,
    pub(crate) required: Vec<String>,
}

impl ToolSchema {
    pub(crate) fn action(&self, name: &str) -> Option<&ActionSchema> {
        self.actions.iter().find(|action| action.name == name)
    }
}

/// Reads the actions of `A` off its derived schema.
pub(crate) fn of<A: Action>() -> ToolSchema {
    let mut settings = SchemaSettings::draft2020_12();
    settings.inline_subschemas = true;
    settings.meta_schema = None;
    let root = settings.into_generator().into_root_schema_for::<A>();
    let variants = root.get("oneOf").and_then(Value::as_array).into_iter().flatten();
    let actions = variants.filter_map(|variant| {
        let (name, arguments) = variant.get("properties")?.as_object()?.iter().next()?;
        let mut properties = Map::new();
        for (property, schema) in arguments.get("properties")?.as_object()? {
            properties.insert(property.clone(), plain(schema));
        }
        let required = arguments.get("required").and_then(Value::as_array);
        let required = required.into_iter().flatten().filter_map(Value::as_str);
        Some(ActionSchema {
            name: name.clone(),
            properties,
            required: required.map(str::to_owned).collect(),
        })
    });
    ToolSchema { actions: actions.collect() }
}

/// Merges `actions` into one object. The description of a property starts with the actions that
/// take it, unless all do.
///
/// # Panics
///
/// Panics if two actions disagree about a property. The snapshot test reaches every tool.
pub(crate) fn flat(tool: &ToolSchema, actions: &[&str]) -> Map<String, Value> {
    let shown: Vec<_> = actions.iter().filter_map(|action| tool.action(action)).collect();
    let mut properties = Map::new();
    properties.insert("action".to_owned(), json!({ "type": "string", "enum": actions }));
    let mut required = vec!["action"];
    for (name, first) in shown.iter().flat_map(|action| &action.properties) {
        if properties.contains_key(name) || first.get(HIDDEN).is_some() {
            continue;
        }
        let takers: Vec<_> =
            shown.iter().filter(|action| action.properties.contains_key(name)).collect();
        let mut schema = first.clone();
        let mut text = first["description"].as_str().unwrap_or_default();
        for taker in &takers {
            let other = &taker.properties[name];
            let same = |key| first.get(key) == other.get(key);
            assert!(same("type") && same("properties"), "actions disagree about `{name}`");
            // The first wording wins where a later action says nothing of its own.
            text = if text.is_empty() {
                other["description"].as_str().unwrap_or_default()
            } else {
                text
            };
        }
        let names: Vec<_> = takers.iter().map(|taker| taker.name.as_str()).collect();
        let everywhere = takers.len() == shown.len();
        let description = match (everywhere, text.is_empty()) {
            (true, _) => text.to_owned(),
            (false, true) => names.join(", "),
            (false, false) => format!("{}: {text}", names.join(", ")),
        };
        if let Some(schema) = schema.as_object_mut() {
            schema.shift_remove("description");
            if !description.is_empty() {
                schema.insert("description".to_owned(), json!(description));
            }
        }
        properties.insert(name.clone(), schema);
        if takers.len() == shown.len() && takers.iter().all(|it| it.required.contains(name)) {
            required.push(name);
        }
    }
    let formats = json!({ "type": "string", "enum": ["verbose", "structured", "both"] });
    let mut object = Map::new();
    object.insert("type".to_owned(), json!("object"));
    object.insert("required".to_owned(), json!(required));
    properties.insert("outputFormat".to_owned(), formats);
    object.insert("properties".to_owned(), Value::Object(properties));
    object
}

/// Leaves of a schema what every client accepts: one type, a description, an enumeration, items,
/// properties.
fn plain(schema: &Value) -> Value {
    let mut out = Map::new();
    let kind = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().find(|kind| *kind != "null").cloned(),
        Value::Null => None,
        kind @ (Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_)) => {
            Some(kind.clone())
        }
    };
    if let Some(kind) = kind {
        out.insert("type".to_owned(), kind);
    }
    // `Option<T>` of an inlined type is a union with null.
    let union = schema["anyOf"].as_array().into_iter().flatten();
    for part in union.filter(|part| part["type"] != "null") {
        if let Value::Object(part) = plain(part) {
            out.extend(part);
        }
    }
    if let Some(words) = schema["enum"].as_array() {
        let words: Vec<_> = words.iter().filter(|word| !word.is_null()).collect();
        out.insert("enum".to_owned(), json!(words));
    }
    if let Some(text) = schema["description"].as_str().filter(|text| !text.is_empty()) {
        // A full stop and Markdown's backticks are for readers of the source.
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ").replace('`', "");
        let text = text.trim_end_matches('.');
        out.insert("description".to_owned(), json!(text));
    }
    if let Some(hidden) = schema.get(HIDDEN) {
        out.insert(HIDDEN.to_owned(), hidden.clone());
    }
    if let Some(items) = schema.get("items") {
        out.insert("items".to_owned(), plain(items));
    }
    if let Some(properties) = schema["properties"].as_object() {
        let properties: Map<_, _> =
            properties.iter().map(|(name, schema)| (name.clone(), plain(schema))).collect();
        out.insert("properties".to_owned(), Value::Object(properties));
    }
    if let Some(required) = schema.get("required") {
        out.insert("required".to_owned(), required.clone());
    }
    Value::Object(out)
}

#[cfg(test)]
mod tests;
