//! Replacing the content of a page.

use confluence_api::{
    body::{NewBody, Representation},
    pages::{NewPageStatus, NewVersion, PageDetail, UpdatePage},
};
use confluence_markup::storage::Document;

use super::{ContentBody, Update, conflict, original};
use crate::{
    arguments::refuse,
    call::{Call, Success},
    failure::{Failure, FailureKind},
    format::{WriteFormat, new_body, unwritable},
    render::pages as render,
};

pub(super) async fn update(call: &Call<'_>, arguments: Update) -> Result<Success, Failure> {
    let Update { id, body: page, allow_loss } = arguments;
    let missing =
        |name: &str| refuse(call.operation, &format!("Missing required argument: body.{name}"));
    if let Some(echoed) = page.id.filter(|echoed| *echoed != id) {
        let reason = format!("argument `body.id`: got {echoed}, but `id` is {id}; leave it out");
        return Err(refuse(call.operation, &reason));
    }
    let version = page.version.ok_or_else(|| {
        let hint = "read the page first (pages getBody) and send its version number plus one, so that nobody's change is overwritten";
        refuse(call.operation, &format!("Missing required argument: body.version.number; {hint}"))
    })?;
    let mut endpoint = UpdatePage {
        status: page.status.unwrap_or(NewPageStatus::Current),
        title: page.title.ok_or_else(|| missing("title"))?,
        space_id: page.space_id,
        parent_id: page.parent_id,
        body: NewBody::storage(""),
        version: NewVersion { number: version.number, message: version.message },
        id,
    };
    let content = page.body.ok_or_else(|| missing("body"))?;
    endpoint.body = checked(call, &endpoint, content, allow_loss).await?;
    let answer = match call.fetch(&endpoint).await {
        Ok(answer) => answer,
        Err(failure) if failure.kind == FailureKind::Conflict => {
            return Err(conflict::explain(call, &endpoint, failure).await);
        }
        Err(failure) => return Err(failure),
    };
    // Success is claimed only if the text was saved, whatever form the answer is wanted in.
    let page: PageDetail = call.decode(&answer)?;
    if let Some(failure) = conflict::not_saved(&endpoint, &page) {
        return Err(failure);
    }
    call.finish(&answer, |_, _| Ok(render::written(&page, "Updated")))
}

/// The body to send: one that loses nothing of the page, unless that is allowed.
async fn checked(
    call: &Call<'_>,
    sent: &UpdatePage,
    content: ContentBody,
    allow_loss: bool,
) -> Result<NewBody, Failure> {
    let ContentBody { representation: format, value } = content;
    if allow_loss && !format.is_markdown() {
        return new_body(call, format, value);
    }
    let is_storage = format == WriteFormat::Confluence(Representation::Storage);
    let new = if is_storage { Document::parse(&value) } else { Document::parse("") };
    let new = new.map_err(|error| unwritable(call, &error))?;
    call.admit(sent).await?;
    // Only a draft has the number 1 to come, published or not.
    let draft = sent.status == NewPageStatus::Draft || sent.version.number == 1;
    let page = original::read(call, &sent.id, draft).await?;
    if let Some(failure) = conflict::stale(call, sent, &page) {
        return Err(failure);
    }
    let old = page.body_text().unwrap_or_default();
    let old = match Document::parse(old) {
        Ok(old) => old,
        // Nothing can be put together with it.
        Err(_) if allow_loss => return new_body(call, format, value),
        Err(error) => return Err(original::broken(call, &sent.id, &error)),
    };
    if is_storage {
        original::check(call, &sent.id, &old, &new)?;
        return Ok(NewBody::storage(value));
    }
    if !format.is_markdown() {
        original::check_incomparable(call, &sent.id, &old)?;
        return new_body(call, format, value);
    }
    let whole = 0..old.source().len();
    let merged = old.merge_markdown(whole, &value).map_err(|error| unwritable(call, &error))?;
    if !allow_loss {
        let new = Document::parse(&merged).map_err(|error| unwritable(call, &error))?;
        original::check(call, &sent.id, &old, &new)?;
    }
    Ok(NewBody::storage(merged))
}
