//! Reading pages.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::{
    http::{answer::Answer, call::Call, failure::Failure, listing},
    site::{Order, OrderKey, Page, PageFilter, Position, Site, Status},
};

use super::{
    BULK_FORMATS, SINGLE_FORMATS, order,
    shapes::{self, Shown},
};

const SORTS: [&str; 8] = [
    "id",
    "-id",
    "created-date",
    "-created-date",
    "modified-date",
    "-modified-date",
    "title",
    "-title",
];

/// Statuses that lists take; drafts are read one by one.
const LISTED: [&str; 4] = ["current", "archived", "deleted", "trashed"];

/// Statuses that a single page may be asked for in.
const SINGLE: [&str; 6] = ["current", "archived", "trashed", "deleted", "historical", "draft"];

/// A cursor over pages: it remembers a place, so that pages may come and go meanwhile.
#[derive(Serialize, Deserialize)]
struct Cursor {
    after: Option<Position>,
    sort: String,
}

/// `GET /pages`
pub(crate) fn list(call: &Call<'_>) -> Result<Answer, Failure> {
    let filter = PageFilter {
        ids: call.query.ids("id", 250)?,
        spaces: call.query.ids("space-id", 100)?,
        ..common_filter(call)?
    };
    let live_only = call.query.one_of("subtype", &["live", "page"])? == Some("live");
    listed(call, &filter, live_only)
}

/// `GET /spaces/{id}/pages`
pub(crate) fn list_in_space(call: &Call<'_>) -> Result<Answer, Failure> {
    let id = call.id()?;
    let depth = call.query.one_of("depth", &["all", "root"])?;
    let site = call.site();
    if !site.can_view_space(&call.user, id) {
        return Err(Failure::not_found(&format!("Cannot find a space with id [{id}]")));
    }
    drop(site);
    let filter =
        PageFilter { spaces: vec![id], root_only: depth == Some("root"), ..common_filter(call)? };
    listed(call, &filter, false)
}

fn common_filter(call: &Call<'_>) -> Result<PageFilter, Failure> {
    let asked_for = call.query.some_of("status", &LISTED)?;
    let mut statuses: Vec<Status> = asked_for.iter().filter_map(|it| stored_status(it)).collect();
    if asked_for.is_empty() {
        statuses.extend([Status::Current, Status::Archived]);
    }
    statuses.sort_unstable();
    statuses.dedup();
    let title = call.query.get("title").map(str::to_owned);
    Ok(PageFilter { statuses, title, ..PageFilter::default() })
}

/// Deleted pages are purged at once here, so that nothing is ever `deleted`.
fn stored_status(status: &str) -> Option<Status> {
    [Status::Current, Status::Archived, Status::Trashed, Status::Draft]
        .into_iter()
        .find(|it| it.as_str() == status)
}

fn listed(call: &Call<'_>, filter: &PageFilter, live_only: bool) -> Result<Answer, Failure> {
    let format = call.query.one_of("body-format", &BULK_FORMATS)?;
    let by_id = Order { key: OrderKey::Id, descending: false };
    let order = order(call, &SORTS, by_id)?;
    let sort = call.query.get("sort").unwrap_or("id");
    let limit = call.query.limit(25)?;
    let cursor: Option<Cursor> = listing::cursor(call)?;
    if cursor.as_ref().is_some_and(|it| it.sort != sort) {
        return Err(Failure::parameter("The cursor was made for another order"));
    }
    if cursor.is_none() && call.empty_page {
        let start = listing::encode(&Cursor { after: None, sort: sort.to_owned() });
        return Ok(listing::answer(call, [], Some(start)));
    }
    let after = cursor.and_then(|it| it.after);
    let site = call.site();
    let (pages, next) = site.list(filter, order, after.as_ref(), limit);
    // Only now: Confluence cuts first and filters by permission after, so pages may be short.
    let rows = pages.into_iter().filter(|page| !live_only && site.can_view(&call.user, page)).map(
        |page| {
            let mut row = Shown::present(page).shape(&site, format);
            row.insert("subtype".to_owned(), json!("page"));
            Value::Object(row)
        },
    );
    let next = next.map(|it| listing::encode(&Cursor { after: Some(it), sort: sort.to_owned() }));
    Ok(listing::answer(call, rows, next))
}

/// `GET /pages/{id}`
pub(crate) fn get(call: &Call<'_>) -> Result<Answer, Failure> {
    let id = call.id()?;
    let format = call.query.one_of("body-format", &SINGLE_FORMATS)?;
    let version = call.query.int("version")?;
    let wants_draft = call.query.boolean("get-draft", false)?;
    let statuses: BTreeSet<&str> = call.query.some_of("status", &SINGLE)?.into_iter().collect();
    let site = call.site();
    let page = site.visible_page(&call.user, id).ok_or_else(|| Failure::no_page(id))?;
    let shown = match version {
        Some(number) => at_version(page, number)?,
        None if wants_draft || statuses.contains("draft") => {
            Shown::draft(page).unwrap_or_else(|| Shown::present(page))
        }
        // A draft is only there for those who ask for one.
        None if page.status == Status::Draft => return Err(Failure::no_page(id)),
        None => Shown::present(page),
    };
    let asked_for = statuses.is_empty()
        || statuses.contains(shown.status)
        || (wants_draft && shown.status == "draft");
    if !asked_for {
        return Err(Failure::no_page(id));
    }
    let mut shape = shown.shape(&site, format);
    include(call, &site, page, &mut shape)?;
    Ok(Answer::json(shapes::single(shape, &call.tenant.link_base)))
}

fn at_version(page: &Page, number: i64) -> Result<Shown<'_>, Failure> {
    let found = u32::try_from(number).ok().and_then(|it| page.version(it)).ok_or_else(|| {
        Failure::not_found(&format!(
            "Cannot find version [{number}] of the page with id [{}]",
            page.id
        ))
    })?;
    if found.number == page.latest().number {
        Ok(Shown::present(page))
    } else {
        Ok(Shown::past(page, found))
    }
}

/// Adds what the `include-…` parameters ask for.
fn include(
    call: &Call<'_>,
    site: &Site,
    page: &Page,
    shape: &mut Map<String, Value>,
) -> Result<(), Failure> {
    let path = |what: &str| format!("/wiki/api/v2/pages/{}/{what}", page.id);
    if !call.query.boolean("include-version", true)? {
        shape.remove("version");
    }
    if call.query.boolean("include-labels", false)? {
        let labels = super::labels::visible(page, &call.user).map(shapes::label);
        shape.insert("labels".to_owned(), shapes::included(labels, &path("labels")));
    }
    if call.query.boolean("include-versions", false)? {
        let versions = page.versions.iter().rev().map(shapes::version);
        shape.insert("versions".to_owned(), shapes::included(versions, &path("versions")));
    }
    if call.query.boolean("include-operations", false)? {
        let mut operations = vec!["read"];
        if site.can_edit(&call.user, page) {
            operations.extend(["update", "delete"]);
        }
        let rows =
            operations.into_iter().map(|it| json!({ "operation": it, "targetType": "page" }));
        shape.insert("operations".to_owned(), shapes::included(rows, &path("operations")));
    }
    for empty in ["properties", "likes"] {
        if call.query.boolean(&format!("include-{empty}"), false)? {
            shape.insert(empty.to_owned(), shapes::included([], &path(empty)));
        }
    }
    if call.query.boolean("include-favorited-by-current-user-status", false)? {
        shape.insert("isFavoritedByCurrentUser".to_owned(), json!(false));
    }
    if call.query.boolean("include-direct-children", false)? {
        let children = site
            .children(page.id)
            .filter(|it| site.can_view(&call.user, it))
            .map(super::tree::child);
        shape.insert(
            "directChildren".to_owned(),
            shapes::included(children, &path("direct-children")),
        );
    }
    Ok(())
}
