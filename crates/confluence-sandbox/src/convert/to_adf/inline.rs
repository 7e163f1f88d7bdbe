//! Inline content: text with marks, and the nodes between it.

use serde_json::{Map, Value, json};

use super::{Converter, kept_inline, macros, media, native};
use crate::convert::{
    marks::{self, EMOTICONS, MARKS, node},
    tree::{Element, Node, is_space},
};

/// The inline content of one block, as it is put together.
pub(super) struct Line {
    nodes: Vec<Value>,
    /// Whether white space would be at the start of a line.
    at_start: bool,
}

impl Converter {
    /// Converts the content of a block, with white space as it is shown.
    pub(super) fn inline(&self, nodes: &[Node]) -> Vec<Value> {
        let mut line = Line { nodes: Vec::new(), at_start: true };
        self.add_inline(nodes, &[], &mut line);
        line.trim_end();
        line.nodes
    }

    pub(super) fn add_inline(&self, nodes: &[Node], marks: &[Value], line: &mut Line) {
        for it in nodes {
            match it {
                Node::Text(text) => line.add_text(text, marks),
                Node::Data(text) => line.add_verbatim(text, marks),
                Node::Element(element) => self.add_element(element, marks, line),
                Node::Comment(_) | Node::Instruction(_) => {}
            }
        }
    }

    fn add_element(&self, element: &Element, marks: &[Value], line: &mut Line) {
        let mark = match element.name.as_str() {
            "strong" | "b" => marks::simple("strong"),
            "em" | "i" => marks::simple("em"),
            "u" | "ins" => marks::simple("underline"),
            "s" | "del" | "strike" => marks::simple("strike"),
            "code" | "tt" => marks::simple("code"),
            "sub" => marks::with_attribute("subsup", "type", "sub"),
            "sup" => marks::with_attribute("subsup", "type", "sup"),
            "ac:inline-comment-marker" if element.attribute("ac:ref").is_some() => json!({
                "type": "annotation",
                "attrs": { "id": element.attribute("ac:ref"), "annotationType": "inlineComment" },
            }),
            "span" => {
                let style = element.attribute("style");
                let mut marks = marks.to_vec();
                let mut add = |kind: &str, property: &str| {
                    if let Some(colour) = marks::style(style, property).and_then(marks::hex_colour)
                    {
                        put(&mut marks, marks::with_attribute(kind, "color", &colour));
                    }
                };
                add("textColor", "color");
                add("backgroundColor", "background-color");
                self.add_inline(&element.children, &marks, line);
                return;
            }
            "br" => {
                line.trim_end();
                line.add(marks::simple("hardBreak"));
                line.at_start = true;
                return;
            }
            "a" => return self.add_anchor(element, marks, line),
            "ac:link" => return self.add_link(element, marks, line),
            _ => {
                line.add(inline_node(element).unwrap_or_else(|| kept_inline(element)));
                return;
            }
        };
        let mut marks = marks.to_vec();
        put(&mut marks, mark);
        self.add_inline(&element.children, &marks, line);
    }
}

/// The element as a node that takes no marks, if ADF has one for all that it says.
fn inline_node(element: &Element) -> Option<Value> {
    match element.name.as_str() {
        "ac:structured-macro" => macros::inline_macro(element),
        "ac:emoticon" => emoji(element),
        "ac:image" => media::inline_image(element),
        "ac:adf-extension" => native::native_inline(element),
        "ac:placeholder" if element.attributes.is_empty() => {
            let text = element.content();
            Some(json!({ "type": "placeholder", "attrs": { "text": text } }))
        }
        "time" => {
            let date: jiff::civil::Date = element.attribute("datetime")?.parse().ok()?;
            let midnight = date.to_zoned_datetime(jiff::tz::TimeZone::UTC).ok()?;
            let timestamp = midnight.timestamp().as_millisecond().to_string();
            Some(json!({ "type": "date", "attrs": { "timestamp": timestamp } }))
        }
        _ => None,
    }
}

impl Line {
    /// Adds text, with every run of white space as one space.
    fn add_text(&mut self, text: &str, marks: &[Value]) {
        if marks.iter().any(|it| it["type"] == "code") {
            return self.add_verbatim(text, marks);
        }
        let mut collapsed = String::with_capacity(text.len());
        for char in text.chars() {
            if !is_space(char) {
                collapsed.push(char);
                self.at_start = false;
            } else if !self.at_start {
                collapsed.push(' ');
                self.at_start = true;
            }
        }
        self.push(collapsed, marks);
    }

    fn add_verbatim(&mut self, text: &str, marks: &[Value]) {
        self.push(text.to_owned(), marks);
        self.at_start = text.ends_with(is_space);
    }

    fn push(&mut self, text: String, marks: &[Value]) {
        if text.is_empty() {
            return;
        }
        let marks = compatible(marks);
        if let Some(last) = self.nodes.last_mut()
            && last["type"] == "text"
            && last.get("marks").and_then(Value::as_array).map_or(&[][..], Vec::as_slice) == marks
            && let Some(Value::String(last)) = last.get_mut("text")
        {
            last.push_str(&text);
            return;
        }
        let mut node = Map::new();
        node.insert("type".to_owned(), "text".into());
        node.insert("text".to_owned(), text.into());
        if !marks.is_empty() {
            node.insert("marks".to_owned(), marks.into());
        }
        self.nodes.push(node.into());
    }

    pub(super) fn add(&mut self, node: Value) {
        self.nodes.push(node);
        self.at_start = false;
    }

    /// Adds text that is not in the source.
    pub(super) fn add_plain(&mut self, text: &str, marks: &[Value]) {
        self.add_text(text, marks);
    }

    /// Removes the white space at the end of a line, which is not shown.
    fn trim_end(&mut self) {
        while let Some(last) = self.nodes.last_mut() {
            let is_code = last["marks"]
                .as_array()
                .is_some_and(|it| it.iter().any(|mark| mark["type"] == "code"));
            let Some(Value::String(text)) = last.get_mut("text").filter(|_| !is_code) else {
                return;
            };
            text.truncate(text.trim_end_matches(is_space).len());
            if !text.is_empty() {
                return;
            }
            self.nodes.pop();
        }
    }
}

/// Adds a mark, instead of one of the same kind.
pub(super) fn put(marks: &mut Vec<Value>, mark: Value) {
    marks.retain(|it| it["type"] != mark["type"]);
    marks.push(mark);
}

/// The marks that may stand together, in the usual order; code goes with links and comments only.
fn compatible(marks: &[Value]) -> Vec<Value> {
    let is_code = marks.iter().any(|it| it["type"] == "code");
    MARKS
        .iter()
        .filter(|it| !is_code || matches!(**it, "code" | "link" | "annotation"))
        .filter_map(|kind| marks.iter().find(|it| it["type"] == *kind).cloned())
        .collect()
}

fn emoji(element: &Element) -> Option<Value> {
    let mut attrs = Map::new();
    let name = element.attribute("ac:name");
    let known = EMOTICONS.iter().find(|(it, _)| Some(*it) == name);
    let short_name = match (element.attribute("ac:emoji-shortname"), known) {
        (Some(short_name), _) => short_name.to_owned(),
        (None, Some((_, short_name))) => (*short_name).to_owned(),
        (None, None) => format!(":{}:", name?),
    };
    attrs.insert("shortName".to_owned(), short_name.into());
    for (key, name) in [("id", "ac:emoji-id"), ("text", "ac:emoji-fallback")] {
        if let Some(value) = element.attribute(name) {
            attrs.insert(key.to_owned(), value.into());
        }
    }
    let is_known = |name: &str| {
        matches!(
            name,
            "ac:name" | "ac:emoji-shortname" | "ac:emoji-id" | "ac:emoji-fallback" | "ac:local-id"
        )
    };
    let knows_all = element.attributes.iter().all(|(name, _)| is_known(name));
    super::add_local_id(&mut attrs, element);
    knows_all.then(|| node("emoji", attrs, None))
}
