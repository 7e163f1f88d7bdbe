//! Text between and inside tags: its references resolved, and back.

use std::borrow::Cow;

use super::entities;

/// The longest reference that is looked at: `thetasym` and `#x0010FFFF` fit with room to spare.
const LONGEST_NAME: usize = 16;

/// The text with its references resolved. One that means nothing stays as it is written.
pub fn decoded(raw: &str) -> Cow<'_, str> {
    if !raw.as_bytes().contains(&b'&') {
        return Cow::Borrowed(raw);
    }
    let mut out = String::with_capacity(raw.len());
    decode_into(raw, &mut out);
    Cow::Owned(out)
}

/// Appends the text with its references resolved.
pub(crate) fn decode_into(raw: &str, out: &mut String) {
    let mut rest = raw;
    while let Some(at) = memchr::memchr(b'&', rest.as_bytes()) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        // A lone `&` stands for itself.
        let (char, length) = reference(rest).unwrap_or(('&', 1));
        out.push(char);
        rest = &rest[length..];
    }
    out.push_str(rest);
}

/// The reference that the text begins with, and how many bytes it takes.
pub(crate) fn reference(text: &str) -> Option<(char, usize)> {
    let name = text.strip_prefix('&')?;
    let window = &name.as_bytes()[..name.len().min(LONGEST_NAME)];
    let length = window.iter().position(|it| *it == b';')?;
    let name = name.get(..length)?;
    let char = match name.strip_prefix('#') {
        Some(number) => character(number)?,
        None => entities::resolve(name)?,
    };
    Some((char, length + 2))
}

fn character(number: &str) -> Option<char> {
    let (digits, radix) = match number.strip_prefix(['x', 'X']) {
        Some(digits) => (digits, 16),
        None => (number, 10),
    };
    let is_digit = |it: u8| char::from(it).is_digit(radix);
    if digits.is_empty() || !digits.bytes().all(is_digit) {
        return None;
    }
    char::from_u32(u32::from_str_radix(digits, radix).ok()?).filter(|it| is_allowed(*it))
}

/// Whether XML 1.0 lets the character stand in a document.
pub(crate) fn is_allowed(it: char) -> bool {
    !matches!(it, '\0'..='\u{8}' | '\u{B}' | '\u{C}' | '\u{E}'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}')
}

/// Appends text so that it stands between tags. What XML forbids becomes U+FFFD.
pub(crate) fn escape_text_into(text: &str, out: &mut String) {
    escape_into(text, out, false);
}

/// Appends text so that it stands in double quotes.
pub(crate) fn escape_attribute_into(text: &str, out: &mut String) {
    escape_into(text, out, true);
}

fn escape_into(text: &str, out: &mut String, quotes: bool) {
    let mut kept = 0;
    for (at, char) in text.char_indices() {
        let instead = match char {
            '&' => "&amp;",
            '<' => "&lt;",
            '>' => "&gt;",
            '\u{A0}' => "&nbsp;",
            '"' if quotes => "&quot;",
            '\n' if quotes => "&#10;",
            '\t' if quotes => "&#9;",
            '\r' => "&#13;",
            it if !is_allowed(it) => "\u{FFFD}",
            _ => continue,
        };
        out.push_str(&text[kept..at]);
        out.push_str(instead);
        kept = at + char.len_utf8();
    }
    out.push_str(&text[kept..]);
}

/// Appends text as CDATA sections; `]]>` is split over two of them.
pub(crate) fn data_into(text: &str, out: &mut String) {
    out.push_str("<![CDATA[");
    let mut rest = text;
    while let Some(at) = rest.find("]]>") {
        push_allowed(&rest[..at + 2], out);
        out.push_str("]]><![CDATA[");
        rest = &rest[at + 2..];
    }
    push_allowed(rest, out);
    out.push_str("]]>");
}

fn push_allowed(text: &str, out: &mut String) {
    if text.chars().all(is_allowed) {
        out.push_str(text);
    } else {
        out.extend(text.chars().map(|it| if is_allowed(it) { it } else { '\u{FFFD}' }));
    }
}
