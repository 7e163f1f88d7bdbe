//! What is above and below a page.

use serde_json::{Value, json};

use crate::{
    http::{answer::Answer, call::Call, failure::Failure, listing},
    site::{Kind, Page, Site},
};

/// The orders of children; nothing in the document but the prose says so.
const CHILD_SORTS: [&str; 10] = [
    "created-date",
    "-created-date",
    "id",
    "-id",
    "modified-date",
    "-modified-date",
    "child-position",
    "-child-position",
    "title",
    "-title",
];

/// The orders of the older operation.
const OLD_CHILD_SORTS: &[&str] = CHILD_SORTS.split_at(8).0;

/// How deep `descendants` goes.
const DEPTHS: std::ops::RangeInclusive<i64> = 1..=10;

/// `GET /pages/{id}/children`, deprecated: pages only, silent about folders.
pub(crate) fn children(call: &Call<'_>) -> Result<Answer, Failure> {
    let site = call.site();
    let rows = sorted_children(call, &site, OLD_CHILD_SORTS)?;
    let rows: Vec<&Page> = rows.into_iter().filter(|it| it.kind == Kind::Page).collect();
    answered(call, &site, rows, |page| {
        json!({
            "id": page.id.to_string(),
            "status": page.status.as_str(),
            "title": page.title,
            "spaceId": page.space.to_string(),
            "childPosition": page.position,
        })
    })
}

/// `GET /pages/{id}/direct-children`
pub(crate) fn direct_children(call: &Call<'_>) -> Result<Answer, Failure> {
    let site = call.site();
    let rows = sorted_children(call, &site, &CHILD_SORTS)?;
    answered(call, &site, rows, child)
}

/// A child as it is really sent: without the `spaceId` that the document promises.
pub(super) fn child(page: &Page) -> Value {
    json!({
        "id": page.id.to_string(),
        "status": page.status.as_str(),
        "title": page.title,
        "type": page.kind.as_str(),
        "childPosition": page.position,
    })
}

/// `GET /pages/{id}/ancestors`: the highest first, ids and types only.
pub(crate) fn ancestors(call: &Call<'_>) -> Result<Answer, Failure> {
    let id = call.id()?;
    let limit = call.query.limit(25)?;
    let site = call.site();
    let page = site.visible_page(&call.user, id).ok_or_else(|| Failure::no_content(id))?;
    // The nearest ones: whoever wants more asks again with the first of them.
    let mut rows: Vec<Value> = site
        .ancestors(page)
        .take(limit)
        .map(|it| json!({ "id": it.id.to_string(), "type": it.kind.as_str() }))
        .collect();
    rows.reverse();
    let points = rows.len();
    let base = &call.tenant.link_base;
    Ok(Answer::json(json!({ "results": rows, "_links": { "base": base } })).with_points(points))
}

/// `GET /pages/{id}/descendants`
pub(crate) fn descendants(call: &Call<'_>) -> Result<Answer, Failure> {
    let id = call.id()?;
    let depth = call.query.int("depth")?.unwrap_or(2);
    if !DEPTHS.contains(&depth) {
        return Err(Failure::parameter(&format!(
            "Provided value {{{depth}}} for 'depth' is not valid. Expected a value between {} and {}",
            DEPTHS.start(),
            DEPTHS.end()
        )));
    }
    let depth = u32::try_from(depth).unwrap_or(2);
    let site = call.site();
    if site.visible_page(&call.user, id).is_none() {
        return Err(Failure::no_content(id));
    }
    let (rows, next) = listing::cut(call, site.descendants(id, depth), 25)?;
    let rows = rows.into_iter().filter(|it| site.can_view(&call.user, it.page)).map(|it| {
        json!({
            "id": it.page.id.to_string(),
            "status": it.page.status.as_str(),
            "title": it.page.title,
            "type": it.page.kind.as_str(),
            "parentId": it.page.parent.map(|it| it.to_string()),
            "depth": it.depth,
            "childPosition": it.page.position,
            "lastModified": crate::clock::iso(it.page.latest().created_at),
        })
    });
    Ok(listing::answer(call, rows, next))
}

fn sorted_children<'a>(
    call: &Call<'_>,
    site: &'a Site,
    sorts: &[&str],
) -> Result<Vec<&'a Page>, Failure> {
    let id = call.id()?;
    let sort = call.query.one_of("sort", sorts)?.unwrap_or("child-position");
    if site.visible_page(&call.user, id).is_none() {
        return Err(Failure::no_content(id));
    }
    let mut rows: Vec<&Page> = site.children(id).collect();
    match sort.trim_start_matches('-') {
        "created-date" => rows.sort_by_key(|it| (it.created_at, it.id)),
        "modified-date" => rows.sort_by_key(|it| (it.latest().created_at, it.id)),
        "id" => rows.sort_by_key(|it| it.id),
        "title" => rows.sort_by_cached_key(|it| (it.title.to_lowercase(), it.id)),
        _ => {}
    }
    if sort.starts_with('-') {
        rows.reverse();
    }
    Ok(rows)
}

fn answered(
    call: &Call<'_>,
    site: &Site,
    rows: Vec<&Page>,
    shape: impl Fn(&Page) -> Value,
) -> Result<Answer, Failure> {
    let (rows, next) = listing::cut(call, rows, 25)?;
    let visible = rows.into_iter().filter(|it| site.can_view(&call.user, it));
    Ok(listing::answer(call, visible.map(shape), next))
}
