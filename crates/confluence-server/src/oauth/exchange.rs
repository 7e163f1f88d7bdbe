//! The central token exchange: tokens for other deployments, which never see the client's secret.

use std::{fmt, num::NonZeroU32, sync::Arc, time::Duration};

use axum::{
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use confluence_auth::central::{ExchangeAnswer, ExchangeRequest, exchange};
use confluence_connector::{CentralSource, Door, KeyId};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter, clock::Clock as _};
use http::{HeaderValue, StatusCode, header};
use moka::sync::Cache;

use super::{OAuthState, core, status};
use crate::web::key::Bearer;

/// Exchanges that one deployment may make in a minute: one a second keeps thousands of users
/// connected, whose tokens last an hour. As many may come at once.
const PER_MINUTE: NonZeroU32 = NonZeroU32::new(300).expect("not zero");

/// How many deployments are watched at once.
const DEPLOYMENTS: u64 = 10_000;

/// How long a deployment is silent before it starts anew.
const FORGOTTEN: Duration = Duration::from_mins(10);

/// Counts the exchanges of each deployment.
pub(super) struct ExchangeRates(Cache<KeyId, Arc<DefaultDirectRateLimiter>>);

impl Default for ExchangeRates {
    fn default() -> Self {
        Self(Cache::builder().max_capacity(DEPLOYMENTS).time_to_idle(FORGOTTEN).build())
    }
}

impl fmt::Debug for ExchangeRates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ExchangeRates")
    }
}

impl ExchangeRates {
    /// Counts an exchange; fails with the seconds to wait.
    fn admit(&self, key: &KeyId) -> Result<(), u64> {
        let new = || Arc::new(RateLimiter::direct(Quota::per_minute(PER_MINUTE)));
        let limiter = self.0.get_with_by_ref(key, new);
        limiter.check().map_err(|until| until.wait_time_from(limiter.clock().now()).as_secs() + 1)
    }
}

/// Answers `centralTokenExchange`.
pub(super) async fn serve(State(state): State<Arc<OAuthState>>, request: Request) -> Response {
    passed_on(&state, request).await.unwrap_or_else(|response| response)
}

async fn passed_on(state: &OAuthState, request: Request) -> Result<Response, Response> {
    let (parts, body) = request.into_parts();
    let deployment = &state.deployment;
    let Bearer::Token(shown) = Bearer::of(&parts.headers) else {
        return Err(status::unauthorized());
    };
    let key = deployment.unlock(&shown, Door::TokenExchange).await;
    let key = key.map_err(status::closed)?;
    state.rates.admit(&key.id).map_err(|seconds| {
        let status = StatusCode::TOO_MANY_REQUESTS;
        let mut response = status::error(status, "temporarily_unavailable");
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        response
    })?;
    let bytes = core::read(state, &parts.headers, body).await?;
    let callback = deployment.addresses.core_callback();
    let content_type = parts.headers.get(header::CONTENT_TYPE);
    let asked = match ExchangeRequest::parse(content_type, &bytes, &callback) {
        Ok(asked) => asked,
        Err(refused) => return Err(answer(refused.answer())),
    };
    let client = match &deployment.central {
        CentralSource::Store(store) => store.load().await.map_err(|error| core::failed(&error))?,
        // Nobody else's secret is here.
        CentralSource::Remote(_) => None,
    };
    let client = client.map(|it| it.value.client);
    let (transport, endpoints) = (deployment.transport.as_ref(), &deployment.endpoints);
    let given = exchange(transport, endpoints, client.as_ref(), &callback, &asked).await;
    tracing::info!(key = %key.id, status = given.status.as_u16(), "a token exchange was passed on");
    Ok(answer(given))
}

fn answer(given: ExchangeAnswer) -> Response {
    let ExchangeAnswer { status, content_type, retry_after, body } = given;
    let mut response = (status, body).into_response();
    let headers = response.headers_mut();
    headers.remove(header::CONTENT_TYPE);
    for (name, value) in [(header::CONTENT_TYPE, content_type), (header::RETRY_AFTER, retry_after)]
    {
        if let Some(value) = value {
            headers.insert(name, value);
        }
    }
    response
}
