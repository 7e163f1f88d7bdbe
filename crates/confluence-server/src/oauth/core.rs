//! The central client: what everybody may know of it, and what maintainers may do with it.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::{Request, State},
    response::Response,
};
use bytes::Bytes;
use confluence_auth::{
    client::{CentralClient, OAuthClient},
    scopes::Scopes,
};
use confluence_connector::{AdminError, Administrator, CentralSource, Door, SecretChange};
use http::{HeaderMap, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{OAuthState, client::log, status};
use crate::web::{answer, key::Bearer};

/// What everybody may know. Other deployments read it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Public {
    configured: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scopes: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    authorize_url: Option<String>,
}

/// What a maintainer sends.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NewClient {
    client_id: String,
    client_secret: SecretString,
    scopes: Option<String>,
}

/// Answers `getOAuthClientPublic`.
pub(super) async fn public(State(state): State<Arc<OAuthState>>) -> Response {
    match known(&state).await {
        Ok(public) => answer::json(StatusCode::OK, &public),
        Err(response) => response,
    }
}

/// Answers `maintainerStatus`.
pub(super) async fn maintainer(
    State(state): State<Arc<OAuthState>>,
    headers: HeaderMap,
) -> Response {
    let answered = async {
        maintainer_key(&state, &headers).await?;
        let Public { configured, client_id, scopes, .. } = known(&state).await?;
        Ok(json!({
            "allowed": true,
            "authenticated": true,
            "configured": configured,
            "clientId": client_id,
            "scopes": scopes,
        }))
    };
    match answered.await {
        Ok(body) => answer::json(StatusCode::OK, &body),
        Err(response) => response,
    }
}

/// Answers `setOAuthClient`.
pub(super) async fn set(State(state): State<Arc<OAuthState>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let done = async {
        let who = maintainer_key(&state, &parts.headers).await?;
        let body = read(&state, &parts.headers, body).await?;
        let client = new_client(&body);
        let client = client.map_err(|text| status::error(StatusCode::BAD_REQUEST, &text))?;
        save(&state, &who, &client).await
    };
    match done.await {
        Ok(()) => {
            let message = "The central OAuth client is set. Users who were connected with another one have to reconnect.";
            answer::json(StatusCode::OK, &json!({ "ok": true, "message": message }))
        }
        Err(response) => response,
    }
}

async fn maintainer_key(
    state: &OAuthState,
    headers: &HeaderMap,
) -> Result<Administrator, Response> {
    let Bearer::Token(shown) = Bearer::of(headers) else { return Err(status::unauthorized()) };
    let key = state.deployment.unlock(&shown, Door::Maintenance).await.map_err(status::closed)?;
    Administrator::new(&key.kind, key.id).ok_or_else(status::unauthorized)
}

/// The body of a request to a webhook.
pub(super) async fn read(
    state: &OAuthState,
    headers: &HeaderMap,
    body: Body,
) -> Result<Bytes, Response> {
    let held = state.bodies.read(headers, body).await.map_err(|refusal| {
        let (status, reason) = refusal.told();
        status::error(status, &reason)
    })?;
    Ok(held.bytes.clone())
}

async fn known(state: &OAuthState) -> Result<Public, Response> {
    let found = match &state.deployment.central {
        CentralSource::Store(store) => {
            let stored = store.load().await.map_err(|error| failed(&error))?;
            stored.map(|it| (it.value.client.id, it.value.scopes))
        }
        CentralSource::Remote(remote) => {
            let client = remote.client().await.map_err(|error| {
                tracing::warn!(%error, "the core did not say which client it has");
                status::error(StatusCode::BAD_GATEWAY, "the core does not answer")
            })?;
            client.map(|it| (it.id, it.scopes))
        }
    };
    let Some((id, scopes)) = found else {
        return Ok(Public {
            configured: false,
            client_id: None,
            scopes: None,
            authorize_url: None,
        });
    };
    let scopes = scopes.unwrap_or_default();
    let authorize = state.deployment.endpoints.authorize();
    Ok(Public {
        configured: true,
        client_id: Some(id),
        scopes: Some(scopes.to_string()),
        authorize_url: Some(authorize.into()),
    })
}

fn new_client(body: &[u8]) -> Result<CentralClient, String> {
    // The parser's error could repeat the secret.
    let new: NewClient = serde_json::from_slice(body).map_err(|_error| {
        "send JSON with `clientId`, `clientSecret` and, if you like, `scopes`".to_owned()
    })?;
    let scopes = new.scopes.filter(|it| !it.trim().is_empty()).map(|it| it.parse::<Scopes>());
    let scopes = scopes.transpose().map_err(|error| error.to_string())?;
    let id = new.client_id.trim().to_owned();
    let secret: SecretString = new.client_secret.expose_secret().trim().into();
    if id.is_empty() || secret.expose_secret().is_empty() {
        return Err("`clientId` and `clientSecret` must not be empty".to_owned());
    }
    Ok(CentralClient { client: OAuthClient { id, secret }, scopes })
}

async fn save(
    state: &OAuthState,
    who: &Administrator,
    client: &CentralClient,
) -> Result<(), Response> {
    let CentralClient { client: OAuthClient { id, secret }, scopes } = client;
    let secret = SecretChange::Set(secret.clone());
    let administration = &state.deployment.administration;
    let set = administration.set_central_client(who, id, &secret, scopes.as_ref()).await;
    set.map_err(|error| match error {
        AdminError::Store(error) => failed(&error),
        AdminError::Invalid(text) => status::error(StatusCode::BAD_REQUEST, &text),
        AdminError::Conflict { text, .. } => status::error(StatusCode::CONFLICT, &text),
        AdminError::NotFound(_) | AdminError::MaintainersOnly => status::unauthorized(),
        AdminError::Unavailable(text) => status::error(StatusCode::SERVICE_UNAVAILABLE, text),
    })
}

/// The store failed.
pub(super) fn failed(error: &confluence_connector::StoreError) -> Response {
    log(error);
    let text = "the connector is temporarily unavailable; try again in a minute";
    status::error(StatusCode::SERVICE_UNAVAILABLE, text)
}
