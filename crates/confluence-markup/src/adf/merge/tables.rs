//! Merges tables, row by row and cell by cell.

use serde_json::Value;

use super::{Step, steps};
use crate::{
    adf::{
        Kind, Node, WriteError,
        read::{CellSource, RowSource},
        write::Writer,
    },
    diff::{Stretch, stretches},
    model::{Cell, Table},
    storage::{merge::pair, merged, spans},
};

/// The rows of one row's place, on all sides.
struct RowSide<'s, 'd, 'a> {
    node: &'d Node<'a>,
    source: &'s RowSource<'d, 'a>,
    base: &'s [Vec<Cell>],
    at: usize,
    new: &'s [Vec<Cell>],
    to: usize,
}

impl<'d, 'a> Writer<'_, 'd, 'a> {
    pub(super) fn merged_table(
        &mut self,
        node: &'d Node<'a>,
        sources: &[RowSource<'d, 'a>],
        base: &Table,
        new: &Table,
    ) -> Result<(), WriteError> {
        let is_aligned = |it: &Table| it.alignments.iter().any(|it| *it != <_>::default());
        if is_aligned(new) {
            return Err(WriteError::Alignment);
        }
        let same_width = base.rows.iter().zip(sources).all(|(a, b)| a.len() == b.cells.len());
        if base.rows.len() != sources.len() || !same_width {
            let text = node.source().chars().take(80).collect();
            return Err(WriteError::NotTheSame(text));
        }
        let (head, tail) = node.shell();
        self.push(&head);
        let rows = |base: &[Vec<Cell>], new: &[Vec<Cell>]| {
            let slices = |it: &[Vec<Cell>]| it.to_vec();
            let (base, new) = (slices(base), slices(new));
            let base: Vec<&[Cell]> = base.iter().map(Vec::as_slice).collect();
            let new: Vec<&[Cell]> = new.iter().map(Vec::as_slice).collect();
            pair::row_pairs(&base, &new)
        };
        for (to, step) in steps(&base.rows, &new.rows, rows).into_iter().enumerate() {
            let (Step::Kept(at, row) | Step::Edited(at, row) | Step::New(at, row)) = step;
            let source = sources.get(at).filter(|_| !matches!(step, Step::New(..)));
            match source.map(|it| (it, it.at)) {
                Some((source, Some(index))) => {
                    if let Some(node) = node.content().get(index) {
                        let (base, new) = (&base.rows, &new.rows);
                        self.row(&RowSide { node, source, base, at, new, to })?;
                    }
                }
                // A head without text is there because Markdown wants one.
                Some((_, None)) if row.iter().all(|it| it.content.is_empty()) => {}
                _ => self.new_row(&new.rows, to)?,
            }
        }
        if self.out.ends_with('[') && !new.rows.is_empty() {
            // All that is left is a head without text.
            self.new_row(&new.rows, 0)?;
        }
        self.out.push_str(tail);
        Ok(())
    }

    fn row(&mut self, side: &RowSide<'_, 'd, 'a>) -> Result<(), WriteError> {
        let no_cells: &[Cell] = &[];
        let base = side.base.get(side.at).map_or(no_cells, Vec::as_slice);
        let new = side.new.get(side.to).map_or(no_cells, Vec::as_slice);
        let columns = columns(base, new);
        let is_same = base == new
            && (0..base.len())
                .all(|it| spans(side.base, side.at, it) == spans(side.new, side.to, it));
        if is_same {
            self.push(side.node.source());
            return Ok(());
        }
        let (head, tail) = side.node.shell();
        self.push(&head);
        for (column, cell) in new.iter().enumerate() {
            if merged(cell).is_some() {
                continue;
            }
            if cell.content.len() > 1
                && let Some(kind) = cell
                    .content
                    .iter()
                    .find_map(|it| merged(&Cell { content: vec![it.clone()] }).map(str::to_owned))
            {
                return Err(WriteError::MergedCell(kind));
            }
            let was = columns.get(column).copied().flatten();
            let source = was.and_then(|it| Some((it, (*side.source.cells.get(it)?)?)));
            match source {
                Some((was, source)) => self.cell(side, (was, column), source, cell)?,
                None => self.cell_like(side, column)?,
            }
        }
        self.out.push_str(tail);
        Ok(())
    }

    /// A new cell, of the row's sort.
    fn cell_like(&mut self, side: &RowSide<'_, 'd, 'a>, column: usize) -> Result<(), WriteError> {
        let start = self.out.len();
        self.new_cell(side.new, side.to, column)?;
        let is_head = side.node.content().iter().all(|it| it.kind == Kind::TableHeader);
        let name = if is_head { "tableHeader" } else { "tableCell" };
        let written = self.out.split_off(start);
        let (comma, cell) = match written.strip_prefix(',') {
            Some(cell) => (",", cell),
            None => ("", written.as_str()),
        };
        self.out.push_str(comma);
        if !cell.is_empty() {
            self.out.push_str(&Node::renamed(cell, name));
        }
        Ok(())
    }

    fn cell(
        &mut self,
        side: &RowSide<'_, 'd, 'a>,
        (was, column): (usize, usize),
        source: CellSource<'d, 'a>,
        new: &Cell,
    ) -> Result<(), WriteError> {
        let old_spans = spans(side.base, side.at, was);
        let (width, height) = spans(side.new, side.to, column);
        let mut changes: Vec<(&str, Value)> = Vec::new();
        if old_spans.0 != width {
            changes.push(("colspan", width.into()));
        }
        if old_spans.1 != height {
            changes.push(("rowspan", height.into()));
        }
        let base = side.base.get(side.at).and_then(|it| it.get(was));
        if base.is_some_and(|it| it == new) {
            if changes.is_empty() {
                self.push(source.node.source());
            } else {
                self.push(&source.node.with_attributes(&changes));
            }
            return Ok(());
        }
        let base = base.map(|it| it.content.as_slice()).unwrap_or_default();
        self.run(source.node, &changes, base, &new.content)
    }
}

/// For each cell of the edited row, which of the base's it was.
fn columns(base: &[Cell], new: &[Cell]) -> Vec<Option<usize>> {
    if base.len() == new.len() {
        return (0..new.len()).map(Some).collect();
    }
    let hashes = |it: &[Cell]| it.iter().map(pair::hash).collect::<Vec<u64>>();
    let mut out = vec![None; new.len()];
    for stretch in stretches(&hashes(base), &hashes(new)) {
        let (before, after) = match stretch {
            Stretch::Same { before, after } => (before, after),
            Stretch::Differs(hunk) => (hunk.before, hunk.after),
        };
        for (from, to) in before.zip(after) {
            if let Some(slot) = out.get_mut(to) {
                *slot = Some(from);
            }
        }
    }
    out
}
