//! Extensions: macros, storage that was carried along, and apps.

use serde_json::{Map, Value};

use super::{
    blocks::{self, parameter, rich_body},
    native,
    reader::Reader,
};
use crate::convert::{
    error::InvalidAdf,
    marks::{MACRO_TYPE, PLAIN_BODY, STORAGE_PARAMETER, STORAGE_TYPE},
    tree::{self, Element, Node},
};

/// A macro element for a node, with the node's id.
pub(super) fn macro_element(name: &str, it: &Reader<'_>) -> Element {
    Element::new("ac:structured-macro")
        .with("ac:name", name)
        .with_some("ac:local-id", it.text("localId").filter(|it| !it.is_empty()))
}

pub(super) fn block(it: &Reader<'_>) -> Result<Vec<Node>, InvalidAdf> {
    if let Some(nodes) = carried(it)? {
        return Ok(nodes);
    }
    // Confluence itself gives extensions a content, which its schema does not know.
    let has_body = it.kind()? == "bodiedExtension" || it.value().get("content").is_some();
    let body = if has_body { Some(blocks::convert(&it.children()?)?) } else { None };
    if it.required("extensionType")? != MACRO_TYPE {
        return Ok(vec![native::extension(it, body)?.into()]);
    }
    let mut element = macro_of(it)?;
    element.children.extend(body.map(rich_body));
    Ok(vec![element.into()])
}

pub(super) fn inline(it: &Reader<'_>) -> Result<Vec<Node>, InvalidAdf> {
    if let Some(nodes) = carried(it)? {
        return Ok(nodes);
    }
    if it.required("extensionType")? != MACRO_TYPE {
        return Ok(vec![native::extension(it, None)?.into()]);
    }
    Ok(vec![macro_of(it)?.into()])
}

/// The storage that the extension carries, if it does.
fn carried(it: &Reader<'_>) -> Result<Option<Vec<Node>>, InvalidAdf> {
    if it.required("extensionType")? != STORAGE_TYPE {
        return Ok(None);
    }
    let storage = it.attribute("parameters").and_then(|it| it.get(STORAGE_PARAMETER)?.as_str());
    let Some(storage) = storage else { return Ok(None) };
    parsed(it, storage).map(Some)
}

fn parsed(it: &Reader<'_>, storage: &str) -> Result<Vec<Node>, InvalidAdf> {
    tree::parse(storage).map_err(|error| it.invalid(format!("`{STORAGE_PARAMETER}`: {error}")))
}

fn macro_of(it: &Reader<'_>) -> Result<Element, InvalidAdf> {
    let parameters = it.attribute("parameters").and_then(Value::as_object);
    let metadata = parameters.and_then(|it| it.get("macroMetadata")?.as_object());
    let value_of = |name: &str| metadata.and_then(|it| simple(it.get(name)?));
    let layout = it.text("layout").filter(|it| *it != "default");
    let mut element = Element::new("ac:structured-macro")
        .with("ac:name", it.required("extensionKey")?)
        .with_some("ac:schema-version", value_of("schemaVersion"))
        .with_some("data-layout", layout)
        .with_some("ac:local-id", it.text("localId").filter(|it| !it.is_empty()))
        .with_some("ac:macro-id", value_of("macroId"));
    let others = metadata.and_then(|it| it.get("attributes")?.as_object());
    for (name, value) in others.into_iter().flatten() {
        if is_attribute(name) && element.attribute(name).is_none() {
            element = element.with_some(name, simple(value));
        }
    }
    // Older documents have the parameters of the macro side by side with those of the node.
    let own = parameters.map(|it| it.get("macroParams").and_then(Value::as_object).unwrap_or(it));
    let mut plain_body = None;
    for (name, value) in own.into_iter().flatten() {
        if name == PLAIN_BODY {
            plain_body = simple(value);
        } else if let Some(Value::String(storage)) = value.get(STORAGE_PARAMETER) {
            let nodes = parsed(it, storage)?;
            let parameter = Element::new("ac:parameter").with("ac:name", name).containing(nodes);
            element.children.push(parameter.into());
        } else if let Some(value) = simple(value) {
            element.children.push(parameter(name, &value));
        }
    }
    if let Some(body) = plain_body {
        let body = Element::new("ac:plain-text-body").containing([Node::Data(body)]);
        element.children.push(body.into());
    }
    Ok(element)
}

/// A value as text, be it bare or in an object with nothing else of interest.
fn simple(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        Value::Object(object) => wrapped(object),
        Value::Null | Value::Array(_) => None,
    }
}

fn wrapped(object: &Map<String, Value>) -> Option<String> {
    let value = object.get("value")?;
    if value.is_object() { None } else { simple(value) }
}

/// Whether storage takes the name for an attribute.
fn is_attribute(name: &str) -> bool {
    let local = name.strip_prefix("ac:").unwrap_or(name);
    local.starts_with(|it: char| it.is_ascii_alphabetic())
        && local.chars().all(|it| it.is_ascii_alphanumeric() || it == '-')
}
