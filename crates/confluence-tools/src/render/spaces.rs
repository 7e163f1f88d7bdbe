//! Spaces.

use std::fmt::Write as _;

use confluence_api::spaces::Space;

use super::{
    Reader,
    body::{Window, part},
    fenced, footer, heading, line, notice, time, title, web_link, word,
};
use crate::listing::Listing;

/// Longest description that is shown, in characters: it is a text of its own, but not a page.
const MAX_DESCRIPTION: usize = 10_000;

/// A list of spaces.
pub(crate) fn list(listing: &Listing<'_, Space>) -> String {
    let mut out = heading(listing, "space", "spaces");
    for space in listing.rows {
        let _ = write!(out, "\n- {} {} id {}", line(&space.key), title(&space.name), space.id);
        let _ =
            write!(out, " ({}, {})", word(space.kind.as_deref()), word(space.status.as_deref()));
        if let Some(home) = &space.homepage_id {
            let _ = write!(out, ", home page {home}");
        }
        if let Some(link) = web_link(&space.links, listing.base()) {
            let _ = write!(out, ", {link}");
        }
    }
    footer(&mut out, listing);
    out
}

/// One space.
pub(crate) fn space(space: &Space, reader: Reader) -> String {
    let mut out = format!("Space {} {}", line(&space.key), title(&space.name));
    let _ = write!(out, "\nid: {}", space.id);
    let _ = write!(out, "\ntype: {}", word(space.kind.as_deref()));
    let _ = write!(out, "\nstatus: {}", word(space.status.as_deref()));
    if let Some(home) = &space.homepage_id {
        let _ = write!(out, "\nhome page: {home} (its tree: content children or descendants)");
    }
    if let Some(time) = time(space.created_at) {
        let _ = write!(out, "\ncreated: {time}");
        if let Some(author) = &space.author_id {
            let _ = write!(out, " by {}", line(author));
        }
    }
    let description = space.description.as_ref();
    let description = description.and_then(|it| it.plain.as_ref().or(it.view.as_ref()));
    if let Some(text) = description.and_then(|it| it.value.as_deref()) {
        if text.trim().is_empty() {
            out.push_str("\ndescription: none");
        } else {
            let max_chars = match reader {
                Reader::Model => MAX_DESCRIPTION,
                Reader::Person => usize::MAX,
            };
            let part = part(text, Window { offset: 0, max_chars });
            let _ = write!(out, "\ndescription:{}\n{}", notice(reader), fenced("", part.text));
            if !part.is_whole() {
                let left = part.total - part.end;
                let _ = write!(out, "\n[cut: {left} of {} characters left out.]", part.total);
            }
        }
    }
    if let Some(link) = web_link(&space.links, None) {
        let _ = write!(out, "\nlink: {link}");
    }
    out
}
