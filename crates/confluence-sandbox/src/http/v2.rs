//! REST v2: handlers per resource, and the shapes of what they send.

pub(super) mod attachments;
mod bodies;
pub(super) mod comments;
pub(super) mod labels;
pub(super) mod page_writes;
pub(super) mod pages;
mod shapes;
pub(super) mod spaces;
pub(super) mod tree;
pub(super) mod users;
pub(super) mod versions;

use crate::site::{Order, OrderKey};

use super::{call::Call, failure::Failure};

/// The formats that lists give bodies in.
const BULK_FORMATS: [&str; 2] = ["storage", "atlas_doc_format"];

/// The formats that a single page gives its body in.
const SINGLE_FORMATS: [&str; 7] = [
    "storage",
    "atlas_doc_format",
    "view",
    "export_view",
    "anonymous_export_view",
    "styled_view",
    "editor",
];

/// The `sort` of the request among those that the route knows.
fn order(call: &Call<'_>, allowed: &[&str], default: Order) -> Result<Order, Failure> {
    let Some(sort) = call.query.one_of("sort", allowed)? else { return Ok(default) };
    let descending = sort.starts_with('-');
    let key = match sort.trim_start_matches('-') {
        "created-date" => OrderKey::Created,
        "modified-date" => OrderKey::Modified,
        "title" | "name" | "key" => OrderKey::Title,
        _ => OrderKey::Id,
    };
    Ok(Order { key, descending })
}

/// Sorts rows of a short list by what the key says.
fn sorted<T, K: Ord>(mut rows: Vec<T>, descending: bool, key: impl Fn(&T) -> K) -> Vec<T> {
    rows.sort_by_key(|it| key(it));
    if descending {
        rows.reverse();
    }
    rows
}
