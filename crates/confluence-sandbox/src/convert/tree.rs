//! A storage document as a tree, and how it is written.

use std::fmt::Write as _;

use super::{
    error::Malformed,
    scanner::{Scanner, Token},
};

/// A piece of a storage document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Node {
    Element(Element),
    /// Text with its references resolved.
    Text(String),
    /// A CDATA section.
    Data(String),
    Comment(String),
    Instruction(String),
}

/// An element with its attributes, in the order of the source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Element {
    pub(super) name: String,
    pub(super) attributes: Vec<(String, String)>,
    pub(super) children: Vec<Node>,
}

/// Reads a document.
pub(super) fn parse(source: &str) -> Result<Vec<Node>, Malformed> {
    let (nodes, error) = parse_leniently(source);
    error.map_or(Ok(nodes), Err)
}

/// Reads a document as far as it is well-formed.
pub(super) fn parse_leniently(source: &str) -> (Vec<Node>, Option<Malformed>) {
    let mut scanner = Scanner::new(source);
    let mut open: Vec<Element> = Vec::new();
    let mut nodes = Vec::new();
    let error = loop {
        let token = match scanner.next_token() {
            Ok(Some((_, token))) => token,
            Ok(None) => break None,
            Err(error) => break Some(error),
        };
        let node = match token {
            Token::Open { name, attributes, empty } => {
                let attributes =
                    attributes.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
                let element = Element { name: name.to_owned(), attributes, children: Vec::new() };
                if !empty {
                    open.push(element);
                    continue;
                }
                Node::Element(element)
            }
            Token::Close => match open.pop() {
                Some(element) => Node::Element(element),
                None => continue,
            },
            Token::Text(text) => Node::Text(text),
            Token::Data(text) => Node::Data(text.to_owned()),
            Token::Comment(text) => Node::Comment(text.to_owned()),
            Token::Instruction(text) => Node::Instruction(text.to_owned()),
        };
        add(open.last_mut().map_or(&mut nodes, |it| &mut it.children), node);
    };
    while let Some(element) = open.pop() {
        add(open.last_mut().map_or(&mut nodes, |it| &mut it.children), Node::Element(element));
    }
    (nodes, error)
}

/// Adds a node, joining texts that only a reference kept apart.
fn add(nodes: &mut Vec<Node>, node: Node) {
    match (nodes.last_mut(), node) {
        (Some(Node::Text(last)), Node::Text(text)) => last.push_str(&text),
        (_, node) => nodes.push(node),
    }
}

impl Element {
    pub(super) fn new(name: &str) -> Self {
        Self { name: name.to_owned(), attributes: Vec::new(), children: Vec::new() }
    }

    pub(super) fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.attributes.push((name.to_owned(), value.into()));
        self
    }

    /// Adds the attribute if there is a value.
    pub(super) fn with_some(self, name: &str, value: Option<impl Into<String>>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    pub(super) fn containing(mut self, children: impl IntoIterator<Item = Node>) -> Self {
        self.children.extend(children);
        self
    }

    pub(super) fn text(self, text: impl Into<String>) -> Self {
        self.containing([Node::Text(text.into())])
    }

    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(it, _)| it == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn elements(&self) -> impl Iterator<Item = &Self> {
        self.children.iter().filter_map(Node::element)
    }

    pub(super) fn child(&self, name: &str) -> Option<&Self> {
        self.elements().find(|it| it.name == name)
    }

    /// The text of all that is inside.
    pub(super) fn content(&self) -> String {
        let mut text = String::new();
        collect(&self.children, &mut text);
        text
    }

    /// Whether there is nothing but white space and comments inside.
    pub(super) fn is_blank(&self) -> bool {
        self.children.iter().all(Node::is_blank)
    }
}

fn collect(nodes: &[Node], text: &mut String) {
    for node in nodes {
        match node {
            Node::Element(element) => collect(&element.children, text),
            Node::Text(it) | Node::Data(it) => text.push_str(it),
            Node::Comment(_) | Node::Instruction(_) => {}
        }
    }
}

impl Node {
    pub(super) fn element(&self) -> Option<&Element> {
        if let Self::Element(element) = self { Some(element) } else { None }
    }

    /// Whether it is white space or a comment, which mean nothing between blocks.
    pub(super) fn is_blank(&self) -> bool {
        match self {
            Self::Element(_) => false,
            Self::Text(text) | Self::Data(text) => text.chars().all(is_space),
            Self::Comment(_) | Self::Instruction(_) => true,
        }
    }
}

impl From<Element> for Node {
    fn from(element: Element) -> Self {
        Self::Element(element)
    }
}

/// Whether the character is white space of XML; a no-break space is text.
pub(super) fn is_space(char: char) -> bool {
    matches!(char, ' ' | '\t' | '\n' | '\r')
}

/// How deep the nodes are nested.
pub(super) fn depth(nodes: &[Node]) -> usize {
    nodes.iter().filter_map(Node::element).map(|it| 1 + depth(&it.children)).max().unwrap_or(0)
}

/// Writes nodes as storage format.
pub(super) fn write(nodes: &[Node]) -> String {
    let mut out = String::new();
    write_nodes(nodes, &mut out);
    out
}

fn write_nodes(nodes: &[Node], out: &mut String) {
    for node in nodes {
        match node {
            Node::Element(element) => write_element(element, out),
            Node::Text(text) => escape_text(text, out),
            Node::Data(text) => write_data(text, out),
            Node::Comment(text) => {
                let _ = write!(out, "<!--{text}-->");
            }
            Node::Instruction(text) => out.push_str(text),
        }
    }
}

fn write_element(element: &Element, out: &mut String) {
    out.push('<');
    out.push_str(&element.name);
    for (name, value) in &element.attributes {
        out.push(' ');
        out.push_str(name);
        out.push_str("=\"");
        escape_attribute(value, out);
        out.push('"');
    }
    if element.children.is_empty() {
        out.push_str(" />");
    } else {
        out.push('>');
        write_nodes(&element.children, out);
        out.push_str("</");
        out.push_str(&element.name);
        out.push('>');
    }
}

/// Writes a CDATA section, split where its end marker stands in the text.
fn write_data(text: &str, out: &mut String) {
    out.push_str("<![CDATA[");
    for (index, part) in text.split("]]>").enumerate() {
        if index > 0 {
            out.push_str("]]]]><![CDATA[>");
        }
        out.extend(part.chars().map(sanitized));
    }
    out.push_str("]]>");
}

pub(super) fn escape_text(text: &str, out: &mut String) {
    for char in text.chars() {
        match char {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\u{A0}' => out.push_str("&nbsp;"),
            char => out.push(sanitized(char)),
        }
    }
}

pub(super) fn escape_attribute(text: &str, out: &mut String) {
    for char in text.chars() {
        match char {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            char => out.push(sanitized(char)),
        }
    }
}

/// The character, or its replacement if XML cannot say it.
fn sanitized(char: char) -> char {
    if super::entities::is_allowed(char) { char } else { '\u{FFFD}' }
}
