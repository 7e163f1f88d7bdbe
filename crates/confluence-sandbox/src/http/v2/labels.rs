//! Labels of a page.

use crate::{
    http::{answer::Answer, call::Call, failure::Failure, listing},
    site::{Label, Page, User},
};

use super::{shapes, sorted};

/// The orders of labels; nothing in the document but the prose says so.
const SORTS: [&str; 6] = ["created-date", "-created-date", "id", "-id", "name", "-name"];

const PREFIXES: [&str; 4] = ["my", "team", "global", "system"];

/// `GET /pages/{id}/labels`
pub(crate) fn list(call: &Call<'_>) -> Result<Answer, Failure> {
    let id = call.id()?;
    let prefix = call.query.one_of("prefix", &PREFIXES)?;
    let sort = call.query.one_of("sort", &SORTS)?.unwrap_or("created-date");
    let site = call.site();
    let page = site.visible_page(&call.user, id).ok_or_else(|| Failure::no_page(id))?;
    let rows: Vec<&Label> = visible(page, &call.user)
        .filter(|it| prefix.is_none_or(|prefix| it.prefix.as_str() == prefix))
        .collect();
    let descending = sort.starts_with('-');
    let rows = match sort.trim_start_matches('-') {
        "name" => sorted(rows, descending, |it| it.name.to_string()),
        "id" => sorted(rows, descending, |it| it.id),
        // Labels are kept in the order they were added.
        _ if descending => rows.into_iter().rev().collect(),
        _ => rows,
    };
    let (rows, next) = listing::cut(call, rows, 25)?;
    Ok(listing::answer(call, rows.into_iter().map(shapes::label), next))
}

/// The labels that the user sees: personal ones only their owner.
pub(super) fn visible<'a>(page: &'a Page, user: &User) -> impl Iterator<Item = &'a Label> {
    let is_author = page.author == user.account_id;
    page.labels.iter().filter(move |it| is_author || it.prefix.as_str() != "my")
}
