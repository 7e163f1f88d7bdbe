//! Images, files and cards.

use serde_json::Value;
use url::form_urlencoded::parse;

use super::{blocks, inline, reader::Reader};
use crate::convert::{
    error::InvalidAdf,
    tree::{Element, Node},
};

pub(super) fn single(it: &Reader<'_>) -> Result<Element, InvalidAdf> {
    let parts = it.children()?;
    let Some(media) = parts.first().filter(|it| it.value()["type"] == "media") else {
        return Err(it.invalid("a `mediaSingle` begins with a `media`"));
    };
    let layout = it.text("layout").unwrap_or("center");
    let align = match layout {
        "align-start" | "wrap-left" => "left",
        "align-end" | "wrap-right" => "right",
        _ => "center",
    };
    let is_pixels = it.text("widthType") == Some("pixel");
    let width = it.number("width").filter(|_| is_pixels).map(|it| it.to_string());
    let href = it.mark("link").and_then(|it| it.get("href")?.as_str());
    let element = Element::new("ac:image")
        .with("ac:align", align)
        .with("ac:layout", layout)
        .with_some("ac:custom-width", width.is_some().then_some("true"))
        .with_some("ac:width", width)
        .with_some("ac:href", href);
    let mut image = with_source(element, media)?;
    for caption in &parts[1..] {
        if caption.kind()? != "caption" {
            return Err(caption.unknown("below an image"));
        }
        let text = inline::convert(&caption.children()?)?;
        let paragraph = Element::new("p").containing(text);
        let caption = Element::new("ac:caption").containing([paragraph.into()]);
        image.children.push(caption.into());
    }
    Ok(image)
}

pub(super) fn inline(it: &Reader<'_>) -> Result<Element, InvalidAdf> {
    with_source(Element::new("ac:image"), it)
}

/// A file of a group, which Confluence shows with a macro.
pub(super) fn file(it: &Reader<'_>) -> Result<Element, InvalidAdf> {
    if it.kind()? != "media" {
        return Err(it.unknown("in a group of files"));
    }
    let image = with_source(Element::new("ac:image"), it)?;
    let is_attachment = image.child("ri:attachment").is_some();
    if !is_attachment {
        return Ok(image);
    }
    let source: Vec<Node> =
        image.children.into_iter().filter(|it| it.element().is_some()).collect();
    let name = Element::new("ac:parameter").with("ac:name", "name").containing(source);
    Ok(Element::new("ac:structured-macro").with("ac:name", "view-file").containing([name.into()]))
}

/// Adds what a media node says to an image.
fn with_source(element: Element, it: &Reader<'_>) -> Result<Element, InvalidAdf> {
    let size = |name: &str| it.number(name).map(|it| it.to_string());
    let mut image = element
        .with_some("ac:alt", it.text("alt"))
        .with_some("ac:original-width", size("width"))
        .with_some("ac:original-height", size("height"))
        .with_some("ac:local-id", it.text("localId"));
    if it.text("type") == Some("external") {
        let source = Element::new("ri:url").with("ri:value", it.required("url")?);
        return Ok(image.containing([source.into()]));
    }
    let mut source = Element::new("ri:attachment");
    let key = it.text("occurrenceKey").filter(|it| it.starts_with("ri%3Afilename="));
    for (name, value) in parse(key.unwrap_or_default().as_bytes()) {
        if is_attribute(&name, "ri:") && source.attribute(&name).is_none() {
            source = source.with(&name, value);
        } else if is_attribute(&name, "ac:") && image.attribute(&name).is_none() {
            image = image.with(&name, value);
        }
    }
    if source.attribute("ri:filename").is_none() {
        source = source.with("ri:filename", it.required("id")?);
    }
    Ok(image.containing([source.into()]))
}

fn is_attribute(name: &str, prefix: &str) -> bool {
    name.strip_prefix(prefix).is_some_and(|it| {
        it.starts_with(|it: char| it.is_ascii_lowercase())
            && it.chars().all(|it| it.is_ascii_lowercase() || it == '-')
    })
}

/// A link that is shown as a block.
pub(super) fn card(it: &Reader<'_>) -> Result<Element, InvalidAdf> {
    let data = it.attribute("data").and_then(|it| it.get("url")).and_then(Value::as_str);
    let datasource = it.attribute("datasource").map(Value::to_string);
    let url = match it.text("url").or(data) {
        Some(url) => url,
        None if datasource.is_some() => "",
        None => return Err(it.invalid("the attribute `url` is missing")),
    };
    let appearance = if it.kind()? == "embedCard" { "embed" } else { "block" };
    let element = Element::new("a")
        .with("href", url)
        .with("data-card-appearance", appearance)
        .with_some("data-layout", it.text("layout"))
        .with_some("data-width", it.number("width").map(|it| it.to_string()))
        .with_some("data-datasource", datasource)
        .text(url);
    Ok(blocks::identified(element, it))
}
