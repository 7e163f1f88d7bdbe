//! People.

use serde_json::{Value, json};

use crate::http::{
    answer::Answer,
    call::{Call, missing},
    failure::Failure,
    query::check_count,
};

use super::shapes;

/// `POST /users-bulk`: unknown ids are left out of the answer.
pub(crate) fn bulk(call: &Call<'_>) -> Result<Answer, Failure> {
    let request = call.object()?;
    let ids =
        request.get("accountIds").and_then(Value::as_array).ok_or_else(|| missing("accountIds"))?;
    if ids.is_empty() {
        return Err(missing("accountIds"));
    }
    check_count("accountIds", ids.len(), 250)?;
    let site = call.site();
    let users: Vec<Value> = ids
        .iter()
        .filter_map(|it| site.user(it.as_str()?))
        .map(|it| shapes::user(&site, it, &call.user))
        .collect();
    let points = users.len() * 2;
    let base = &call.tenant.link_base;
    Ok(Answer::json(json!({ "results": users, "_links": { "base": base } })).with_points(points))
}
