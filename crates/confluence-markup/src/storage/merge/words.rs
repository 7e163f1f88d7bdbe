//! Text in the pieces that edits are made of: words, spaces and single signs.

use std::ops::Range;

/// How finely text is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Grain {
    /// Edits change words.
    Words,
    /// Where an element ends inside of a word, words cannot be compared.
    Characters,
}

/// Cuts text into words, runs of white space and single other characters.
pub(crate) fn cut(text: &str, grain: Grain) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut chars = text.char_indices().peekable();
    std::iter::from_fn(move || {
        let (start, first) = chars.next()?;
        let class = Class::of(first);
        let mut end = start + first.len_utf8();
        let is_run = match class {
            Class::Word => grain == Grain::Words,
            Class::Space => true,
            Class::NoBreak | Class::Sign => false,
        };
        while is_run
            && let Some(&(at, char)) = chars.peek()
            && Class::of(char) == class
        {
            end = at + char.len_utf8();
            chars.next();
        }
        Some(start..end)
    })
}

/// Whether a piece that was cut is white space. A no-break space is: models write it as a plain one.
pub(crate) fn is_space(piece: &str) -> bool {
    piece.starts_with(char::is_whitespace)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Word,
    Space,
    /// White space that HTML does not take for such: each is one.
    NoBreak,
    Sign,
}

impl Class {
    fn of(char: char) -> Self {
        if char.is_alphanumeric() {
            Self::Word
        } else if char.is_ascii_whitespace() {
            Self::Space
        } else if char.is_whitespace() {
            Self::NoBreak
        } else {
            Self::Sign
        }
    }
}
