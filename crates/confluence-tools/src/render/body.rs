//! Bodies: whole, in parts, or cut.

use std::fmt::Write as _;

use confluence_api::body::{Bodies, Body};

use super::fenced;
use crate::{scan, trim::cut};

/// Which part of a body is asked for, in characters.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Window {
    pub(crate) offset: usize,
    pub(crate) max_chars: usize,
}

/// A part of a text, and where it lies.
pub(crate) struct Part<'t> {
    pub(crate) text: &'t str,
    /// In characters.
    pub(crate) start: usize,
    /// In characters.
    pub(crate) end: usize,
    /// In characters.
    pub(crate) total: usize,
}

impl Part<'_> {
    /// Whether it is the whole text.
    pub(crate) fn is_whole(&self) -> bool {
        self.start == 0 && self.end == self.total
    }
}

/// Cuts the asked part out of `text`: behind a line or a tag where one is near.
pub(crate) fn part(text: &str, window: Window) -> Part<'_> {
    let total = text.chars().count();
    let from = scan::start_of(text, window.offset).unwrap_or(text.len());
    let rest = &text[from..];
    let shown = match cut(rest, window.max_chars) {
        Some(end) => &rest[..end],
        None => rest,
    };
    let start = window.offset.min(total);
    Part { text: shown, start, end: start + shown.chars().count(), total }
}

/// Which body an answer holds, and its text.
pub(crate) fn of(bodies: Option<&Bodies>) -> Option<(String, &str)> {
    let Body { representation, value, .. } = bodies?.any()?;
    let format = representation.as_deref().unwrap_or("body");
    Some((super::line(format), value.as_deref().unwrap_or_default()))
}

/// A body within a list: in a fence, and short enough that the list remains readable.
///
/// `advice` says what to do about one that is cut.
pub(crate) fn in_list(bodies: Option<&Bodies>, limit: usize, advice: &str) -> Option<String> {
    let (format, text) = of(bodies)?;
    if text.is_empty() {
        return Some("(empty body)".to_owned());
    }
    let part = part(text, Window { offset: 0, max_chars: limit });
    let mut out = fenced(&format, part.text);
    if !part.is_whole() {
        let left = part.total - part.end;
        let _ = write!(out, "\n[cut: {left} of {} characters left out; {advice}.]", part.total);
    }
    Some(out)
}
