//! Comments.

use std::fmt::Write as _;

use confluence_api::comments::Comment;

use super::{CONTENT_NOTICE, body, footer, heading, line, title, version, web_link, word};
use crate::{call::Listing, trim::MAX_TEXT};

/// A list of comments.
pub(crate) fn list(listing: &Listing<'_, Comment>, kind: &str) -> String {
    let mut out = heading(listing, &format!("{kind} comment"), &format!("{kind} comments"));
    let rows = &listing.page.results;
    if !rows.is_empty() {
        let _ = write!(out, " Replies are not listed. {CONTENT_NOTICE}");
    }
    let limit = (MAX_TEXT / rows.len().max(1)).max(400);
    for comment in rows {
        let _ = write!(out, "\n- {}", comment.id);
        if let Some(it) = &comment.version {
            let _ = write!(out, " {}", version(it));
        }
        if let Some(status) = comment.status.as_deref().filter(|status| *status != "current") {
            let _ = write!(out, " ({})", line(status));
        }
        if let Some(resolution) = &comment.resolution_status {
            let _ = write!(out, " ({})", word(Some(resolution)));
        }
        let selection = comment.properties.as_ref().and_then(|it| it.original_selection());
        if let Some(text) = selection {
            let _ = write!(out, " on \"{}\"", line(text));
        }
        if let Some(text) = body::in_list(comment.body.as_ref(), limit) {
            let _ = write!(out, "\n{text}");
        }
    }
    footer(&mut out, listing);
    out
}

/// A comment that was added.
pub(crate) fn added(comment: &Comment) -> String {
    let mut out = format!("Added comment {}", comment.id);
    match (&comment.parent_comment_id, &comment.page_id) {
        (Some(parent), _) => {
            let _ = write!(out, " as a reply to comment {parent}");
        }
        (None, Some(page)) => {
            let _ = write!(out, " to page {page}");
        }
        (None, None) => {}
    }
    if let Some(name) = comment.title.as_deref() {
        let _ = write!(out, " {}", title(name));
    }
    if let Some(it) = &comment.version {
        let _ = write!(out, ", {}", version(it));
    }
    if let Some(link) = web_link(&comment.links, None) {
        let _ = write!(out, "\nlink: {link}");
    }
    out
}
