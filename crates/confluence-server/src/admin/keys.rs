//! `/keys` and `/workspaces/{workspace}/keys`. A new key is in the answer that made it, and nowhere
//! else.

use std::{sync::Arc, time::Duration};

use axum::{extract::State, response::Response};
use confluence_auth::{BaseUrl, Hosts};
use confluence_connector::{
    Administrator, AgentId, InstanceKey, InstanceName, KeyId, KeyKind, NewKey, UserId,
    WorkspaceSlug,
};
use jiff::Timestamp;
use secrecy::ExposeSecret;
use serde::Deserialize;
use serde_json::json;

use super::{
    AdminState, Answered,
    body::Body,
    failed::Failed,
    query::Query,
    shown,
    who::{InWorkspace, OfKey, Who, accepted, created, done},
};

/// How long a replaced key goes on, in seconds, where nobody says: a day.
const OVERLAP: u64 = 24 * 60 * 60;

/// A kind of key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Kind {
    Maintainer,
    Deployment,
    Editor,
    Platform,
    Personal,
    Instruction,
}

/// A key to be made.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct New {
    kind: Kind,
    label: String,
    /// For a personal key; the default instance, if it is left out.
    instance: Option<InstanceName>,
    /// For a personal key.
    user: Option<UserId>,
    /// For a personal key.
    agent: Option<AgentId>,
    /// For a deployment's key: its public address.
    api: Option<String>,
}

/// How a key is replaced.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Rotation {
    overlap_seconds: Option<u64>,
}

impl New {
    /// What the key opens, in a workspace or in the deployment.
    fn kind(&mut self, workspace: Option<&WorkspaceSlug>) -> Result<KeyKind, Failed> {
        let (instance, user) = (self.instance.take(), self.user.take());
        let (agent, api) = (self.agent.take(), self.api.take());
        if self.kind != Kind::Personal && (instance.is_some() || user.is_some() || agent.is_some())
        {
            let text = "`instance`, `user` and `agent` are for keys of kind `personal`";
            return Err(Failed::invalid(text));
        }
        if self.kind != Kind::Deployment && api.is_some() {
            return Err(Failed::invalid("`api` is for keys of kind `deployment`"));
        }
        match (self.kind, workspace.cloned()) {
            (Kind::Maintainer, None) => Ok(KeyKind::Maintainer),
            (Kind::Deployment, None) => {
                let api = api.ok_or_else(|| Failed::invalid("missing field `api`"))?;
                let invalid = |error| Failed::invalid(format!("`api`: {error}"));
                let api = BaseUrl::parse(&api, Hosts::Any).map_err(invalid)?;
                Ok(KeyKind::Deployment { api })
            }
            (Kind::Editor, Some(workspace)) => Ok(KeyKind::Editor { workspace }),
            (Kind::Platform, Some(workspace)) => Ok(KeyKind::Platform { workspace }),
            (Kind::Instruction, Some(workspace)) => Ok(KeyKind::Instruction { workspace }),
            (Kind::Personal, Some(workspace)) => {
                let user = user.ok_or_else(|| Failed::invalid("missing field `user`"))?;
                let agent = agent.ok_or_else(|| Failed::invalid("missing field `agent`"))?;
                let name = instance.unwrap_or_default();
                let instance = InstanceKey { workspace, name };
                Ok(KeyKind::Personal { instance, user, agent })
            }
            (Kind::Maintainer | Kind::Deployment, Some(_)) => Err(Failed::invalid(
                "keys of this kind belong to no workspace: make them at `/admin/v1/keys`",
            )),
            (Kind::Editor | Kind::Platform | Kind::Instruction | Kind::Personal, None) => {
                Err(Failed::invalid(
                    "keys of this kind belong to a workspace: make them at \
                     `/admin/v1/workspaces/{workspace}/keys`",
                ))
            }
        }
    }
}

async fn list(
    state: &AdminState,
    who: &Administrator,
    workspace: Option<&WorkspaceSlug>,
    query: Query,
) -> Answered {
    let part = query.only_part()?;
    let page = state.administration().keys(who, workspace, part.range()).await?;
    let now = Timestamp::now();
    let shown = |key: &_| serde_json::to_value(shown::key(key, now)).expect("keys are JSON");
    Ok(accepted(&shown::list(&page, shown)))
}

async fn issue(
    state: &AdminState,
    who: &Administrator,
    workspace: Option<&WorkspaceSlug>,
    mut new: New,
) -> Answered {
    let kind = new.kind(workspace)?;
    let now = Timestamp::now();
    let new = state.administration().issue_key(who, kind, &new.label, now).await?;
    Ok(once(&new, now))
}

async fn rotate(
    state: &AdminState,
    who: &Administrator,
    workspace: Option<&WorkspaceSlug>,
    (id, rotation): (KeyId, Rotation),
) -> Answered {
    let overlap = Duration::from_secs(rotation.overlap_seconds.unwrap_or(OVERLAP));
    let now = Timestamp::now();
    let new = state.administration().rotate_key(who, workspace, &id, overlap, now).await?;
    Ok(once(&new, now))
}

/// A new key with its secret.
fn once(new: &NewKey, now: Timestamp) -> Response {
    let key = shown::key(&new.key, now);
    created(&json!({ "key": key, "secret": new.secret.expose_secret() }))
}

pub(super) async fn of_deployment(
    Who(who): Who,
    State(state): State<Arc<AdminState>>,
    query: Query,
) -> Answered {
    list(&state, &who, None, query).await
}

pub(super) async fn of_workspace(
    Who(who): Who,
    State(state): State<Arc<AdminState>>,
    InWorkspace(slug): InWorkspace,
    query: Query,
) -> Answered {
    list(&state, &who, Some(&slug), query).await
}

pub(super) async fn issue_in_deployment(
    Who(who): Who,
    State(state): State<Arc<AdminState>>,
    Body(new): Body<New>,
) -> Answered {
    issue(&state, &who, None, new).await
}

pub(super) async fn issue_in_workspace(
    Who(who): Who,
    State(state): State<Arc<AdminState>>,
    InWorkspace(slug): InWorkspace,
    Body(new): Body<New>,
) -> Answered {
    issue(&state, &who, Some(&slug), new).await
}

pub(super) async fn rotate_in_deployment(
    Who(who): Who,
    State(state): State<Arc<AdminState>>,
    OfKey(id): OfKey,
    Body(rotation): Body<Rotation>,
) -> Answered {
    rotate(&state, &who, None, (id, rotation)).await
}

pub(super) async fn rotate_in_workspace(
    Who(who): Who,
    State(state): State<Arc<AdminState>>,
    InWorkspace(slug): InWorkspace,
    OfKey(id): OfKey,
    Body(rotation): Body<Rotation>,
) -> Answered {
    rotate(&state, &who, Some(&slug), (id, rotation)).await
}

pub(super) async fn revoke_in_deployment(
    Who(who): Who,
    State(state): State<Arc<AdminState>>,
    OfKey(id): OfKey,
) -> Answered {
    state.administration().revoke_key(&who, None, &id, Timestamp::now()).await?;
    Ok(done())
}

pub(super) async fn revoke_in_workspace(
    Who(who): Who,
    State(state): State<Arc<AdminState>>,
    InWorkspace(slug): InWorkspace,
    OfKey(id): OfKey,
) -> Answered {
    state.administration().revoke_key(&who, Some(&slug), &id, Timestamp::now()).await?;
    Ok(done())
}
