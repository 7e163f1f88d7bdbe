//! `/workspaces/{workspace}/instances`.

use std::sync::Arc;

use axum::extract::State;
use confluence_connector::{InstanceKey, InstanceName, Page, Policies};
use serde::Deserialize;
use serde_json::json;

use super::{
    AdminState, Answered,
    body::Body,
    shown,
    who::{InInstance, InWorkspace, Who, accepted, created, done},
};

/// An instance to be made.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct New {
    name: InstanceName,
}

/// All of them: there are few.
pub(super) async fn list(
    Who(who): Who,
    State(state): State<Arc<AdminState>>,
    InWorkspace(slug): InWorkspace,
) -> Answered {
    let (_, items) = state.administration().workspace(&who, &slug).await?;
    let page = Page { items, next: None };
    Ok(accepted(&shown::list(&page, |name| json!({ "name": name }))))
}

pub(super) async fn create(
    Who(who): Who,
    State(state): State<Arc<AdminState>>,
    InWorkspace(workspace): InWorkspace,
    Body(new): Body<New>,
) -> Answered {
    let key = InstanceKey { workspace, name: new.name };
    let instance = state.administration().create_instance(&who, key).await?;
    Ok(created(&shown::instance(&instance, &state.deployment.addresses)))
}

pub(super) async fn show(
    Who(who): Who,
    State(state): State<Arc<AdminState>>,
    InInstance(key): InInstance,
) -> Answered {
    let instance = state.administration().instance(&who, &key).await?;
    Ok(accepted(&shown::instance(&instance, &state.deployment.addresses)))
}

pub(super) async fn delete(
    Who(who): Who,
    State(state): State<Arc<AdminState>>,
    InInstance(key): InInstance,
) -> Answered {
    state.administration().delete_instance(&who, &key).await?;
    Ok(done())
}

pub(super) async fn policies(
    Who(who): Who,
    State(state): State<Arc<AdminState>>,
    InInstance(key): InInstance,
) -> Answered {
    let instance = state.administration().instance(&who, &key).await?;
    Ok(accepted(&instance.policies))
}

pub(super) async fn change_policies(
    Who(who): Who,
    State(state): State<Arc<AdminState>>,
    InInstance(key): InInstance,
    Body(policies): Body<Policies>,
) -> Answered {
    let instance = state.administration().change_policies(&who, &key, policies).await?;
    Ok(accepted(&instance.policies))
}
