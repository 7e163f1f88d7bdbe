//! Whether an instance's settings work: `testAuth`.

use std::{error::Error as _, sync::Arc};

use axum::{
    Extension,
    extract::{Request, State},
    response::Response,
};
use confluence_api::{ApiErrorKind, Client, Error, spaces::ListSpaces};
use confluence_connector::{InstanceKey, Policy};
use http::StatusCode;
use serde_json::{Value, json};

use super::{OAuthState, status};
use crate::web::answer;

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
    let body = match state.deployment.connector.access(&caller, &Policy::default()).await {
        Ok(access) => probe(&access.client).await,
        Err(denial) => failed(&denial.failure.text),
    };
    answer::json(StatusCode::OK, &body)
}

fn failed(error: &str) -> Value {
    json!({ "ok": false, "error": error })
}

async fn probe(client: &Client) -> Value {
    let one = ListSpaces { limit: Some(1), ..ListSpaces::default() };
    let error = match client.page(&one).await {
        Ok(_) => match client.credentials().authorized().await {
            Ok(authorized) => {
                let base = authorized.root.as_str().trim_end_matches('/');
                return json!({ "ok": true, "baseUrl": base });
            }
            Err(error) => Error::Credentials(error),
        },
        Err(error) => error,
    };
    failed(&told(&error))
}

/// Whose fault it is: the credential's, or something else's.
fn told(error: &Error) -> String {
    if let Error::Credentials(source) = error {
        return source.to_string();
    }
    if let Error::Api(api) = error {
        let status = api.status.as_u16();
        return if api.kind == ApiErrorKind::Unauthorized {
            format!("Authentication failed (status {status}).")
        } else {
            format!("Authentication worked but the call failed (status {status}).")
        };
    }
    error.source().map_or_else(|| error.to_string(), |it| format!("{error}: {it}"))
}
