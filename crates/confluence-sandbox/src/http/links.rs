//! Links that Confluence puts into its answers, relative to its base address.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Map, Value, json};

use crate::site::{Page, Site, Status};

/// `/spaces/ENG/pages/123/Some+title`
pub(crate) fn web(site: &Site, page: &Page) -> String {
    let key = space_key(site, page);
    let id = page.id;
    if page.status == Status::Draft {
        return format!("/pages/resumedraft.action?draftId={id}");
    }
    let words = slug(&page.title);
    if words.is_empty() {
        format!("/spaces/{key}/{kind}/{id}", kind = folder(page))
    } else {
        format!("/spaces/{key}/{kind}/{id}/{words}", kind = folder(page))
    }
}

fn folder(page: &Page) -> &'static str {
    match page.kind {
        crate::site::Kind::Page => "pages",
        crate::site::Kind::Folder => "folder",
    }
}

pub(crate) fn space(key: &str) -> String {
    format!("/spaces/{key}")
}

pub(crate) fn space_key<'a>(site: &'a Site, page: &Page) -> &'a str {
    site.space(page.space).map_or("", |it| &it.key)
}

/// The links of a page.
pub(crate) fn of_page(site: &Site, page: &Page) -> Map<String, Value> {
    let (id, key) = (page.id, space_key(site, page));
    object(json!({
        "editui": format!("/pages/resumedraft.action?draftId={id}"),
        "webui": web(site, page),
        "edituiv2": format!("/spaces/{key}/pages/edit-v2/{id}"),
        "tinyui": tiny(id),
    }))
}

/// The fields of an object that was written down as one.
pub(crate) fn object(value: Value) -> Map<String, Value> {
    if let Value::Object(object) = value { object } else { Map::new() }
}

/// `/x/AYBfAg`: the id's bytes, lowest first, in base64 without what says nothing.
pub(crate) fn tiny(id: u64) -> String {
    let encoded = STANDARD.encode(id.to_le_bytes());
    let short = encoded.trim_end_matches('=').trim_end_matches('A');
    format!("/x/{}", short.replace('/', "-").replace('+', "_"))
}

/// The id behind a tiny link.
pub(crate) fn tiny_id(short: &str) -> Option<u64> {
    let mut encoded = short.replace('-', "/").replace('_', "+");
    while encoded.len() < 11 {
        encoded.push('A');
    }
    encoded.push('=');
    let bytes: [u8; 8] = STANDARD.decode(encoded).ok()?.try_into().ok()?;
    Some(u64::from_le_bytes(bytes))
}

/// The path below the site at which an attachment's bytes can be asked for.
pub(crate) fn download(page: u64, attachment: u64) -> String {
    format!("/rest/api/content/{page}/child/attachment/att{attachment}/download")
}

/// A title as it stands in an address: words joined by `+`, punctuation gone.
fn slug(title: &str) -> String {
    let kept: String = title
        .chars()
        .filter(|it| it.is_alphanumeric() || it.is_whitespace() || "-._".contains(*it))
        .collect();
    let words: Vec<String> = kept
        .split_whitespace()
        .map(|it| url::form_urlencoded::byte_serialize(it.as_bytes()).collect())
        .collect();
    words.join("+")
}

#[cfg(test)]
mod tests;
