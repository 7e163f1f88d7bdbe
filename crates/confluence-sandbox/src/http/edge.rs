//! What the cloud tells about sites outside of them: their ids, and which ones a token opens.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::{
    access::{Grant, Presented},
    identity::IdentityRequest,
    state::Shared,
    tenant::Tenant,
};

use super::{answer::Answer, auth, failure::Failure};

/// Scopes of a Jira entry that nobody asked for.
const JIRA_SCOPES: [&str; 2] = ["read:jira-user", "read:jira-work"];

/// `GET /_edge/tenant_info`, open to everybody.
pub(super) fn tenant_info(shared: &Shared) -> Answer {
    Answer::json(json!({ "cloudId": shared.tenant.cloud_id }))
}

/// `GET /oauth/token/accessible-resources`: a bare array.
pub(super) fn accessible_resources(
    shared: &Shared,
    presented: Presented,
    now: Timestamp,
) -> Result<Answer, Failure> {
    let resources = resources(shared, presented, now);
    shared.identity.settled(IdentityRequest::AccessibleResources, resources.is_some());
    resources
        .map(|it| Answer::json(Value::Array(it)))
        .ok_or_else(|| Failure::gateway(StatusCode::UNAUTHORIZED, "Unauthorized"))
}

/// One entry per site and product; `None` for who has no access token.
fn resources(shared: &Shared, presented: Presented, now: Timestamp) -> Option<Vec<Value>> {
    let Presented::Bearer(secret) = presented else { return None };
    let token = auth::bearer(shared, &secret, now)?;
    let Grant::Access { scopes, .. } = &token.grant else { return None };
    let of_product = |product: &str| -> BTreeSet<&str> {
        scopes.iter().map(String::as_str).filter(|it| it.contains(product)).collect()
    };
    let mut jira = of_product("jira");
    if jira.is_empty() && shared.identity.policy().lists_jira {
        jira.extend(JIRA_SCOPES);
    }
    // Jira comes first: who takes the first entry with an id has the wrong one.
    let products = [jira, of_product("confluence")];
    let entries = shared.tenants().filter(|it| token.opens(&it.cloud_id)).flat_map(|tenant| {
        products.iter().filter(|it| !it.is_empty()).map(|scopes| entry(tenant, scopes))
    });
    Some(entries.collect())
}

fn entry(tenant: &Tenant, scopes: &BTreeSet<&str>) -> Value {
    json!({
        "id": tenant.cloud_id,
        "url": tenant.url(),
        "name": tenant.name,
        "scopes": scopes,
        "avatarUrl": format!("{}/wiki/avatar.png", tenant.url()),
    })
}
