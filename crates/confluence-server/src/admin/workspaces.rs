//! `/workspaces`.

use std::sync::Arc;

use axum::extract::State;
use confluence_connector::WorkspaceSlug;
use jiff::Timestamp;
use serde::Deserialize;

use super::{
    AdminState, Answered,
    body::Body,
    query::Query,
    shown,
    who::{InWorkspace, Who, accepted, created, done},
};

/// A workspace to be made.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct New {
    slug: WorkspaceSlug,
    /// The slug, if it is left out.
    name: Option<String>,
}

pub(super) async fn list(
    Who(who): Who,
    State(state): State<Arc<AdminState>>,
    query: Query,
) -> Answered {
    let part = query.only_part()?;
    let page = state.administration().workspaces(&who, part.range()).await?;
    Ok(accepted(&shown::list(&page, shown::workspace)))
}

pub(super) async fn create(
    Who(who): Who,
    State(state): State<Arc<AdminState>>,
    Body(new): Body<New>,
) -> Answered {
    let name = new.name.unwrap_or_else(|| new.slug.to_string());
    let now = Timestamp::now();
    let workspace = state.administration().create_workspace(&who, new.slug, &name, now).await?;
    Ok(created(&shown::workspace(&workspace)))
}

pub(super) async fn show(
    Who(who): Who,
    State(state): State<Arc<AdminState>>,
    InWorkspace(slug): InWorkspace,
) -> Answered {
    let (workspace, instances) = state.administration().workspace(&who, &slug).await?;
    let mut body = shown::workspace(&workspace);
    body["instances"] = serde_json::to_value(instances).expect("names are JSON");
    Ok(accepted(&body))
}

pub(super) async fn delete(
    Who(who): Who,
    State(state): State<Arc<AdminState>>,
    InWorkspace(slug): InWorkspace,
) -> Answered {
    state.administration().delete_workspace(&who, &slug).await?;
    Ok(done())
}
