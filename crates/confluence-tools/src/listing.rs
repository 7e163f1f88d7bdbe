//! A page of a list on its way to a text, with as many rows as have room there.

use confluence_api::Page;

use crate::{
    render::Reader,
    trim::{MAX_RESULT, MAX_TEXT},
};

/// The least that is shown of a body among others, in characters.
const MIN_BODY: usize = 400;

/// What a row of a list takes besides its body, in characters.
const ROW: usize = 400;

/// The answer to a list, with what it takes to go on.
pub(crate) struct Listing<'a, T> {
    /// The rows to show: the first ones of the answer.
    pub(crate) rows: &'a [T],
    /// Cursor of the next page of results.
    pub(crate) next: Option<&'a str>,
    pub(crate) reader: Reader,
    page: &'a Page<T>,
}

impl<'a, T> Listing<'a, T> {
    /// The listing of every row.
    pub(crate) fn whole(page: &'a Page<T>, next: Option<&'a str>, reader: Reader) -> Self {
        Self { rows: &page.results, next, reader, page }
    }

    /// The text of a page, with as many of its rows as a model is given at once.
    ///
    /// A text that were cut would promise rows that it does not show, end inside of a fence, and
    /// lose the cursor.
    pub(crate) fn text(
        page: &'a Page<T>,
        next: Option<&'a str>,
        reader: Reader,
        write: impl Fn(&Self) -> String,
    ) -> String {
        let mut listing = Self::whole(page, next, reader);
        loop {
            let text = write(&listing);
            let rows = listing.rows.len();
            if reader == Reader::Person || rows <= 1 || text.len() <= MAX_RESULT {
                return text;
            }
            let length = text.chars().count();
            if length <= MAX_RESULT {
                return text;
            }
            // Rows are of about the same length; where they are not, it is tried again.
            listing.rows = &page.results[..(rows * MAX_RESULT / length).clamp(1, rows - 1)];
        }
    }

    /// Rows of the answer that have no room in the text.
    pub(crate) fn omitted(&self) -> usize {
        self.page.results.len() - self.rows.len()
    }

    /// Whether there are rows beyond those that are shown.
    pub(crate) fn has_more(&self) -> bool {
        self.next.is_some() || self.omitted() > 0
    }

    /// How many rows there are on all pages together: an estimate of Confluence's.
    pub(crate) fn total(&self) -> Option<u64> {
        self.page.total_size
    }

    /// What relative links are relative to.
    pub(crate) fn base(&self) -> Option<&str> {
        self.page.links.base.as_deref()
    }

    /// How much of each row's body is shown, in characters.
    pub(crate) fn body_limit(&self) -> usize {
        if self.reader == Reader::Person {
            return usize::MAX;
        }
        (MAX_TEXT / self.page.results.len().max(1)).saturating_sub(ROW).max(MIN_BODY)
    }
}
