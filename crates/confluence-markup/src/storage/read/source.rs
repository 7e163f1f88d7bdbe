//! Where in the source each block was read from.

use std::ops::Range;

use crate::storage::NodeId;

/// Where a block stands, and what it was read from.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    /// All of the block.
    pub(crate) outer: Range<usize>,
    pub(crate) body: Body,
}

/// What a block was read from.
#[derive(Debug, Clone)]
pub(crate) enum Body {
    /// It is one thing.
    Whole,
    /// Running text.
    Inline(Run),
    /// Code or other text without markup, in this element.
    Code(NodeId),
    /// Blocks, and between them bytes that no block has.
    Blocks(Vec<Source>, Range<usize>),
    /// The items of a list.
    Items(Vec<ItemSource>),
    /// The rows of a table.
    Rows(Vec<RowSource>),
}

/// Nodes beside each other that make running text.
#[derive(Debug, Clone)]
pub(crate) struct Run {
    /// The first.
    pub(crate) first: NodeId,
    /// The node after the last and all in it.
    pub(crate) after: NodeId,
    /// Their bytes.
    pub(crate) range: Range<usize>,
}

/// Where an item of a list stands.
#[derive(Debug, Clone)]
pub(crate) struct ItemSource {
    pub(crate) node: NodeId,
    pub(crate) outer: Range<usize>,
    pub(crate) inner: Range<usize>,
    pub(crate) blocks: Vec<Source>,
}

/// Where a row of a table stands.
#[derive(Debug, Clone)]
pub(crate) struct RowSource {
    pub(crate) outer: Range<usize>,
    /// One for each column: `None` where a cell reaches from the left or from above.
    pub(crate) cells: Vec<Option<CellSource>>,
}

/// Where a cell of a table stands.
#[derive(Debug, Clone)]
pub(crate) struct CellSource {
    pub(crate) node: NodeId,
    pub(crate) run: Run,
}
