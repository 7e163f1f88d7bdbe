//! The history of a page.

use std::fmt::Write as _;

use confluence_api::{id::PageId, versions::PageVersion};

use super::{Reader, footer, heading, version};
use crate::listing::Listing;

/// The versions of a page.
pub(crate) fn list(listing: &Listing<'_, PageVersion>, id: &PageId) -> String {
    let mut out = heading(listing, "version", "versions");
    for row in listing.rows {
        let _ = write!(out, "\n- {}", version(&row.version));
        if row.version.minor_edit == Some(true) {
            out.push_str(" (minor edit)");
        }
    }
    if !listing.rows.is_empty() {
        let _ = match listing.reader {
            Reader::Model => write!(out, "\nAn old text: pages getBody id {id}, version N."),
            Reader::Person => write!(out, "\nAn old text: pages get-body {id} --version N"),
        };
    }
    footer(&mut out, listing);
    out
}
