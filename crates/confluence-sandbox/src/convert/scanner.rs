//! Reads storage format token by token, as strictly as Confluence does.
//!
//! quick-xml finds the tokens; what it lets pass (names, attributes, entities, nesting,
//! namespaces) is checked here.

use std::ops::Range;

use quick_xml::{errors::Error, events::Event, reader::Reader};

use super::{entities, error::Malformed};

/// How deep elements may be nested; every conversion recurses that far.
pub(super) const MAX_DEPTH: usize = 200;

/// Prefixes that Confluence declares for all storage.
const PREFIXES: [&str; 4] = ["ac", "ri", "at", "xml"];

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token<'a> {
    Open { name: &'a str, attributes: Vec<(&'a str, String)>, empty: bool },
    Close,
    Text(String),
    Data(&'a str),
    Comment(&'a str),
    Instruction(&'a str),
}

pub(super) struct Scanner<'a> {
    source: &'a str,
    reader: Reader<&'a [u8]>,
    /// Where the reader begins: it would skip a byte order mark without counting it.
    base: usize,
    open: Vec<&'a str>,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(source: &'a str) -> Self {
        let content = source.trim_start_matches('\u{FEFF}');
        let mut reader = Reader::from_str(content);
        let config = reader.config_mut();
        config.check_end_names = false;
        config.allow_unmatched_ends = true;
        config.allow_dangling_amp = true;
        config.check_comments = false;
        Self { source, reader, base: source.len() - content.len(), open: Vec::new() }
    }

    /// The next token and where it stands, or `None` at the end.
    pub(super) fn next_token(&mut self) -> Result<Option<(Range<usize>, Token<'a>)>, Malformed> {
        let start = self.position();
        let event = self.reader.read_event().map_err(|error| self.broken(start, &error))?;
        let range = start..self.position();
        let raw = &self.source[range.clone()];
        let inner = |prefix: usize, suffix: usize| {
            raw.get(prefix..raw.len().saturating_sub(suffix)).unwrap_or_default()
        };
        let token = match event {
            Event::Eof => {
                return match self.open.last() {
                    Some(name) => Err(self.fail(
                        self.source.len(),
                        format!("Unexpected close tag </xml>; expected </{name}>."),
                    )),
                    None => Ok(None),
                };
            }
            Event::Start(_) => self.opened(start, inner(1, 1), false)?,
            Event::Empty(_) => self.opened(start, inner(1, 2), true)?,
            Event::End(_) => self.closed(start, inner(2, 1).trim_end())?,
            Event::Text(_) | Event::GeneralRef(_) => {
                if let Some(offset) = raw.find("]]>") {
                    let message = "String ']]>' not allowed in textual content, except as the end \
                                   marker of CDATA section";
                    return Err(self.fail(start + offset, message));
                }
                Token::Text(self.decoded(start, raw)?)
            }
            Event::CData(_) => Token::Data(self.allowed(start + 9, inner(9, 3))?),
            Event::Comment(_) => {
                let comment = self.allowed(start + 4, inner(4, 3))?;
                if comment.contains("--") || comment.ends_with('-') {
                    let message = "String '--' not allowed in comment (missing '>'?)";
                    return Err(self.fail(start, message));
                }
                Token::Comment(comment)
            }
            Event::PI(_) => Token::Instruction(self.allowed(start, raw)?),
            Event::Decl(_) => {
                let message = "Illegal processing instruction target (\"xml\"); xml (case \
                               insensitive) is reserved by the specs.";
                return Err(self.fail(start, message));
            }
            Event::DocType(_) => {
                let message = "Unexpected character 'D' (code 68) in content after '<!'";
                return Err(self.fail(start, message));
            }
        };
        Ok(Some((range, token)))
    }

    fn position(&self) -> usize {
        let position = usize::try_from(self.reader.buffer_position()).unwrap_or(usize::MAX);
        self.base.saturating_add(position).min(self.source.len())
    }

    fn fail(&self, offset: usize, message: impl Into<String>) -> Malformed {
        Malformed::at(self.source, offset, message)
    }

    fn broken(&self, start: usize, error: &Error) -> Malformed {
        let message = match self.open.last() {
            Some(name) => {
                format!("Unexpected EOF; was expecting a close tag for element <{name}> ({error})")
            }
            None => format!("Unexpected EOF in prolog ({error})"),
        };
        self.fail(start, message)
    }

    fn unexpected(&self, offset: usize, expected: &str) -> Malformed {
        let message = match self.source.get(offset..).and_then(|it| it.chars().next()) {
            Some(char) => {
                format!("Unexpected character '{char}' (code {}) {expected}", u32::from(char))
            }
            None => format!("Unexpected EOF {expected}"),
        };
        self.fail(offset, message)
    }

    fn opened(&mut self, start: usize, tag: &'a str, empty: bool) -> Result<Token<'a>, Malformed> {
        let length = name_length(tag);
        if length == 0 {
            return Err(
                self.unexpected(start + 1, "in content after '<' (malformed start element?).")
            );
        }
        let (name, rest) = tag.split_at(length);
        self.check_prefix(start, name, None)?;
        if self.open.len() >= MAX_DEPTH {
            let message = format!("Maximum element depth limit ({MAX_DEPTH}) exceeded");
            return Err(self.fail(start, message));
        }
        let attributes = self.attributes(start + 1 + length, rest)?;
        if !empty {
            self.open.push(name);
        }
        Ok(Token::Open { name, attributes, empty })
    }

    fn closed(&mut self, start: usize, name: &'a str) -> Result<Token<'a>, Malformed> {
        match self.open.pop() {
            Some(expected) if expected == name => Ok(Token::Close),
            expected => {
                let expected = expected.unwrap_or("xml");
                let message = format!("Unexpected close tag </{name}>; expected </{expected}>.");
                Err(self.fail(start, message))
            }
        }
    }

    fn check_prefix(&self, at: usize, name: &str, of: Option<&str>) -> Result<(), Malformed> {
        let Some((prefix, _)) = name.split_once(':') else { return Ok(()) };
        if PREFIXES.contains(&prefix) {
            return Ok(());
        }
        let message = match of {
            Some(attribute) => {
                format!("Undeclared namespace prefix \"{prefix}\" (for attribute \"{attribute}\")")
            }
            None => format!("Undeclared namespace prefix \"{prefix}\""),
        };
        Err(self.fail(at, message))
    }

    /// Reads what follows the name in a start tag.
    fn attributes(&self, start: usize, text: &'a str) -> Result<Vec<(&'a str, String)>, Malformed> {
        let mut attributes: Vec<(&str, String)> = Vec::new();
        let mut rest = text;
        let offset = |rest: &str| start + text.len() - rest.len();
        loop {
            let trimmed = rest.trim_start();
            if trimmed.is_empty() {
                return Ok(attributes);
            }
            let length = name_length(trimmed);
            if trimmed.len() == rest.len() || length == 0 {
                return Err(self.unexpected(offset(trimmed), "excepted space, or '>' or \"/>\""));
            }
            let (name, after) = trimmed.split_at(length);
            let Some(value) = after.trim_start().strip_prefix('=') else {
                return Err(self.unexpected(offset(after.trim_start()), "expected '='"));
            };
            let value = value.trim_start();
            let quote = value.chars().next().filter(|it| matches!(it, '"' | '\''));
            let Some((quoted, tail)) = quote.and_then(|it| value[1..].split_once(it)) else {
                return Err(self.unexpected(offset(value), "in start tag Expected a quote"));
            };
            let value_at = offset(value) + 1;
            if let Some(bad) = quoted.find('<') {
                return Err(self.unexpected(value_at + bad, "in attribute value"));
            }
            self.check_attribute(offset(trimmed), name)?;
            if attributes.iter().any(|(it, _)| *it == name) {
                return Err(self.fail(offset(trimmed), format!("Duplicate attribute '{name}'.")));
            }
            let value = self.decoded(value_at, quoted)?;
            attributes.push((name, value.replace(['\t', '\n', '\r'], " ")));
            rest = tail;
        }
    }

    fn check_attribute(&self, at: usize, name: &str) -> Result<(), Malformed> {
        if name.starts_with("xmlns:") { Ok(()) } else { self.check_prefix(at, name, Some(name)) }
    }

    /// The text with its references resolved.
    fn decoded(&self, start: usize, raw: &'a str) -> Result<String, Malformed> {
        let raw = self.allowed(start, raw)?;
        let mut text = String::with_capacity(raw.len());
        let mut rest = raw;
        while let Some(at) = rest.find('&') {
            let (before, reference) = rest.split_at(at);
            text.push_str(before);
            let offset = start + raw.len() - reference.len();
            let name = &reference[1..];
            let length = name
                .find(|it: char| {
                    !it.is_ascii_alphanumeric() && !matches!(it, '#' | '_' | '-' | '.')
                })
                .unwrap_or(name.len());
            if length == 0 {
                return Err(self.unexpected(offset + 1, "(missing name?)"));
            }
            let (name, after) = name.split_at(length);
            let Some(after) = after.strip_prefix(';') else {
                let expected = format!("expected ';' to end the entity reference \"&{name}\"");
                return Err(self.unexpected(offset + 1 + length, &expected));
            };
            let Some(char) = entities::resolve(name) else {
                let message = match name.strip_prefix('#') {
                    Some(_) => format!("Illegal character entity \"&{name};\""),
                    None => format!("Undeclared general entity \"{name}\""),
                };
                return Err(self.fail(offset, message));
            };
            text.push(char);
            rest = after;
        }
        text.push_str(rest);
        Ok(text)
    }

    fn allowed(&self, start: usize, text: &'a str) -> Result<&'a str, Malformed> {
        match text.char_indices().find(|&(_, it)| !entities::is_allowed(it)) {
            Some((offset, char)) => {
                let message = format!("Illegal character ((CTRL-CHAR, code {}))", u32::from(char));
                Err(self.fail(start + offset, message))
            }
            None => Ok(text),
        }
    }
}

/// How many bytes of a qualified name the text begins with.
fn name_length(text: &str) -> usize {
    let is_start = |it: char| it.is_alphabetic() || it == '_';
    let is_rest = |it: char| it.is_alphanumeric() || matches!(it, '_' | '-' | '.' | ':' | '\u{B7}');
    if !text.starts_with(is_start) {
        return 0;
    }
    let length = text.find(|it| !is_rest(it)).unwrap_or(text.len());
    let name = &text[..length];
    let is_qualified = name.split(':').all(|it| it.starts_with(is_start));
    if is_qualified && name.matches(':').count() <= 1 { length } else { 0 }
}
