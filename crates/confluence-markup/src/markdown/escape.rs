//! Text of Markdown, and what must be escaped in it.

/// Where text stands.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Place {
    /// At the beginning of a line.
    pub(super) line_start: bool,
    /// In a cell of a table.
    pub(super) is_cell: bool,
    /// In the text of a link, where a bracket would end it.
    pub(super) in_link: bool,
}

/// Appends text so that it is read as it is.
pub(super) fn push_text(text: &str, place: Place, out: &mut String) {
    let bytes = text.as_bytes();
    let mut kept = 0;
    let line_length = if place.line_start { line_marker(text) } else { 0 };
    for (at, byte) in bytes.iter().enumerate() {
        let next = bytes.get(at + 1).copied();
        let is_special = match byte {
            b'\\' | b'`' | b'*' | b'<' | b'[' | b'~' => true,
            b'_' => !is_inside_word(text, at),
            b'&' => is_reference(&text[at..]),
            b'!' => at + 1 == bytes.len() || next == Some(b'['),
            b'|' => place.is_cell,
            b']' => place.in_link,
            _ => false,
        };
        if is_special || line_length > 0 && at + 1 == line_length {
            out.push_str(&text[kept..at]);
            out.push('\\');
            kept = at;
        }
    }
    out.push_str(&text[kept..]);
}

/// How many bytes of the text would be taken for a block's beginning; the last of them is escaped.
fn line_marker(text: &str) -> usize {
    let bytes = text.as_bytes();
    match bytes.first() {
        Some(b'#' | b'>' | b'+' | b'-' | b'=' | b'|' | b':') => 1,
        Some(b'0'..=b'9') => {
            let digits = bytes.iter().take_while(|it| it.is_ascii_digit()).count();
            match bytes.get(digits) {
                Some(b'.' | b')') if digits <= 9 => digits + 1,
                _ => 0,
            }
        }
        _ => 0,
    }
}

fn is_inside_word(text: &str, at: usize) -> bool {
    let before = text[..at].chars().next_back();
    let after = text[at + 1..].chars().next();
    before.is_some_and(char::is_alphanumeric) && after.is_some_and(char::is_alphanumeric)
}

/// Whether it would be read as a reference of HTML.
pub(super) fn is_reference(text: &str) -> bool {
    let Some(name) = text.strip_prefix('&') else { return false };
    let length =
        name.bytes().take(40).position(|it| !it.is_ascii_alphanumeric() && it != b'#').unwrap_or(0);
    length > 0 && name.as_bytes().get(length) == Some(&b';')
}

/// Appends a link's target.
pub(super) fn push_target(target: &str, out: &mut String) {
    let is_simple = !target.is_empty()
        && !target.contains(|it: char| {
            it.is_whitespace()
                || it.is_control()
                || matches!(it, '(' | ')' | '<' | '>' | '\\' | '|' | '*' | '_' | '[')
        })
        && !target.match_indices('&').any(|(at, _)| is_reference(&target[at..]));
    if is_simple {
        out.push_str(target);
        return;
    }
    out.push('<');
    for (at, char) in target.char_indices() {
        match char {
            '<' | '>' | '\\' | '|' => {
                out.push('\\');
                out.push(char);
            }
            '&' if is_reference(&target[at..]) => out.push_str("&amp;"),
            '\n' | '\r' => out.push(' '),
            _ => out.push(char),
        }
    }
    out.push('>');
}

/// Appends code in as many ticks as it needs.
pub(super) fn push_code(code: &str, is_cell: bool, out: &mut String) {
    let mut longest = 0;
    let mut run = 0;
    for byte in code.bytes() {
        run = if byte == b'`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    let ticks = "`".repeat(longest + 1);
    let needs_space = code.starts_with('`')
        || code.ends_with('`')
        || code.starts_with(' ') && code.ends_with(' ') && code.trim() != "";
    let space = if needs_space { " " } else { "" };
    out.push_str(&ticks);
    out.push_str(space);
    if is_cell {
        out.push_str(&code.replace('|', "\\|"));
    } else {
        out.push_str(code);
    }
    out.push_str(space);
    out.push_str(&ticks);
}
