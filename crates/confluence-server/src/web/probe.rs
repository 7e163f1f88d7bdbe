//! Whether the process lives, and whether it can serve.

use std::{sync::Arc, time::Duration};

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::{Method, StatusCode};
use rmcp::ServerHandler;
use serde_json::json;
use tokio::{sync::Mutex, time::Instant};

use super::{
    answer::{self, Refusal},
    endpoint::McpEndpoint,
};
use crate::Calls;

/// How long an answer stands: anybody may ask, and the store is not there for that alone.
const STANDS: Duration = Duration::from_secs(1);

/// Whether calls can be performed, as found out last.
#[derive(Debug, Default)]
pub(super) struct Readiness(Mutex<Option<(Instant, bool)>>);

impl Readiness {
    /// Whoever asks while it is being found out, shares the answer.
    pub(super) async fn of(&self, calls: &dyn Calls) -> bool {
        let mut last = self.0.lock().await;
        match *last {
            Some((at, ready)) if at.elapsed() < STANDS => ready,
            Some(_) | None => {
                let ready = calls.is_ready().await;
                *last = Some((Instant::now(), ready));
                ready
            }
        }
    }
}

/// `/healthz`: the process answers.
pub(super) async fn health(method: Method) -> Response {
    if !is_read(&method) {
        return Refusal::method("GET, HEAD").into_response();
    }
    answer::json(StatusCode::OK, &json!({ "status": "ok" }))
}

/// `/readyz`: calls can be performed.
pub(super) async fn readiness<H: ServerHandler + Clone>(
    method: Method,
    State(endpoint): State<Arc<McpEndpoint<H>>>,
) -> Response {
    if !is_read(&method) {
        return Refusal::method("GET, HEAD").into_response();
    }
    let ready = endpoint.is_ready().await;
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    answer::json(status, &json!({ "ready": ready }))
}

fn is_read(method: &Method) -> bool {
    method == Method::GET || method == Method::HEAD
}
