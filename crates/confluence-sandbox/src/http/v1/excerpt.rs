//! Excerpts and highlighted titles of search results.

use crate::{cql::fold, site::escape};

/// How long an excerpt is that was not made for the query.
const INDEXED: usize = 50;

/// About how much text goes around the first match, before and after.
const AROUND: (usize, usize) = (60, 180);

const BEGIN: &str = "@@@hl@@@";
const END: &str = "@@@endhl@@@";

/// What excerpt goes into a row; whatever is not known gives an empty one, and no error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Highlight { escaped: bool },
    Indexed { escaped: bool },
    Nothing,
}

impl Mode {
    pub(super) fn named(name: Option<&str>) -> Self {
        match name {
            None | Some("highlight") => Self::Highlight { escaped: true },
            Some("highlight_unescaped") => Self::Highlight { escaped: false },
            Some("indexed") => Self::Indexed { escaped: true },
            Some("indexed_unescaped") => Self::Indexed { escaped: false },
            Some(_) => Self::Nothing,
        }
    }

    /// The excerpt of a text for a query that looks for those folded words.
    pub(super) fn of(self, text: impl FnOnce() -> String, words: &[String]) -> String {
        match self {
            Self::Nothing => String::new(),
            Self::Indexed { escaped } => {
                let cut: String = squeezed(&text()).chars().take(INDEXED).collect();
                if escaped { escape(&cut) } else { cut }
            }
            Self::Highlight { escaped } => {
                let text = squeezed(&text());
                let window = window(&text, words);
                highlighted(window, words, escaped)
            }
        }
    }
}

/// A title as rows show it: escaped, matches marked.
pub(super) fn title(title: &str, words: &[String]) -> String {
    highlighted(title, words, true)
}

fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The part of a text around its first match, or its beginning.
fn window<'a>(text: &'a str, words: &[String]) -> &'a str {
    let first = pieces(text).find(|it| is_wanted(it, words)).map_or(0, |it| offset(text, it));
    let start = boundary(text, first.saturating_sub(AROUND.0));
    let end = boundary(text, (first + AROUND.1).min(text.len()));
    text[start..end].trim()
}

fn highlighted(text: &str, words: &[String], escaped: bool) -> String {
    let plain = |text: &str| if escaped { escape(text) } else { text.to_owned() };
    let mut marked = String::with_capacity(text.len());
    for piece in pieces(text) {
        if is_wanted(piece, words) {
            marked.push_str(BEGIN);
            marked.push_str(&plain(piece));
            marked.push_str(END);
        } else {
            marked.push_str(&plain(piece));
        }
    }
    marked
}

/// The text cut into words and what is between them, nothing lost.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let inside = rest.chars().next()?.is_alphanumeric();
        let end = rest.find(|it: char| it.is_alphanumeric() != inside).unwrap_or(rest.len());
        let (piece, tail) = rest.split_at(end);
        rest = tail;
        Some(piece)
    })
}

fn is_wanted(piece: &str, words: &[String]) -> bool {
    !words.is_empty() && words.contains(&fold(piece))
}

fn offset(text: &str, piece: &str) -> usize {
    piece.as_ptr() as usize - text.as_ptr() as usize
}

fn boundary(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}
