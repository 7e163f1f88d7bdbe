//! Merges tables, cell by cell.

use std::{iter, ops::Range};

use super::{Gaps, MergeError, Merger, pair};
use crate::{
    diff::{Stretch, stretches},
    model::{Cell, Table},
    storage::{
        Tag,
        read::{CellSource, RowSource},
        write::{WriteError, merged, span_value, spans},
    },
};

/// For each column of the edit, the one of the base.
type Columns = Vec<Option<usize>>;

impl Merger<'_, '_> {
    pub(super) fn table(
        &mut self,
        outer: &Range<usize>,
        sources: &[RowSource],
        base: &Table,
        new: &Table,
    ) -> Result<(), MergeError> {
        let is_same = base.rows.len() == sources.len()
            && base.rows.iter().zip(sources).all(|(row, it)| row.len() == it.cells.len());
        self.check(is_same, outer)?;
        let columns = columns(base, new);
        let pairs = rows(base, new, &columns);
        let mut gaps = Gaps::new(sources.iter().map(|it| it.outer.clone()), outer);
        for (index, partner) in pairs.into_iter().enumerate() {
            let partner = partner.and_then(|it| Some((it, base.rows.get(it)?, sources.get(it)?)));
            if let Some((row, old, source)) = partner {
                self.gap(&mut gaps, row);
                self.row(source, (old, &base.rows, row), (&new.rows, index), &columns)?;
                continue;
            }
            // A row never stands before the table's own tags.
            if gaps.next == 0 {
                self.gap(&mut gaps, 0);
            }
            self.writer.row(&new.rows, index, if index == 0 { "th" } else { "td" })?;
        }
        self.gap(&mut gaps, sources.len());
        Ok(())
    }

    fn row(
        &mut self,
        source: &RowSource,
        (old, base_rows, row): (&[Cell], &[Vec<Cell>], usize),
        (new_rows, index): (&[Vec<Cell>], usize),
        columns: &Columns,
    ) -> Result<(), MergeError> {
        let Some(new) = new_rows.get(index) else { return Ok(()) };
        if source.outer.is_empty() {
            // The head that Markdown wants and the table does not have.
            if new.iter().any(|it| !it.content.is_empty()) {
                self.writer.row(new_rows, index, "th")?;
            }
            return Ok(());
        }
        let kept = iter::zip(columns, new).enumerate().all(|(at, (column, _))| *column == Some(at))
            && columns.len() == source.cells.len();
        let present: Vec<&CellSource> = source.cells.iter().flatten().collect();
        let places = present.iter().map(|it| self.reader.document.outer(it.node));
        let inner = source.outer.clone();
        let mut gaps = Gaps::new(places, &inner);
        let name = match present.first().and_then(|it| self.reader.document.tag(it.node)) {
            Some(Tag::Th) if present.len() > 1 && index == 0 => "th",
            _ => "td",
        };
        let mut seen = 0;
        for (at, (column, cell)) in iter::zip(columns, new).enumerate() {
            let place = column.and_then(|it| source.cells.get(it)?.as_ref());
            let was = column.and_then(|it| old.get(it));
            match (place, was) {
                (Some(place), Some(was)) => {
                    let order = present.iter().position(|it| it.node == place.node).unwrap_or(seen);
                    self.gap(&mut gaps, order);
                    seen = order + 1;
                    let is_here = (column.unwrap_or(at), row, base_rows);
                    self.cell(place, was, is_here, (new_rows, index, at))?;
                }
                // Covered by another cell, or missing at the row's end.
                (None, Some(was)) if was == cell => {}
                (None, Some(was)) if merged(was).is_some() && merged(cell).is_none() && kept => {
                    let kind = merged(was).unwrap_or_default().to_owned();
                    return Err(WriteError::MergedCell(kind).into());
                }
                _ => {
                    if gaps.next == 0 {
                        self.gap(&mut gaps, 0);
                    }
                    self.writer.new_cell(new_rows, index, at, name)?;
                }
            }
        }
        self.gap(&mut gaps, present.len());
        Ok(())
    }

    /// Merges a cell, and gives it another size if its neighbours say so.
    fn cell(
        &mut self,
        place: &CellSource,
        was: &Cell,
        (old_column, old_row, base_rows): (usize, usize, &[Vec<Cell>]),
        (new_rows, row, column): (&[Vec<Cell>], usize, usize),
    ) -> Result<(), MergeError> {
        let Some(cell) = new_rows.get(row).and_then(|it| it.get(column)) else { return Ok(()) };
        if let (Some(kind), None) = (merged(cell), merged(was)) {
            return Err(WriteError::MergedCell(kind.to_owned()).into());
        }
        let outer = self.reader.document.outer(place.node);
        let (old, new) = (spans(base_rows, old_row, old_column), spans(new_rows, row, column));
        let open = self.reader.document.open_source(place.node).len();
        if old == new {
            self.copy(outer.start..outer.start + open);
        } else {
            self.resized(place, old, new);
        }
        self.copy(outer.start + open..place.run.range.start);
        if was == cell {
            self.copy(place.run.range.clone());
        } else if was.content.is_empty() {
            self.fill(place, cell)?;
        } else {
            self.running_text(&place.run, &was.content, &cell.content)?;
        }
        self.copy(place.run.range.end..outer.end);
        Ok(())
    }

    /// Gives a cell without text its first: in the paragraph that it has, if it has one.
    fn fill(&mut self, place: &CellSource, cell: &Cell) -> Result<(), MergeError> {
        let document = self.reader.document;
        let range = place.run.range.clone();
        let Some(paragraph) = document.child(place.node, Tag::P) else {
            self.copy(range);
            return Ok(self.writer.inlines(&cell.content)?);
        };
        let (outer, inner) = (document.outer(paragraph), document.inner(paragraph));
        self.copy(range.start..outer.start);
        let open = document.open_source(paragraph);
        let empty = open.strip_suffix("/>").map(str::trim_end);
        self.writer.out.push_str(empty.unwrap_or(open));
        self.writer.out.push_str(if empty.is_some() { ">" } else { "" });
        self.writer.inlines(&cell.content)?;
        self.writer.out.push_str(if empty.is_some() { "</p>" } else { "" });
        self.copy(inner.end..range.end);
        Ok(())
    }

    /// Writes a cell's start tag with other spans.
    fn resized(&mut self, place: &CellSource, old: (usize, usize), new: (usize, usize)) {
        let mut text = self.reader.document.open_source(place.node).to_owned();
        for (name, old, new) in [("colspan", old.0, new.0), ("rowspan", old.1, new.1)] {
            if old == new {
                continue;
            }
            let value = span_value(new);
            let value = if value.is_empty() { "1" } else { value.as_str() };
            let written = [
                (format!("{name}=\"{old}\""), format!("{name}=\"{value}\"")),
                (format!("{name}='{old}'"), format!("{name}='{value}'")),
            ];
            if let Some((from, to)) = written.iter().find(|it| text.contains(&it.0)) {
                text = text.replacen(from, to, 1);
            } else {
                let end = 1 + self.reader.document.name(place.node).len();
                text.insert_str(end, &format!(" {name}=\"{value}\""));
            }
        }
        self.writer.out.push_str(&text);
    }
}

/// Finds the columns by their heads; if there are as many as before, they are the same.
fn columns(base: &Table, new: &Table) -> Columns {
    let (old, edited) = (base.rows.first(), new.rows.first());
    let (Some(old), Some(edited)) = (old, edited) else { return Vec::new() };
    if old.len() == edited.len() {
        return (0..old.len()).map(Some).collect();
    }
    let column = |rows: &[Vec<Cell>], at: usize| -> u64 {
        pair::hash(&rows.iter().take(2).map(|row| row.get(at)).collect::<Vec<_>>())
    };
    let old: Vec<u64> = (0..old.len()).map(|it| column(&base.rows, it)).collect();
    let edited: Vec<u64> = (0..edited.len()).map(|it| column(&new.rows, it)).collect();
    let mut columns = vec![None; edited.len()];
    for stretch in stretches(&old, &edited) {
        match stretch {
            Stretch::Same { before, after } => {
                for (from, to) in before.zip(after) {
                    if let Some(slot) = columns.get_mut(to) {
                        *slot = Some(from);
                    }
                }
            }
            Stretch::Differs(hunk) => {
                for (from, to) in hunk.before.zip(hunk.after) {
                    if let Some(slot) = columns.get_mut(to) {
                        *slot = Some(from);
                    }
                }
            }
        }
    }
    columns
}

/// For each row of the edit, the one of the base. The first is always the first.
fn rows(base: &Table, new: &Table, columns: &Columns) -> Vec<Option<usize>> {
    let kept: Vec<(usize, usize)> =
        columns.iter().enumerate().filter_map(|(at, it)| Some(((*it)?, at))).collect();
    let hash = |row: &[Cell], side: fn(&(usize, usize)) -> usize| {
        pair::hash(&kept.iter().map(|it| row.get(side(it))).collect::<Vec<_>>())
    };
    let body = |table: &Table| table.rows.iter().skip(1).cloned().collect::<Vec<_>>();
    let (old, edited) = (body(base), body(new));
    let hashes: Vec<u64> = old.iter().map(|it| hash(it, |it| it.0)).collect();
    let new_hashes: Vec<u64> = edited.iter().map(|it| hash(it, |it| it.1)).collect();
    let mut pairs = vec![None; edited.len()];
    for stretch in stretches(&hashes, &new_hashes) {
        match stretch {
            Stretch::Same { before, after } => {
                for (from, to) in before.zip(after) {
                    if let Some(slot) = pairs.get_mut(to) {
                        *slot = Some(from);
                    }
                }
            }
            Stretch::Differs(hunk) => {
                let cells = |rows: &'_ [Vec<Cell>], range: &Range<usize>| -> Vec<Vec<Cell>> {
                    rows.get(range.clone()).unwrap_or_default().to_vec()
                };
                let (from, to) = (cells(&old, &hunk.before), cells(&edited, &hunk.after));
                let from: Vec<&[Cell]> = from.iter().map(Vec::as_slice).collect();
                let to: Vec<&[Cell]> = to.iter().map(Vec::as_slice).collect();
                for (offset, partner) in pair::row_pairs(&from, &to).into_iter().enumerate() {
                    if let (Some(slot), Some(partner)) =
                        (pairs.get_mut(hunk.after.start + offset), partner)
                    {
                        *slot = Some(hunk.before.start + partner);
                    }
                }
            }
        }
    }
    let head = base.rows.first().map(|_| 0);
    iter::once(head).chain(pairs.into_iter().map(|it| it.map(|it| it + 1))).collect()
}
