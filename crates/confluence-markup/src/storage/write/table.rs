//! Tables that are new.

use super::{WriteError, Writer};
use crate::{
    model::{Cell, Inline, Table},
    storage::read::{FROM_ABOVE, FROM_LEFT},
};

impl Writer<'_, '_> {
    pub(super) fn table(&mut self, table: &Table) -> Result<(), WriteError> {
        self.out.push_str("<table><tbody>");
        for (index, row) in table.rows.iter().enumerate() {
            let is_head = index == 0;
            // A head without text is there because Markdown wants one.
            if is_head && row.iter().all(|it| it.content.is_empty()) && table.rows.len() > 1 {
                continue;
            }
            self.row(&table.rows, index, if is_head { "th" } else { "td" })?;
        }
        self.out.push_str("</tbody></table>");
        Ok(())
    }

    /// Writes a row of a table; cells that others reach into are parts of these.
    pub(crate) fn row(
        &mut self,
        rows: &[Vec<Cell>],
        index: usize,
        name: &str,
    ) -> Result<(), WriteError> {
        self.out.push_str("<tr>");
        for column in 0..rows.get(index).map_or(0, Vec::len) {
            self.new_cell(rows, index, column, name)?;
        }
        self.out.push_str("</tr>");
        Ok(())
    }

    pub(crate) fn new_cell(
        &mut self,
        rows: &[Vec<Cell>],
        row: usize,
        column: usize,
        name: &str,
    ) -> Result<(), WriteError> {
        let Some(cell) = rows.get(row).and_then(|it| it.get(column)) else { return Ok(()) };
        if merged(cell).is_some() {
            return Ok(());
        }
        let (width, height) = spans(rows, row, column);
        let (width, height) = (span_value(width), span_value(height));
        self.open(name, &[("colspan", &width), ("rowspan", &height)], false);
        self.out.push_str("<p>");
        self.inlines(&cell.content)?;
        self.out.push_str("</p></");
        self.out.push_str(name);
        self.out.push('>');
        Ok(())
    }
}

/// From where another cell reaches into this one, if one does.
pub(crate) fn merged(cell: &Cell) -> Option<&str> {
    match cell.content.as_slice() {
        [Inline::Placeholder(it)] if it.kind == FROM_LEFT || it.kind == FROM_ABOVE => {
            Some(&it.kind)
        }
        _ => None,
    }
}

/// How many columns and rows a cell takes.
pub(crate) fn spans(rows: &[Vec<Cell>], row: usize, column: usize) -> (usize, usize) {
    let is = |row: usize, column: usize, kind: &str| {
        rows.get(row).and_then(|it| it.get(column)).and_then(merged) == Some(kind)
    };
    let columns = rows.get(row).map_or(0, Vec::len);
    let width = (column + 1..columns).take_while(|it| is(row, *it, FROM_LEFT)).count();
    let height = (row + 1..rows.len()).take_while(|it| is(*it, column, FROM_ABOVE)).count();
    (width + 1, height + 1)
}

/// As an attribute's value: nothing for one.
pub(crate) fn span_value(span: usize) -> String {
    if span > 1 { span.to_string() } else { String::new() }
}
