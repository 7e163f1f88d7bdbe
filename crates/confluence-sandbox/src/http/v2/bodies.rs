//! Bodies in the format asked for, and bodies as they are sent.

use serde_json::{Map, Value, json};

use crate::{
    http::{
        call::{missing, text},
        failure::Failure,
        rendering,
    },
    site::{Body, Markup, Page, Site},
};

/// The `body` field: empty unless a format was asked for.
pub(super) fn shape(site: &Site, page: &Page, body: &Body, format: Option<&str>) -> Value {
    let Some(format) = format else { return json!({}) };
    let storage = body.storage();
    let (format, representation, value) = match format {
        "atlas_doc_format" => (format, format, rendering::document(&storage)),
        "view" | "export_view" | "anonymous_export_view" => {
            (format, format, rendering::view(site, page, &storage))
        }
        "styled_view" => {
            let view = rendering::view(site, page, &storage);
            let title = crate::site::escape(&page.title);
            let html = format!(
                "<html><head><title>{title}</title><style>body {{ font-family: sans-serif; \
                 }}</style></head><body>{view}</body></html>"
            );
            (format, format, html)
        }
        _ => (format, format, storage.into_owned()),
    };
    let mut bodies = Map::new();
    bodies.insert(format.to_owned(), json!({ "representation": representation, "value": value }));
    Value::Object(bodies)
}

/// The body of a request: flat, or nested under its representation.
///
/// Gives the representation, too, for the answer is in the same.
pub(super) fn read(
    request: &Map<String, Value>,
) -> Result<Option<(Markup, &'static str)>, Failure> {
    let object = match request.get("body") {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Object(object)) => object,
        Some(_) => return Err(Failure::parameter("The field 'body' has to be an object")),
    };
    let nested = ["storage", "atlas_doc_format", "wiki"]
        .into_iter()
        .find_map(|it| object.get(it).and_then(Value::as_object));
    let object = nested.unwrap_or(object);
    if object.is_empty() {
        return Ok(None);
    }
    let representation =
        text(object, "representation").ok_or_else(|| missing("body.representation"))?;
    let value = text(object, "value").ok_or_else(|| missing("body.value"))?.into_owned();
    match &*representation {
        "storage" => Ok(Some((Markup::Storage(value), "storage"))),
        "atlas_doc_format" => Ok(Some((Markup::Document(value), "atlas_doc_format"))),
        "wiki" => Ok(Some((Markup::Wiki(value), "storage"))),
        other => Err(Failure::wrong_type(
            other,
            "representation",
            "one of [storage, atlas_doc_format, wiki]",
        )),
    }
}
