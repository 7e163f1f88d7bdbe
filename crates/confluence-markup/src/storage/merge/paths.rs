//! What a piece of inline content stands in, on each side of an edit.

use std::ops::Range;

use crate::{
    model::{Placeholder, Style},
    storage::read::Holds,
};

/// What Markdown says of a stretch of text.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Mark {
    Styled(Style),
    /// With what the link leads to.
    Link(String),
    /// With the placeholder that names what it stands in.
    Enclosed(Placeholder),
}

/// One piece of inline content; equal keys are the same piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(super) enum Key<'t> {
    /// A run of white space, whatever its characters.
    #[default]
    Space,
    /// A word or a sign.
    Word(&'t str),
    /// Something that is one thing: the hash of what the model says of it.
    Atom(u64),
    /// Not in Markdown at all. Never equal to a piece of an edit.
    Hidden,
}

/// A mark, and the one around it.
#[derive(Debug, Clone)]
pub(super) struct Instance {
    pub(super) mark: Mark,
    pub(super) parent: Option<usize>,
}

/// Inline content of Markdown as a flat list.
#[derive(Debug, Default)]
pub(super) struct Flat<'t> {
    pub(super) keys: Vec<Key<'t>>,
    /// For each key, its text; empty for an atom.
    pub(super) texts: Vec<&'t str>,
    /// For each key, the innermost mark that it stands in.
    pub(super) inside: Vec<Option<usize>>,
    pub(super) instances: Vec<Instance>,
}

impl Flat<'_> {
    /// The marks that a piece stands in, from the outside.
    pub(super) fn marks(&self, index: usize) -> Vec<usize> {
        let mut marks = Vec::new();
        let mut next = self.inside.get(index).copied().flatten();
        while let Some(it) = next {
            marks.push(it);
            next = self.instances.get(it).and_then(|it| it.parent);
        }
        marks.reverse();
        marks
    }

    pub(super) fn mark(&self, instance: usize) -> Option<&Mark> {
        self.instances.get(instance).map(|it| &it.mark)
    }
}

/// An element of the source that inline content stands in.
#[derive(Debug, Clone)]
pub(super) struct Wrapper {
    /// What Markdown says of it; `None` if nothing.
    pub(super) mark: Option<Mark>,
    pub(super) parent: Option<usize>,
    /// All before its content.
    pub(super) open: Range<usize>,
    /// All after its content.
    pub(super) close: Range<usize>,
    /// Whether it is a block in a cell.
    pub(super) is_block: bool,
    /// What can stand in it.
    pub(super) holds: Holds,
}

/// Inline content of the source as a flat list: together with the wrappers' ends, the pieces cover it.
#[derive(Debug, Default)]
pub(super) struct Pieces<'t> {
    pub(super) keys: Vec<Key<'t>>,
    /// For each key, its bytes.
    pub(super) raw: Vec<Range<usize>>,
    /// For each key, the innermost wrapper that it stands in.
    pub(super) inside: Vec<Option<usize>>,
    pub(super) wrappers: Vec<Wrapper>,
}

impl Pieces<'_> {
    /// The wrappers that a piece stands in, from the outside.
    pub(super) fn path(&self, index: usize) -> Vec<usize> {
        let mut path = Vec::new();
        let mut next = self.inside.get(index).copied().flatten();
        while let Some(it) = next {
            path.push(it);
            next = self.wrappers.get(it).and_then(|it| it.parent);
        }
        path.reverse();
        path
    }

    pub(super) fn mark(&self, wrapper: usize) -> Option<&Mark> {
        self.wrappers.get(wrapper).and_then(|it| it.mark.as_ref())
    }
}

/// What a piece of the result stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// A wrapper of the source.
    Old(usize),
    /// A mark of the edited Markdown.
    New(usize),
}
