//! Pages of results.

use serde::Deserialize;

use crate::{Endpoint, answer::cursor_of, lenient::or_default};

/// One page of a list.
#[derive(Debug, Clone, Deserialize)]
#[serde(bound(deserialize = "T: Deserialize<'de>"))]
pub struct Page<T> {
    /// The entries, in the server's order.
    ///
    /// May be shorter than asked, even empty, in the middle of a list: Confluence filters by
    /// permission after paging. Only a missing cursor ends a list.
    #[serde(default, deserialize_with = "or_default")]
    pub results: Vec<T>,
    /// Where the next page is, and what links are relative to.
    #[serde(rename = "_links", default, deserialize_with = "or_default")]
    pub links: Links,
    /// Number of hits of a search: an estimate.
    #[serde(rename = "totalSize", default)]
    pub total_size: Option<u64>,
}

/// The links of a page of results.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Links {
    /// The next page, relative to the site.
    #[serde(default)]
    pub next: Option<String>,
    /// What the `webui` links of the rows are relative to: the site's address with `/wiki`.
    #[serde(default)]
    pub base: Option<String>,
}

impl<T> Page<T> {
    /// Cursor of the next page, if there is one.
    ///
    /// Only the cursor is taken from the server's link, so a link cannot redirect our credentials.
    pub fn next_cursor(&self) -> Option<String> {
        cursor_of(self.links.next.as_deref()?)
    }
}

/// An endpoint that answers one page at a time.
pub trait List: Endpoint<Response = Page<Self::Item>> + 'static {
    /// One entry of the list.
    type Item: Send + 'static;

    /// Asks for the page at `cursor`.
    fn set_cursor(&mut self, cursor: String);
}
