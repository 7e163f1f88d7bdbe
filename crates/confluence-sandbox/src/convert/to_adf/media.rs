//! Images.

use serde_json::{Map, Value, json};
use url::form_urlencoded::Serializer;

use super::{Converter, Place, add_local_id, kept_block, table::number};
use crate::convert::{
    identity,
    marks::{IMAGE_LAYOUTS, node},
    reference::resource,
    tree::Element,
};

/// Attributes that have a place of their own in ADF.
const NATIVE: [&str; 8] = [
    "ac:align",
    "ac:alt",
    "ac:custom-width",
    "ac:href",
    "ac:layout",
    "ac:local-id",
    "ac:original-height",
    "ac:original-width",
];

impl Converter {
    /// An image that stands as a block.
    pub(super) fn image(&self, image: &Element, place: Place) -> Value {
        self.media_single(image, place).unwrap_or_else(|| kept_block(image))
    }

    fn media_single(&self, image: &Element, place: Place) -> Option<Value> {
        if !place.allows("mediaSingle") || !is_plain(image) {
            return None;
        }
        let mut attrs = Map::new();
        attrs.insert("layout".to_owned(), layout(image).into());
        if let Some(width) = pixels(image, "ac:width") {
            attrs.insert("width".to_owned(), number(width));
            attrs.insert("widthType".to_owned(), "pixel".into());
        }
        let mut content = vec![node("media", media_attributes(image, "file")?, None)];
        if let Some(caption) = image.child("ac:caption") {
            content.push(node("caption", Map::new(), Some(self.caption(caption)?)));
        }
        let mut single = node("mediaSingle", attrs, Some(content));
        if let Some(href) = image.attribute("ac:href") {
            single["marks"] = json!([{ "type": "link", "attrs": { "href": href } }]);
        }
        Some(single)
    }

    /// The text below an image; `None` if it holds what captions cannot.
    fn caption(&self, caption: &Element) -> Option<Vec<Value>> {
        let content = match caption.elements().next() {
            Some(paragraph) if paragraph.name == "p" && caption.elements().count() == 1 => {
                self.inline(&paragraph.children)
            }
            _ => self.inline(&caption.children),
        };
        let fits =
            |it: &Value| !matches!(it["type"].as_str(), Some("inlineExtension" | "mediaInline"));
        content.iter().all(fits).then_some(content)
    }
}

/// An image within text; only attachments have a node for that.
pub(super) fn inline_image(image: &Element) -> Option<Value> {
    if !is_plain(image) || image.child("ac:caption").is_some() {
        return None;
    }
    if image.attributes.iter().any(|(it, _)| it == "ac:href") {
        return None;
    }
    let attrs = media_attributes(image, "image").filter(|it| it.contains_key("id"))?;
    Some(node("mediaInline", attrs, None))
}

/// Whether the image has one source and no parts that only storage can say.
fn is_plain(image: &Element) -> bool {
    let count = image.elements().filter(|it| it.name.starts_with("ri:")).count();
    let is_known = |name: &str| name.starts_with("ri:") || name == "ac:caption";
    count == 1
        && image
            .children
            .iter()
            .filter(|it| !it.is_blank())
            .all(|it| it.element().is_some_and(|it| is_known(&it.name)))
}

fn layout(image: &Element) -> &str {
    let given = image.attribute("ac:layout").filter(|it| IMAGE_LAYOUTS.contains(it));
    given.unwrap_or(match image.attribute("ac:align") {
        Some("left") => "align-start",
        Some("right") => "align-end",
        _ => "center",
    })
}

fn pixels(image: &Element, name: &str) -> Option<f64> {
    let value = image.attribute(name)?.trim_end_matches("px");
    value.parse().ok().filter(|it: &f64| it.is_finite() && *it >= 0.0)
}

/// The attributes of the media node; `None` if it could not say everything.
fn media_attributes(image: &Element, kind: &str) -> Option<Map<String, Value>> {
    let source = resource(image)?;
    let others: Vec<_> = image
        .attributes
        .iter()
        .filter(|(name, _)| {
            !NATIVE.contains(&name.as_str()) && (name != "ac:width" || kind == "image")
        })
        .collect();
    let mut attrs = Map::new();
    if source.name == "ri:url" {
        let is_simple = others.is_empty() && source.attributes.len() == 1;
        let url = source.attribute("ri:value").filter(|it| is_simple && !it.is_empty())?;
        attrs.insert("type".to_owned(), "external".into());
        attrs.insert("url".to_owned(), url.into());
    } else {
        let filename = source.attribute("ri:filename").filter(|it| !it.is_empty())?;
        if source.name != "ri:attachment" || source.elements().next().is_some() {
            return None;
        }
        attrs.insert("type".to_owned(), kind.into());
        attrs.insert("id".to_owned(), identity::uuid(filename, 0).into());
        attrs.insert("collection".to_owned(), "".into());
        // Media ids are opaque; the storage goes along where viewers do not look.
        let mut key = Serializer::new(String::new());
        key.extend_pairs(source.attributes.iter().map(|(name, value)| (name, value)));
        key.extend_pairs(others);
        attrs.insert("occurrenceKey".to_owned(), key.finish().into());
    }
    if let Some(alt) = image.attribute("ac:alt") {
        attrs.insert("alt".to_owned(), alt.into());
    }
    for (key, name) in [("width", "ac:original-width"), ("height", "ac:original-height")] {
        if let Some(size) = pixels(image, name) {
            attrs.insert(key.to_owned(), number(size));
        }
    }
    add_local_id(&mut attrs, image);
    Some(attrs)
}
