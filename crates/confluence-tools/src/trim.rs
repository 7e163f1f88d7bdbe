//! Limits that keep a result from flooding a model's context.

use serde_json::{Map, Value, json};

use crate::scan;

/// Entries of an array that are kept.
const MAX_ITEMS: usize = 100;

/// Where text is cut, in characters.
pub(crate) const MAX_TEXT: usize = 20_000;

/// Where a whole result is cut, in characters: there is room for the frame around a body that fills
/// its own limit.
pub(crate) const MAX_RESULT: usize = MAX_TEXT + 2_000;

/// Keys that are kept of a nested object that refers to another thing.
const REFERENCE_KEYS: [&str; 7] = ["id", "key", "title", "type", "status", "spaceId", "_links"];

/// Keys under which Confluence nests whole other things.
const REFERENCES: [&str; 6] =
    ["content", "container", "space", "page", "resultParentContainer", "user"];

/// The JSON of a result: an object, within limits.
pub(crate) fn object(value: Value) -> Map<String, Value> {
    match trimmed(value, 0) {
        Value::Object(object) => object,
        Value::Array(results) => {
            let mut object = Map::new();
            object.insert("results".to_owned(), Value::Array(results));
            object
        }
        scalar @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) => {
            let mut object = Map::new();
            object.insert("result".to_owned(), scalar);
            object
        }
    }
}

fn trimmed(value: Value, depth: usize) -> Value {
    match value {
        Value::Array(mut items) => {
            let omitted = items.len().saturating_sub(MAX_ITEMS);
            items.truncate(MAX_ITEMS);
            let mut items: Vec<_> =
                items.into_iter().map(|item| trimmed(item, depth + 1)).collect();
            if omitted > 0 {
                items.push(json!({
                    "__truncated": true,
                    "omitted": omitted,
                    "hint": "Use limit/cursor to page.",
                }));
            }
            Value::Array(items)
        }
        Value::Object(object) => {
            let object = object.into_iter().map(|(key, value)| {
                let nested = depth > 0 && REFERENCES.contains(&key.as_str());
                let value = if nested { reference(value) } else { value };
                (key, trimmed(value, depth + 1))
            });
            Value::Object(object.collect())
        }
        Value::String(text) if text.len() > MAX_TEXT => Value::String(string(text)),
        scalar @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) => scalar,
    }
}

/// Collapses a nested object that has an identity of its own.
fn reference(value: Value) -> Value {
    match value {
        Value::Object(mut object) if object.contains_key("id") || object.contains_key("key") => {
            // A page within a version carries the body that was asked for.
            let body = object.get("body").is_some_and(|body| body != &json!({}));
            object
                .retain(|key, _| REFERENCE_KEYS.contains(&key.as_str()) || (body && key == "body"));
            Value::Object(object)
        }
        other @ (Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::String(_)
        | Value::Array(_)
        | Value::Object(_)) => other,
    }
}

fn string(text: String) -> String {
    let Some(cut) = cut(&text, MAX_TEXT) else { return text };
    let left = text[cut..].chars().count();
    format!(
        "{}\n[cut: {left} more characters; fetch it alone, with pages getBody offset/maxChars. Do not use a cut body for an update.]",
        &text[..cut]
    )
}

/// Bounds a whole rendered result, as a last resort: renderers bound their parts themselves.
pub(crate) fn text(text: String) -> String {
    if text.len() <= MAX_RESULT {
        return text;
    }
    let Some(cut) = cut(&text, MAX_RESULT) else { return text };
    let left = text[cut..].chars().count();
    format!(
        "{}\n[Cut: {left} more characters. Ask for less at once: a smaller limit, or without bodyFormat.]",
        &text[..cut]
    )
}

/// Where to cut `text` so that at most `limit` characters remain: behind a line, else behind a
/// tag, else between two characters. `None` if it is short enough.
pub(crate) fn cut(text: &str, limit: usize) -> Option<usize> {
    let end = scan::start_of(text, limit)?;
    let head = &text[..end];
    // A break in the last fifth is worth the characters that it costs.
    let from = scan::start_of(head, limit - limit / 5).unwrap_or(0);
    let tail = &head[from..];
    let line = tail.rfind('\n').map(|at| from + at + 1);
    let tag = || tail.rfind('>').map(|at| from + at + 1);
    Some(line.or_else(tag).unwrap_or(end))
}

#[cfg(test)]
mod tests;
