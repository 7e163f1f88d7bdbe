//! Whether a user is connected: what platforms ask before each call.

use std::sync::Arc;

use axum::{
    Extension,
    extract::{Request, State},
    response::Response,
};
use confluence_connector::{Asserted, Caller, Denial, Door, InstanceKey, Reason, Way};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde_json::json;
use url::form_urlencoded;

use super::OAuthState;
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
    let Bearer::Token(shown) = Bearer::of(headers) else { return Err(unauthorized()) };
    let deployment = &state.deployment;
    let key = deployment.unlock(&shown, Door::Status(&instance)).await;
    let key = key.map_err(closed)?;
    deployment.find(&instance).await.map_err(closed)?;
    let by_header = said::asserted_user(headers).user_header;
    let query = query.unwrap_or_default().as_bytes();
    let mut parameters = form_urlencoded::parse(query).filter(|(name, _)| name == "user_id");
    let by_parameter = parameters.next().map(|(_, value)| value.into_owned());
    if let (Some(one), Some(other)) = (&by_header, &by_parameter)
        && one != other
    {
        return Err(error(StatusCode::BAD_REQUEST, "header and parameter name different users"));
    }
    let user_argument = by_parameter.or(by_header);
    let asserted = Asserted { user_argument, ..Asserted::default() };
    let caller = Caller::with_key(&key, instance, &asserted).map_err(|denial| refused(&denial))?;
    // No agent calls here, so none has to be on the list.
    Ok(Caller { way: Way::Instruction, agent: None, ..caller })
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
