//! Reads tables: every row gets as many cells as there are columns.

use super::{Body, Reader};
use crate::{
    adf::{Kind, Node, token},
    model::{Alignment, Block, Cell, Inline, Placeholder, Table},
    storage::{FROM_ABOVE, FROM_LEFT},
};

/// The most columns that a cell is taken to span. Wider ones are mistakes or traps.
const MAX_SPAN: usize = 64;

/// The most cells of a table that is shown, with those that only fill up a row.
const MAX_CELLS: usize = 1_000_000;

/// Where a row comes from.
#[derive(Debug)]
pub(in crate::adf) struct RowSource<'d, 'a> {
    /// Which of the table's nodes it is; `None` for a head that only Markdown has.
    pub(in crate::adf) at: Option<usize>,
    /// For each column, the cell that begins there.
    pub(in crate::adf) cells: Vec<Option<CellSource<'d, 'a>>>,
}

/// Where a cell comes from.
#[derive(Debug, Clone, Copy)]
pub(in crate::adf) struct CellSource<'d, 'a> {
    pub(in crate::adf) node: &'d Node<'a>,
}

impl<'d, 'a> Reader<'d, 'a> {
    pub(super) fn table(&self, node: &'d Node<'a>) -> Option<(Block, Body<'d, 'a>)> {
        let mut rows: Vec<Vec<Cell>> = Vec::new();
        let mut sources: Vec<RowSource<'d, 'a>> = Vec::new();
        // For each column, how many more rows a cell reaches into.
        let mut reach: Vec<usize> = Vec::new();
        for (at, row) in node.content().iter().enumerate() {
            if row.kind == Kind::TableRow {
                let (cells, places) = self.row(row, &mut reach);
                rows.push(cells);
                sources.push(RowSource { at: Some(at), cells: places });
            }
        }
        let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
        if columns == 0 {
            return None;
        }
        if columns.saturating_mul(rows.len() + 1) > MAX_CELLS {
            return Some(self.alone(node));
        }
        let first = node.content().iter().find(|it| it.kind == Kind::TableRow)?;
        if !first.content().iter().all(|it| it.kind == Kind::TableHeader) {
            // Markdown has no table without a head.
            rows.insert(0, Vec::new());
            sources.insert(0, RowSource { at: None, cells: Vec::new() });
        }
        for (row, source) in rows.iter_mut().zip(&mut sources) {
            row.resize(columns, Cell::default());
            source.cells.resize(columns, None);
        }
        let alignments = vec![Alignment::None; columns];
        Some((Block::Table(Table { alignments, rows }), Body::Rows(sources)))
    }

    fn row(
        &self,
        row: &'d Node<'a>,
        reach: &mut Vec<usize>,
    ) -> (Vec<Cell>, Vec<Option<CellSource<'d, 'a>>>) {
        let mut cells = Vec::new();
        let mut sources = Vec::new();
        let is_cell = |it: &&Node<'_>| matches!(it.kind, Kind::TableHeader | Kind::TableCell);
        for node in row.content().iter().filter(is_cell) {
            push_reaching(&mut cells, &mut sources, reach);
            let width = span(node, "colspan").min(MAX_SPAN);
            let height = span(node, "rowspan");
            for column in 0..width {
                if reach.len() <= cells.len() {
                    reach.resize(cells.len() + 1, 0);
                }
                if let Some(it) = reach.get_mut(cells.len()) {
                    *it = height - 1;
                }
                cells.push(match column {
                    0 => Cell { content: token::inlines(&self.run(node).0) },
                    _ => merged(FROM_LEFT),
                });
                sources.push((column == 0).then_some(CellSource { node }));
            }
        }
        push_reaching(&mut cells, &mut sources, reach);
        (cells, sources)
    }
}

fn span(cell: &Node<'_>, name: &str) -> usize {
    let span = cell.attribute(name).and_then(|it| it.as_u64()).unwrap_or(1);
    usize::try_from(span).unwrap_or(1).max(1)
}

/// Cells that reach here from above, up to the next column that is free.
fn push_reaching(
    cells: &mut Vec<Cell>,
    sources: &mut Vec<Option<CellSource<'_, '_>>>,
    reach: &mut [usize],
) {
    while let Some(rows) = reach.get_mut(cells.len())
        && *rows > 0
    {
        *rows -= 1;
        cells.push(merged(FROM_ABOVE));
        sources.push(None);
    }
}

fn merged(kind: &str) -> Cell {
    let placeholder = Placeholder { kind: kind.to_owned(), ..Placeholder::default() };
    Cell { content: vec![Inline::Placeholder(placeholder)] }
}
