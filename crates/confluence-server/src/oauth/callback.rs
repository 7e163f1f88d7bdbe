//! Back from Atlassian: the instance finishes the sign-in, the core sends browsers on to it.

use std::sync::Arc;

use axum::{Extension, extract::State, response::Response};
use confluence_auth::{
    BaseUrl,
    callback::{CallbackQuery, CallbackTarget, CallbackTargets},
    connection::ConnectionKey,
    sign_in::{Connected, SignInCallback, SignInError},
};
use confluence_connector::{AgentId, ConnectionChange, InstanceKey, KeyKind};
use http::{HeaderMap, StatusCode, Uri};
use jiff::Timestamp;

use super::{OAuthState, outcome::Outcome, visit::redirect};
use crate::Deployment;

/// Finishes a sign-in of an instance.
pub(super) async fn of_instance(
    State(state): State<Arc<OAuthState>>,
    Extension(instance): Extension<InstanceKey>,
    headers: HeaderMap,
    uri: Uri,
) -> Response {
    end(&state, &instance, &headers, &uri).await
}

/// Finishes a sign-in, and says how.
async fn end(
    state: &OAuthState,
    instance: &InstanceKey,
    headers: &HeaderMap,
    uri: &Uri,
) -> Response {
    let outcome = finish(state, instance, headers, uri).await.unwrap_or_else(|it| it);
    outcome.leading_back(state, instance, headers).await.show(state)
}

/// Sends a browser to the instance that its state names, if that is one of ours or of a deployment
/// that has a key.
pub(super) async fn of_core(
    State(state): State<Arc<OAuthState>>,
    Extension(instance): Extension<InstanceKey>,
    headers: HeaderMap,
    uri: Uri,
) -> Response {
    match target(&state, &uri).await {
        Ok(CallbackTarget::Redirect(to)) => redirect(StatusCode::FOUND, to.as_url().as_str()),
        Ok(CallbackTarget::Here) => end(&state, &instance, &headers, &uri).await,
        Err(outcome) => outcome.show(&state),
    }
}

fn query(uri: &Uri) -> Result<CallbackQuery, Outcome> {
    let query = uri.query().unwrap_or_default();
    CallbackQuery::parse(query).map_err(|_invalid| Outcome::invalid_state())
}

async fn target(state: &OAuthState, uri: &Uri) -> Result<CallbackTarget, Outcome> {
    let query = query(uri)?;
    let own = state.base.as_ref().ok_or_else(Outcome::invalid_state)?;
    let keys = state.deployment.keyring.list(None).await;
    let keys = keys.map_err(|error| Outcome::store(&error))?;
    let now = Timestamp::now();
    let deployments: Vec<BaseUrl> = keys
        .into_iter()
        .filter(|key| key.is_valid(now))
        .filter_map(|key| if let KeyKind::Deployment { api } = key.kind { Some(api) } else { None })
        .collect();
    let targets = CallbackTargets::new(own, &deployments);
    targets.target(&query).map_err(|_invalid| {
        tracing::warn!("a state that leads to no callback of a known deployment was refused");
        Outcome::invalid_state()
    })
}

async fn finish(
    state: &OAuthState,
    instance: &InstanceKey,
    headers: &HeaderMap,
    uri: &Uri,
) -> Result<Outcome, Outcome> {
    let query = query(uri)?;
    let client = state.client(instance).await?.client;
    let browser = state.browser(headers);
    let (deployment, instance) = (Arc::clone(&state.deployment), instance.clone());
    // In a task of its own, as the sign-in is: a browser that goes away is in the audit, too.
    let finished = tokio::spawn(async move {
        let callback = SignInCallback {
            query: &query,
            workspace: &instance.workspace,
            instance: &instance.name,
            browser: browser.as_ref(),
            client: &client,
        };
        let connected = deployment.sign_in.finish(&callback, Timestamp::now()).await?;
        let Connected { key, connection, .. } = &connected;
        record(&deployment, ConnectionChange::Connected, key, connection.agent.as_ref()).await;
        Ok(connected)
    });
    let finished = finished.await.unwrap_or_else(|_panic| Err(SignInError::Interrupted));
    finished.map(|it| Outcome::connected(&it)).map_err(|error| Outcome::of(&error))
}

/// Writes down what a user did. It has happened, whether or not the audit can take it.
pub(super) async fn record(
    deployment: &Deployment,
    change: ConnectionChange,
    key: &ConnectionKey,
    agent: Option<&AgentId>,
) {
    if let Err(error) = deployment.connector.record(change, key, agent).await {
        tracing::error!(%error, ?change, user = %key.user, "a change is not in the audit");
    }
}
