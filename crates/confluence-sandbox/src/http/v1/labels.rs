//! Adding labels, the only label operation that v2 still lacks.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::{
    http::{answer::Answer, call::Call, failure::Failure},
    site::{NewLabel, Prefix, Refusal},
};

/// `POST /content/{id}/label`: answers with all labels the page has now.
pub(crate) fn add(call: &Call<'_>) -> Result<Answer, Failure> {
    let labels = read(call.body)?;
    let text = call.capture(0);
    let missing = || {
        Failure::v1(
            StatusCode::NOT_FOUND,
            "NotFoundException",
            &format!("No content found with id: ContentId{{id={text}}}"),
        )
    };
    let id = text.parse().ok().ok_or_else(missing)?;
    let mut site = call.site_mut();
    let page = site.add_labels(&call.user, id, &labels).map_err(|refusal| match refusal {
        Refusal::Forbidden => Failure::v1(
            StatusCode::FORBIDDEN,
            "PermissionException",
            "User not permitted to edit labels on this content",
        ),
        Refusal::Invalid(message) => bad_request(&message),
        Refusal::Missing
        | Refusal::MissingReference { .. }
        | Refusal::TitleTaken
        | Refusal::StaleVersion { .. } => missing(),
    })?;
    let results: Vec<Value> = page
        .labels
        .iter()
        .map(|it| {
            json!({
                "prefix": it.prefix.as_str(),
                "name": it.name,
                "id": it.id.to_string(),
                "label": it.name,
            })
        })
        .collect();
    let base = &call.tenant.link_base;
    Ok(Answer::json(json!({
        "start": 0,
        "limit": 200,
        "size": results.len(),
        "results": results,
        "_links": {
            "base": base,
            "context": "/wiki",
            "self": format!("{base}/rest/api/content/{id}/label"),
        },
    })))
}

/// An array of labels, or a single one.
fn read(body: &[u8]) -> Result<Vec<NewLabel>, Failure> {
    let unreadable = || bad_request("Could not parse Labels");
    let body: Value = serde_json::from_slice(body).ok().ok_or_else(unreadable)?;
    let entries = match body {
        Value::Array(entries) => entries,
        Value::Object(_) => vec![body],
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            return Err(unreadable());
        }
    };
    entries
        .iter()
        .map(|entry| {
            let name = entry.get("name").and_then(Value::as_str).ok_or_else(unreadable)?;
            let prefix = entry.get("prefix").and_then(Value::as_str).ok_or_else(unreadable)?;
            let prefix = Prefix::named(prefix)
                .filter(|it| *it != Prefix::System)
                .ok_or_else(|| bad_request(&format!("Invalid label prefix: {prefix}")))?;
            Ok(NewLabel { prefix, name: name.to_owned() })
        })
        .collect()
}

fn bad_request(message: &str) -> Failure {
    Failure::v1(StatusCode::BAD_REQUEST, "BadRequestException", message)
}
