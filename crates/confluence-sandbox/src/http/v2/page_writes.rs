//! Creating, changing and deleting pages.

use axum::http::StatusCode;
use serde_json::{Map, Value};

use crate::{
    http::{
        answer::{Answer, Content},
        call::{Call, id, missing, text},
        failure::Failure,
    },
    site::{Destination, NewPage, Page, PageUpdate, Refusal, Removal, Site},
};

use super::{
    bodies,
    shapes::{self, Shown},
};

/// `POST /pages`
pub(crate) fn create(call: &Call<'_>) -> Result<Answer, Failure> {
    let request = call.object()?;
    call.query.boolean("embedded", false)?;
    let private = call.query.boolean("private", false)?;
    let root_level = call.query.boolean("root-level", false)?;
    let space = id(&request, "spaceId")?.ok_or_else(|| missing("spaceId"))?;
    let draft = is_draft(&request)?.unwrap_or(false);
    let parent = id(&request, "parentId")?;
    let destination = match (root_level, parent) {
        (true, Some(_)) => {
            return Err(Failure::parameter(
                "A parentId may not be supplied when root-level is true",
            ));
        }
        (true, None) => Destination::Top,
        (false, Some(parent)) => Destination::Below(parent),
        (false, None) => Destination::Homepage,
    };
    let title = text(&request, "title").map(std::borrow::Cow::into_owned);
    if title.is_none() && !draft {
        return Err(missing("title"));
    }
    let (body, format) = bodies::read(&request)?.unzip();
    let new = NewPage { space, title, destination, draft, private, body };
    let mut site = call.site_mut();
    let id = site
        .create_page(&call.user, new, call.now)
        .map_err(|it| Failure::from_refusal(it, "new"))?
        .id;
    saved(call, &site, id, format.unwrap_or("storage"))
}

/// `PUT /pages/{id}`
pub(crate) fn update(call: &Call<'_>) -> Result<Answer, Failure> {
    let id_in_path = call.id()?;
    let request = call.object()?;
    let id_in_body = id(&request, "id")?.ok_or_else(|| missing("id"))?;
    if id_in_body != id_in_path {
        return Err(Failure::parameter(&format!(
            "The id in the path [{id_in_path}] does not match the id in the request body [{id_in_body}]"
        )));
    }
    let draft = is_draft(&request)?.ok_or_else(|| missing("status"))?;
    let title = text(&request, "title").ok_or_else(|| missing("title"))?.into_owned();
    let (body, format) = bodies::read(&request)?.ok_or_else(|| missing("body"))?;
    let version =
        request.get("version").and_then(Value::as_object).ok_or_else(|| missing("version"))?;
    let number =
        version.get("number").and_then(Value::as_i64).ok_or_else(|| missing("version.number"))?;
    let update = PageUpdate {
        title,
        draft,
        space: id(&request, "spaceId")?,
        parent: id(&request, "parentId")?,
        owner: text(&request, "ownerId").map(std::borrow::Cow::into_owned),
        body: Some(body),
        number,
        message: text(version, "message").unwrap_or_default().into_owned(),
    };
    let mut site = call.site_mut();
    site.update_page(&call.user, id_in_path, update, call.now)
        .map_err(|it| Failure::from_refusal(it, id_in_path))?;
    saved_as(call, &site, id_in_path, format, draft)
}

/// `PUT /pages/{id}/title`
pub(crate) fn retitle(call: &Call<'_>) -> Result<Answer, Failure> {
    let page = call.id()?;
    let request = call.object()?;
    let draft = is_draft(&request)?.ok_or_else(|| missing("status"))?;
    let title = text(&request, "title").ok_or_else(|| missing("title"))?;
    let mut site = call.site_mut();
    site.retitle_page(&call.user, page, &title, draft, call.now)
        .map_err(|it| Failure::from_refusal(it, page))?;
    saved_as(call, &site, page, "storage", draft)
}

/// `DELETE /pages/{id}`
pub(crate) fn delete(call: &Call<'_>) -> Result<Answer, Failure> {
    let id = call.id()?;
    let purge = call.query.boolean("purge", false)?;
    let draft = call.query.boolean("draft", false)?;
    let removal = match (purge, draft) {
        (true, true) => {
            return Err(Failure::parameter("purge and draft cannot both be true"));
        }
        (true, false) => Removal::Purge,
        (false, true) => Removal::DiscardDraft,
        (false, false) => Removal::Trash,
    };
    call.site_mut()
        .delete_page(&call.user, id, removal, call.now)
        .map_err(|it| Failure::from_refusal(it, id))?;
    Ok(Answer::new(StatusCode::NO_CONTENT, Content::Nothing))
}

fn is_draft(request: &Map<String, Value>) -> Result<Option<bool>, Failure> {
    match text(request, "status").as_deref() {
        None => Ok(None),
        Some("current") => Ok(Some(false)),
        Some("draft") => Ok(Some(true)),
        Some(other) => Err(Failure::wrong_type(other, "status", "one of [current, draft]")),
    }
}

fn saved(call: &Call<'_>, site: &Site, id: u64, format: &str) -> Result<Answer, Failure> {
    saved_as(call, site, id, format, false)
}

/// The page after a write, its body in the representation that was sent.
fn saved_as(
    call: &Call<'_>,
    site: &Site,
    id: u64,
    format: &str,
    draft: bool,
) -> Result<Answer, Failure> {
    let page: &Page = site.page(id).ok_or_else(|| Failure::from_refusal(Refusal::Missing, id))?;
    let shown = if draft { Shown::draft(page) } else { None };
    let shape = shown.unwrap_or_else(|| Shown::present(page)).shape(site, Some(format));
    Ok(Answer::json(shapes::single(shape, &call.tenant.link_base)))
}
