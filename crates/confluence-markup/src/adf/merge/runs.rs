//! Merges running text, token by token.

use std::ops::Range;

use serde_json::Value;

use super::shell;
use crate::{
    adf::{
        Kind, MarkKind, Node, WriteError,
        read::Leaf,
        token::{self, Look, Origin, Token},
        write::{Placed, Writer},
    },
    diff::{Stretch, stretches},
    model::Inline,
};

/// A token of the edit, and which of the original's it is.
struct Piece<'d, 'a> {
    source: Option<usize>,
    placed: Placed<'d, 'a>,
}

/// What the base's tokens are in the original.
#[derive(Debug, Clone)]
enum Match {
    One(usize),
    /// These tokens are together what those of the original are together.
    Some {
        base: Range<usize>,
        source: Range<usize>,
    },
}

/// Brings the tokens of an edit back to those of the original.
struct Alignment<'s, 'd, 'a> {
    source: &'s [Token<'d, 'a>],
    matches: Vec<Option<Match>>,
    /// Tokens that Markdown did not keep, by where in the base they are.
    hidden: Vec<(usize, Range<usize>)>,
    pieces: Vec<Piece<'d, 'a>>,
}

impl<'d, 'a> Writer<'_, 'd, 'a> {
    /// Writes a block with text, or a cell with blocks, whose text was edited.
    pub(super) fn run(
        &mut self,
        node: &'d Node<'a>,
        changes: &[(&str, Value)],
        base: &[Inline],
        new: &[Inline],
    ) -> Result<(), WriteError> {
        let Some(reader) = self.reader else { return Ok(()) };
        let (source, leaves) = reader.run(node);
        let pieces = aligned(&source, &token::tokens(base), &token::tokens(new));
        let changes = Changes { at: node, changes };
        if leaves.is_empty() {
            // Only cells can have no blocks.
            let (head, tail) = shell(node, changes.changes);
            self.push(&head);
            self.filled(|it| {
                let tokens: Vec<_> = pieces.into_iter().map(|it| it.placed).collect();
                if tokens.is_empty() {
                    return Ok(());
                }
                it.push("{\"type\":\"paragraph\",\"content\":[");
                it.run_of(Kind::Paragraph, tokens)?;
                it.out.push_str("]}");
                Ok(())
            })?;
            self.out.push_str(&tail);
            return Ok(());
        }
        let filled = distributed(&source, &leaves, pieces)?;
        self.rebuilt(node, &leaves, &filled, &changes)
    }

    /// Writes a node, with the new text of all blocks in it.
    fn rebuilt(
        &mut self,
        node: &'d Node<'a>,
        leaves: &[Leaf<'d, 'a>],
        filled: &[Vec<Piece<'d, 'a>>],
        changes: &Changes<'_, 'd, 'a>,
    ) -> Result<(), WriteError> {
        let own = changes.of(node);
        if let Some(at) = leaves.iter().position(|it| std::ptr::eq(it.node, node)) {
            let (Some(leaf), Some(pieces)) = (leaves.get(at), filled.get(at)) else {
                return Ok(());
            };
            if is_unchanged(leaf, pieces) && own.is_empty() {
                self.push(node.source());
                return Ok(());
            }
            let (head, tail) = shell(node, own);
            self.push(&head);
            let tokens = pieces.iter().map(|it| it.placed.clone()).collect();
            self.run_of(node.kind, tokens)?;
            self.out.push_str(&tail);
            return Ok(());
        }
        let below = below(node, leaves);
        let is_same = leaves
            .iter()
            .zip(filled)
            .skip(below.start)
            .take(below.len())
            .all(|(leaf, pieces)| is_unchanged(leaf, pieces));
        if is_same && own.is_empty() {
            self.push(node.source());
            return Ok(());
        }
        let (head, tail) = shell(node, own);
        self.push(&head);
        let inside = |it: &mut Self| {
            for child in node.content() {
                let below = self::below(child, leaves);
                // All that it said was taken out.
                let is_gone = !below.is_empty()
                    && leaves
                        .iter()
                        .zip(filled)
                        .skip(below.start)
                        .take(below.len())
                        .all(|(leaf, pieces)| pieces.is_empty() && !leaf.tokens.is_empty());
                if !is_gone {
                    it.rebuilt(child, leaves, filled, changes)?;
                }
            }
            Ok(())
        };
        let is_cell = matches!(node.kind, Kind::TableCell | Kind::TableHeader);
        if is_cell {
            self.filled(inside)?;
        } else {
            inside(self)?;
        }
        self.out.push_str(&tail);
        Ok(())
    }
}

/// New attributes of one node.
struct Changes<'c, 'd, 'a> {
    at: &'d Node<'a>,
    changes: &'c [(&'c str, Value)],
}

impl<'c> Changes<'c, '_, '_> {
    fn of(&self, node: &Node<'_>) -> &'c [(&'c str, Value)] {
        if self.at.index == node.index { self.changes } else { &[] }
    }
}

/// Which leaves are in a node: they come in its order.
fn below(node: &Node<'_>, leaves: &[Leaf<'_, '_>]) -> Range<usize> {
    let last = last_index(node);
    let start = leaves.partition_point(|it| it.node.index < node.index);
    start..leaves.partition_point(|it| it.node.index <= last).max(start)
}

fn last_index(node: &Node<'_>) -> u32 {
    let mut node = node;
    while let Some(last) = node.content().last() {
        node = last;
    }
    node.index
}

fn is_unchanged(leaf: &Leaf<'_, '_>, pieces: &[Piece<'_, '_>]) -> bool {
    pieces.len() == leaf.tokens.len()
        && pieces.iter().zip(leaf.tokens.clone()).all(|(a, b)| a.source == Some(b))
}

/// Gives each block its tokens.
fn distributed<'d, 'a>(
    source: &[Token<'d, 'a>],
    leaves: &[Leaf<'d, 'a>],
    pieces: Vec<Piece<'d, 'a>>,
) -> Result<Vec<Vec<Piece<'d, 'a>>>, WriteError> {
    let mut filled: Vec<Vec<Piece<'d, 'a>>> = leaves.iter().map(|_| Vec::new()).collect();
    let mut current = 0;
    for piece in pieces {
        let own = piece.source.map(|it| leaves.partition_point(|leaf| leaf.tokens.end <= it));
        let is_layout = piece
            .source
            .and_then(|it| source.get(it))
            .is_some_and(|it| matches!(it.origin, Some(Origin::Layout)));
        if is_layout {
            current = own.unwrap_or(current);
            continue;
        }
        let after_break = filled
            .get(current)
            .and_then(|it| it.last())
            .is_some_and(|it| it.source.is_none() && it.placed.token.look == Look::Break);
        let is_empty = filled.get(current).is_none_or(Vec::is_empty);
        if let Some(own) = own.filter(|it| *it != current) {
            let is_whole = leaves.get(own).is_some_and(|it| is_opaque(it.node));
            if after_break && let Some(it) = filled.get_mut(current) {
                // A new line break, where there was one between two blocks.
                it.pop();
            }
            if after_break || is_empty || is_whole {
                current = own;
            }
        }
        if let (Some(leaf), true) = (leaves.get(current), piece.source.is_none())
            && is_opaque(leaf.node)
        {
            let what = "text beside a macro or an image".to_owned();
            return Err(WriteError::NotHere { what, holder: "a cell of a table" });
        }
        if let Some(it) = filled.get_mut(current) {
            it.push(piece);
        }
    }
    Ok(filled)
}

fn is_opaque(node: &Node<'_>) -> bool {
    !node.kind.holds_text()
}

fn aligned<'d, 'a>(
    source: &[Token<'d, 'a>],
    base: &[Token<'static, 'static>],
    new: &[Token<'static, 'static>],
) -> Vec<Piece<'d, 'a>> {
    let keys = |it: &[Token<'_, '_>]| it.iter().map(Token::key).collect::<Vec<u64>>();
    let (source_keys, base_keys, new_keys) = (keys(source), keys(base), keys(new));
    let mut alignment = Alignment {
        source,
        matches: vec![None; base.len()],
        hidden: Vec::new(),
        pieces: Vec::new(),
    };
    alignment.match_up(stretches(&source_keys, &base_keys));
    for stretch in stretches(&base_keys, &new_keys) {
        match stretch {
            Stretch::Same { before, after } => {
                for (at, to) in before.clone().zip(after) {
                    if let Some(token) = new.get(to) {
                        alignment.keep(at, &before, token);
                    }
                }
            }
            Stretch::Differs(hunk) => {
                alignment.push_hidden(hunk.before.start);
                for token in new.get(hunk.after.clone()).unwrap_or_default() {
                    alignment.push_new(token, &hunk.before);
                }
                // What stood hidden in what was taken out goes with it.
                let inside = hunk.before.start + 1..hunk.before.end;
                alignment.hidden.retain(|it| !inside.contains(&it.0));
            }
        }
    }
    alignment.push_hidden(base.len());
    alignment.pieces
}

impl<'d, 'a> Alignment<'_, 'd, 'a> {
    fn match_up(&mut self, stretches: Vec<Stretch>) {
        for stretch in stretches {
            match stretch {
                Stretch::Same { before, after } => {
                    for (source, base) in before.zip(after) {
                        self.set(base, Match::One(source));
                    }
                }
                Stretch::Differs(hunk) if hunk.after.is_empty() => {
                    self.hidden.push((hunk.after.start, hunk.before));
                }
                Stretch::Differs(hunk) => {
                    let (base, source) = (hunk.after, hunk.before);
                    for at in base.clone() {
                        let (base, source) = (base.clone(), source.clone());
                        self.set(at, Match::Some { base, source });
                    }
                }
            }
        }
    }

    fn set(&mut self, base: usize, to: Match) {
        if let Some(it) = self.matches.get_mut(base) {
            *it = Some(to);
        }
    }

    fn push_source(&mut self, at: usize) {
        let Some(token) = self.source.get(at) else { return };
        let like = match token.origin {
            Some(Origin::Text { node, .. }) => Some(node),
            _ => None,
        };
        let placed = Placed { token: token.clone(), like };
        self.pieces.push(Piece { source: Some(at), placed });
    }

    fn push_hidden(&mut self, base: usize) {
        if let Some(index) = self.hidden.iter().position(|it| it.0 == base) {
            let (_, range) = self.hidden.remove(index);
            range.for_each(|it| self.push_source(it));
        }
    }

    /// A token of the base that stayed; `around` are all that stayed with it.
    fn keep(&mut self, at: usize, around: &Range<usize>, token: &Token<'static, 'static>) {
        self.push_hidden(at);
        match self.matches.get(at).cloned().flatten() {
            Some(Match::One(source)) => self.push_source(source),
            Some(Match::Some { base, source })
                if around.start <= base.start && base.end <= around.end =>
            {
                if at == base.start {
                    source.for_each(|it| self.push_source(it));
                }
            }
            _ => self.push_new(token, &(at..at)),
        }
    }

    /// A token that is new, in the place of some of the base.
    fn push_new(&mut self, token: &Token<'static, 'static>, instead: &Range<usize>) {
        let like = match token.look {
            Look::Text(_) => self.like(token, instead),
            Look::Break | Look::Atom(_) => None,
        };
        let token = token.clone();
        self.pieces.push(Piece { source: None, placed: Placed { token, like } });
    }

    /// A text of the original whose marks the new one gets: those that Markdown does not show, too.
    fn like(&self, token: &Token<'_, '_>, instead: &Range<usize>) -> Option<&'d Node<'a>> {
        let text = |at: usize| match self.matches.get(at)?.as_ref()? {
            Match::One(source) => {
                let it = self.source.get(*source)?;
                match it.origin? {
                    Origin::Text { node, .. } if it.shown == token.shown => Some(node),
                    Origin::Text { .. } | Origin::Part { .. } | Origin::Layout => None,
                }
            }
            Match::Some { .. } => None,
        };
        if let Some(node) = instead.clone().find_map(text) {
            return Some(node);
        }
        let before = self.pieces.last().filter(|it| it.placed.token.shown == token.shown);
        let before = before.and_then(|it| it.placed.like);
        let after = text(instead.end);
        match (before, after) {
            (Some(before), Some(after)) if marks(before).eq(marks(after)) => Some(before),
            // At the edge of a colour, text has none.
            (Some(node), _) | (_, Some(node)) if is_plain(node) => Some(node),
            _ => None,
        }
    }
}

fn marks<'m>(node: &'m Node<'_>) -> impl Iterator<Item = &'m str> {
    node.marks().iter().map(crate::adf::Mark::source)
}

/// Whether Markdown shows all its marks.
fn is_plain(node: &Node<'_>) -> bool {
    node.marks().iter().all(|it| it.kind() != MarkKind::Unknown)
}
