//! Spaces.

use serde_json::{Value, json};

use crate::{
    http::{answer::Answer, call::Call, failure::Failure, listing, query::check_count},
    site::{Order, OrderKey, Space, SpaceKind},
};

use super::{order, shapes, sorted};

const SORTS: [&str; 6] = ["id", "-id", "key", "-key", "name", "-name"];

const FORMATS: [&str; 2] = ["plain", "view"];

/// `GET /spaces`
pub(crate) fn list(call: &Call<'_>) -> Result<Answer, Failure> {
    let query = &call.query;
    let ids = query.ids("ids", 250)?;
    let keys: Vec<&str> = query.all("keys").collect();
    check_count("keys", keys.len(), 250)?;
    let kind = query.one_of("type", &SpaceKind::ALL.map(SpaceKind::as_str))?;
    let status = query.one_of("status", &["current", "archived"])?;
    let format = query.one_of("description-format", &FORMATS)?;
    let icon = query.boolean("include-icon", false)?;
    let by_id = Order { key: OrderKey::Id, descending: false };
    let order = order(call, &SORTS, by_id)?;
    // Spaces have neither labels nor admirers here: asking for some finds none.
    let impossible = query.all("labels").next().is_some() || query.get("favorited-by").is_some();
    let site = call.site();
    let rows: Vec<&Space> = site
        .spaces()
        .filter(|_| !impossible)
        .filter(|it| ids.is_empty() || ids.contains(&it.id))
        .filter(|it| keys.is_empty() || keys.iter().any(|key| it.key.eq_ignore_ascii_case(key)))
        .filter(|it| kind.is_none_or(|kind| it.kind.as_str() == kind))
        .filter(|it| status.is_none_or(|status| it.status() == status))
        .collect();
    let rows = match query.get("sort").map(|it| it.trim_start_matches('-')) {
        Some("key") => sorted(rows, order.descending, |it| it.key.to_lowercase()),
        Some("name") => sorted(rows, order.descending, |it| it.name.to_lowercase()),
        _ => sorted(rows, order.descending, |it| it.id),
    };
    let (rows, next) = listing::cut(call, rows, 25)?;
    let rows = rows
        .into_iter()
        .filter(|it| site.can_view_space(&call.user, it.id))
        .map(|it| Value::Object(shapes::space(it, format, icon)));
    Ok(listing::answer(call, rows, next))
}

/// `GET /spaces/{id}`
pub(crate) fn get(call: &Call<'_>) -> Result<Answer, Failure> {
    let id = call.id()?;
    let format = call.query.one_of("description-format", &FORMATS)?;
    let icon = call.query.boolean("include-icon", false)?;
    let site = call.site();
    let space = site
        .space(id)
        .filter(|_| site.can_view_space(&call.user, id))
        .ok_or_else(|| Failure::not_found(&format!("Cannot find a space with id [{id}]")))?;
    let mut shape = shapes::space(space, format, icon);
    shape.remove("currentActiveAlias");
    let path = |what: &str| format!("/wiki/api/v2/spaces/{id}/{what}");
    if call.query.boolean("include-operations", false)? {
        let mut operations = vec![json!({ "operation": "read", "targetType": "space" })];
        if site.can_edit_space(&call.user, id) {
            operations.push(json!({ "operation": "create", "targetType": "page" }));
        }
        if call.user.administers(space) {
            operations.push(json!({ "operation": "administer", "targetType": "space" }));
        }
        shape.insert("operations".to_owned(), shapes::included(operations, &path("operations")));
    }
    for empty in ["labels", "properties", "permissions", "role-assignments"] {
        if call.query.boolean(&format!("include-{empty}"), false)? {
            let field = if empty == "role-assignments" { "roleAssignments" } else { empty };
            shape.insert(field.to_owned(), shapes::included([], &path(empty)));
        }
    }
    Ok(Answer::json(shapes::single(shape, &call.tenant.link_base)))
}
