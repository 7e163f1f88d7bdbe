//! Brings an edit of the Markdown back into the body that it was made of.
//!
//! Three sides are compared: the body's blocks with their places, what is read from its Markdown (the
//! base), and what is read from the edited Markdown. Base and edit come from the same reader, so that they
//! differ where somebody edited and nowhere else. A block that stayed is copied byte by byte; one that
//! changed is merged in turn, down to words; only what is new is written anew. Bytes between blocks,
//! which Markdown never shows, always stay.

mod fill;
mod inline;
mod lists;
pub(crate) mod pair;
mod paths;
mod pieces;
mod simple;
mod tables;
mod text;
pub(crate) mod words;

use std::ops::Range;

use super::{
    Document, ParseError,
    read::{Body, Reader, Source},
    write::{WriteError, Writer},
};
use crate::{
    diff::{Stretch, stretches},
    model::Block,
};

/// An edit that cannot be brought back.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MergeError {
    /// Something in the edited Markdown cannot be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// What the Markdown says here is not what the body says, so that nobody can tell what was edited.
    #[error("this part of the page cannot be edited as Markdown; use storage format: {0}")]
    NotTheSame(String),
    /// What came out is not storage format.
    #[error("the edit makes a body that is not well-formed: {0}")]
    Broken(ParseError),
}

/// Merges an edit into a body.
pub(crate) struct Merger<'r, 'a> {
    reader: &'r Reader<'r, 'a>,
    writer: Writer<'r, 'a>,
}

/// Blocks of one container, on all sides.
struct Side<'b> {
    base: &'b [Block],
    sources: &'b [Source],
    /// The bytes of the container's content.
    inner: Range<usize>,
    new: &'b [Block],
}

impl<'r, 'a> Merger<'r, 'a> {
    pub(crate) fn new(reader: &'r Reader<'r, 'a>) -> Self {
        Self { reader, writer: Writer::new(Some(reader)) }
    }

    /// The body with the edit.
    ///
    /// `base` is what is read from the Markdown of the sources.
    ///
    /// # Errors
    ///
    /// When something new cannot be written, or `base` is not what the sources say.
    pub(crate) fn merge(
        mut self,
        base: &[Block],
        sources: &[Source],
        inner: Range<usize>,
        new: &[Block],
    ) -> Result<String, MergeError> {
        self.blocks(&Side { base, sources, inner, new })?;
        match Document::parse(&self.writer.out) {
            Ok(_) => Ok(self.writer.out),
            Err(error) => Err(MergeError::Broken(error)),
        }
    }

    fn copy(&mut self, range: Range<usize>) {
        let source = self.reader.document.source();
        self.writer.out.push_str(source.get(range).unwrap_or_default());
    }

    fn blocks(&mut self, side: &Side<'_>) -> Result<(), MergeError> {
        self.check(side.base.len() == side.sources.len(), &side.inner)?;
        let is_layout = side.sources.iter().any(|it| self.is_layout_section(it));
        let mut gaps = Gaps::new(side.sources.iter().map(|it| it.outer.clone()), &side.inner);
        let hashes: Vec<u64> = side.base.iter().map(pair::hash).collect();
        let new_hashes: Vec<u64> = side.new.iter().map(pair::hash).collect();
        for stretch in stretches(&hashes, &new_hashes) {
            match stretch {
                Stretch::Same { before, .. } => {
                    for index in before {
                        self.gap(&mut gaps, index);
                        self.copy(side.sources.get(index).map_or(0..0, |it| it.outer.clone()));
                    }
                }
                Stretch::Differs(hunk) => {
                    let pairs = pair::pairs(
                        side.base.get(hunk.before.clone()).unwrap_or_default(),
                        side.new.get(hunk.after.clone()).unwrap_or_default(),
                    );
                    let mut fresh: Vec<&Block> = Vec::new();
                    for (offset, partner) in pairs.into_iter().enumerate() {
                        let Some(new) = side.new.get(hunk.after.start + offset) else { continue };
                        let Some(partner) = partner else {
                            // Where something else was taken out, it comes in its place.
                            let place = hunk.before.start;
                            let is_first = is_layout && place == 0;
                            if (hunk.before.end > place || is_first) && gaps.next <= place {
                                self.gap(&mut gaps, place);
                            }
                            fresh.push(new);
                            continue;
                        };
                        self.fresh(&mut fresh, is_layout)?;
                        let index = hunk.before.start + partner;
                        self.gap(&mut gaps, index);
                        if let (Some(old), Some(source)) =
                            (side.base.get(index), side.sources.get(index))
                        {
                            self.block(old, source, new)?;
                        }
                    }
                    self.fresh(&mut fresh, is_layout)?;
                }
            }
        }
        self.gap(&mut gaps, side.sources.len());
        Ok(())
    }

    /// Writes what stands before a block, and before all that were taken out before it.
    fn gap(&mut self, gaps: &mut Gaps, index: usize) {
        let range = gaps.take(index);
        let source = self.reader.document.source();
        let last = range.len().saturating_sub(1);
        for (position, gap) in range.into_iter().enumerate() {
            let text = source.get(gap).unwrap_or_default();
            // White space around what was taken out goes with it.
            if position == last || !super::read::is_blank(text) {
                self.writer.out.push_str(text);
            }
        }
    }

    /// Writes blocks that are new. Beside sections of a layout, they get one of their own.
    fn fresh(&mut self, fresh: &mut Vec<&Block>, is_layout: bool) -> Result<(), MergeError> {
        let mut is_open = false;
        for block in fresh.drain(..) {
            let needs_section = is_layout && !simple::is_named(block, "layout");
            if needs_section != is_open {
                let tags = if is_open { SECTION_END } else { SECTION_START };
                self.writer.out.push_str(tags);
                is_open = needs_section;
            }
            self.writer.block(block)?;
        }
        if is_open {
            self.writer.out.push_str(SECTION_END);
        }
        Ok(())
    }

    /// Merges one block that changed.
    fn block(&mut self, old: &Block, source: &Source, new: &Block) -> Result<(), MergeError> {
        let outer = source.outer.clone();
        match (old, &source.body, new) {
            (Block::Paragraph(base), Body::Inline(run), Block::Paragraph(edited)) => {
                self.copy(outer.start..run.range.start);
                self.running_text(run, base, edited)?;
                self.copy(run.range.end..outer.end);
                Ok(())
            }
            (
                Block::Heading { level: was, content: base },
                Body::Inline(run),
                Block::Heading { level, content },
            ) => {
                self.renamed_start(outer.start..run.range.start, *was, *level);
                self.running_text(run, base, content)?;
                self.renamed_end(run.range.end..outer.end, *was, *level);
                Ok(())
            }
            (Block::Quote(base), Body::Blocks(sources, inner), Block::Quote(new)) => {
                self.held(&outer, &Side { base, sources, inner: inner.clone(), new })
            }
            (
                Block::Panel { kind: was, blocks: base },
                Body::Blocks(sources, inner),
                Block::Panel { kind, blocks: new },
            ) => {
                let side = Side { base, sources, inner: inner.clone(), new };
                if was == kind {
                    return self.held(&outer, &side);
                }
                self.renamed_panel(outer.start..inner.start, *was, *kind);
                self.blocks(&side)?;
                self.copy(inner.end..outer.end);
                Ok(())
            }
            (
                Block::Enclosed { placeholder: was, blocks: base },
                Body::Blocks(sources, inner),
                Block::Enclosed { placeholder, blocks: new },
            ) => {
                let side = Side { base, sources, inner: inner.clone(), new };
                self.enclosed(&outer, &side, was, placeholder)
            }
            (
                Block::Code { language: was, text: base },
                Body::Code(node),
                Block::Code { language, text },
            ) => {
                self.code(*node, &outer, (was, base), (language, text));
                Ok(())
            }
            (
                Block::List { start: was, items: base },
                Body::Items(sources),
                Block::List { start, items },
            ) => self.list(&outer, sources, (*was, base), (*start, items)),
            (Block::Table(base), Body::Rows(sources), Block::Table(new)) => {
                self.table(&outer, sources, base, new)
            }
            _ => Ok(self.writer.block(new)?),
        }
    }

    /// Turns a part down whose Markdown is not what its source says.
    fn check(&self, is_same: bool, range: &Range<usize>) -> Result<(), MergeError> {
        if is_same {
            return Ok(());
        }
        let source = self.reader.document.source().get(range.clone()).unwrap_or_default();
        Err(MergeError::NotTheSame(super::inventory::shorten(source)))
    }

    fn held(&mut self, outer: &Range<usize>, side: &Side<'_>) -> Result<(), MergeError> {
        self.copy(outer.start..side.inner.start);
        self.blocks(side)?;
        self.copy(side.inner.end..outer.end);
        Ok(())
    }
}

/// Holds new text beside sections of a layout.
const SECTION_START: &str = "<ac:layout-section ac:type=\"fixed-width\"><ac:layout-cell>";
const SECTION_END: &str = "</ac:layout-cell></ac:layout-section>";

/// The bytes between blocks that were not written yet.
struct Gaps {
    /// One before each block, and one after the last.
    ranges: Vec<Range<usize>>,
    next: usize,
}

impl Gaps {
    fn new(blocks: impl Iterator<Item = Range<usize>>, inner: &Range<usize>) -> Self {
        let mut ranges = Vec::new();
        let mut from = inner.start;
        for block in blocks {
            ranges.push(from..block.start.max(from));
            from = block.end;
        }
        ranges.push(from..inner.end.max(from));
        Self { ranges, next: 0 }
    }

    /// All up to the one before a block, if they were not taken.
    fn take(&mut self, index: usize) -> Vec<Range<usize>> {
        let range = self.next..(index + 1).max(self.next);
        self.next = range.end;
        self.ranges.get(range).unwrap_or_default().to_vec()
    }
}
