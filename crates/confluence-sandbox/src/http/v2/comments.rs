//! Footer and inline comments.

use axum::http::{StatusCode, header};
use serde_json::{Map, Value};

use crate::{
    http::{
        answer::Answer,
        call::{Call, id, missing},
        failure::Failure,
        listing,
    },
    site::{Comment, NewComment, Order, OrderKey, Site, Target},
};

use super::{BULK_FORMATS, bodies, order, shapes, sorted};

const SORTS: [&str; 4] = ["created-date", "-created-date", "modified-date", "-modified-date"];

const STATUSES: [&str; 6] = ["current", "archived", "trashed", "deleted", "historical", "draft"];

const RESOLUTIONS: [&str; 4] = ["resolved", "open", "dangling", "reopened"];

/// Formats of a single comment.
const SINGLE_FORMATS: [&str; 3] = ["storage", "atlas_doc_format", "view"];

/// `GET /pages/{id}/footer-comments`: the roots only.
pub(crate) fn footer(call: &Call<'_>) -> Result<Answer, Failure> {
    roots(call, false, &[])
}

/// `GET /pages/{id}/inline-comments`: the roots only.
pub(crate) fn inline(call: &Call<'_>) -> Result<Answer, Failure> {
    let resolutions = call.query.some_of("resolution-status", &RESOLUTIONS)?;
    roots(call, true, &resolutions)
}

fn roots(call: &Call<'_>, inline: bool, resolutions: &[&str]) -> Result<Answer, Failure> {
    let id = call.id()?;
    let statuses = call.query.some_of("status", &STATUSES)?;
    let site = call.site();
    let page = site.visible_page(&call.user, id).ok_or_else(|| Failure::no_page(id))?;
    let rows = site
        .root_comments(page.id, inline)
        .filter(|_| statuses.is_empty() || statuses.contains(&"current"))
        .filter(|it| {
            resolutions.is_empty()
                || it.inline.as_ref().is_some_and(|it| resolutions.contains(&it.resolution))
        })
        .collect();
    listed(call, &site, rows)
}

/// `GET /footer-comments/{id}/children` and its inline twin.
pub(crate) fn replies(call: &Call<'_>) -> Result<Answer, Failure> {
    let id = call.id()?;
    let site = call.site();
    let comment = site.visible_comment(&call.user, id).ok_or_else(|| no_comment(id))?;
    listed(call, &site, site.replies(comment.id).collect())
}

fn listed(call: &Call<'_>, site: &Site, rows: Vec<&Comment>) -> Result<Answer, Failure> {
    let format = call.query.one_of("body-format", &BULK_FORMATS)?;
    let oldest_first = Order { key: OrderKey::Created, descending: false };
    let order = order(call, &SORTS, oldest_first)?;
    let rows = sorted(rows, order.descending, |it| (it.created_at, it.id));
    let (rows, next) = listing::cut(call, rows, 25)?;
    let rows = rows.into_iter().map(|it| Value::Object(shapes::comment(site, it, format)));
    Ok(listing::answer(call, rows, next))
}

/// `GET /footer-comments/{id}`
pub(crate) fn get_footer(call: &Call<'_>) -> Result<Answer, Failure> {
    single(call, false)
}

/// `GET /inline-comments/{id}`
pub(crate) fn get_inline(call: &Call<'_>) -> Result<Answer, Failure> {
    single(call, true)
}

fn single(call: &Call<'_>, inline: bool) -> Result<Answer, Failure> {
    let id = call.id()?;
    let format = call.query.one_of("body-format", &SINGLE_FORMATS)?;
    let site = call.site();
    let comment = site
        .visible_comment(&call.user, id)
        .filter(|it| site.is_inline(it) == inline)
        .ok_or_else(|| no_comment(id))?;
    let shape = single_shape(&site, comment, format);
    Ok(Answer::json(shapes::single(shape, &call.tenant.link_base)))
}

/// A single comment names its page, even if it is a reply.
fn single_shape(site: &Site, comment: &Comment, format: Option<&str>) -> Map<String, Value> {
    let mut shape = shapes::comment(site, comment, format);
    shape.insert("pageId".to_owned(), Value::String(comment.page.to_string()));
    shape
}

/// `POST /footer-comments`
pub(crate) fn create(call: &Call<'_>) -> Result<Answer, Failure> {
    let request = call.object()?;
    let page = id(&request, "pageId")?;
    let parent = id(&request, "parentCommentId")?;
    let others = ["blogPostId", "attachmentId", "customContentId"];
    let other = others.into_iter().find(|it| request.get(*it).is_some_and(|it| !it.is_null()));
    let target = match (page, parent, other) {
        (Some(page), None, None) => Target::Page(page),
        (None, Some(parent), None) => Target::Comment(parent),
        (None, None, Some(_)) => {
            return Err(Failure::not_found("Cannot find the content to comment on"));
        }
        (None, None, None) => return Err(missing("pageId")),
        _ => {
            return Err(Failure::parameter(
                "Only one of blogPostId, pageId, attachmentId, customContentId and parentCommentId may be provided",
            ));
        }
    };
    let (body, format) = bodies::read(&request)?.ok_or_else(|| missing("body"))?;
    let mut site = call.site_mut();
    let id = site
        .add_comment(&call.user, NewComment { target, body }, call.now)
        .map_err(|it| Failure::from_refusal(it, "comment"))?
        .id;
    let comment = site.comment(id).ok_or_else(|| no_comment(id))?;
    let shape = single_shape(&site, comment, Some(format));
    let mut answer = Answer::json(shapes::single(shape, &call.tenant.link_base));
    answer.status = StatusCode::CREATED;
    let location = format!("{}/api/v2/footer-comments/{id}", call.tenant.link_base);
    Ok(answer.with_header(header::LOCATION, &location))
}

fn no_comment(id: u64) -> Failure {
    Failure::not_found(&format!("Cannot find a comment with id [{id}]"))
}
