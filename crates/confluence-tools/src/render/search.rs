//! Hits of a search.

use std::fmt::Write as _;

use confluence_api::search::SearchResult;

use super::{footer, join, line, notice, title};
use crate::listing::Listing;

/// Markers that Confluence puts around the terms it found.
const MARKERS: [&str; 2] = ["@@@hl@@@", "@@@endhl@@@"];

/// A page of hits.
pub(crate) fn hits(listing: &Listing<'_, SearchResult>, started: bool) -> String {
    let rows = listing.rows;
    let mut out = match (listing.has_more(), rows.len()) {
        (false, 0) => "No hits, though the query is valid: fewer conditions show which one excludes everything (space takes keys, not names; text ~ needs all words). New pages take up to a few minutes to be found.".to_owned(),
        (true, 0) => "No hits on this page of results, but more exist.".to_owned(),
        (has_more, shown) => {
            let noun = if shown == 1 { "hit" } else { "hits" };
            let more = if has_more { "more exist" } else { "no more" };
            let total = listing.total().filter(|total| *total > shown as u64 && has_more);
            let total = total.map_or(String::new(), |total| format!(" of about {total}"));
            format!("{shown} {noun} shown{total}, {more}.{}", notice(listing.reader))
        }
    };
    if started {
        out.push_str(" `start` has no effect in Confluence: only cursor pages.");
    }
    for hit in rows {
        row(&mut out, hit, listing.base());
    }
    footer(&mut out, listing);
    out
}

fn row(out: &mut String, hit: &SearchResult, base: Option<&str>) {
    let content = hit.content.as_ref();
    let kind = content.and_then(|it| it.kind.as_deref()).or(hit.entity_type.as_deref());
    let name = content.and_then(|it| it.title.as_deref());
    let name = match (name, hit.space.as_ref().and_then(|it| it.name.as_deref())) {
        (Some(name), _) | (None, Some(name)) => name.to_owned(),
        (None, None) => plain(hit.title.as_deref().unwrap_or_default()),
    };
    let _ = write!(out, "\n- {}", line(kind.unwrap_or("result")));
    if let Some(id) = content.and_then(|it| it.id.as_deref()) {
        let _ = write!(out, " {}", line(id));
    } else if let Some(key) = hit.space.as_ref().and_then(|it| it.key.as_deref()) {
        let _ = write!(out, " {}", line(key));
    }
    let _ = write!(out, " {}", title(&name));
    // A space stands in itself.
    if let Some(space) = container(hit).filter(|_| content.is_some()) {
        let _ = write!(out, " in {space}");
    }
    if let Some(time) = hit.last_modified.as_deref().and_then(minute) {
        let _ = write!(out, ", changed {time}");
    }
    if let Some(link) = hit.url.as_deref().and_then(|url| join(base?, url)) {
        let _ = write!(out, "\n  {link}");
    }
    let excerpt = plain(hit.excerpt.as_deref().unwrap_or_default());
    if !excerpt.is_empty() {
        let _ = write!(out, "\n  \"{}\"", line(&excerpt));
    }
}

/// The space that a hit stands in, with its key where the address tells it.
fn container(hit: &SearchResult) -> Option<String> {
    let container = hit.result_global_container.as_ref()?;
    let key = container.display_url.as_deref().and_then(|url| url.split_once("/spaces/"));
    let key = key.map(|(_, rest)| rest.split(['/', '?']).next().unwrap_or_default());
    let name = container.title.as_deref()?;
    match key.filter(|key| !key.is_empty()) {
        Some(key) => Some(format!("space {} {}", line(key), title(name))),
        None => Some(format!("space {}", title(name))),
    }
}

fn minute(text: &str) -> Option<String> {
    super::time(text.parse().ok())
}

/// Text without the markers of the highlighter and without HTML's escapes and tags.
fn plain(text: &str) -> String {
    let mut text = text.to_owned();
    for marker in MARKERS {
        text = text.replace(marker, "");
    }
    unescape(&text)
}

/// Undoes HTML's escapes, once.
fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let entity = rest.find(';').filter(|end| *end <= 10).map(|end| &rest[1..end]);
        if let Some((name, character)) = entity.and_then(|name| Some((name, character(name)?))) {
            out.push(character);
            rest = &rest[name.len() + 2..];
        } else {
            out.push('&');
            rest = &rest[1..];
        }
    }
    out.push_str(rest);
    out
}

fn character(entity: &str) -> Option<char> {
    let number = |digits: &str, radix| char::from_u32(u32::from_str_radix(digits, radix).ok()?);
    match entity {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "nbsp" => Some(' '),
        "ndash" => Some('–'),
        "mdash" => Some('—'),
        "hellip" => Some('…'),
        "rsquo" => Some('’'),
        "lsquo" => Some('‘'),
        "ldquo" => Some('“'),
        "rdquo" => Some('”'),
        _ => {
            let digits = entity.strip_prefix('#')?;
            match digits.strip_prefix(['x', 'X']) {
                Some(hex) => number(hex, 16),
                None => number(digits, 10),
            }
        }
    }
}
