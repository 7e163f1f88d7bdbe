//! What the cloud tells about a site outside of it: its id, and which sites a token opens.

use axum::http::StatusCode;
use jiff::Timestamp;
use serde_json::json;

use crate::{
    access::{Grant, Presented},
    state::Shared,
};

use super::{answer::Answer, failure::Failure};

/// `GET /_edge/tenant_info`, open to everybody.
pub(super) fn tenant_info(shared: &Shared) -> Answer {
    Answer::json(json!({ "cloudId": shared.cloud_id }))
}

/// `GET /oauth/token/accessible-resources`: a bare array.
pub(super) fn accessible_resources(
    shared: &Shared,
    presented: Presented,
    now: Timestamp,
) -> Result<Answer, Failure> {
    let refused = || Failure::gateway(StatusCode::UNAUTHORIZED, "Unauthorized");
    let Presented::Bearer(secret) = presented else { return Err(refused()) };
    let token = shared.tokens.bearer(&secret, now).ok_or_else(refused)?;
    let scopes = match token.grant {
        Grant::Access { scopes, .. } | Grant::Scoped(scopes) => scopes,
        Grant::Unscoped => return Err(refused()),
    };
    let url = shared.link_base.trim_end_matches("/wiki");
    let name = url.split("//").last().and_then(|it| it.split(['.', ':']).next()).unwrap_or(url);
    Ok(Answer::json(json!([{
        "id": shared.cloud_id,
        "url": url,
        "name": name,
        "scopes": scopes,
        "avatarUrl": format!("{url}/wiki/avatar.png"),
    }])))
}
