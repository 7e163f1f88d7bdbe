//! The suite's tools that answer at once, and the list of all of them.

use rmcp::{
    ErrorData, RoleServer,
    model::{CallToolResult, ContentBlock, ProgressNotificationParam, Tool},
    service::RequestContext,
};
use serde_json::{Value, json};

use super::dialogues;

/// Reports how far it is, to callers who ask for that.
pub(super) const PROGRESS: &str = "test_tool_with_progress";

/// Always fails.
const FAILURE: &str = "test_error_handling";

/// A picture of one pixel.
const PNG: &str =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR42mNQSFgAAAHEASFcollRAAAAAElFTkSuQmCC";

/// Half a millisecond of silence.
const WAV: &str = "UklGRigAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQQAAACAgICA";

/// JSON that a constant cannot hold.
type Written = fn() -> Value;

/// Tools without arguments, and the content that each of them always answers with.
const ANSWERS: &[(&str, Written)] = &[
    ("test_simple_text", || json!([text("This is a simple text response for testing.")])),
    ("test_image_content", || json!([image()])),
    ("test_audio_content", || json!([{ "type": "audio", "data": WAV, "mimeType": "audio/wav" }])),
    ("test_embedded_resource", || {
        let inside = "This is an embedded resource content.";
        json!([resource("test://embedded-resource", "text/plain", inside)])
    }),
    ("test_multiple_content_types", || {
        let inside = r#"{"test":"data","value":123}"#;
        let resource = resource("test://mixed-content-resource", "application/json", inside);
        json!([text("Multiple content types test:"), image(), resource])
    }),
    (FAILURE, || json!([text("This tool intentionally returns an error for testing")])),
    // The suite looks for log messages that nobody asked for.
    ("test_logging_tool", || json!([text("Nothing was logged.")])),
];

/// Tools that the suite looks at for their schemas.
const SCHEMAS: &[(&str, Written)] = &[
    ("json_schema_2020_12_tool", every_keyword),
    ("test_header_parameter", || {
        let region = json!({ "type": "string", "x-mcp-header": "Region" });
        json!({ "type": "object", "properties": { "region": region }, "required": ["region"] })
    }),
];

/// Every tool of the suite.
pub(super) fn all() -> Vec<Tool> {
    let plain = ANSWERS.iter().map(|(name, _)| *name).chain([PROGRESS]);
    let plain = plain.chain(dialogues::names());
    let plain = plain.map(|name| tool(name, &json!({ "type": "object", "properties": {} })));
    plain.chain(SCHEMAS.iter().map(|(name, schema)| tool(name, &schema()))).collect()
}

fn tool(name: &'static str, schema: &Value) -> Tool {
    let schema = schema.as_object().expect("schemas are objects").clone();
    Tool::new(name, "Called by the conformance suite.", schema)
}

/// What `name` always answers.
pub(super) fn result(name: &str) -> Option<CallToolResult> {
    if SCHEMAS.iter().any(|(it, _)| *it == name) {
        return Some(CallToolResult::success(vec![ContentBlock::text("The call was taken.")]));
    }
    let (_, answer) = ANSWERS.iter().find(|(it, _)| *it == name)?;
    let content = serde_json::from_value(answer()).expect("answers are content");
    let of = if name == FAILURE { CallToolResult::error } else { CallToolResult::success };
    Some(of(content))
}

/// Tells the caller how far it is, if asked to, and then that it is done.
pub(super) async fn report_progress(
    context: &RequestContext<RoleServer>,
) -> Result<CallToolResult, ErrorData> {
    if let Some(token) = context.meta.get_progress_token() {
        for progress in [0.0, 50.0, 100.0] {
            let progress = ProgressNotificationParam::new(token.clone(), progress);
            let told = context.peer.notify_progress(progress.with_total(100.0)).await;
            told.map_err(|error| ErrorData::internal_error(error.to_string(), None))?;
        }
    }
    Ok(CallToolResult::success(vec![ContentBlock::text("Done.")]))
}

fn text(text: &str) -> Value {
    json!({ "type": "text", "text": text })
}

fn image() -> Value {
    json!({ "type": "image", "data": PNG, "mimeType": "image/png" })
}

fn resource(uri: &str, kind: &str, text: &str) -> Value {
    json!({ "type": "resource", "resource": { "uri": uri, "mimeType": kind, "text": text } })
}

/// The keywords of JSON Schema 2020-12 that a server must pass on as they are.
fn every_keyword() -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "$defs": {
            "address": {
                "$anchor": "addressDef",
                "type": "object",
                "properties": { "street": { "type": "string" }, "city": { "type": "string" } },
            },
        },
        "properties": {
            "name": { "type": "string" },
            "address": { "$ref": "#/$defs/address" },
            "contactMethod": { "type": "string", "enum": ["phone", "email"] },
            "phone": { "type": "string" },
            "email": { "type": "string" },
        },
        "allOf": [{ "anyOf": [{ "required": ["phone"] }, { "required": ["email"] }] }],
        "if": {
            "properties": { "contactMethod": { "const": "phone" } },
            "required": ["contactMethod"],
        },
        "then": { "required": ["phone"] },
        "else": { "required": ["email"] },
        "additionalProperties": false,
    })
}
