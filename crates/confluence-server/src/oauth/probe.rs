//! Whether an instance's settings work: `testAuth`.

use std::sync::Arc;

use axum::{
    Extension,
    extract::{Request, State},
    response::Response,
};
use confluence_connector::InstanceKey;
use http::StatusCode;
use serde_json::json;

use super::{OAuthState, status};
use crate::{probe, web::answer};

/// Asks Confluence for one space, as the caller would.
pub(super) async fn serve(
    State(state): State<Arc<OAuthState>>,
    Extension(instance): Extension<InstanceKey>,
    request: Request,
) -> Response {
    let (headers, query) = (request.headers(), request.uri().query());
    let caller = match status::caller(&state, instance, headers, query).await {
        Ok(caller) => caller,
        Err(response) => return response,
    };
    let body = match probe::test(&state.deployment.connector, &caller).await {
        Ok(base) => json!({ "ok": true, "baseUrl": base }),
        Err(error) => json!({ "ok": false, "error": error }),
    };
    answer::json(StatusCode::OK, &body)
}
