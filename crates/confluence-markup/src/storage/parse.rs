//! Builds the tree: quick-xml finds the tokens, what it lets pass is checked here.
//!
//! Accepted like by Confluence: several roots, HTML's named references, CDATA anywhere. Accepted beyond
//! that, as old bodies and agents write it: `<br>` without a slash, a lone `&`, a name that no reference
//! has (both are text). Turned down, as Confluence does: tags that do not match, attributes without
//! quotes, a `<` that begins no tag.

use quick_xml::{errors::Error, events::Event, reader::Reader};

use super::{
    attributes::Attributes,
    error::ParseError,
    tag::Tag,
    tree::{Document, Kind, Node},
};

/// The largest body that is read, in bytes.
///
/// Offsets are `u32`, and no body is near it: Confluence answers 413 above 5 MB.
pub const MAX_BYTES: usize = 64 << 20;

/// About how many bytes of a body make a node, to reserve the right space at once.
const BYTES_PER_NODE: usize = 24;

impl<'a> Document<'a> {
    /// Parses a body in storage format. Time and memory grow with its length, at any depth.
    ///
    /// # Errors
    ///
    /// When the body is not well-formed, or larger than [`MAX_BYTES`].
    pub fn parse(source: &'a str) -> Result<Self, ParseError> {
        if source.len() > MAX_BYTES {
            return Err(ParseError::TooLarge { bytes: source.len(), limit: MAX_BYTES });
        }
        Builder::new(source).build()
    }
}

struct Builder<'a> {
    source: &'a str,
    reader: Reader<&'a [u8]>,
    /// Where the reader begins: it would skip a byte order mark without counting it.
    base: usize,
    nodes: Vec<Node>,
    /// The elements that wait for their end tag, after the root.
    open: Vec<u32>,
}

impl<'a> Builder<'a> {
    fn new(source: &'a str) -> Self {
        let content = source.trim_start_matches('\u{FEFF}');
        let mut reader = Reader::from_str(content);
        let config = reader.config_mut();
        config.check_end_names = false;
        config.allow_unmatched_ends = true;
        config.allow_dangling_amp = true;
        config.check_comments = false;
        let mut nodes = Vec::with_capacity(source.len() / BYTES_PER_NODE + 1);
        let end = offset(source.len());
        nodes.push(Node {
            kind: Kind::Root,
            parent: 0,
            after: 0,
            start: 0,
            open: 0,
            close: end,
            end,
        });
        Self { source, reader, base: source.len() - content.len(), nodes, open: vec![0] }
    }

    fn build(mut self) -> Result<Document<'a>, ParseError> {
        if self.base > 0 {
            self.add_text(0, self.base);
        }
        loop {
            let start = self.position();
            let event = match self.reader.read_event() {
                Ok(event) => event,
                Err(error) => return Err(self.broken(start, &error)),
            };
            let end = self.position();
            match event {
                Event::Eof => break,
                Event::Start(_) => self.start_tag(start, end, false)?,
                Event::Empty(_) => self.start_tag(start, end, true)?,
                Event::End(_) => self.end_tag(start, end)?,
                Event::Text(_) | Event::GeneralRef(_) => self.add_text(start, end),
                Event::CData(_) => self.add(Kind::Data, start..end, start + 9..end - 3),
                Event::Comment(_) => self.add(Kind::Comment, start..end, start + 4..end - 3),
                Event::PI(_) | Event::Decl(_) | Event::DocType(_) => {
                    self.add(Kind::Instruction, start..end, start..end);
                }
            }
        }
        if self.open.len() > 1 {
            let name = self.open_name();
            return Err(self.fail(self.source.len(), format!("`<{name}>` is not closed")));
        }
        self.nodes[0].after = self.count();
        Ok(Document { source: self.source, nodes: self.nodes })
    }

    fn position(&self) -> usize {
        let position = usize::try_from(self.reader.buffer_position()).unwrap_or(usize::MAX);
        self.base.saturating_add(position).min(self.source.len())
    }

    fn count(&self) -> u32 {
        offset(self.nodes.len())
    }

    fn parent(&self) -> u32 {
        self.open.last().copied().unwrap_or(0)
    }

    fn add(&mut self, kind: Kind, outer: std::ops::Range<usize>, inner: std::ops::Range<usize>) {
        let after = self.count() + 1;
        self.nodes.push(Node {
            kind,
            parent: self.parent(),
            after,
            start: offset(outer.start),
            open: offset(inner.start),
            close: offset(inner.end.max(inner.start)),
            end: offset(outer.end),
        });
    }

    /// Text and references that touch are one node.
    fn add_text(&mut self, start: usize, end: usize) {
        let parent = self.parent();
        if let Some(last) = self.nodes.last_mut()
            && last.kind == Kind::Text
            && last.parent == parent
            && last.end as usize == start
        {
            last.end = offset(end);
            last.close = offset(end);
        } else if start < end {
            self.add(Kind::Text, start..end, start..end);
        }
    }

    fn start_tag(&mut self, start: usize, end: usize, is_empty: bool) -> Result<(), ParseError> {
        let content = &self.source[start + 1..end - if is_empty { 2 } else { 1 }];
        let is_space = |it: u8| it.is_ascii_whitespace();
        let length = content.bytes().position(is_space).unwrap_or(content.len());
        let (name, attributes) = content.split_at(length);
        if !is_name(name) {
            return Err(self.fail(start, "a `<` that begins no tag; write it as `&lt;`"));
        }
        if !attributes.is_empty() {
            self.check_attributes(start, name, attributes)?;
        }
        let tag = Tag::of(name);
        let id = self.count();
        self.add(Kind::Element(tag), start..end, end..end);
        // `<br></br>` is XHTML, too; `<br>` alone ends where it begins.
        let is_closed = || {
            let rest = self.source.get(end..).unwrap_or_default();
            rest.strip_prefix("</").is_some_and(|it| it.starts_with(name))
        };
        if !is_empty && (!tag.is_void() || is_closed()) {
            self.open.push(id);
        }
        Ok(())
    }

    fn check_attributes(&self, start: usize, name: &str, text: &str) -> Result<(), ParseError> {
        if memchr::memchr(b'<', text.as_bytes()).is_some() {
            return Err(self.fail(start, format!("`<{name}` has a `<` among its attributes")));
        }
        let mut attributes = Attributes::new(text);
        if !attributes.by_ref().all(|it| is_name(it.name)) || !attributes.rest().is_empty() {
            let reason = format!("`<{name}` has an attribute that is not `name=\"value\"`");
            return Err(self.fail(start, reason));
        }
        Ok(())
    }

    fn end_tag(&mut self, start: usize, end: usize) -> Result<(), ParseError> {
        let name = self.source[start + 2..end - 1].trim_ascii_end();
        let expected = self.open_name();
        if self.open.len() < 2 || expected != name {
            let reason = match expected {
                "" => format!("`</{name}>` closes nothing"),
                _ => format!("`</{name}>` where `</{expected}>` is expected"),
            };
            return Err(self.fail(start, reason));
        }
        let after = self.count();
        if let Some(node) = self.open.pop().and_then(|id| self.nodes.get_mut(id as usize)) {
            node.after = after;
            node.close = offset(start);
            node.end = offset(end);
        }
        Ok(())
    }

    fn open_name(&self) -> &'a str {
        let start = match self.open.last().and_then(|id| self.nodes.get(*id as usize)) {
            Some(node) if node.kind != Kind::Root => node.start as usize + 1,
            _ => return "",
        };
        let rest = self.source.get(start..).unwrap_or_default();
        let ends = |it: u8| it.is_ascii_whitespace() || matches!(it, b'>' | b'/');
        rest.get(..rest.bytes().position(ends).unwrap_or(rest.len())).unwrap_or_default()
    }

    fn broken(&self, start: usize, error: &Error) -> ParseError {
        self.fail(start, error.to_string())
    }

    fn fail(&self, offset: usize, reason: impl Into<String>) -> ParseError {
        ParseError::at(self.source, offset, reason)
    }
}

/// Whether it can be the name of an element or an attribute.
fn is_name(text: &str) -> bool {
    // Nearly every name is plain.
    let is_plain = |it: u8| it.is_ascii_alphanumeric() || matches!(it, b'_' | b'-' | b'.' | b':');
    if text.bytes().all(is_plain) {
        return text.starts_with(|it: char| it.is_ascii_alphabetic() || it == '_');
    }
    let is_start = |it: char| it.is_alphabetic() || it == '_';
    let is_part = |it: char| it.is_alphanumeric() || matches!(it, '_' | '-' | '.' | ':' | '\u{B7}');
    text.starts_with(is_start) && text.chars().all(is_part)
}

/// Every offset is at most [`MAX_BYTES`].
fn offset(it: usize) -> u32 {
    u32::try_from(it).unwrap_or(u32::MAX)
}
