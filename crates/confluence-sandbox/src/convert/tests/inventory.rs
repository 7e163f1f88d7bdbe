//! What a storage document says, without how it says it.
//!
//! Two documents with the same inventory have the same text with the same marks, and the same
//! macros, links, images, tasks and cells, in the same order. White space, generated ids,
//! wrapping paragraphs and synonyms (`<b>`) are not part of it.

use std::collections::BTreeSet;

use crate::convert::{
    marks::hex_colour,
    reference,
    tree::{self, Element, Node},
};

#[derive(Debug, PartialEq, Eq, Default)]
pub(super) struct Inventory {
    /// Text without white space, cut where its marks change.
    pub(super) text: Vec<(BTreeSet<String>, String)>,
    /// Everything else.
    pub(super) things: Vec<String>,
}

impl Inventory {
    /// The first things in which two inventories differ.
    pub(super) fn difference(&self, other: &Self) -> Option<String> {
        let text = self.text.iter().zip(&other.text).find(|(a, b)| a != b);
        let things = self.things.iter().zip(&other.things).find(|(a, b)| a != b);
        (self != other).then(|| format!("{things:?} {text:?}"))
    }
}

pub(super) fn of(source: &str) -> Inventory {
    let mut inventory = Inventory::default();
    inventory.nodes(&tree::parse(source).unwrap(), &BTreeSet::new());
    inventory
}

/// Ids and versions that Confluence makes up, and looks that ADF does not know.
const UNIMPORTANT: [&str; 18] = [
    "ac:macro-id",
    "ac:schema-version",
    "ac:local-id",
    "local-id",
    "lang",
    "ri:local-id",
    "ac:task-list-id",
    "class",
    "id",
    "style",
    "ac:custom-width",
    "data-layout",
    "data-table-width",
    "ac:breakout-mode",
    "ac:align",
    "ac:layout",
    "ac:name",
    "ac:card-appearance",
];

fn attributes(element: &Element) -> Vec<String> {
    let mut attributes: Vec<String> = element
        .attributes
        .iter()
        .filter(|(name, value)| {
            let is_default =
                matches!(name.as_str(), "colspan" | "rowspan" | "start") && value == "1";
            !is_default && !UNIMPORTANT.contains(&name.as_str())
        })
        .map(|(name, value)| match name.as_str() {
            "bgcolor" | "data-highlight-colour" => {
                format!("background={}", hex_colour(value).unwrap_or_else(|| value.clone()))
            }
            _ => format!("{name}={value}"),
        })
        .collect();
    attributes.sort();
    attributes
}

impl Inventory {
    fn nodes(&mut self, nodes: &[Node], marks: &BTreeSet<String>) {
        for node in nodes {
            match node {
                Node::Text(text) | Node::Data(text) => self.add_text(text, marks),
                Node::Element(element) => self.element(element, marks),
                Node::Comment(_) | Node::Instruction(_) => {}
            }
        }
    }

    fn add_text(&mut self, text: &str, marks: &BTreeSet<String>) {
        let text: String = text.split(tree::is_space).collect();
        let mut marks = marks.clone();
        if marks.contains("code") {
            marks.retain(|it| it == "code" || it.starts_with("link"));
        }
        match self.text.last_mut() {
            _ if text.is_empty() => {}
            Some((last, before)) if *last == marks => before.push_str(&text),
            _ => self.text.push((marks, text)),
        }
    }

    fn element(&mut self, element: &Element, marks: &BTreeSet<String>) {
        let with = |mark: &str| {
            let mut marks = marks.clone();
            marks.insert(mark.to_owned());
            marks
        };
        let children = element.children.as_slice();
        let mark = match element.name.as_str() {
            "strong" | "b" => "strong",
            "em" | "i" => "em",
            "u" | "ins" => "u",
            "del" | "s" | "strike" => "del",
            "code" | "tt" => "code",
            "sub" | "sup" => element.name.as_str(),
            _ => "",
        };
        if !mark.is_empty() {
            return self.nodes(children, &with(mark));
        }
        match element.name.as_str() {
            "a" if element.attribute("href").is_some() => {
                let href = element.attribute("href").unwrap_or_default();
                match element.attribute("data-card-appearance") {
                    Some(appearance) => self.things.push(format!("{appearance} card {href}")),
                    None => self.nodes(children, &with(&format!("link {href}"))),
                }
            }
            "ac:link" => self.link(element, marks),
            "time" => self.things.push(format!("time {:?}", attributes(element))),
            "ac:emoticon" => self.things.push(format!("emoticon {}", emoticon(element))),
            "ac:structured-macro" => self.macro_element(element, marks),
            "ac:task-id" | "ac:task-uuid" | "ac:adf-fallback" => {}
            // Widths that are not in pixels are looks.
            "colgroup" if !tree::write(children).contains("px;") => {}
            "ac:adf-attribute" if element.attribute("key") == Some("local-id") => {}
            "ac:layout-section"
                if matches!(element.attribute("ac:type"), Some("single" | "fixed-width")) =>
            {
                element.elements().for_each(|it| self.nodes(&it.children, marks));
            }
            "a" | "p" | "span" | "div" | "thead" | "tbody" | "tfoot" | "ac:layout"
                if attributes(element).is_empty() =>
            {
                self.nodes(children, marks);
            }
            name => {
                self.things.push(format!("{name} {:?}", attributes(element)));
                self.nodes(children, marks);
            }
        }
    }

    fn link(&mut self, link: &Element, marks: &BTreeSet<String>) {
        let resource = reference::resource(link);
        let target = match resource {
            Some(it) if it.name == "ri:url" => {
                it.attribute("ri:value").unwrap_or_default().to_owned()
            }
            Some(it) => {
                let inner: Vec<_> = it.elements().map(attributes).collect();
                format!("{} {:?} {inner:?} {:?}", it.name, attributes(it), attributes(link))
            }
            None => format!("{:?}", attributes(link)),
        };
        let body = link.child("ac:link-body").or_else(|| link.child("ac:plain-text-link-body"));
        if resource.is_some_and(|it| it.name == "ri:user") {
            return self.things.push(format!("mention {target} {:?}", body.map(Element::content)));
        }
        let mut marks = marks.clone();
        marks.insert(format!("link {target}"));
        if let Some(body) = body.filter(|it| !it.is_blank()) {
            self.nodes(&body.children, &marks);
        } else {
            let text = reference::default_text(resource, link.attribute("ac:anchor"));
            self.add_text(&text, &marks);
        }
    }

    fn macro_element(&mut self, element: &Element, marks: &BTreeSet<String>) {
        let name = element.attribute("ac:name").unwrap_or_default();
        let mut parameters: Vec<String> = element
            .elements()
            .filter(|it| it.name == "ac:parameter")
            .map(|it| (it.attribute("ac:name").unwrap_or_default(), tree::write(&it.children)))
            .filter(|(name, value)| {
                !(value.is_empty()
                    || matches!((*name, &**value), ("icon", "true") | ("collapse", "false")))
            })
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        parameters.sort();
        let plain = element.child("ac:plain-text-body").map(Element::content);
        self.things
            .push(format!("macro {name} {:?} {parameters:?} {plain:?}", attributes(element)));
        if let Some(body) = element.child("ac:rich-text-body") {
            self.nodes(&body.children, marks);
        }
    }
}

fn emoticon(element: &Element) -> String {
    let short = element.attribute("ac:emoji-shortname").map(str::to_owned);
    let named = || {
        let name = element.attribute("ac:name")?;
        let known = crate::convert::marks::EMOTICONS.iter().find(|(it, _)| *it == name);
        known.map(|(_, it)| (*it).to_owned())
    };
    format!("{:?} {:?}", short.or_else(named), element.attribute("ac:emoji-fallback"))
}
