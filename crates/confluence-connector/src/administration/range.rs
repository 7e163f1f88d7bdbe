//! Long lists, one part at a time.

use std::str::FromStr;

use crate::AdminError;

/// The most rows that one part of a list has.
pub const MOST_ROWS: usize = 1_000;

/// Which part of a list is wanted.
#[derive(Debug, Clone, Copy)]
pub struct Range<'a> {
    /// Where the part before ended: its [`Page::next`].
    pub after: Option<&'a str>,
    /// How many rows at most: 1 to [`MOST_ROWS`].
    pub limit: usize,
}

impl Default for Range<'_> {
    fn default() -> Self {
        Self { after: None, limit: 100 }
    }
}

/// A part of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Where to go on; `None` at the end.
    pub next: Option<String>,
}

impl Range<'_> {
    /// How many rows to give.
    pub(super) fn rows(&self) -> usize {
        self.limit.clamp(1, MOST_ROWS)
    }

    /// The row after which to begin.
    pub(super) fn after<T: FromStr>(&self) -> Result<Option<T>, AdminError> {
        self.after.map(str::parse).transpose().map_err(|_error| not_a_position())
    }
}

pub(super) fn not_a_position() -> AdminError {
    AdminError::Invalid("the cursor is none that was given: begin anew without one".to_owned())
}

impl<T> Page<T> {
    /// A page from one row more than it is to have: with that, it goes on. `name` is what
    /// [`Range::after`] reads.
    pub(super) fn cut(mut rows: Vec<T>, limit: usize, name: impl Fn(&T) -> String) -> Self {
        let next = (rows.len() > limit).then(|| {
            rows.truncate(limit);
            rows.last().map(name).unwrap_or_default()
        });
        Self { items: rows, next }
    }
}
