//! Storage format to ADF.
//!
//! What ADF allows depends on where it stands; a [`Place`] knows. An element that has no
//! place there becomes an extension that carries its storage, so that nothing is lost.

mod blocks;
mod inline;
mod layout;
mod links;
mod lists;
mod macros;
mod media;
mod native;
mod table;

use std::cell::Cell;

use serde_json::{Map, Value, json};

use super::{
    error::Malformed,
    identity,
    marks::{STORAGE_PARAMETER, STORAGE_TYPE, node},
    tree::{self, Element, Node},
};

/// Converts a storage document to ADF; the result satisfies Atlassian's schema.
///
/// # Errors
/// If the document is not well-formed.
pub fn storage_to_adf(source: &str) -> Result<Value, Malformed> {
    let nodes = tree::parse(source)?;
    let converter = Converter { ids: Cell::new(0) };
    let content = converter.blocks(&nodes, Place::Document);
    Ok(json!({ "version": 1, "type": "doc", "content": content }))
}

/// How much of the text of an extension is shown in its `text`.
const MAX_EXTENSION_TEXT: usize = 200;

struct Converter {
    /// How many identifiers were made, so that no two are equal.
    ids: Cell<usize>,
}

/// Where blocks stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Document,
    Column,
    Panel,
    Quote,
    ListItem,
    Cell,
    Expand,
    NestedExpand,
    /// The body of an extension.
    Body,
}

impl Place {
    /// Whether the schema has a place for the node here.
    fn allows(self, kind: &str) -> bool {
        match kind {
            "paragraph" | "extension" | "bulletList" | "orderedList" | "codeBlock"
            | "mediaSingle" => true,
            "heading" | "rule" | "decisionList" => !matches!(self, Self::Quote | Self::ListItem),
            "taskList" => self != Self::Quote,
            "blockCard" => !matches!(self, Self::Quote | Self::ListItem | Self::NestedExpand),
            "embedCard" => {
                !matches!(self, Self::Quote | Self::ListItem | Self::NestedExpand | Self::Panel)
            }
            "panel" | "blockquote" => !matches!(self, Self::Quote | Self::ListItem | Self::Panel),
            "table" => {
                matches!(self, Self::Document | Self::Column | Self::Expand | Self::Body)
            }
            "expand" | "bodiedExtension" => matches!(self, Self::Document | Self::Column),
            "nestedExpand" => matches!(self, Self::Expand | Self::Cell),
            "layoutSection" | "syncBlock" | "bodiedSyncBlock" => self == Self::Document,
            _ => false,
        }
    }

    /// Whether paragraphs and headings may be aligned or indented here.
    fn allows_alignment(self) -> bool {
        matches!(self, Self::Document | Self::Column | Self::Cell)
    }
}

impl Converter {
    /// Content for a node that must have some.
    fn some_blocks(&self, nodes: &[Node], place: Place) -> Vec<Value> {
        let mut content = self.blocks(nodes, place);
        if content.is_empty() {
            content.push(node("paragraph", Map::new(), None));
        }
        content
    }

    /// The identifier in the storage, or one that follows from the content.
    fn local_id(&self, given: Option<&str>, element: &Element) -> String {
        if let Some(id) = given.filter(|it| !it.is_empty()) {
            return id.to_owned();
        }
        let count = self.ids.get();
        self.ids.set(count + 1);
        identity::uuid(&element.content(), count)
    }
}

/// The block as an extension that carries its storage.
fn kept_block(element: &Element) -> Value {
    let mut attrs = kept(element);
    attrs.insert("layout".to_owned(), "default".into());
    node("extension", attrs, None)
}

/// The inline element as an extension that carries its storage.
fn kept_inline(element: &Element) -> Value {
    node("inlineExtension", kept(element), None)
}

fn kept(element: &Element) -> Map<String, Value> {
    let storage = tree::write(&[Node::Element(element.clone())]);
    let name = element.attribute("ac:name").filter(|it| !it.is_empty());
    let mut attrs = Map::new();
    attrs.insert("extensionType".to_owned(), STORAGE_TYPE.into());
    attrs.insert("extensionKey".to_owned(), name.unwrap_or(&element.name).into());
    attrs.insert("parameters".to_owned(), json!({ STORAGE_PARAMETER: storage }));
    let text = super::plain::text_of(&[Node::Element(element.clone())]);
    let text: String = text.trim().chars().take(MAX_EXTENSION_TEXT).collect();
    if !text.is_empty() {
        attrs.insert("text".to_owned(), text.into());
    }
    attrs
}

/// Adds the element's local id to the attributes, if it has one.
fn add_local_id(attrs: &mut Map<String, Value>, element: &Element) {
    let id = element.attribute("ac:local-id").or_else(|| element.attribute("local-id"));
    if let Some(id) = id.filter(|it| !it.is_empty()) {
        attrs.insert("localId".to_owned(), id.into());
    }
}
