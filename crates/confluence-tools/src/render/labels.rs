//! Labels.

use std::fmt::Write as _;

use confluence_api::labels::Label;

use super::{footer, heading, line};
use crate::listing::Listing;

/// A label as people write it: with its prefix only where it is not `global`.
pub(crate) fn name(label: &Label) -> String {
    match label.prefix.as_deref() {
        None | Some("global") => line(&label.name),
        Some(prefix) => format!("{}:{}", line(prefix), line(&label.name)),
    }
}

/// The labels of a page.
pub(crate) fn list(listing: &Listing<'_, Label>) -> String {
    let mut out = heading(listing, "label", "labels");
    append(&mut out, listing.rows);
    footer(&mut out, listing);
    out
}

/// The labels of a page after some were added.
pub(crate) fn added(listing: &Listing<'_, Label>) -> String {
    let mut out =
        format!("Labels added. The page now has {}:", listing.rows.len() + listing.omitted());
    append(&mut out, listing.rows);
    if listing.omitted() > 0 {
        let _ = write!(out, ", and {} more", listing.omitted());
    }
    out
}

fn append(out: &mut String, labels: &[Label]) {
    let names: Vec<_> = labels.iter().map(name).collect();
    if !names.is_empty() {
        let _ = write!(out, " {}", names.join(", "));
    }
}
