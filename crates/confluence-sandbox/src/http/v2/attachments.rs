//! Attachments.

use serde_json::Value;

use crate::{
    http::{answer::Answer, call::Call, failure::Failure, listing},
    site::{Attachment, Order, OrderKey},
};

use super::{order, shapes, sorted};

const SORTS: [&str; 4] = ["created-date", "-created-date", "modified-date", "-modified-date"];

/// `GET /pages/{id}/attachments`
pub(crate) fn list(call: &Call<'_>) -> Result<Answer, Failure> {
    let id = call.id()?;
    let statuses = call.query.some_of("status", &["current", "archived", "trashed"])?;
    let media_type = call.query.get("mediaType");
    let name = call.query.get("filename");
    let oldest_first = Order { key: OrderKey::Created, descending: false };
    let order = order(call, &SORTS, oldest_first)?;
    let site = call.site();
    let page = site.visible_page(&call.user, id).ok_or_else(|| Failure::no_page(id))?;
    let rows: Vec<&Attachment> = site
        .attachments(page.id)
        .filter(|_| statuses.is_empty() || statuses.contains(&"current"))
        .filter(|it| media_type.is_none_or(|wanted| it.media_type == wanted))
        .filter(|it| name.is_none_or(|wanted| it.name == wanted))
        .collect();
    let rows = sorted(rows, order.descending, |it| (it.created_at, it.id));
    let (rows, next) = listing::cut(call, rows, 50)?;
    let rows = rows.into_iter().map(|it| Value::Object(shapes::attachment(&site, it)));
    Ok(listing::answer(call, rows, next))
}

/// `GET /attachments/{id}`
pub(crate) fn get(call: &Call<'_>) -> Result<Answer, Failure> {
    let text = call.capture(0);
    let number: u64 = text
        .strip_prefix("att")
        .unwrap_or(text)
        .parse()
        .ok()
        .ok_or_else(|| Failure::wrong_type(text, "id", "ContentId"))?;
    let version = call.query.int("version")?;
    let site = call.site();
    let attachment = site
        .visible_attachment(&call.user, number)
        .filter(|it| version.is_none_or(|version| version == i64::from(it.version)))
        .ok_or_else(|| Failure::no_content(text))?;
    let mut shape = shapes::attachment(&site, attachment);
    if !call.query.boolean("include-version", true)? {
        shape.remove("version");
    }
    let path = |what: &str| format!("/wiki/api/v2/attachments/{text}/{what}");
    if call.query.boolean("include-labels", false)? {
        let labels = attachment.labels.iter().map(shapes::label);
        shape.insert("labels".to_owned(), shapes::included(labels, &path("labels")));
    }
    for empty in ["properties", "operations"] {
        if call.query.boolean(&format!("include-{empty}"), false)? {
            shape.insert(empty.to_owned(), shapes::included([], &path(empty)));
        }
    }
    if call.query.boolean("include-versions", false)? {
        let versions = shape.get("version").cloned().into_iter();
        shape.insert("versions".to_owned(), shapes::included(versions, &path("versions")));
    }
    Ok(Answer::json(shapes::single(shape, &call.tenant.link_base)))
}
