//! Who asks, and for what: the key, and the names in the path.

use std::{str::FromStr, sync::Arc};

use axum::{
    extract::{FromRequestParts, RawPathParams},
    response::Response,
};
use confluence_connector::{Administrator, Door, InstanceKey, InstanceName, KeyId, WorkspaceSlug};
use http::{StatusCode, request::Parts};
use serde_json::json;

use super::{AdminState, Answered, failed::Failed};
use crate::{
    Refused,
    web::{answer, key::Bearer},
};

/// Whoever has shown a maintainer's or an editor's key. Stands first among what a handler takes: who
/// has none learns nothing else.
#[derive(Debug)]
pub(super) struct Who(pub(super) Administrator);

/// The workspace in the path.
#[derive(Debug)]
pub(super) struct InWorkspace(pub(super) WorkspaceSlug);

/// The instance in the path.
#[derive(Debug)]
pub(super) struct InInstance(pub(super) InstanceKey);

/// The key in the path.
#[derive(Debug)]
pub(super) struct OfKey(pub(super) KeyId);

impl FromRequestParts<Arc<AdminState>> for Who {
    type Rejection = Failed;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &Arc<AdminState>,
    ) -> Result<Self, Failed> {
        let shown = match Bearer::of(&parts.headers) {
            Bearer::Token(shown) => shown,
            Bearer::None => return Err(Failed::no_key()),
            Bearer::Unreadable => return Err(Failed::wrong_key()),
        };
        let key = state.deployment.unlock(&shown, Door::Administration).await;
        let key = key.map_err(|refused| match refused {
            Refused::Unauthorized | Refused::NoInstance => Failed::wrong_key(),
            Refused::Unavailable => Failed::unavailable(),
        })?;
        Administrator::new(&key.kind, key.id).map(Self).ok_or_else(Failed::wrong_key)
    }
}

/// A name in the path; what cannot be a name is one that nobody has.
async fn named<T: FromStr>(
    parts: &mut Parts,
    state: &Arc<AdminState>,
    name: &str,
) -> Result<T, Failed> {
    let parameters = RawPathParams::from_request_parts(parts, state).await;
    let value = parameters.ok().and_then(|all| {
        let mut of = all.iter().filter(|(it, _)| *it == name);
        of.next().and_then(|(_, value)| value.parse().ok())
    });
    value.ok_or_else(|| Failed::no_such(name))
}

impl FromRequestParts<Arc<AdminState>> for InWorkspace {
    type Rejection = Failed;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &Arc<AdminState>,
    ) -> Result<Self, Failed> {
        named(parts, state, "workspace").await.map(Self)
    }
}

impl FromRequestParts<Arc<AdminState>> for InInstance {
    type Rejection = Failed;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &Arc<AdminState>,
    ) -> Result<Self, Failed> {
        let workspace = named(parts, state, "workspace").await?;
        let name: InstanceName = named(parts, state, "instance").await?;
        Ok(Self(InstanceKey { workspace, name }))
    }
}

impl FromRequestParts<Arc<AdminState>> for OfKey {
    type Rejection = Failed;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &Arc<AdminState>,
    ) -> Result<Self, Failed> {
        named(parts, state, "key").await.map(Self)
    }
}

/// `GET /whoami`: what the key opens.
pub(super) async fn show(Who(who): Who) -> Answered {
    let body = json!({
        "role": if who.is_maintainer() { "maintainer" } else { "editor" },
        "workspace": who.workspace(),
        "key": who.key().as_str(),
    });
    Ok(accepted(&body))
}

/// An answer with a body.
pub(super) fn accepted(body: &impl serde::Serialize) -> Response {
    answer::json(StatusCode::OK, body)
}

/// An answer about something new.
pub(super) fn created(body: &impl serde::Serialize) -> Response {
    answer::json(StatusCode::CREATED, body)
}

/// An answer without anything to say.
pub(super) fn done() -> Response {
    let mut response = Response::new(axum::body::Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}
