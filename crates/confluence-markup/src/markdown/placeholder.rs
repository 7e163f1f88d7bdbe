//! Finds placeholders before Markdown is read, so that nothing in them is taken for its signs.

use crate::model::Placeholder;

/// Stands around a placeholder's number while Markdown is read; nobody types these.
const OPEN: char = '\u{E000}';
const CLOSE: char = '\u{E001}';

/// The longest text between the brackets.
const MAX_LENGTH: usize = 400;

/// Markdown whose placeholders are numbers, and what they are.
pub(super) struct Extracted {
    pub(super) text: String,
    /// As written.
    sources: Vec<String>,
}

impl Extracted {
    pub(super) fn of(markdown: &str) -> Self {
        let mut extracted =
            Self { text: String::with_capacity(markdown.len()), sources: Vec::new() };
        let mut rest = markdown;
        while let Some(at) = rest.find(['[', '\\', OPEN]) {
            let (before, tail) = rest.split_at(at);
            extracted.text.push_str(before);
            if let Some(length) = placeholder_length(tail) {
                extracted.hide(&tail[..length]);
                rest = &tail[length..];
            } else if tail.starts_with(OPEN) {
                extracted.hide(&tail[..OPEN.len_utf8()]);
                rest = &tail[OPEN.len_utf8()..];
            } else {
                // An escaped bracket begins nothing.
                let length = tail.chars().take(if tail.starts_with('\\') { 2 } else { 1 });
                let length: usize = length.map(char::len_utf8).sum();
                extracted.text.push_str(&tail[..length]);
                rest = &tail[length..];
            }
        }
        extracted.text.push_str(rest);
        extracted
    }

    fn hide(&mut self, source: &str) {
        self.text.push(OPEN);
        self.text.push_str(&self.sources.len().to_string());
        self.text.push(CLOSE);
        self.sources.push(source.to_owned());
    }

    /// The parts of a text: what is text, and what is a placeholder.
    pub(super) fn parts<'t>(&'t self, text: &'t str) -> Vec<Part<'t>> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some(at) = rest.find(OPEN) {
            let (before, tail) = rest.split_at(at);
            if !before.is_empty() {
                parts.push(Part::Text(before));
            }
            let body = &tail[OPEN.len_utf8()..];
            let Some((number, after)) = body.split_once(CLOSE) else {
                rest = body;
                continue;
            };
            if let Some(source) = number.parse().ok().and_then(|it: usize| self.sources.get(it)) {
                parts.push(match parsed(source) {
                    Some(placeholder) => Part::Placeholder(placeholder),
                    None => Part::Text(source),
                });
            }
            rest = after;
        }
        if !rest.is_empty() {
            parts.push(Part::Text(rest));
        }
        parts
    }

    /// A text in which placeholders mean nothing, such as code.
    pub(super) fn restored(&self, text: &str) -> String {
        if !text.contains(OPEN) {
            return text.to_owned();
        }
        let mut out = String::with_capacity(text.len());
        for part in self.parts(text) {
            match part {
                Part::Text(it) => out.push_str(it),
                Part::Placeholder(it) => out.push_str(&it.to_string()),
            }
        }
        out
    }
}

/// A part of a text.
pub(super) enum Part<'t> {
    Text(&'t str),
    Placeholder(Placeholder),
}

/// How long the placeholder is that the text begins with.
fn placeholder_length(text: &str) -> Option<usize> {
    let body = text.strip_prefix("[[")?;
    let window = body.char_indices().take(MAX_LENGTH);
    for (at, char) in window {
        match char {
            ']' if body[at..].starts_with("]]") => {
                let length = at + 4;
                return parsed(text.get(..length)?).map(|_| length);
            }
            '\n' | '[' => return None,
            _ => {}
        }
    }
    None
}

/// `[[kind:label #id]]`
fn parsed(text: &str) -> Option<Placeholder> {
    let body = text.strip_prefix("[[")?.strip_suffix("]]")?;
    let (body, id) = match body.rsplit_once('#') {
        Some((before, id)) if is_id(id) && (before.is_empty() || before.ends_with(' ')) => {
            (before.trim_end(), id)
        }
        _ => (body, ""),
    };
    let (kind, label) = body.split_once(':').unwrap_or((body, ""));
    let name = kind.strip_prefix('/').unwrap_or(kind);
    let is_name = name.bytes().all(|it| it.is_ascii_lowercase() || it == b'-');
    // What ends something says its kind and id alone.
    let is_end = kind.starts_with('/');
    let is_placeholder = !name.is_empty() && is_name && (label.is_empty() || !is_end);
    is_placeholder.then(|| Placeholder {
        kind: kind.to_owned(),
        label: label.trim().replace("\\|", "|"),
        id: id.to_owned(),
    })
}

fn is_id(text: &str) -> bool {
    let digits = text.strip_prefix(|it: char| it.is_ascii_lowercase()).unwrap_or_default();
    !digits.is_empty() && digits.bytes().all(|it| it.is_ascii_digit())
}
