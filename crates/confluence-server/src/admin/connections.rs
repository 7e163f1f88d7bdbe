//! `…/connections` and `…/users`: who is connected, and who leaves.

use std::sync::Arc;

use axum::extract::State;
use confluence_connector::UserId;
use serde::Deserialize;
use serde_json::json;

use super::{
    AdminState, Answered,
    body::Body,
    query::Query,
    shown,
    who::{InInstance, InWorkspace, Who, accepted, done},
};

/// The user who is meant.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Named {
    user: UserId,
}

pub(super) async fn list(
    Who(who): Who,
    State(state): State<Arc<AdminState>>,
    InWorkspace(slug): InWorkspace,
    query: Query,
) -> Answered {
    let part = query.only_part()?;
    let page = state.administration().connections(&who, &slug, part.range()).await?;
    Ok(accepted(&shown::list(&page, shown::connection)))
}

pub(super) async fn revoke(
    Who(who): Who,
    State(state): State<Arc<AdminState>>,
    InInstance(key): InInstance,
    Body(named): Body<Named>,
) -> Answered {
    state.administration().disconnect(&who, &key, &named.user).await?;
    Ok(done())
}

/// Connections, personal keys and pending sign-ins of a user, in all instances of the workspace.
pub(super) async fn remove_user(
    Who(who): Who,
    State(state): State<Arc<AdminState>>,
    InWorkspace(slug): InWorkspace,
    Body(named): Body<Named>,
) -> Answered {
    let connections = state.administration().remove_user(&who, &slug, &named.user).await?;
    Ok(accepted(&json!({ "connections": connections })))
}
