//! Blocks: paragraphs, headings, quotes, and what stands for itself between them.

use serde_json::{Map, Value};

use super::{Converter, Place, add_local_id, kept_block, links};
use crate::convert::{
    marks::{self, node},
    tree::{Element, Node},
};

/// How far one level of indentation moves a block, in pixels.
const INDENTATION: u32 = 30;

impl Converter {
    /// Converts what stands where blocks are expected; loose text becomes paragraphs.
    pub(super) fn blocks(&self, nodes: &[Node], place: Place) -> Vec<Value> {
        let mut blocks = Vec::new();
        let mut rest = nodes;
        while let Some(first) = rest.first() {
            if let Node::Element(element) = first
                && is_block(element)
            {
                self.block(element, place, &mut blocks);
                rest = &rest[1..];
                continue;
            }
            let is_end = |it: &Node| it.element().is_some_and(is_block);
            let length = rest.iter().position(is_end).unwrap_or(rest.len());
            let (run, tail) = rest.split_at(length);
            self.loose(run, place, &mut blocks);
            rest = tail;
        }
        blocks
    }

    /// Converts inline content that no block encloses.
    fn loose(&self, run: &[Node], place: Place, blocks: &mut Vec<Value>) {
        let mut content = run.iter().filter(|it| !it.is_blank());
        if content.all(|it| it.element().is_some_and(stands_alone)) {
            for element in run.iter().filter_map(Node::element) {
                blocks.push(self.alone(element, place));
            }
            return;
        }
        let content = self.inline(run);
        if !content.is_empty() {
            blocks.push(node("paragraph", Map::new(), Some(content)));
        }
    }

    fn alone(&self, element: &Element, place: Place) -> Value {
        match element.name.as_str() {
            "ac:image" => self.image(element, place),
            "a" => links::block_card(element, place),
            _ => self.block_macro(element, place),
        }
    }

    fn block(&self, element: &Element, place: Place, blocks: &mut Vec<Value>) {
        let kind = match element.name.as_str() {
            "p" => {
                blocks.push(self.paragraph(element, place));
                return;
            }
            "div" | "section" if element.attributes.is_empty() => {
                blocks.extend(self.blocks(&element.children, place));
                return;
            }
            "ac:layout" => {
                self.layout(element, place, blocks);
                return;
            }
            "ac:structured-macro" => {
                blocks.push(self.block_macro(element, place));
                return;
            }
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => "heading",
            "blockquote" => "blockquote",
            "hr" => "rule",
            "ul" => "bulletList",
            "ol" => "orderedList",
            "ac:task-list" => "taskList",
            "table" => "table",
            _ => "",
        };
        let converted = match kind {
            _ if element.name == "ac:adf-extension" => self.native_block(element, place),
            _ if !place.allows(kind) => None,
            "heading" => Some(self.heading(element, place)),
            "blockquote" => {
                let content = self.some_blocks(&element.children, Place::Quote);
                let mut attrs = Map::new();
                add_local_id(&mut attrs, element);
                Some(node("blockquote", attrs, Some(content)))
            }
            "rule" => {
                let mut attrs = Map::new();
                add_local_id(&mut attrs, element);
                Some(node("rule", attrs, None))
            }
            "taskList" => self.task_list(element),
            "table" => self.table(element),
            _ => self.list(element, kind),
        };
        blocks.push(converted.unwrap_or_else(|| kept_block(element)));
    }

    fn paragraph(&self, element: &Element, place: Place) -> Value {
        let mut content = element.children.iter().filter(|it| !it.is_blank());
        if let (Some(Node::Element(image)), None) = (content.next(), content.next())
            && image.name == "ac:image"
        {
            return self.image(image, place);
        }
        let mut attrs = Map::new();
        add_local_id(&mut attrs, element);
        let content = Some(self.inline(&element.children)).filter(|it| !it.is_empty());
        aligned(node("paragraph", attrs, content), element, place)
    }

    fn heading(&self, element: &Element, place: Place) -> Value {
        let level = element.name[1..].parse::<u8>().unwrap_or(1);
        let mut attrs = Map::new();
        attrs.insert("level".to_owned(), level.into());
        add_local_id(&mut attrs, element);
        let content = Some(self.inline(&element.children)).filter(|it| !it.is_empty());
        aligned(node("heading", attrs, content), element, place)
    }
}

/// Adds the mark for the alignment or the indentation in the element's style.
fn aligned(mut block: Value, element: &Element, place: Place) -> Value {
    if !place.allows_alignment() {
        return block;
    }
    let style = element.attribute("style");
    let mark = match marks::style(style, "text-align") {
        Some("center") => Some(marks::with_attribute("alignment", "align", "center")),
        Some("right" | "end") => Some(marks::with_attribute("alignment", "align", "end")),
        _ => None,
    };
    let indented = marks::style(style, "margin-left")
        .filter(|_| mark.is_none() && place != Place::Cell)
        .and_then(|it| it.strip_suffix("px")?.trim().parse::<f64>().ok())
        .and_then(|pixels| {
            (1..=6_u32).find(|level| f64::from(level * INDENTATION).to_bits() == pixels.to_bits())
        })
        .map(|level| serde_json::json!({ "type": "indentation", "attrs": { "level": level } }));
    if let (Some(mark), Some(block)) = (mark.or(indented), block.as_object_mut()) {
        block.insert("marks".to_owned(), vec![mark].into());
    }
    block
}

/// Whether the element is a block wherever it stands.
fn is_block(element: &Element) -> bool {
    match element.name.as_str() {
        "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "ul" | "ol" | "dl" | "table" | "hr"
        | "blockquote" | "div" | "section" | "article" | "pre" | "details" | "center"
        | "ac:layout" | "ac:task-list" => true,
        "ac:adf-extension" => !super::native::is_inline(element),
        "ac:structured-macro" => {
            element.child("ac:rich-text-body").is_some()
                || element.child("ac:plain-text-body").is_some()
        }
        _ => false,
    }
}

/// Whether the element, with nothing but its like around it, is a block.
fn stands_alone(element: &Element) -> bool {
    match element.name.as_str() {
        "ac:image" => true,
        "ac:structured-macro" => element.attribute("ac:name") != Some("status"),
        "a" => matches!(element.attribute("data-card-appearance"), Some("block" | "embed")),
        _ => false,
    }
}
