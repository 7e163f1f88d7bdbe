//! What is wrong in Atlassian's documents, and what stands there instead.
//!
//! Each entry names what it finds and fails if that is not there any more: a document that was corrected
//! needs no mending.

use serde_json::{Value, json};

/// Mends both documents.
pub(crate) fn mend(v2: &mut Value, v1: &mut Value) {
    bodies(v2);
    parameters(v2);
    nulls(v2);
    fields(v2);
    refusals(v2, &v2_error());
    refusals(v1, &v1_error());
    statuses(v2, v1);
}

/// Which shape a body has cannot be told: nothing in either is required, so that every body is valid
/// in both, and `oneOf` refuses it.
fn bodies(v2: &mut Value) {
    for kind in ["Page", "Comment"] {
        let flat = format!("components schemas {kind}BodyWrite");
        let nested = format!("components schemas {kind}NestedBodyWrite");
        insert(v2, &format!("{flat} required"), json!(["representation", "value"]));
        insert(v2, &format!("{flat} additionalProperties"), json!(false));
        insert(v2, &format!("{nested} minProperties"), json!(1));
        insert(v2, &format!("{nested} additionalProperties"), json!(false));
    }
    // A format where the type is meant.
    let update = "components requestBodies PageUpdateRequest content application/json schema";
    for field in ["spaceId", "parentId", "ownerId"] {
        let field = format!("{update} properties {field}");
        insert(v2, &format!("{field} type"), json!("string"));
        remove(v2, &format!("{field} format"), &json!("string"));
    }
}

/// The words of these orders are written down where nothing reads them.
fn parameters(v2: &mut Value) {
    let orders = [("labels", "LabelSortOrder"), ("direct-children", "ContentSortOrder")];
    for (list, order) in orders {
        let words = json!({ "$ref": format!("#/components/schemas/{order}") });
        let found = json!({ "type": "string", "items": words });
        let at = format!("paths /pages/{{id}}/{list} get parameters sort schema");
        replace(v2, &at, &found, words);
    }
}

/// Fields that live sites send as null, where the documents know no null.
fn nulls(v2: &mut Value) {
    for page in ["PageBulk", "PageSingle"] {
        // Pages at the top of a space, and in the trash, stand below nothing.
        insert(v2, &format!("components schemas {page} properties parentId nullable"), json!(true));
        or_null(v2, &format!("components schemas {page} properties parentType"));
    }
    for space in ["SpaceBulk", "SpaceSingle"] {
        // Unless they were asked for.
        or_null(v2, &format!("components schemas {space} properties description"));
        or_null(v2, &format!("components schemas {space} properties icon"));
    }
    for file in ["AttachmentBulk", "AttachmentSingle"] {
        let field = format!("components schemas {file} properties mediaTypeDescription nullable");
        insert(v2, &field, json!(true));
    }
}

/// Fields that live sites send, and that no document lists.
fn fields(v2: &mut Value) {
    let text = || json!({ "type": "string" });
    let time = || json!({ "type": "string", "format": "date-time" });
    let nothing = || json!({ "type": "string", "nullable": true });
    let body = || json!({ "$ref": "#/components/schemas/BodyType" });
    let unlisted = [
        ("Version", "ncsStepVersion", nothing()),
        ("PageVersion", "ncsStepVersion", nothing()),
        ("PageBulk", "sourceTemplateEntityId", nothing()),
        ("PageSingle", "sourceTemplateEntityId", nothing()),
        ("AbstractPageLinks", "edituiv2", text()),
        ("DescendantsResponse", "lastModified", time()),
        // Single inline comments have these two; lists send them, too.
        ("PageInlineCommentModel", "resolutionLastModifierId", text()),
        ("PageInlineCommentModel", "resolutionLastModifiedAt", time()),
        // Sent twice, in two spellings.
        ("InlineCommentProperties", "inline-marker-ref", text()),
        ("InlineCommentProperties", "inline-original-selection", text()),
        // `body-format` takes seven words, and the answer lists three of them.
        ("BodySingle", "export_view", body()),
        ("BodySingle", "anonymous_export_view", body()),
        ("BodySingle", "styled_view", body()),
        ("BodySingle", "editor", body()),
    ];
    for (schema, field, kind) in unlisted {
        insert(v2, &format!("components schemas {schema} properties {field}"), kind);
    }
}

/// Refusals are documented without their bodies; these are the bodies that have been recorded.
fn refusals(document: &mut Value, error: &Value) {
    for (path, item) in document["paths"].as_object_mut().unwrap() {
        // The one resource whose refusals are described; the client does not use it.
        if path.starts_with("/wiki/rest/atlassian-connect/") {
            continue;
        }
        for (method, operation) in item.as_object_mut().unwrap() {
            let Some(answers) = operation.get_mut("responses") else { continue };
            for (status, answer) in answers.as_object_mut().unwrap() {
                if status.starts_with('4') {
                    let content = answer.get("content").and_then(Value::as_object);
                    let empty = content.is_none_or(serde_json::Map::is_empty);
                    assert!(empty, "{method} {path} {status}: has a body, needs no mending");
                    let error = if status == "401" { gateway_error() } else { error.clone() };
                    answer["content"] = json!({ "application/json": { "schema": error } });
                }
            }
        }
    }
}

/// Statuses that are sent, and that no document lists.
fn statuses(v2: &mut Value, v1: &mut Value) {
    let answer = |schema| json!({ "content": { "application/json": { "schema": schema } } });
    // A version that was not incremented.
    insert(v2, "paths /pages/{id} put responses 409", answer(v2_error()));
    // v2 does not find anything for a credential that it does not accept.
    for list in ["/pages", "/spaces"] {
        insert(v2, &format!("paths {list} get responses 404"), answer(v2_error()));
    }
    let ours = [
        ("/wiki/rest/api/search", "get"),
        ("/wiki/rest/api/content/{id}/label", "post"),
        ("/wiki/rest/api/user/current", "get"),
    ];
    for (path, method) in ours {
        // The gateway's answer to a token that does not cover the operation.
        insert(v1, &format!("paths {path} {method} responses 401"), answer(gateway_error()));
        insert(v1, &format!("paths {path} {method} responses 429"), answer(gateway_error()));
    }
    // Nowhere in v2 is a word about rate limits.
    for item in v2["paths"].as_object_mut().unwrap().values_mut() {
        for operation in item.as_object_mut().unwrap().values_mut() {
            if let Some(answers) = operation.get_mut("responses").and_then(Value::as_object_mut) {
                let known = answers.insert("429".to_owned(), answer(gateway_error()));
                assert_eq!(known, None, "429 is documented, needs no mending");
            }
        }
    }
}

fn v2_error() -> Value {
    let error = json!({
        "type": "object",
        "required": ["status", "code", "title", "detail"],
        "properties": {
            // Recorded as a number, and by one source as text.
            "status": { "anyOf": [{ "type": "integer" }, { "type": "string" }] },
            "code": { "type": "string" },
            "title": { "type": "string" },
            "detail": { "type": "string", "nullable": true },
        },
    });
    let errors = json!({ "type": "array", "items": error, "minItems": 1 });
    json!({ "type": "object", "required": ["errors"], "properties": { "errors": errors } })
}

fn v1_error() -> Value {
    let data = json!({
        "type": "object",
        "properties": {
            "authorized": { "type": "boolean" },
            "valid": { "type": "boolean" },
            "errors": { "type": "array", "items": { "type": "object" } },
            "successful": { "type": "boolean" },
        },
    });
    json!({
        "type": "object",
        "required": ["statusCode", "message"],
        "properties": {
            "statusCode": { "type": "integer", "minimum": 400 },
            "data": data,
            "message": { "type": "string" },
        },
    })
}

/// Of the gateway, before a product has seen the request.
fn gateway_error() -> Value {
    json!({
        "type": "object",
        "required": ["code", "message"],
        "properties": {
            "code": { "type": "integer", "minimum": 400 },
            "message": { "type": "string" },
        },
    })
}

/// Lets a field that refers to a schema be null as well.
fn or_null(document: &mut Value, at: &str) {
    let found = at.split(' ').fold(&mut *document, |value, step| child(value, step, at)).clone();
    assert!(found.get("$ref").is_some(), "{at} is not wrong any more: needs no mending");
    let nothing = json!({ "enum": [null] });
    replace(document, at, &found, json!({ "anyOf": [found, nothing] }));
}

fn insert(document: &mut Value, at: &str, value: Value) {
    put(document, at, None, Some(value));
}

fn replace(document: &mut Value, at: &str, found: &Value, value: Value) {
    put(document, at, Some(found), Some(value));
}

fn remove(document: &mut Value, at: &str, found: &Value) {
    put(document, at, Some(found), None);
}

/// Puts `mended` where `found` is.
fn put(document: &mut Value, at: &str, found: Option<&Value>, mended: Option<Value>) {
    let (parent, last) = at.rsplit_once(' ').unwrap();
    let parent = parent.split(' ').fold(document, |value, step| child(value, step, at));
    let parent = parent.as_object_mut().unwrap_or_else(|| panic!("{at}: no object"));
    assert_eq!(parent.get(last), found, "{at} is not wrong any more: needs no mending");
    match mended {
        Some(mended) => parent.insert(last.to_owned(), mended),
        None => parent.remove(last),
    };
}

/// What is one step further down.
fn child<'a>(value: &'a mut Value, step: &str, at: &str) -> &'a mut Value {
    let child = if let Value::Array(entries) = value {
        entries.iter_mut().find(|it| it["name"] == step)
    } else {
        value.get_mut(step)
    };
    child.unwrap_or_else(|| panic!("{at}: no `{step}`"))
}
