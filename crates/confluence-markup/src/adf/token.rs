//! Running text as a row of tokens: words, signs, spaces, and things that are no text.
//!
//! ADF's text is flat: each piece has all its marks. So are tokens, and the model's nesting is made from
//! them and taken apart into them. Rows of tokens can be compared whatever the nesting was.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::Node;
use crate::{
    model::{Inline, Placeholder, Style},
    storage::merge::words::{Grain, cut, is_space},
};

/// A piece of running text.
#[derive(Debug, Clone)]
pub(super) struct Token<'d, 'a> {
    pub(super) look: Look,
    /// What Markdown shows around it, the outermost first.
    pub(super) shown: Vec<Shown>,
    /// `None` for what is new.
    pub(super) origin: Option<Origin<'d, 'a>>,
}

/// What Markdown shows of a token.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Look {
    Text(String),
    Break,
    Atom(Inline),
}

/// What Markdown shows around a token.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Shown {
    Enclosed(Placeholder),
    Link(String),
    Styled(Style),
    Code,
}

/// Where a token comes from.
#[derive(Debug, Clone, Copy)]
pub(super) enum Origin<'d, 'a> {
    /// A part of a text's node; `of` is its text there.
    Text { node: &'d Node<'a>, of: &'d str },
    /// Part `part` of the `parts` tokens that a node is shown as.
    Part { node: &'d Node<'a>, part: usize, parts: usize },
    /// Only Markdown has it: what parts blocks in a cell, or a list's dot.
    Layout,
}

impl Shown {
    fn rank(&self) -> u8 {
        match self {
            Self::Enclosed(_) => 0,
            Self::Link(_) => 1,
            Self::Styled(Style::Strong) => 2,
            Self::Styled(Style::Emphasis) => 3,
            Self::Styled(Style::Strike) => 4,
            Self::Styled(Style::Underline) => 5,
            Self::Styled(Style::Subscript) => 6,
            Self::Styled(Style::Superscript) => 7,
            Self::Code => 8,
        }
    }
}

impl Token<'_, '_> {
    /// Equal for tokens that are the same to somebody who edits the Markdown.
    pub(super) fn key(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        match &self.look {
            Look::Text(text) if is_space(text) => 0_u8.hash(&mut hasher),
            Look::Text(text) => text.hash(&mut hasher),
            other @ (Look::Break | Look::Atom(_)) => other.hash(&mut hasher),
        }
        self.shown.hash(&mut hasher);
        hasher.finish()
    }

    /// Whether Markdown does not keep it at the ends of a paragraph.
    pub(super) fn is_blank(&self) -> bool {
        match &self.look {
            Look::Text(text) => text.bytes().all(|it| it.is_ascii_whitespace()),
            Look::Break => true,
            Look::Atom(_) => false,
        }
    }
}

/// In one order and each once, so that it does not matter how they were nested.
pub(super) fn sorted(mut shown: Vec<Shown>) -> Vec<Shown> {
    shown.sort_by_key(Shown::rank);
    shown.dedup();
    shown
}

/// A text in tokens. White space becomes what Markdown makes of it.
pub(super) fn words(text: &str) -> impl Iterator<Item = (&str, Look)> {
    cut(text, Grain::Words).filter_map(move |range| {
        let word = text.get(range)?;
        let has_breaks = word.contains(|it: char| it.is_ascii_whitespace());
        let plain = if is_space(word) && has_breaks { " " } else { word };
        Some((word, Look::Text(plain.to_owned())))
    })
}

/// Takes the model's running text apart.
pub(super) fn tokens(content: &[Inline]) -> Vec<Token<'static, 'static>> {
    let mut out = Vec::new();
    flatten(content, &mut Vec::new(), &mut out);
    out
}

fn flatten(content: &[Inline], around: &mut Vec<Shown>, out: &mut Vec<Token<'static, 'static>>) {
    for inline in content {
        let mut push = |look: Look, around: &[Shown]| {
            out.push(Token { look, shown: sorted(around.to_vec()), origin: None });
        };
        let (shown, inside) = match inline {
            Inline::Text(text) => {
                words(text).for_each(|it| push(it.1, around));
                continue;
            }
            Inline::Code(text) => {
                around.push(Shown::Code);
                words(text).for_each(|it| push(it.1, around));
                around.pop();
                continue;
            }
            Inline::Break => {
                push(Look::Break, around);
                continue;
            }
            Inline::Image { .. } | Inline::Placeholder(_) => {
                push(Look::Atom(inline.clone()), around);
                continue;
            }
            Inline::Styled { style, content } => (Shown::Styled(*style), content),
            Inline::Link { target, content } => (Shown::Link(target.clone()), content),
            Inline::Enclosed { placeholder, content } => {
                (Shown::Enclosed(placeholder.clone()), content)
            }
        };
        around.push(shown);
        flatten(inside, around, out);
        around.pop();
    }
}

/// Puts running text together. White space at its ends is left out.
pub(super) fn inlines(tokens: &[Token<'_, '_>]) -> Vec<Inline> {
    let start = tokens.iter().take_while(|it| it.is_blank()).count();
    let end = tokens.iter().rev().take_while(|it| it.is_blank()).count();
    nested(tokens.get(start..tokens.len() - end).unwrap_or_default(), 0)
}

fn nested(tokens: &[Token<'_, '_>], depth: usize) -> Vec<Inline> {
    let mut out = Vec::new();
    let mut rest = tokens;
    while let Some(first) = rest.first() {
        let shown = first.shown.get(depth);
        let length = rest.iter().take_while(|it| it.shown.get(depth) == shown).count();
        let (run, tail) = rest.split_at(length);
        rest = tail;
        match shown {
            None => plain(run, &mut out),
            Some(Shown::Code) => out.push(Inline::Code(text_of(run))),
            Some(Shown::Styled(style)) => {
                out.push(Inline::Styled { style: *style, content: nested(run, depth + 1) });
            }
            Some(Shown::Link(target)) => {
                let target = target.clone();
                out.push(Inline::Link { target, content: nested(run, depth + 1) });
            }
            Some(Shown::Enclosed(it)) => {
                // White space at the ends would not be read there: it stands outside.
                let is_space = |it: &&Token<'_, '_>| it.is_blank() && it.look != Look::Break;
                let start = run.iter().take_while(is_space).count();
                let (before, run) = run.split_at(start);
                let end = run.len() - run.iter().rev().take_while(is_space).count();
                let (run, after) = run.split_at(end);
                let placeholder = it.clone();
                plain(before, &mut out);
                out.push(Inline::Enclosed { placeholder, content: nested(run, depth + 1) });
                plain(after, &mut out);
            }
        }
    }
    out
}

fn plain(tokens: &[Token<'_, '_>], out: &mut Vec<Inline>) {
    for token in tokens {
        match (&token.look, out.last_mut()) {
            (Look::Text(text), Some(Inline::Text(last))) => last.push_str(text),
            (Look::Text(text), _) => out.push(Inline::Text(text.clone())),
            (Look::Break, _) => out.push(Inline::Break),
            (Look::Atom(inline), _) => out.push(inline.clone()),
        }
    }
}

/// What the tokens say as plain text.
pub(super) fn text_of(tokens: &[Token<'_, '_>]) -> String {
    let mut out = String::new();
    for token in tokens {
        match &token.look {
            Look::Text(text) => out.push_str(text),
            Look::Break => out.push(' '),
            Look::Atom(inline) => {
                if let Inline::Placeholder(it) = inline {
                    out.push_str(&it.to_string());
                }
            }
        }
    }
    out
}
