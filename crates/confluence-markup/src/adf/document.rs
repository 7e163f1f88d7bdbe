//! Parses ADF into nodes that borrow its text.

use std::{borrow::Cow, ops::Range};

use serde::Deserialize;
use serde_json::{Map, Value, value::RawValue};

use super::{Kind, MarkKind, ParseError};

/// The longest document that is read, in bytes; Confluence takes 5 MB.
pub const MAX_BYTES: usize = 16 << 20;

/// How many nodes are nested in each other at most. The editor nests lists six deep.
pub const MAX_NESTING: usize = 48;

/// How deep the JSON may be: two for each node, and some for attributes.
const MAX_JSON_NESTING: usize = 2 * MAX_NESTING + 128;

/// A document, parsed.
#[derive(Debug)]
pub struct Document<'a> {
    source: &'a str,
    root: Node<'a>,
}

/// A node and what is in it.
#[derive(Debug)]
pub struct Node<'a> {
    pub(super) kind: Kind,
    /// In the order of the source; the document has 0.
    pub(super) index: u32,
    source: &'a str,
    name: Cow<'a, str>,
    name_source: &'a str,
    text: Option<(Cow<'a, str>, &'a str)>,
    attributes: Option<&'a str>,
    marks: Vec<Mark<'a>>,
    content_source: Option<&'a str>,
    content: Vec<Self>,
}

/// A mark of a node.
#[derive(Debug)]
pub struct Mark<'a> {
    kind: MarkKind,
    source: &'a str,
    attributes: Option<&'a str>,
}

#[derive(Deserialize)]
struct RawNode<'a> {
    #[serde(borrow, rename = "type")]
    name: &'a RawValue,
    #[serde(borrow, default)]
    text: Option<&'a RawValue>,
    #[serde(borrow, default)]
    attrs: Option<&'a RawValue>,
    #[serde(borrow, default)]
    marks: Option<Vec<&'a RawValue>>,
    #[serde(borrow, default)]
    content: Option<&'a RawValue>,
}

impl<'a> Document<'a> {
    /// Parses a document.
    ///
    /// # Errors
    ///
    /// When it is not the JSON of a node of type `doc`, too large or too deep.
    pub fn parse(source: &'a str) -> Result<Self, ParseError> {
        if source.len() > MAX_BYTES {
            return Err(ParseError::TooLarge { bytes: source.len(), limit: MAX_BYTES });
        }
        if nesting(source) > MAX_JSON_NESTING {
            return Err(ParseError::TooDeep);
        }
        let mut count = 0;
        let raw: &RawValue = serde_json::from_str(source).map_err(malformed)?;
        let root = node(raw.get(), 0, &mut count)?;
        if root.kind == Kind::Doc {
            Ok(Self { source, root })
        } else {
            Err(ParseError::NotADocument(root.name.chars().take(40).collect()))
        }
    }

    /// The text that was parsed.
    pub fn source(&self) -> &'a str {
        self.source
    }

    /// The node of type `doc`.
    pub fn root(&self) -> &Node<'a> {
        &self.root
    }
}

impl<'a> Node<'a> {
    /// What sort of node it is.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Its type as it is written.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The object as it is written.
    pub fn source(&self) -> &'a str {
        self.source
    }

    /// Its text; only nodes of type `text` have one.
    pub fn text(&self) -> &str {
        self.text.as_ref().map_or("", |it| &it.0)
    }

    /// Its marks.
    pub fn marks(&self) -> &[Mark<'a>] {
        &self.marks
    }

    /// What is in it.
    pub fn content(&self) -> &[Self] {
        &self.content
    }

    /// All its attributes.
    pub fn attributes(&self) -> Map<String, Value> {
        object(self.attributes)
    }

    /// One attribute.
    pub fn attribute(&self, name: &str) -> Option<Value> {
        self.attributes.and_then(|_| self.attributes().remove(name))
    }

    /// One attribute that is text; empty if there is none.
    pub(super) fn word(&self, name: &str) -> String {
        word(self.attribute(name))
    }

    /// All before what is in the node, and all after.
    pub(super) fn shell(&self) -> (String, &'a str) {
        if let Some(content) = self.content_source {
            let range = within(self.source, content);
            return (self.source[..=range.start].to_owned(), &self.source[range.end - 1..]);
        }
        let mut head = self.source[..self.source.len() - 1].to_owned();
        head.push_str(",\"content\":[");
        (head, "]}")
    }

    /// As [`Node::shell`], of a node that was changed.
    pub(super) fn shell_of(changed: &str) -> (String, String) {
        let node = node(changed, 0, &mut 0).expect("a changed node is a node");
        let (head, tail) = node.shell();
        (head, tail.to_owned())
    }

    /// The node with other text; for nodes that have one.
    pub(super) fn with_text(&self, text: &str, out: &mut String) {
        match self.text {
            Some((_, source)) => {
                replaced(self.source, within(self.source, source), &quoted(text), out);
            }
            None => out.push_str(self.source),
        }
    }

    /// Of a node with another type.
    pub(super) fn renamed(source: &str, name: &str) -> String {
        let node = node(source, 0, &mut 0).expect("a changed node is a node");
        let mut out = String::new();
        replaced(source, within(source, node.name_source), &quoted(name), &mut out);
        out
    }

    /// The node with other attributes; those that are `null` are taken out.
    pub(super) fn with_attributes(&self, changes: &[(&str, Value)]) -> String {
        let mut attributes = self.attributes();
        for (name, value) in changes {
            if value.is_null() {
                attributes.shift_remove(*name);
            } else {
                attributes.insert((*name).to_owned(), value.clone());
            }
        }
        let attributes = Value::Object(attributes).to_string();
        let mut out = String::new();
        if let Some(source) = self.attributes {
            replaced(self.source, within(self.source, source), &attributes, &mut out);
        } else {
            out.push_str(&self.source[..self.source.len() - 1]);
            out.push_str(",\"attrs\":");
            out.push_str(&attributes);
            out.push('}');
        }
        out
    }
}

impl<'a> Mark<'a> {
    /// What sort of mark it is.
    pub fn kind(&self) -> MarkKind {
        self.kind
    }

    /// The object as it is written.
    pub fn source(&self) -> &'a str {
        self.source
    }

    /// One attribute that is text; empty if there is none.
    pub(super) fn word(&self, name: &str) -> String {
        word(object(self.attributes).remove(name))
    }
}

/// A text as JSON.
pub(super) fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

fn replaced(source: &str, range: Range<usize>, by: &str, out: &mut String) {
    out.push_str(&source[..range.start]);
    out.push_str(by);
    out.push_str(&source[range.end..]);
}

/// Where a part of a text is in it.
fn within(outer: &str, inner: &str) -> Range<usize> {
    let start = inner.as_ptr().addr() - outer.as_ptr().addr();
    start..start + inner.len()
}

fn word(value: Option<Value>) -> String {
    match value {
        Some(Value::String(it)) => it,
        Some(it @ (Value::Number(_) | Value::Bool(_))) => it.to_string(),
        Some(Value::Null | Value::Array(_) | Value::Object(_)) | None => String::new(),
    }
}

/// Attributes that are no object say nothing, but stay.
fn object(source: Option<&str>) -> Map<String, Value> {
    source.and_then(|it| serde_json::from_str(it).ok()).unwrap_or_default()
}

#[expect(clippy::needless_pass_by_value, reason = "as `map_err` gives it")]
fn malformed(error: serde_json::Error) -> ParseError {
    ParseError::Malformed(error.to_string())
}

fn node<'a>(source: &'a str, depth: usize, count: &mut u32) -> Result<Node<'a>, ParseError> {
    if depth >= MAX_NESTING {
        return Err(ParseError::TooDeep);
    }
    let raw: RawNode<'a> = serde_json::from_str(source).map_err(malformed)?;
    let name = string(raw.name)?;
    let index = *count;
    *count += 1;
    let marks = raw.marks.unwrap_or_default().into_iter().map(mark);
    let marks = marks.collect::<Result<_, _>>()?;
    let items: Vec<&'a RawValue> = match raw.content {
        Some(content) => serde_json::from_str(content.get()).map_err(malformed)?,
        None => Vec::new(),
    };
    let content = items.into_iter().map(|it| node(it.get(), depth + 1, count));
    Ok(Node {
        kind: Kind::of(&name),
        index,
        source,
        name,
        name_source: raw.name.get(),
        text: raw.text.map(|it| Ok((string(it)?, it.get()))).transpose()?,
        attributes: raw.attrs.map(RawValue::get),
        marks,
        content: content.collect::<Result<_, _>>()?,
        content_source: raw.content.map(RawValue::get),
    })
}

fn mark(raw: &RawValue) -> Result<Mark<'_>, ParseError> {
    let inside: RawNode<'_> = serde_json::from_str(raw.get()).map_err(malformed)?;
    Ok(Mark {
        kind: MarkKind::of(&string(inside.name)?),
        source: raw.get(),
        attributes: inside.attrs.map(RawValue::get),
    })
}

/// A JSON string's text, borrowed where it has no escapes.
fn string(raw: &RawValue) -> Result<Cow<'_, str>, ParseError> {
    let plain = raw.get().strip_prefix('"').and_then(|it| it.strip_suffix('"'));
    match plain.filter(|it| !it.contains('\\')) {
        Some(text) => Ok(Cow::Borrowed(text)),
        None => serde_json::from_str::<String>(raw.get()).map(Cow::Owned).map_err(malformed),
    }
}

/// How deep arrays and objects are nested.
fn nesting(json: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    let mut is_text = false;
    let mut bytes = json.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => is_text = !is_text,
            b'\\' if is_text => {
                bytes.next();
            }
            b'{' | b'[' if !is_text => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' if !is_text => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}
