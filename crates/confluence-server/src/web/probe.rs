//! Whether the process lives, and whether it can serve.

use std::sync::Arc;

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::{Method, StatusCode};
use rmcp::ServerHandler;
use serde_json::json;

use super::{
    answer::{self, Refusal},
    endpoint::McpEndpoint,
};
use crate::Caller;

/// `/healthz`: the process answers.
pub(super) async fn health(method: Method) -> Response {
    if !is_read(&method) {
        return Refusal::method("GET, HEAD").into_response();
    }
    answer::json(StatusCode::OK, &json!({ "status": "ok" }))
}

/// `/readyz`: a client for Confluence can be had. Confluence itself is not asked, or its troubles
/// would take every replica out of service.
pub(super) async fn readiness<H: ServerHandler + Clone>(
    method: Method,
    State(endpoint): State<Arc<McpEndpoint<H>>>,
) -> Response {
    if !is_read(&method) {
        return Refusal::method("GET, HEAD").into_response();
    }
    match endpoint.clients().access(&Caller::default()).await {
        Ok(_) => answer::json(StatusCode::OK, &json!({ "ready": true })),
        Err(_) => answer::json(StatusCode::SERVICE_UNAVAILABLE, &json!({ "ready": false })),
    }
}

fn is_read(method: &Method) -> bool {
    method == Method::GET || method == Method::HEAD
}
