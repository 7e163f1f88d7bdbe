//! `OpenAPI` 3.0 schemas as JSON Schema.
//!
//! An `OpenAPI` 3.0 schema is a JSON Schema of draft 4, give or take: `nullable` is a type there, numeric
//! formats are ranges, a `$ref` hides its neighbours in both. They are read strictly: an object whose
//! properties are listed, and which does not say that it takes others, takes no others.

use std::collections::BTreeSet;

use jsonschema::Validator;
use serde_json::{Map, Value, json};

/// Where the schemas that have names are.
const COMPONENTS: &str = "#/components/schemas/";

/// What says nothing about validity.
const ANNOTATIONS: [&str; 6] =
    ["title", "description", "example", "default", "deprecated", "externalDocs"];

/// What means the same in both.
const SHARED: [&str; 15] = [
    "type",
    "enum",
    "required",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "minLength",
    "maxLength",
    "pattern",
    "minItems",
    "maxItems",
    "uniqueItems",
    "minProperties",
    "maxProperties",
];

/// Compiles a schema of `document`, and the named ones that it needs.
pub(crate) fn compile(document: &Value, schema: &Value) -> Validator {
    let mut missing = BTreeSet::new();
    let root = convert(document, schema, &mut missing);
    let mut definitions = Map::new();
    while let Some(name) = missing.pop_first() {
        if !definitions.contains_key(&name) {
            let named = convert(document, &document["components"]["schemas"][&name], &mut missing);
            definitions.insert(name, named);
        }
    }
    // Wrapped, since a reference hides the definitions beside it.
    let schema = json!({ "allOf": [root], "definitions": definitions });
    jsonschema::draft4::options()
        .should_validate_formats(true)
        .should_ignore_unknown_formats(false)
        .build(&schema)
        .unwrap_or_else(|error| panic!("{error}: {schema}"))
}

/// What the schema has against `instance`, each with its place.
pub(crate) fn objections(validator: &Validator, instance: &Value) -> Vec<String> {
    let error = |it: jsonschema::ValidationError<'_>| {
        let text: String = it.to_string().chars().take(300).collect();
        format!("`{}`: {text}", it.instance_path())
    };
    validator.iter_errors(instance).map(error).collect()
}

/// The name of the schema that `schema` refers to.
pub(crate) fn reference(schema: &Value) -> Option<&str> {
    let reference = schema.get("$ref")?.as_str()?;
    Some(reference.strip_prefix(COMPONENTS).unwrap_or_else(|| panic!("{reference} is no schema")))
}

/// The schema itself, wherever it is written down.
pub(crate) fn resolved<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    match reference(schema) {
        None => schema,
        Some(name) => resolved(document, &document["components"]["schemas"][name]),
    }
}

/// Rewrites one schema; adds the names of those that it refers to.
fn convert(document: &Value, schema: &Value, names: &mut BTreeSet<String>) -> Value {
    if let Some(name) = reference(schema) {
        names.insert(name.to_owned());
        return json!({ "$ref": format!("#/definitions/{name}") });
    }
    if schema.get("allOf").is_some() {
        return convert(document, &merged(document, schema), names);
    }
    let mut result = Map::new();
    for (keyword, value) in schema.as_object().unwrap_or_else(|| panic!("no schema: {schema}")) {
        match (keyword.as_str(), value) {
            ("properties", Value::Object(properties)) => {
                let convert =
                    |(name, it): (&String, &Value)| (name.clone(), convert(document, it, names));
                let properties: Map<_, _> = properties.iter().map(convert).collect();
                result.insert(keyword.clone(), Value::Object(properties));
            }
            ("oneOf" | "anyOf", Value::Array(schemas)) => {
                let schemas = schemas.iter().map(|it| convert(document, it, names)).collect();
                result.insert(keyword.clone(), Value::Array(schemas));
            }
            ("additionalProperties", Value::Bool(_)) => {
                result.insert(keyword.clone(), value.clone());
            }
            ("items" | "additionalProperties", schema) => {
                result.insert(keyword.clone(), convert(document, schema, names));
            }
            // Dealt with below, where the neighbours are known.
            ("nullable" | "format", _) => {}
            (it, _) if ANNOTATIONS.contains(&it) || it.starts_with("x-") => {}
            (it, _) if SHARED.contains(&it) => {
                result.insert(keyword.clone(), value.clone());
            }
            (it, _) => panic!("`{it}` is not understood: {schema}"),
        }
    }
    if let Some(format) = schema.get("format").and_then(Value::as_str) {
        restrict(&mut result, format);
    }
    if schema.get("nullable") == Some(&Value::Bool(true))
        && let Some(kind) = result.get_mut("type")
    {
        *kind = json!([kind, "null"]);
    }
    let lists_properties =
        result.get("properties").and_then(Value::as_object).is_some_and(|it| !it.is_empty());
    if lists_properties {
        result.entry("additionalProperties").or_insert(Value::Bool(false));
    }
    Value::Object(result)
}

/// Turns a format of numbers into a range; others are checked under their own names.
fn restrict(schema: &mut Map<String, Value>, format: &str) {
    let (least, most) = match format {
        "int32" => (json!(i32::MIN), json!(i32::MAX)),
        "int64" => (json!(i64::MIN), json!(i64::MAX)),
        "float" | "double" => return,
        _ => {
            schema.insert("format".to_owned(), json!(format));
            return;
        }
    };
    schema.entry("minimum").or_insert(least);
    schema.entry("maximum").or_insert(most);
}

/// One schema in place of an `allOf`.
///
/// Strictness asks for it: none of the parts knows all properties.
fn merged(document: &Value, schema: &Value) -> Value {
    let parts = schema["allOf"].as_array().unwrap();
    let parts = parts.iter().map(|it| {
        let part = resolved(document, it);
        if part.get("allOf").is_some() { merged(document, part) } else { part.clone() }
    });
    parts.reduce(|left, right| both(document, left, &right)).unwrap()
}

/// The schema of what is valid under two schemas of objects, each read as open to the other's
/// properties.
fn both(document: &Value, mut left: Value, right: &Value) -> Value {
    for (keyword, value) in right.as_object().unwrap() {
        match keyword.as_str() {
            "properties" => {
                for (name, schema) in value.as_object().unwrap() {
                    let merged = match left["properties"].get(name) {
                        None => schema.clone(),
                        Some(known) => {
                            let known = resolved(document, known).clone();
                            both(document, known, resolved(document, schema))
                        }
                    };
                    left["properties"][name] = merged;
                }
            }
            "type" => assert_eq!(left.get("type"), Some(value), "an `allOf` of two types"),
            it if ANNOTATIONS.contains(&it) => {}
            it => panic!("`{it}` in an `allOf` is not understood"),
        }
    }
    left
}

mod tests {
    //! The conversion, which needs no document of Atlassian's.

    use super::*;

    #[track_caller]
    fn check(schema: &Value, instance: &Value, valid: bool) {
        let document = json!({ "components": { "schemas": {
            "Word": { "type": "string", "enum": ["a", "b"] },
            "Row": { "type": "object", "properties": {
                "id": { "type": "string" },
                "links": { "type": "object", "properties": { "self": { "type": "string" } } },
                "child": { "$ref": "#/components/schemas/Row" },
            } },
        } } });
        let objections = objections(&compile(&document, schema), instance);
        assert_eq!(objections.is_empty(), valid, "{instance}: {objections:?}");
    }

    #[test]
    fn null_is_valid_only_where_it_is_allowed() {
        check(&json!({ "type": "string" }), &json!(null), false);
        check(&json!({ "type": "string", "nullable": true }), &json!(null), true);
        check(&json!({ "type": "string", "nullable": false }), &json!(null), false);
    }

    #[test]
    fn a_reference_hides_its_neighbours() {
        let schema = json!({ "$ref": "#/components/schemas/Word", "nullable": true });
        check(&schema, &json!("a"), true);
        check(&schema, &json!("c"), false);
        check(&schema, &json!(null), false);
    }

    #[test]
    fn formats_of_numbers_are_ranges() {
        let int32 = json!({ "type": "integer", "format": "int32", "minimum": 1 });
        check(&int32, &json!(1), true);
        check(&int32, &json!(0), false);
        check(&int32, &json!(2_147_483_648_i64), false);
        check(&json!({ "type": "integer", "format": "int64" }), &json!(2_147_483_648_i64), true);
        check(&json!({ "type": "integer", "format": "int64" }), &json!(u64::MAX), false);
    }

    #[test]
    fn dates_are_checked() {
        let schema = json!({ "type": "string", "format": "date-time" });
        check(&schema, &json!("2026-11-02T10:20:30.456Z"), true);
        check(&schema, &json!("2026-11-02"), false);
    }

    #[test]
    fn properties_that_are_not_listed_are_refused() {
        let row = json!({ "$ref": "#/components/schemas/Row" });
        check(&row, &json!({ "id": "1", "child": { "id": "2" } }), true);
        check(&row, &json!({ "id": "1", "child": { "key": "2" } }), false);
        let open =
            json!({ "type": "object", "properties": { "id": {} }, "additionalProperties": true });
        check(&open, &json!({ "key": 1 }), true);
        check(&json!({ "type": "object" }), &json!({ "key": 1 }), true);
    }

    #[test]
    fn all_of_takes_the_properties_of_all() {
        let schema = json!({ "allOf": [
            { "$ref": "#/components/schemas/Row" },
            { "type": "object", "properties": {
                "links": { "type": "object", "properties": { "base": { "type": "string" } } },
            } },
        ] });
        check(&schema, &json!({ "id": "1", "links": { "self": "x", "base": "y" } }), true);
        check(&schema, &json!({ "links": { "base": 1 } }), false);
        check(&schema, &json!({ "links": { "other": "x" } }), false);
    }
}
