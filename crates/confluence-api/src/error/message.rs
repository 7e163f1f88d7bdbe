//! Confluence's own words in a refusal, whichever of its layers answered.
//!
//! Error bodies come in three JSON shapes (v2, v1 and the gateway), as HTML, or empty. Only known
//! fields are read; markup is never passed on.

use bytes::Bytes;
use http::{HeaderMap, header};
use serde::Deserialize;
use serde_json::Value;

use crate::text::is_unsafe;

/// The longest message passed on, in characters.
const MAX_MESSAGE: usize = 1_000;

/// What a page of HTML has near its beginning, in any case of letters.
const PAGE_TAGS: [&str; 6] = ["!doctype", "html", "head", "body", "script", "style"];

/// What a page that is certainly missing does not get: see [`is_bare_not_found`].
const BARE_TITLE: &str = "Not Found";

#[derive(Deserialize)]
struct Body {
    #[serde(default)]
    errors: Option<Vec<Value>>,
    #[serde(default)]
    message: Option<Value>,
}

fn parse(body: &Bytes) -> Option<Body> {
    serde_json::from_slice(body).ok()
}

/// Text of `field`, if it is a string with something in it.
fn text<'v>(value: &'v Value, field: &str) -> Option<&'v str> {
    value.get(field)?.as_str().map(str::trim).filter(|text| !text.is_empty())
}

/// The message of an error body, cleaned.
pub(crate) fn message(body: &Bytes) -> Option<String> {
    let body = parse(body)?;
    let v2 = body.errors.unwrap_or_default();
    let parts: Vec<String> = v2
        .iter()
        .filter_map(|error| match (text(error, "title"), text(error, "detail")) {
            (Some(title), Some(detail)) if title != detail => Some(format!("{title}: {detail}")),
            (title, detail) => title.or(detail).or(text(error, "message")).map(str::to_owned),
        })
        .collect();
    if !parts.is_empty() {
        return clean(&parts.join("; "));
    }
    clean(without_class(body.message?.as_str()?))
}

/// Strips the Java class that v1 puts before its messages.
fn without_class(message: &str) -> &str {
    match message.split_once(": ") {
        Some((class, rest)) if class.ends_with("Exception") && !class.contains(' ') => rest,
        _ => message,
    }
}

fn clean(text: &str) -> Option<String> {
    let mut clean = String::with_capacity(text.len().min(MAX_MESSAGE));
    for word in before_page(text).split(|it: char| it.is_whitespace() || is_unsafe(it)) {
        if word.is_empty() {
            continue;
        }
        if !clean.is_empty() {
            clean.push(' ');
        }
        clean.push_str(word);
    }
    if let Some((cut, _)) = clean.char_indices().nth(MAX_MESSAGE) {
        clean.truncate(cut);
        clean.push('…');
    }
    (!clean.is_empty()).then_some(clean)
}

/// What stands before an echoed page: single tags are what a message on a body is about.
fn before_page(text: &str) -> &str {
    let starts_page = |at: &usize| {
        let name = text.as_bytes().get(at + 1..).unwrap_or_default();
        PAGE_TAGS.iter().any(|tag| {
            name.get(..tag.len()).is_some_and(|it| it.eq_ignore_ascii_case(tag.as_bytes()))
        })
    };
    let end = text.match_indices('<').map(|(at, _)| at).find(starts_page);
    end.map_or(text, |end| &text[..end])
}

/// Whether the body is v2's 404 that names nothing: the answer to a rejected credential.
///
/// Measured on live sites: `{"errors":[{"status":404,"code":"NOT_FOUND","title":"Not Found",
/// "detail":null}]}`. A genuine one names the page, as in `Cannot find a page with id [999]`.
/// The gateway answers an empty 404 for a cloud id that the credential does not reach.
pub(crate) fn is_bare_not_found(body: &Bytes) -> bool {
    if body.iter().all(u8::is_ascii_whitespace) {
        return true;
    }
    let Some(Body { errors: Some(errors), .. }) = parse(body) else { return false };
    let bare =
        |error: &Value| text(error, "title") == Some(BARE_TITLE) && text(error, "detail").is_none();
    errors.len() == 1 && errors.iter().all(bare)
}

/// Whether a v1 message says that the caller is unknown to Confluence, as opposed to not allowed.
pub(crate) fn is_unknown_caller(message: &str) -> bool {
    message.contains("not permitted to use Confluence")
        || message.contains("caller cannot access Confluence")
}

/// Whether the answer is a page for people.
pub(crate) fn is_html(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    kind.is_some_and(|kind| kind.trim_start().to_ascii_lowercase().starts_with("text/html"))
}

#[cfg(test)]
mod tests;
