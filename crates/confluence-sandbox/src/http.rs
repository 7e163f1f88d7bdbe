//! The site over HTTP: routes as data, one pipeline, Atlassian's answers word for word.
//!
//! A request passes, in this order: the log, the faults, the rate limit, the credentials, the
//! scopes, the route. Handlers are plain functions from a [`call::Call`] to an
//! [`answer::Answer`]; none of them waits for anything. The identity service has no credentials,
//! scopes or limits on its way.

mod answer;
mod auth;
mod call;
pub(crate) mod connection;
mod controls;
mod distort;
mod edge;
mod failure;
mod identity;
mod links;
mod listing;
mod media;
mod query;
mod rendering;
mod routes;
mod serve;
mod target;
mod v1;
mod v2;
mod web;

use std::sync::Arc;

use axum::Router;

use crate::state::Shared;

/// Everything the sandbox serves, to be called in process or put behind a listener.
pub(crate) fn router(shared: Arc<Shared>) -> Router {
    Router::new().fallback(serve::answer).with_state(shared)
}
