//! Cuts a query into tokens.

use confluence_api::text::excerpt;

use super::parser::SyntaxError;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// Text without quotes: a field, a word of the language, a function, a value.
    Bare(String),
    /// Text that stood in quotes, without these and its escapes.
    Quoted(String),
    /// An operator or a punctuation mark.
    Mark(&'static str),
}

/// Longer marks first: `!=` is not `!`.
const MARKS: [&str; 11] = ["!=", "!~", ">=", "<=", "=", "~", ">", "<", "(", ")", ","];

/// The tokens of `text`, each with where it begins, in bytes.
pub(super) fn tokens(text: &str) -> Result<Vec<(usize, Token)>, SyntaxError> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let at = text.len() - rest.len();
        let (token, after) = if let Some(mark) = MARKS.into_iter().find(|it| rest.starts_with(it)) {
            (Token::Mark(mark), &rest[mark.len()..])
        } else if matches!(first, '"' | '\'') {
            quoted(&rest[1..], first)
                .ok_or_else(|| SyntaxError::new(text, at, "a closing quote"))?
        } else {
            let end = rest.find(|it| !is_bare(it)).unwrap_or(rest.len());
            if end == 0 {
                let expected = format!("quotes around `{}`", excerpt(&first.to_string(), 4));
                return Err(SyntaxError::new(text, at, expected));
            }
            (Token::Bare(rest[..end].to_owned()), &rest[end..])
        };
        tokens.push((at, token));
        rest = after.trim_start();
    }
    Ok(tokens)
}

/// Whether a character may stand in text without quotes, as in `2026/01/02`, `a@b.c` and `run*`.
///
/// More is taken than Confluence takes: the text is in quotes when it is sent.
fn is_bare(it: char) -> bool {
    it.is_alphanumeric() || matches!(it, '_' | '.' | '-' | '/' | ':' | '@' | '*' | '?')
}

/// The text up to the closing quote, and what stands behind that.
///
/// A backslash takes the meaning from a quote and from itself; before anything else it stands for
/// itself, as in what Lucene has to escape.
fn quoted(text: &str, quote: char) -> Option<(Token, &str)> {
    let mut content = String::new();
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        if character == quote {
            return Some((Token::Quoted(content), &text[at + 1..]));
        }
        if character == '\\' {
            let next = text[at + 1..].chars().next();
            if let Some(escaped @ ('"' | '\'' | '\\')) = next {
                characters.next();
                content.push(escaped);
                continue;
            }
        }
        content.push(character);
    }
    None
}
