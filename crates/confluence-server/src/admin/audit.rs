//! `/audit`: who did what, newest first.

use std::sync::Arc;

use axum::extract::State;
use confluence_connector::{AuditFilter, MOST_ROWS, Page};

use super::{
    AdminState, Answered,
    query::Query,
    shown,
    who::{Who, accepted},
};

pub(super) async fn list(
    Who(who): Who,
    State(state): State<Arc<AdminState>>,
    mut query: Query,
) -> Answered {
    let filter = AuditFilter {
        workspace: query.take("workspace")?,
        instance: query.take("instance")?,
        user: query.take("user")?,
        agent: query.take("agent")?,
        since: query.take("since")?,
        until: query.take("until")?,
    };
    let before: Option<u64> = query.take("cursor")?;
    let limit = query.take("limit")?.unwrap_or(100).clamp(1, MOST_ROWS);
    query.end()?;
    let items = state.administration().audit(&who, filter, before, limit).await?;
    let next = items.last().filter(|_| items.len() == limit).map(|it| it.position.to_string());
    Ok(accepted(&shown::list(&Page { items, next }, shown::audit)))
}
