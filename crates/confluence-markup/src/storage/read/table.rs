//! Reads tables: every row gets as many cells as there are columns.

use super::{Blocks, Body, CellSource, Reader, RowSource};
use crate::{
    model::{Alignment, Block, Cell, Inline, Placeholder, Table},
    storage::{NodeId, Tag},
};

/// The most columns that a cell is taken to span. Wider ones are mistakes or traps.
const MAX_SPAN: usize = 64;

/// The most cells of a table that is shown, with those that only fill up a row.
const MAX_CELLS: usize = 1_000_000;

/// Says that a cell reaches here from the left.
pub(crate) const FROM_LEFT: &str = "merged-left";

/// Says that a cell reaches here from above.
pub(crate) const FROM_ABOVE: &str = "merged-up";

/// One row, before all have the same width.
struct Row {
    cells: Vec<(Cell, Option<CellSource>)>,
    is_head: bool,
    outer: std::ops::Range<usize>,
}

impl Reader<'_, '_> {
    pub(super) fn table(&self, node: NodeId, out: &mut Blocks) {
        let document = self.document;
        let outer = document.outer(node);
        let rows = self.rows(node);
        let columns = rows.iter().flatten().map(|it| it.cells.len()).max().unwrap_or(0);
        let rows = rows.filter(|it| columns.saturating_mul(it.len() + 1) <= MAX_CELLS);
        let Some(rows) = rows else {
            let label = "too large to show".to_owned();
            let id = format!("n{}", node.0);
            let placeholder = Placeholder { kind: "table".to_owned(), label, id };
            self.alone(placeholder, node, out);
            return;
        };
        if columns == 0 {
            return;
        }
        let mut table = Table { alignments: Vec::new(), rows: Vec::new() };
        let mut sources = Vec::new();
        if let Some(first) = rows.first() {
            table.alignments = first.cells.iter().map(|it| self.alignment(it.1.as_ref())).collect();
            table.alignments.resize(columns, Alignment::None);
            if !first.is_head {
                // Markdown has no table without a head.
                table.rows.push(vec![Cell::default(); columns]);
                let at = first.outer.start;
                sources.push(RowSource { outer: at..at, cells: vec![None; columns] });
            }
        }
        for row in rows {
            let (mut cells, mut places): (Vec<_>, Vec<_>) = row.cells.into_iter().unzip();
            cells.resize(columns, Cell::default());
            places.resize(columns, None);
            table.rows.push(cells);
            sources.push(RowSource { outer: row.outer, cells: places });
        }
        out.push(Block::Table(table), outer, Body::Rows(sources));
    }

    /// The rows; `None` if they have too many cells.
    fn rows(&self, table: NodeId) -> Option<Vec<Row>> {
        let document = self.document;
        let mut rows = Vec::new();
        // For each column, how many more rows a cell reaches into.
        let mut reach: Vec<usize> = Vec::new();
        let mut count = 0;
        for part in document.children(table) {
            let is_part = matches!(document.tag(part), Some(Tag::Thead | Tag::Tbody | Tag::Tfoot));
            let nodes = if is_part { document.children(part) } else { document.only(part) };
            for node in nodes.filter(|it| document.tag(*it) == Some(Tag::Tr)) {
                let row = self.row(node, &mut reach);
                count += row.cells.len() + 1;
                rows.push(row);
                if count > MAX_CELLS {
                    return None;
                }
            }
        }
        Some(rows)
    }

    fn row(&self, node: NodeId, reach: &mut Vec<usize>) -> Row {
        let document = self.document;
        let mut cells: Vec<(Cell, Option<CellSource>)> = Vec::new();
        let mut is_head = true;
        for child in document.children(node) {
            let Some(tag @ (Tag::Th | Tag::Td)) = document.tag(child) else { continue };
            is_head &= tag == Tag::Th;
            push_reaching(&mut cells, reach);
            let width = self.span(child, "colspan").min(MAX_SPAN);
            let height = self.span(child, "rowspan");
            let run = self.run_of(child);
            let content = self.inlines(&run);
            let source = CellSource { node: child, run };
            for column in 0..width {
                let at = cells.len();
                if reach.len() <= at {
                    reach.resize(at + 1, 0);
                }
                if let Some(it) = reach.get_mut(at) {
                    *it = height - 1;
                }
                cells.push(match column {
                    0 => (Cell { content: content.clone() }, Some(source.clone())),
                    _ => (merged(FROM_LEFT), None),
                });
            }
        }
        push_reaching(&mut cells, reach);
        is_head &= cells.iter().any(|it| it.1.is_some());
        Row { cells, is_head, outer: document.outer(node) }
    }

    fn span(&self, cell: NodeId, name: &str) -> usize {
        let value = self.document.attribute(cell, name);
        value.and_then(|it| it.trim().parse().ok()).filter(|it| *it > 0).unwrap_or(1)
    }

    fn alignment(&self, cell: Option<&CellSource>) -> Alignment {
        let style = cell.and_then(|it| self.document.attribute(it.node, "style"));
        let style = style.unwrap_or_default();
        let value = style.split(';').find_map(|it| {
            let (name, value) = it.split_once(':')?;
            (name.trim() == "text-align").then(|| value.trim().to_owned())
        });
        match value.as_deref() {
            Some("left") => Alignment::Left,
            Some("center") => Alignment::Center,
            Some("right") => Alignment::Right,
            _ => Alignment::None,
        }
    }
}

/// Cells that reach here from above, up to the next column that is free.
fn push_reaching(cells: &mut Vec<(Cell, Option<CellSource>)>, reach: &mut [usize]) {
    while let Some(rows) = reach.get_mut(cells.len())
        && *rows > 0
    {
        *rows -= 1;
        cells.push((merged(FROM_ABOVE), None));
    }
}

fn merged(kind: &str) -> Cell {
    let placeholder = Placeholder { kind: kind.to_owned(), ..Placeholder::default() };
    Cell { content: vec![Inline::Placeholder(placeholder)] }
}
