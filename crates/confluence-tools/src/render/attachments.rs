//! Attachments.

use std::fmt::Write as _;

use confluence_api::attachments::Attachment;

use super::{footer, heading, join, line, title, version, word};
use crate::listing::Listing;

/// The attachments of a page.
pub(crate) fn list(listing: &Listing<'_, Attachment>) -> String {
    let mut out = heading(listing, "attachment", "attachments");
    if !listing.rows.is_empty() {
        out.push_str(
            " Download paths are below the site's address and need the account's sign-in.",
        );
    }
    for file in listing.rows {
        let _ = write!(out, "\n- {} {}", file.id, title(&file.title));
        let _ = write!(out, " ({}{})", word(file.media_type.as_deref()), size(file));
        if let Some(it) = &file.version {
            let _ = write!(out, " {}", version(it));
        }
        if let Some(comment) = comment(file) {
            let _ = write!(out, ", comment \"{}\"", line(comment));
        }
        if let Some(path) = file.download_path() {
            let _ = write!(out, "\n  download path: {path}");
        }
    }
    footer(&mut out, listing);
    out
}

/// One attachment.
pub(crate) fn attachment(file: &Attachment) -> String {
    let mut out = format!("Attachment {} {}", file.id, title(&file.title));
    let _ = write!(out, "\ntype: {}{}", word(file.media_type.as_deref()), size(file));
    let _ = write!(out, "\nstatus: {}", word(file.status.as_deref()));
    if let Some(page) = &file.page_id {
        let _ = write!(out, "\npage: {page}");
    } else if let Some(post) = &file.blog_post_id {
        let _ = write!(out, "\nblog post: {}", line(post));
    }
    if let Some(it) = &file.version {
        let _ = write!(out, "\n{}", version(it));
    }
    if let Some(comment) = comment(file) {
        let _ = write!(out, "\ncomment: \"{}\"", line(comment));
    }
    let view = file.webui_link.as_deref().or(file.links.webui.as_deref());
    if let Some(link) = view.and_then(|path| join(file.links.base.as_deref()?, path)) {
        let _ = write!(out, "\nlink: {link}");
    }
    if let Some(path) = file.download_path() {
        let _ = write!(
            out,
            "\ndownload path: {path} (below the site's address, needs the account's sign-in)"
        );
    }
    out
}

/// The comment, unless the version's message says the same: Confluence stores it in both.
fn comment(file: &Attachment) -> Option<&str> {
    let message = file.version.as_ref().and_then(|it| it.message.as_deref());
    file.comment.as_deref().filter(|it| !it.is_empty() && Some(*it) != message)
}

fn size(file: &Attachment) -> String {
    file.file_size.map_or(String::new(), |bytes| format!(", {bytes} bytes"))
}
