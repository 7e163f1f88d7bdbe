//! Pages.

use std::fmt::Write as _;

use confluence_api::{id::PageId, pages::PageDetail};
use confluence_markup::storage::Section;

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
            out.push_str(&window_of(&page.id, &format, text, None, window));
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
pub(crate) fn body(page: &PageDetail, section: Option<&str>, window: Window) -> String {
    let mut out = head(page);
    match body::of(page.body.as_ref()) {
        Some((format, text)) => {
            out.push_str(&window_of(&page.id, &format, text, section, window));
        }
        None => out.push_str("The page has no body in this format."),
    }
    out
}

/// The headings of a page.
pub(crate) struct Outline<'a> {
    /// Those that are shown.
    pub(crate) sections: &'a [&'a Section],
    /// How many are not.
    pub(crate) left_out: usize,
    /// The lowest level that is shown.
    pub(crate) below: u8,
    /// Length of the body in storage format.
    pub(crate) characters: usize,
}

/// The headings of a page, each with its id and size.
pub(crate) fn outline(page: &PageDetail, outline: &Outline<'_>) -> String {
    let mut out = head(page);
    let Outline { sections, left_out, below, characters } = outline;
    if sections.is_empty() {
        let _ = write!(
            out,
            "No headings; the body has {characters} characters of storage format. Read it with pages getBody id {}, bodyFormat markdown.",
            page.id
        );
        return out;
    }
    let _ = write!(
        out,
        "{} of {} headings, by level, as id, title and characters of text. {CONTENT_NOTICE}",
        sections.len(),
        sections.len() + left_out
    );
    for section in *sections {
        let indent = "  ".repeat(usize::from(section.level.saturating_sub(1)));
        let (id, characters) = (line(&section.id), section.characters);
        let _ = write!(out, "\n{indent}- {id} {} ({characters})", title(&section.title));
    }
    if *left_out > 0 {
        let _ = write!(
            out,
            "\n[{left_out} more headings have no room here: those below level {below}. They are in the sections above.]"
        );
    }
    let _ = write!(
        out,
        "\nRead one: pages getBody id {}, bodyFormat markdown, section ID. All of it has {characters} characters of storage format.",
        page.id
    );
    out
}

/// Which page it is.
fn head(page: &PageDetail) -> String {
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
    out
}

/// The content of one page as it is, to be kept in a file and sent back.
pub(crate) fn content(page: &PageDetail) -> String {
    body::of(page.body.as_ref()).map(|(_, text)| text.to_owned()).unwrap_or_default()
}

fn window_of(
    id: &PageId,
    format: &str,
    text: &str,
    section: Option<&str>,
    window: Window,
) -> String {
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
    let section = section.map(line);
    if part.is_whole() {
        let mut out = format!(
            "{format}, {} characters. {CONTENT_NOTICE}\n{}",
            part.total,
            fenced(format, part.text)
        );
        if let Some(section) = section {
            let _ = write!(
                out,
                "\n[Only the section {section}: change it with pages edit. Do not use it for an update: that would delete the rest.]"
            );
        }
        return out;
    }
    let mut out = format!(
        "{format}, characters {} to {} of {}. {CONTENT_NOTICE}\n{}\n",
        part.start,
        part.end,
        part.total,
        fenced(format, part.text)
    );
    let left = part.total - part.end;
    let mut asked = match format {
        "storage" => String::new(),
        format => format!(", bodyFormat {format}"),
    };
    if let Some(section) = section {
        let _ = write!(asked, ", section {section}");
    }
    if left > 0 {
        let _ = write!(
            out,
            "[Cut: {left} characters left. Read on: pages getBody id {id}{asked}, offset {} (maxChars for more or less at once). ",
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
