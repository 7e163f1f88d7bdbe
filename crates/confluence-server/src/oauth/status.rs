//! Whether a user is connected: what platforms ask before each call.

use std::sync::Arc;

use axum::{
    Extension,
    extract::{Request, State},
    response::Response,
};
use confluence_connector::{Asserted, Caller, Denial, Door, InstanceKey, Reason, Way};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use jiff::Timestamp;
use serde_json::json;
use url::form_urlencoded;

use super::{OAuthState, core};
use crate::{
    Refused,
    web::{answer, key::Bearer, said},
};

/// How a caller without a valid key is asked for one.
const CHALLENGE: HeaderValue = HeaderValue::from_static("Bearer realm=\"confluence-next\"");

/// Answers `oauthStatus`.
pub(super) async fn serve(
    State(state): State<Arc<OAuthState>>,
    Extension(instance): Extension<InstanceKey>,
    request: Request,
) -> Response {
    let caller = match caller(&state, instance, request.headers(), request.uri().query()).await {
        Ok(caller) => caller,
        Err(response) => return response,
    };
    match state.deployment.connector.status(&caller).await {
        Ok(status) => answer::json(StatusCode::OK, &status),
        // Nobody can be connected, whatever the user does: that is an answer.
        Err(denial) if denial.reason == Reason::NotConfigured => {
            let body = json!({ "connected": false, "reason": denial.failure.text });
            answer::json(StatusCode::OK, &body)
        }
        Err(denial) => refused(&denial),
    }
}

/// On whose behalf a platform, or a user, asks.
///
/// The key says who; a platform's says it with the header `user-id` or the parameter `user_id`.
pub(super) async fn caller(
    state: &OAuthState,
    instance: InstanceKey,
    headers: &HeaderMap,
    query: Option<&str>,
) -> Result<Caller, Response> {
    let deployment = &state.deployment;
    let shown = match Bearer::of(headers) {
        Bearer::Token(shown) => shown,
        Bearer::None => return with_session(state, instance, headers, query).await,
        Bearer::Unreadable => return Err(unauthorized()),
    };
    let key = deployment.unlock(&shown, Door::Status(&instance)).await;
    let key = key.map_err(closed)?;
    deployment.find(&instance).await.map_err(closed)?;
    let user_argument = named_user(headers, query).map_err(two_users)?;
    let asserted = Asserted { user_argument, ..Asserted::default() };
    let caller = Caller::with_key(&key, instance, &asserted).map_err(|denial| refused(&denial))?;
    // No agent calls here, so none has to be on the list.
    Ok(Caller { way: Way::Instruction, agent: None, ..caller })
}

/// On whose behalf somebody asks who has signed in to the configuration app: for themselves with a
/// personal key, for any user where they may configure the workspace.
async fn with_session(
    state: &OAuthState,
    instance: InstanceKey,
    headers: &HeaderMap,
    query: Option<&str>,
) -> Result<Caller, Response> {
    let visitor = state.sessions.visitor(headers, Timestamp::now()).await;
    let visitor = visitor.map_err(|error| core::failed(&error))?.ok_or_else(unauthorized)?;
    let named = named_user(headers, query).map_err(two_users)?;
    let user = match visitor.user_of(&instance) {
        Some(own) if named.as_ref().is_none_or(|it| it == own.as_str()) => Some(own.clone()),
        None if visitor.may_configure(&instance.workspace) => {
            named.and_then(|it| it.trim().parse().ok())
        }
        Some(_) | None => return Err(unauthorized()),
    };
    state.deployment.find(&instance).await.map_err(closed)?;
    let key = Some(visitor.key().clone());
    Ok(Caller { instance, way: Way::Instruction, user, agent: None, key })
}

/// Header and parameter name different users.
struct TwoUsers;

fn two_users(TwoUsers: TwoUsers) -> Response {
    error(StatusCode::BAD_REQUEST, "header and parameter name different users")
}

/// The user that a header or a parameter names.
fn named_user(headers: &HeaderMap, query: Option<&str>) -> Result<Option<String>, TwoUsers> {
    let by_header = said::asserted_user(headers).user_header;
    let query = query.unwrap_or_default().as_bytes();
    let mut parameters = form_urlencoded::parse(query).filter(|(name, _)| name == "user_id");
    let by_parameter = parameters.next().map(|(_, value)| value.into_owned());
    if let (Some(one), Some(other)) = (&by_header, &by_parameter)
        && one != other
    {
        return Err(TwoUsers);
    }
    Ok(by_parameter.or(by_header))
}

/// What whoever was turned away is told.
pub(super) fn refused(denial: &Denial) -> Response {
    let status = match denial.reason {
        Reason::OtherIdentity | Reason::NotAllowlisted => StatusCode::FORBIDDEN,
        Reason::RateLimited => StatusCode::TOO_MANY_REQUESTS,
        Reason::NoInstance => StatusCode::NOT_FOUND,
        Reason::MissingAgent
        | Reason::MissingUser
        | Reason::NotConnected
        | Reason::NotConfigured => StatusCode::BAD_REQUEST,
        Reason::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
    };
    error(status, &denial.failure.text)
}

/// A failure as JSON.
pub(super) fn error(status: StatusCode, text: &str) -> Response {
    answer::json(status, &json!({ "error": text }))
}

/// No key, or one that does not fit.
pub(super) fn unauthorized() -> Response {
    let text = "a valid key is needed: send it as `Authorization: Bearer …`";
    let mut response = error(StatusCode::UNAUTHORIZED, text);
    response.headers_mut().insert(header::WWW_AUTHENTICATE, CHALLENGE);
    response
}

/// A door that did not open.
pub(super) fn closed(refused: Refused) -> Response {
    match refused {
        Refused::Unauthorized => unauthorized(),
        Refused::NoInstance => error(StatusCode::NOT_FOUND, "not found"),
        Refused::Unavailable => {
            let text = "keys cannot be checked now; try again in a minute";
            error(StatusCode::SERVICE_UNAVAILABLE, text)
        }
    }
}
