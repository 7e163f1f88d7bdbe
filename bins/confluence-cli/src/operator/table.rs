//! Tables for people.

use std::fmt::{self, Write as _};

use crate::output::without_escapes;

/// What stands between columns.
const GAP: &str = "  ";

/// Rows of cells, which are aligned when they are written.
pub(super) struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(super) fn new(titles: &[&str], with_titles: bool) -> Self {
        let titles = with_titles.then(|| titles.iter().map(|it| (*it).to_owned()).collect());
        Self { rows: titles.into_iter().collect() }
    }

    pub(super) fn row(&mut self, cells: Vec<String>) {
        let cells = cells.into_iter().map(|it| if it.is_empty() { "-".to_owned() } else { it });
        // A cell stays on its line, and is as wide as it is shown.
        let shown = |it: String| without_escapes(&it).replace(['\n', '\t'], " ");
        self.rows.push(cells.map(shown).collect());
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let width = |column: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(column));
            cells.map(|it| it.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..columns).map(width).collect();
        for row in &self.rows {
            let mut line = String::new();
            for (cell, width) in row.iter().zip(&widths) {
                write!(line, "{cell:width$}{GAP}")?;
            }
            writeln!(f, "{}", line.trim_end())?;
        }
        Ok(())
    }
}
