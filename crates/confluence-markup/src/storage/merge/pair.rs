//! Which block of an edit is which block of the base, where both differ.

use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher},
};

use super::words::{Grain, cut};
use crate::model::{Block, Cell, Inline, Item};

/// How many blocks of the base are looked at for one of the edit.
const WINDOW: usize = 24;

/// From which share of common words on, out of a hundred, two blocks are the same one, edited.
const ALIKE: usize = 30;

pub(crate) fn hash<T: Hash>(value: &T) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// For each block of the edit, the one of the base that it was. They never cross.
pub(crate) fn pairs(base: &[Block], new: &[Block]) -> Vec<Option<usize>> {
    let base: Vec<Look> = base.iter().map(Look::of_block).collect();
    let new: Vec<Look> = new.iter().map(Look::of_block).collect();
    matched(&base, &new)
}

/// As [`pairs`], for the items of a list.
pub(crate) fn item_pairs(base: &[Item], new: &[Item]) -> Vec<Option<usize>> {
    let base: Vec<Look> = base.iter().map(Look::of_item).collect();
    let new: Vec<Look> = new.iter().map(Look::of_item).collect();
    matched(&base, &new)
}

/// As [`pairs`], for the rows of a table.
pub(crate) fn row_pairs(base: &[&[Cell]], new: &[&[Cell]]) -> Vec<Option<usize>> {
    let base: Vec<Look> = base.iter().map(|it| Look::of_row(it)).collect();
    let new: Vec<Look> = new.iter().map(|it| Look::of_row(it)).collect();
    matched(&base, &new)
}

fn matched(base: &[Look], new: &[Look]) -> Vec<Option<usize>> {
    let mut result = vec![None; new.len()];
    let mut from = 0;
    for (index, look) in new.iter().enumerate() {
        let window = base.get(from..base.len().min(from + WINDOW)).unwrap_or_default();
        let best = window
            .iter()
            .enumerate()
            .map(|(at, it)| (look.likeness(it), at))
            .filter(|it| it.0 >= ALIKE)
            .max_by_key(|it| (it.0, std::cmp::Reverse(it.1)));
        if let Some((_, at)) = best
            && let Some(slot) = result.get_mut(index)
        {
            *slot = Some(from + at);
            from += at + 1;
        }
    }
    // What has no words in common but is alone in its place was rewritten there.
    fill(base, new, &mut result);
    result
}

/// Pairs what is between two pairs, if there are as many on both sides and of the same kinds.
fn fill(base: &[Look], new: &[Look], result: &mut [Option<usize>]) {
    let mut index = 0;
    let mut from = 0;
    while index < result.len() {
        if let Some(at) = result.get(index).copied().flatten() {
            from = at + 1;
            index += 1;
            continue;
        }
        let length = result.iter().skip(index).take_while(|it| it.is_none()).count();
        let until = result.get(index + length).copied().flatten().unwrap_or(base.len());
        let (old, edited) = (base.get(from..until), new.get(index..index + length));
        if let (Some(old), Some(edited)) = (old, edited)
            && old.len() == edited.len()
            && old.iter().zip(edited).all(|(a, b)| a.kind == b.kind)
        {
            for offset in 0..length {
                if let Some(slot) = result.get_mut(index + offset) {
                    *slot = Some(from + offset);
                }
            }
        }
        index += length;
    }
}

/// What is looked at when two blocks are compared.
struct Look {
    /// Only blocks of the same kind are the same.
    kind: u64,
    /// Whether the kind names it: then it is the same, whatever its words.
    is_named: bool,
    words: HashMap<u64, usize>,
    count: usize,
}

impl Look {
    fn new(kind: u64, is_named: bool) -> Self {
        Self { kind, is_named, words: HashMap::new(), count: 0 }
    }

    fn of_block(block: &Block) -> Self {
        let (kind, is_named) = match block {
            Block::Enclosed { placeholder, .. } => {
                (hash(&(&placeholder.kind, &placeholder.id)), !placeholder.id.is_empty())
            }
            Block::Paragraph(_) => (1, false),
            Block::Heading { .. } => (2, false),
            Block::Rule => (3, true),
            Block::Quote(_) => (4, false),
            Block::List { start, .. } => (5 + u64::from(start.is_some()), false),
            Block::Code { .. } => (7, false),
            Block::Table(_) => (8, false),
            Block::Panel { .. } => (9, false),
        };
        let mut look = Self::new(kind, is_named);
        look.add_block(block);
        look
    }

    fn of_item(item: &Item) -> Self {
        let mut look = Self::new(u64::from(item.done.is_some()), false);
        for block in &item.blocks {
            look.add_block(block);
        }
        look
    }

    fn of_row(cells: &[Cell]) -> Self {
        let mut look = Self::new(0, false);
        for cell in cells {
            look.add_inlines(&cell.content);
        }
        look
    }

    /// How much of the larger one's words both have, out of a hundred.
    fn likeness(&self, other: &Self) -> usize {
        if self.kind != other.kind {
            return 0;
        }
        if self.is_named {
            return 100;
        }
        let common: usize = self
            .words
            .iter()
            .map(|(word, count)| *count.min(other.words.get(word).unwrap_or(&0)))
            .sum();
        common * 100 / self.count.max(other.count).max(1)
    }

    fn add(&mut self, word: u64) {
        *self.words.entry(word).or_default() += 1;
        self.count += 1;
    }

    fn add_text(&mut self, text: &str) {
        for piece in cut(text, Grain::Words) {
            let word = text.get(piece).unwrap_or_default();
            if word.starts_with(char::is_alphanumeric) {
                self.add(hash(&word));
            }
        }
    }

    fn add_blocks(&mut self, blocks: &[Block]) {
        for block in blocks {
            self.add_block(block);
        }
    }

    fn add_block(&mut self, block: &Block) {
        match block {
            Block::Paragraph(content) | Block::Heading { content, .. } => self.add_inlines(content),
            Block::Rule => {}
            Block::Quote(blocks) | Block::Panel { blocks, .. } => {
                self.add_blocks(blocks);
            }
            Block::Enclosed { placeholder, blocks } => {
                self.add(hash(&placeholder.id));
                self.add_blocks(blocks);
            }
            Block::List { items, .. } => {
                for item in items {
                    self.add_blocks(&item.blocks);
                }
            }
            Block::Code { text, .. } => self.add_text(text),
            Block::Table(table) => {
                for cell in table.rows.iter().flatten() {
                    self.add_inlines(&cell.content);
                }
            }
        }
    }

    fn add_inlines(&mut self, content: &[Inline]) {
        for inline in content {
            match inline {
                Inline::Text(text) | Inline::Code(text) => self.add_text(text),
                Inline::Break => {}
                Inline::Styled { content, .. } => self.add_inlines(content),
                Inline::Link { target, content } => {
                    self.add(hash(target));
                    self.add_inlines(content);
                }
                Inline::Enclosed { placeholder, content } => {
                    self.add(hash(&placeholder.id));
                    self.add_inlines(content);
                }
                Inline::Image { target, .. } => self.add(hash(target)),
                Inline::Placeholder(placeholder) => self.add(hash(placeholder)),
            }
        }
    }
}
