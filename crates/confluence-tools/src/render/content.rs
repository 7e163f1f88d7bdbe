//! The page tree.

use std::fmt::Write as _;

use confluence_api::content::{Ancestor, Node};

use super::{Reader, footer, heading, line, title};
use crate::listing::Listing;

/// How far down Confluence looks at most.
const MAX_DEPTH: u32 = 10;

/// What stands directly below a page.
pub(crate) fn children(listing: &Listing<'_, Node>) -> String {
    let mut out = heading(listing, "child", "children");
    for node in listing.rows {
        let _ = write!(out, "\n- {}", describe(node));
    }
    footer(&mut out, listing);
    out
}

/// Everything below a page, indented by depth.
pub(crate) fn descendants(listing: &Listing<'_, Node>, depth: u32) -> String {
    let mut out = heading(listing, "descendant", "descendants");
    // "no more" is about this depth, not about the tree.
    let deeper = match listing.reader {
        _ if depth >= MAX_DEPTH => "",
        Reader::Model => ": raise `depth` for what lies deeper",
        Reader::Person => ": raise --depth for what lies deeper",
    };
    let _ = write!(out, " Looked down to depth {depth}{deeper}.");
    let rows = listing.rows;
    for node in rows {
        let depth = node.depth.unwrap_or(1).clamp(1, 10);
        let indent = "  ".repeat(depth as usize - 1);
        let _ = write!(out, "\n{indent}- {}", describe(node));
        // The indentation says it, unless the parent was on an earlier page of results.
        let parent = node.parent_id.as_ref().filter(|_| depth > 1);
        if let Some(parent) = parent.filter(|parent| rows.iter().all(|row| row.id != **parent)) {
            let _ = write!(out, ", parent {parent}");
        }
    }
    footer(&mut out, listing);
    out
}

fn describe(node: &Node) -> String {
    let kind = node.kind.as_deref().unwrap_or("content");
    let mut out = format!("{} {} {}", line(kind), node.id, title(&node.title));
    if let Some(status) = node.status.as_deref().filter(|status| *status != "current") {
        let _ = write!(out, " ({})", line(status));
    }
    out
}

/// The way up, top first, with the titles that could be read.
pub(crate) fn ancestors(
    listing: &Listing<'_, Ancestor>,
    titles: &dyn Fn(&Ancestor) -> Option<String>,
    limit: usize,
) -> String {
    let rows = listing.rows;
    if rows.is_empty() {
        return "No ancestors: it stands at the top of its space.".to_owned();
    }
    let noun = if rows.len() == 1 { "ancestor" } else { "ancestors" };
    let mut out = format!("{} {noun}, top first.", rows.len());
    for ancestor in rows {
        let kind = ancestor.kind.as_deref().unwrap_or("content");
        let _ = write!(out, "\n- {} {}", line(kind), ancestor.id);
        if let Some(name) = titles(ancestor) {
            let _ = write!(out, " {}", title(&name));
        }
    }
    if rows.len() >= limit
        && let Some(first) = rows.first()
    {
        let _ = match listing.reader {
            Reader::Model => write!(out, "\nPerhaps more: content ancestors id {}.", first.id),
            Reader::Person => write!(out, "\nPerhaps more: content ancestors {}", first.id),
        };
    }
    out
}
