//! Pages.

use std::fmt::Write as _;

use confluence_api::{id::PageId, pages::PageDetail};

use super::{
    CONTENT_NOTICE, Reader,
    body::{self, Window},
    fenced, footer, heading, line, notice, space_key, time, title, version, web_link, word,
};
use crate::{listing::Listing, trim::MAX_TEXT};

/// A list of pages.
pub(crate) fn list(listing: &Listing<'_, PageDetail>, by_title: bool) -> String {
    let mut out = heading(listing, "page", "pages");
    if listing.rows.is_empty() && !listing.has_more() && by_title {
        out.push_str(match listing.reader {
            Reader::Model => " `title` matches whole titles only (try `search cql` with title ~ \"…\"), and pages in the trash need status trashed.",
            Reader::Person => " --title matches whole titles only (try search cql 'title ~ \"…\"'), and pages in the trash need --status trashed.",
        });
    }
    let rows = listing.rows;
    let bodies = rows.iter().any(|page| body::of(page.body.as_ref()).is_some());
    if bodies {
        let _ = write!(out, "{}", notice(listing.reader));
    }
    let limit = listing.body_limit();
    for page in rows {
        let _ =
            write!(out, "\n- {} {} ({}", page.id, title(&page.title), word(page.status.as_deref()));
        if let Some(it) = &page.version {
            let _ = write!(out, ", {}", version(it));
        }
        out.push(')');
        if let Some(space) = space(page) {
            let _ = write!(out, " space {space}");
        }
        if let Some(parent) = parent(page) {
            let _ = write!(out, ", parent {parent}");
        }
        if let Some(link) = web_link(&page.links, listing.base()) {
            let _ = write!(out, "\n  {link}");
        }
        if let Some(body) = body::in_list(
            page.body.as_ref(),
            limit,
            "read it whole with pages getBody. Do not use a cut body for an update",
        ) {
            let _ = write!(out, "\n{body}");
        }
    }
    footer(&mut out, listing);
    out
}

/// What is known about one page, and its body if it was asked for.
pub(crate) fn page(page: &PageDetail, reader: Reader) -> String {
    let mut out = facts(page);
    match body::of(page.body.as_ref()) {
        Some((format, text)) if reader == Reader::Person => {
            let _ = write!(out, "\n{format}:\n{}", fenced(&format, text));
        }
        Some((format, text)) => {
            let window = Window { offset: 0, max_chars: MAX_TEXT };
            out.push('\n');
            out.push_str(&window_of(&page.id, &format, text, window));
        }
        None if reader == Reader::Person => {}
        None => {
            let _ = write!(out, "\nContent: pages getBody id {}.", page.id);
        }
    }
    out
}

fn facts(page: &PageDetail) -> String {
    let mut out = format!("Page {} {}", page.id, title(&page.title));
    let _ = write!(out, "\nstatus: {}", word(page.status.as_deref()));
    if let Some(space) = space(page) {
        let _ = write!(out, "\nspace: {space}");
    }
    match parent(page) {
        Some(parent) => {
            let _ = write!(out, "\nparent: {parent}");
        }
        None => out.push_str("\nparent: none"),
    }
    if let Some(it) = &page.version {
        let _ = write!(out, "\n{}", version(it));
    }
    if let Some(time) = time(page.created_at) {
        let _ = write!(out, "\ncreated: {time}");
        if let Some(author) = &page.author_id {
            let _ = write!(out, " by {}", line(author));
        }
    }
    if let Some(owner) =
        page.owner_id.as_deref().filter(|it| Some(*it) != page.author_id.as_deref())
    {
        let _ = write!(out, "\nowner: {}", line(owner));
    }
    if let Some(labels) = &page.labels {
        let names: Vec<_> = labels.results.iter().map(super::labels::name).collect();
        let names = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
        let _ = write!(out, "\nlabels: {names}");
    }
    if let Some(link) = web_link(&page.links, None) {
        let _ = write!(out, "\nlink: {link}");
    }
    out
}

/// The content of one page, or a part of it.
pub(crate) fn body(page: &PageDetail, window: Window) -> String {
    let mut out = format!("Page {} {}", page.id, title(&page.title));
    if let Some(status) = page.status.as_deref().filter(|status| *status != "current") {
        let _ = write!(out, " ({})", word(Some(status)));
    }
    if let Some(it) = &page.version {
        let _ = write!(out, ", {}", version(it));
    }
    if let Some(space) = space(page) {
        let _ = write!(out, ", space {space}");
    }
    if let Some(link) = web_link(&page.links, None) {
        let _ = write!(out, "\n{link}");
    }
    out.push('\n');
    match body::of(page.body.as_ref()) {
        Some((format, text)) => out.push_str(&window_of(&page.id, &format, text, window)),
        None => out.push_str("The page has no body in this format."),
    }
    out
}

/// The content of one page as it is, to be kept in a file and sent back.
pub(crate) fn content(page: &PageDetail) -> String {
    body::of(page.body.as_ref()).map(|(_, text)| text.to_owned()).unwrap_or_default()
}

fn window_of(id: &PageId, format: &str, text: &str, window: Window) -> String {
    let part = body::part(text, window);
    if part.total == 0 {
        return format!("The page is empty ({format}).");
    }
    if part.text.is_empty() {
        return format!(
            "Nothing at offset {}: the {format} body has {} characters.",
            window.offset, part.total
        );
    }
    if part.is_whole() {
        return format!(
            "{format}, {} characters. {CONTENT_NOTICE}\n{}",
            part.total,
            fenced(format, part.text)
        );
    }
    let mut out = format!(
        "{format}, characters {} to {} of {}. {CONTENT_NOTICE}\n{}\n",
        part.start,
        part.end,
        part.total,
        fenced(format, part.text)
    );
    let left = part.total - part.end;
    if left > 0 {
        let _ = write!(
            out,
            "[Cut: {left} characters left. Read on: pages getBody id {id}, offset {} (maxChars for more or less at once). ",
            part.end
        );
    } else {
        out.push_str("[This is the end of the body. ");
    }
    out.push_str("Do not use a part of a body for an update: it would delete the rest.]");
    out
}

/// What a write made of a page.
pub(crate) fn written(page: &PageDetail, verb: &str) -> String {
    let mut out = format!("{verb} page {} {}", page.id, title(&page.title));
    if let Some(it) = &page.version {
        let _ = write!(out, ", {}", version(it));
    }
    let _ = write!(out, "\nstatus: {}", word(page.status.as_deref()));
    if let Some(space) = space(page) {
        let _ = write!(out, "\nspace: {space}");
    }
    if let Some(parent) = parent(page) {
        let _ = write!(out, "\nparent: {parent}");
    }
    if let Some(link) = web_link(&page.links, None) {
        let _ = write!(out, "\nlink: {link}");
    }
    out
}

/// `ENG (id 65538)`.
fn space(page: &PageDetail) -> Option<String> {
    let id = page.space_id.as_ref();
    match (space_key(&page.links), id) {
        (Some(key), Some(id)) => Some(format!("{key} (id {id})")),
        (Some(key), None) => Some(key),
        (None, Some(id)) => Some(format!("id {id}")),
        (None, None) => None,
    }
}

/// `98300`, or `98300 (folder)` where it is not a page.
fn parent(page: &PageDetail) -> Option<String> {
    let id = page.parent_id.as_ref()?;
    match page.parent_type.as_deref() {
        None | Some("page") => Some(id.to_string()),
        Some(kind) => Some(format!("{id} ({})", line(kind))),
    }
}
