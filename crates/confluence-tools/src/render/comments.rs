//! Comments.

use std::fmt::Write as _;

use confluence_api::{comments::Comment, id::PageId};

use super::{Reader, body, footer, heading, line, notice, title, version, web_link, word};
use crate::listing::Listing;

/// A list of comments.
pub(crate) fn list(listing: &Listing<'_, Comment>, page: &PageId, kind: &str) -> String {
    let mut out = heading(listing, &format!("{kind} comment"), &format!("{kind} comments"));
    let rows = listing.rows;
    if !rows.is_empty() {
        let quote = if listing.reader == Reader::Person { "'" } else { "" };
        let resolved = if kind == "inline" { " Resolved ones are included." } else { "" };
        let _ = write!(
            out,
            "{resolved} Replies are not listed: search cql {quote}type = comment AND container = {page}{quote} finds all comments of the page, but not which one they answer.{}",
            notice(listing.reader)
        );
    }
    let limit = listing.body_limit();
    for comment in rows {
        let _ = write!(out, "\n- {}", comment.id);
        if let Some(it) = &comment.version {
            let _ = write!(out, " {}", version(it));
        }
        if let Some(status) = comment.status.as_deref().filter(|status| *status != "current") {
            let _ = write!(out, " ({})", line(status));
        }
        if let Some(resolution) = &comment.resolution_status {
            let gone =
                if resolution == "dangling" { ": its text is gone from the page" } else { "" };
            let _ = write!(out, " ({}{gone})", word(Some(resolution)));
        }
        let selection = comment.properties.as_ref().and_then(|it| it.original_selection());
        if let Some(text) = selection {
            let _ = write!(out, " on \"{}\"", line(text));
        }
        if let Some(text) =
            body::in_list(comment.body.as_ref(), limit, "a smaller limit shows more of each")
        {
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
        // Confluence titles a comment after its page.
        let _ = write!(out, " {}", title(name.strip_prefix("Re: ").unwrap_or(name)));
    }
    if let Some(it) = &comment.version {
        let _ = write!(out, ", {}", version(it));
    }
    if let Some(link) = web_link(&comment.links, None) {
        let _ = write!(out, "\nlink: {link}");
    }
    out
}
