//! The core's side of a central exchange: credentials are added, Atlassian's answer goes back.

use std::{borrow::Cow, fmt, time::Duration};

use bytes::Bytes;
use confluence_api::Transport;
use http::{HeaderValue, Method, StatusCode, header};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use tokio::time::timeout;
use url::{Url, form_urlencoded};

use crate::{Endpoints, client::OAuthClient};

/// How long Atlassian may take: less than those who ask wait for us.
const TIMEOUT: Duration = Duration::from_secs(7);

const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";

/// A request of another deployment, as it may be passed on.
pub enum ExchangeRequest {
    /// A code that the core's callback received.
    AuthorizationCode {
        /// The code.
        code: SecretString,
        /// The verifier of PKCE.
        code_verifier: SecretString,
    },
    /// A refresh.
    RefreshToken {
        /// The token.
        refresh_token: SecretString,
    },
}

impl fmt::Debug for ExchangeRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AuthorizationCode { .. } => "AuthorizationCode",
            Self::RefreshToken { .. } => "RefreshToken",
        })
    }
}

/// Why a request is not passed on. The answer is [`ExchangeRefused::answer`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ExchangeRefused {
    /// Nobody has set the central client.
    #[error("central_client_not_configured")]
    NotConfigured,
    /// Neither `authorization_code` nor `refresh_token`.
    #[error("unsupported_grant_type")]
    UnsupportedGrantType,
    /// No form and no JSON, a parameter missing or given twice, or another callback than the core's.
    #[error("invalid_request")]
    InvalidRequest,
}

/// What goes back to the other deployment.
#[derive(Clone)]
pub struct ExchangeAnswer {
    /// Atlassian's status.
    pub status: StatusCode,
    /// Atlassian's media type.
    pub content_type: Option<HeaderValue>,
    /// Atlassian's wish for a pause.
    pub retry_after: Option<HeaderValue>,
    /// Atlassian's body. It may have tokens in it: not for logs, and with `Cache-Control: no-store`.
    pub body: Bytes,
}

impl fmt::Debug for ExchangeAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExchangeAnswer").field("status", &self.status).finish_non_exhaustive()
    }
}

/// Parameters of both kinds of request. Client credentials, should somebody send some, are not
/// read.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Parameters {
    grant_type: Option<String>,
    code: Option<SecretString>,
    code_verifier: Option<SecretString>,
    redirect_uri: Option<String>,
    refresh_token: Option<SecretString>,
}

impl ExchangeRequest {
    /// Reads a form or JSON.
    ///
    /// `callback` is the core's own: a code that was issued for another one cannot be the core's.
    ///
    /// # Errors
    ///
    /// Says what the caller did wrong.
    pub fn parse(
        content_type: Option<&HeaderValue>,
        body: &[u8],
        callback: &Url,
    ) -> Result<Self, ExchangeRefused> {
        let parameters = Parameters::parse(content_type, body)?;
        let needed = |it: Option<SecretString>| {
            it.filter(|it| !it.expose_secret().is_empty()).ok_or(ExchangeRefused::InvalidRequest)
        };
        match parameters.grant_type.as_deref() {
            Some("authorization_code") => {
                if parameters.redirect_uri.as_deref() != Some(callback.as_str()) {
                    return Err(ExchangeRefused::InvalidRequest);
                }
                let code = needed(parameters.code)?;
                Ok(Self::AuthorizationCode {
                    code,
                    code_verifier: needed(parameters.code_verifier)?,
                })
            }
            Some("refresh_token") => {
                Ok(Self::RefreshToken { refresh_token: needed(parameters.refresh_token)? })
            }
            Some(_) => Err(ExchangeRefused::UnsupportedGrantType),
            None => Err(ExchangeRefused::InvalidRequest),
        }
    }

    fn form(&self, client: &OAuthClient, callback: &Url) -> Bytes {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("client_id", &client.id);
        form.append_pair("client_secret", client.secret.expose_secret());
        match self {
            Self::AuthorizationCode { code, code_verifier } => {
                form.append_pair("grant_type", "authorization_code");
                form.append_pair("code", code.expose_secret());
                form.append_pair("code_verifier", code_verifier.expose_secret());
                form.append_pair("redirect_uri", callback.as_str());
            }
            Self::RefreshToken { refresh_token } => {
                form.append_pair("grant_type", "refresh_token");
                form.append_pair("refresh_token", refresh_token.expose_secret());
            }
        }
        form.finish().into()
    }
}

impl Parameters {
    fn parse(content_type: Option<&HeaderValue>, body: &[u8]) -> Result<Self, ExchangeRefused> {
        let media = content_type.and_then(|it| it.to_str().ok()).unwrap_or_default();
        let media = media.split(';').next().unwrap_or_default().trim();
        if media.eq_ignore_ascii_case(JSON) {
            return serde_json::from_slice(body).map_err(|_error| ExchangeRefused::InvalidRequest);
        }
        if !media.eq_ignore_ascii_case(FORM) {
            return Err(ExchangeRefused::InvalidRequest);
        }
        let secret = |it: Cow<'_, str>| SecretString::from(it.into_owned());
        let mut parameters = Self::default();
        for (name, value) in form_urlencoded::parse(body) {
            let twice = match name.as_ref() {
                "grant_type" => parameters.grant_type.replace(value.into_owned()).is_some(),
                "redirect_uri" => parameters.redirect_uri.replace(value.into_owned()).is_some(),
                "code" => parameters.code.replace(secret(value)).is_some(),
                "code_verifier" => parameters.code_verifier.replace(secret(value)).is_some(),
                "refresh_token" => parameters.refresh_token.replace(secret(value)).is_some(),
                _ => false,
            };
            if twice {
                return Err(ExchangeRefused::InvalidRequest);
            }
        }
        Ok(parameters)
    }
}

impl ExchangeRefused {
    /// The answer: 400, and the code as OAuth has it.
    pub fn answer(self) -> ExchangeAnswer {
        own(StatusCode::BAD_REQUEST, &self.to_string())
    }
}

fn own(status: StatusCode, code: &str) -> ExchangeAnswer {
    let body = serde_json::json!({ "error": code }).to_string().into();
    let content_type = Some(HeaderValue::from_static(JSON));
    ExchangeAnswer { status, content_type, retry_after: None, body }
}

/// Asks Atlassian with the central client's credentials, and returns its answer unchanged.
///
/// If there is none, the answer is a 502 or 504 of our own, which says that it may work later. The
/// request goes out once: whoever asked knows whether it may be repeated.
pub async fn exchange(
    transport: &dyn Transport,
    endpoints: &Endpoints,
    client: Option<&OAuthClient>,
    callback: &Url,
    request: &ExchangeRequest,
) -> ExchangeAnswer {
    let Some(client) = client else { return ExchangeRefused::NotConfigured.answer() };
    let url = endpoints.token();
    let post = http::Request::builder()
        .method(Method::POST)
        .uri(url.as_str())
        .header(header::CONTENT_TYPE, FORM)
        .header(header::ACCEPT, JSON)
        .body(request.form(client, callback))
        .expect("an address and constant headers make a request");
    match timeout(TIMEOUT, transport.send(post)).await {
        Ok(Ok(response)) => {
            let (mut parts, body) = response.into_parts();
            let content_type = parts.headers.remove(header::CONTENT_TYPE);
            let retry_after = parts.headers.remove(header::RETRY_AFTER);
            ExchangeAnswer { status: parts.status, content_type, retry_after, body }
        }
        Ok(Err(error)) => {
            tracing::warn!(%error, "the token endpoint could not be reached");
            own(StatusCode::BAD_GATEWAY, "temporarily_unavailable")
        }
        Err(_elapsed) => {
            tracing::warn!("the token endpoint did not answer within {TIMEOUT:?}");
            own(StatusCode::GATEWAY_TIMEOUT, "temporarily_unavailable")
        }
    }
}
