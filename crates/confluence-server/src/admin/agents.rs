//! `…/agents`: which agents may call an instance. Their ids stand in bodies: they may be anything that
//! can be printed, which addresses cannot.

use std::sync::Arc;

use axum::extract::State;
use confluence_connector::AgentId;
use serde::Deserialize;

use super::{
    AdminState, Answered,
    body::Body,
    query::Query,
    shown,
    who::{InInstance, Who, accepted},
};

/// The agent that is meant.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Named {
    agent: AgentId,
}

/// Whether all are let in.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct All {
    allowed: bool,
}

pub(super) async fn list(
    Who(who): Who,
    State(state): State<Arc<AdminState>>,
    InInstance(key): InInstance,
    query: Query,
) -> Answered {
    let part = query.only_part()?;
    let agents = state.administration().agents(&who, &key, part.range()).await?;
    let mut body = shown::list(&agents.page, shown::agent);
    body["everyone"] = agents.everyone.into();
    body["listed"] = agents.listed.into();
    Ok(accepted(&body))
}

pub(super) async fn allow(
    Who(who): Who,
    State(state): State<Arc<AdminState>>,
    InInstance(key): InInstance,
    Body(named): Body<Named>,
) -> Answered {
    let list = state.administration().allow_agent(&who, &key, named.agent).await?;
    Ok(accepted(&shown::agents(&list)))
}

pub(super) async fn revoke(
    Who(who): Who,
    State(state): State<Arc<AdminState>>,
    InInstance(key): InInstance,
    Body(named): Body<Named>,
) -> Answered {
    let list = state.administration().revoke_agent(&who, &key, &named.agent).await?;
    Ok(accepted(&shown::agents(&list)))
}

pub(super) async fn allow_all(
    Who(who): Who,
    State(state): State<Arc<AdminState>>,
    InInstance(key): InInstance,
    Body(all): Body<All>,
) -> Answered {
    let list = state.administration().allow_all_agents(&who, &key, all.allowed).await?;
    Ok(accepted(&shown::agents(&list)))
}
