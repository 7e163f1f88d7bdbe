//! One request to the token endpoint, made by the `oauth2` crate and sent over our transport.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use confluence_api::{Transport, TransportError};
use futures::{FutureExt, future::BoxFuture};
use http::{HeaderMap, StatusCode, header};
use jiff::Timestamp;
use oauth2::{
    AsyncHttpClient, AuthType, AuthorizationCode, ClientId, ClientSecret, HttpRequest,
    HttpResponse, PkceCodeVerifier, RedirectUrl, RefreshToken, TokenResponse, TokenUrl,
    basic::{BasicClient, BasicTokenResponse},
};
use secrecy::{ExposeSecret, SecretString};

use super::{CodeExchange, Granted, TokenEndpoint, TokenError, Unanswered, refusal};
use crate::Endpoints;

/// How long a token lives if Atlassian does not say.
const DEFAULT_LIFETIME: Duration = Duration::from_hours(1);

/// The longest life of a token that is believed; Atlassian's is an hour.
const MAX_LIFETIME: Duration = Duration::from_hours(24);

/// What is asked for.
pub(super) enum Asked<'a> {
    Code(&'a CodeExchange<'a>),
    Refresh(&'a SecretString),
}

/// What the crate does not pass on: why there was no answer, or what the answer was.
enum Seen {
    Fault(Arc<TransportError>),
    Refusal { status: StatusCode, retry_after: Option<Duration>, body: Vec<u8> },
}

/// The exchange did not end in tokens; why is in [`Seen`].
#[derive(Debug, thiserror::Error)]
#[error("no answer")]
struct NoAnswer;

/// Our transport, as the crate wants an HTTP client.
struct Http<'a> {
    endpoint: &'a TokenEndpoint,
    transport: &'a dyn Transport,
    seen: &'a Mutex<Option<Seen>>,
}

impl<'c> AsyncHttpClient<'c> for Http<'_> {
    type Error = NoAnswer;
    type Future = BoxFuture<'c, Result<HttpResponse, NoAnswer>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        self.send(request.map(Bytes::from)).boxed()
    }
}

impl Http<'_> {
    fn note(&self, seen: Seen) -> NoAnswer {
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(seen);
        NoAnswer
    }

    async fn send(&self, mut request: http::Request<Bytes>) -> Result<HttpResponse, NoAnswer> {
        if let TokenEndpoint::Central(central) = self.endpoint {
            central.authorize(request.headers_mut());
        }
        let response = self.transport.send(request).await;
        let response = response.map_err(|error| self.note(Seen::Fault(Arc::new(error))))?;
        let (parts, body) = response.into_parts();
        let body = Vec::from(body);
        if parts.status.is_success() {
            return Ok(http::Response::from_parts(parts, body));
        }
        let (status, retry_after) = (parts.status, retry_after(&parts.headers));
        Err(self.note(Seen::Refusal { status, retry_after, body }))
    }
}

pub(super) async fn ask(
    endpoint: &TokenEndpoint,
    transport: &dyn Transport,
    endpoints: &Endpoints,
    client_id: &str,
    asked: &Asked<'_>,
) -> Result<Granted, TokenError> {
    let seen = Mutex::new(None);
    let http = Http { endpoint, transport, seen: &seen };
    let now = Timestamp::now();
    let tokens = |url| TokenUrl::from_url(url);
    let client =
        BasicClient::new(ClientId::new(client_id.to_owned())).set_auth_type(AuthType::RequestBody);
    let client = match endpoint {
        TokenEndpoint::Atlassian(own) => client
            .set_client_secret(ClientSecret::new(own.secret.expose_secret().to_owned()))
            .set_token_uri(tokens(endpoints.token())),
        TokenEndpoint::Central(central) => client.set_token_uri(tokens(central.exchange())),
    };
    let answer = match asked {
        Asked::Code(it) => {
            client
                .exchange_code(AuthorizationCode::new(it.code.expose_secret().to_owned()))
                .set_redirect_uri(std::borrow::Cow::Owned(RedirectUrl::from_url(
                    it.redirect_uri.clone(),
                )))
                .set_pkce_verifier(PkceCodeVerifier::new(
                    it.code_verifier.expose_secret().to_owned(),
                ))
                .request_async(&http)
                .await
        }
        Asked::Refresh(token) => {
            client
                .exchange_refresh_token(&RefreshToken::new(token.expose_secret().to_owned()))
                .request_async(&http)
                .await
        }
    };
    // The crate's own error is dropped: it may hold the body, and so a token.
    answer.map(|it| granted(&it, now)).map_err(|_error| {
        match seen.into_inner().unwrap_or_else(PoisonError::into_inner) {
            Some(Seen::Refusal { status, retry_after, body }) => {
                refusal::sort(status, retry_after, &body)
            }
            Some(Seen::Fault(error)) => TokenError::Unavailable(Unanswered::Transport(error)),
            None => TokenError::Unavailable(Unanswered::NoTokens),
        }
    })
}

fn granted(answer: &BasicTokenResponse, asked_at: Timestamp) -> Granted {
    let secret = |it: &String| SecretString::from(it.as_str());
    let lifetime = answer.expires_in().unwrap_or(DEFAULT_LIFETIME).min(MAX_LIFETIME);
    Granted {
        access_token: secret(answer.access_token().secret()),
        refresh_token: answer.refresh_token().map(|it| secret(it.secret())),
        expires_at: asked_at.saturating_add(lifetime).unwrap_or(Timestamp::MAX),
        scopes: answer.scopes().map(|it| it.iter().map(|scope| scope.to_string()).collect()),
    }
}

/// Seconds only; the date form is not used by those who ask for a pause.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}
