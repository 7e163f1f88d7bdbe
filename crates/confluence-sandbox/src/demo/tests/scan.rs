//! What the tests want to know about a storage document.

use std::collections::BTreeMap;

use quick_xml::{
    Reader, XmlVersion,
    events::{BytesStart, Event},
};

/// Entities of storage format that XML itself does not know.
const ENTITIES: [(&str, &str); 8] = [
    ("nbsp", "\u{a0}"),
    ("ndash", "–"),
    ("mdash", "—"),
    ("hellip", "…"),
    ("rarr", "→"),
    ("eacute", "é"),
    ("uuml", "ü"),
    ("euro", "€"),
];

/// Elements whose edges end a paragraph.
const BLOCKS: [&str; 20] = [
    "p",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "li",
    "td",
    "th",
    "tr",
    "table",
    "ul",
    "ol",
    "blockquote",
    "ac:task",
    "ac:task-body",
    "ac:plain-text-body",
    "ac:rich-text-body",
    "ac:parameter",
];

/// An element with its attributes.
#[derive(Debug, Clone)]
pub(super) struct Element {
    pub(super) name: String,
    pub(super) attributes: BTreeMap<String, String>,
    /// Name of the element around it.
    pub(super) parent: String,
}

impl Element {
    pub(super) fn attribute(&self, name: &str) -> &str {
        self.attributes.get(name).map_or("", String::as_str)
    }
}

/// A document taken apart.
#[derive(Debug, Default)]
pub(super) struct Scan {
    pub(super) elements: Vec<Element>,
    /// Text of each block, whitespace collapsed.
    pub(super) paragraphs: Vec<String>,
    /// `ac:ref` and text of each inline comment marker.
    pub(super) markers: Vec<(String, String)>,
}

impl Scan {
    /// Reads `body`; panics with `page` in the message if it is not well-formed.
    #[track_caller]
    pub(super) fn of(page: &str, body: &str) -> Self {
        let document = format!("<storage>{body}</storage>");
        let mut reader = Reader::from_str(&document);
        reader.config_mut().check_comments = true;
        let mut scan = Self::default();
        let mut open = Vec::<String>::new();
        let mut block = String::new();
        loop {
            let event = reader.read_event().unwrap_or_else(|error| panic!("{page}: {error}"));
            match event {
                Event::Start(start) => {
                    let element = element(page, &start, open.last());
                    if BLOCKS.contains(&element.name.as_str()) {
                        scan.end_block(&mut block);
                    }
                    if element.name == "ac:inline-comment-marker" {
                        scan.markers.push((element.attribute("ac:ref").to_owned(), String::new()));
                    }
                    open.push(element.name.clone());
                    scan.elements.push(element);
                }
                Event::Empty(start) => {
                    let element = element(page, &start, open.last());
                    scan.elements.push(element);
                }
                Event::End(end) => {
                    if BLOCKS.contains(&end.name().0) {
                        scan.end_block(&mut block);
                    }
                    open.pop();
                }
                Event::Text(text) => scan.text(&text.xml10_content(), &open, &mut block),
                Event::CData(text) => scan.text(&text.xml10_content(), &open, &mut block),
                Event::GeneralRef(reference) => {
                    let text = match reference.resolve_char_ref().unwrap() {
                        Some(char) => char.to_string(),
                        None => entity(&reference.xml10_content())
                            .unwrap_or_else(|| panic!("{page}: unknown entity {reference:?}"))
                            .to_owned(),
                    };
                    scan.text(&text, &open, &mut block);
                }
                Event::Eof => break,
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {
                    panic!("{page}: storage format has no {event:?}")
                }
            }
        }
        assert!(open.is_empty(), "{page}: {open:?} never end");
        scan
    }

    pub(super) fn named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Element> {
        self.elements.iter().filter(move |it| it.name == name)
    }

    pub(super) fn macros<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Element> {
        self.named("ac:structured-macro").filter(move |it| it.attribute("ac:name") == name)
    }

    fn text(&mut self, text: &str, open: &[String], block: &mut String) {
        block.push_str(text);
        let marked = open.iter().any(|it| it == "ac:inline-comment-marker");
        if let (true, Some((_, selection))) = (marked, self.markers.last_mut()) {
            selection.push_str(text);
        }
    }

    fn end_block(&mut self, block: &mut String) {
        let text = block.split_whitespace().collect::<Vec<_>>().join(" ");
        block.clear();
        if !text.is_empty() {
            self.paragraphs.push(text);
        }
    }
}

fn element(page: &str, start: &BytesStart<'_>, parent: Option<&String>) -> Element {
    let attributes = start.attributes().map(|it| {
        let it = it.unwrap_or_else(|error| panic!("{page}: {error}"));
        let value = it
            .normalized_value_with(XmlVersion::Explicit1_0, 1, entity)
            .unwrap_or_else(|error| panic!("{page}: {error}"));
        (it.key.0.to_owned(), value.into_owned())
    });
    Element {
        name: start.name().0.to_owned(),
        attributes: attributes.collect(),
        parent: parent.cloned().unwrap_or_default(),
    }
}

fn entity(name: &str) -> Option<&'static str> {
    let known = ENTITIES.iter().find(|(known, _)| *known == name).map(|(_, text)| *text);
    known.or_else(|| quick_xml::escape::resolve_xml_entity(name))
}
