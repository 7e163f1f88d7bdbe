//! How a sign-in ended, as the code that the result page is told.

use std::borrow::Cow;

use http::StatusCode;

use crate::{
    callback::InvalidCallback, chain::Chain, client::ClientUnresolved, store::StoreError,
    token::TokenError,
};

/// The code of a sign-in that ended well.
pub const CONNECTED: &str = "connected";

const INVALID_STATE: &str = "invalid_state";
const NOT_FOUND: &str = "not_found";
const NOT_CONFIGURED: &str = "oauth_client_not_configured";
const NO_ACCESSIBLE_SITE: &str = "no_accessible_site";

/// What the core says when nobody has set its client.
const CENTRAL_NOT_CONFIGURED: &str = "central_client_not_configured";

/// Why a sign-in did not end in a connection.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// The state is unknown, used, expired, of another browser, user or client; or the callback
    /// makes no sense. Start again.
    #[error("the sign-in is not known, was used before, or has expired")]
    InvalidState,
    /// There is no client.
    #[error(transparent)]
    Client(#[from] ClientUnresolved),
    /// Atlassian sent the user back without a code; `access_denied` if the user declined.
    #[error("Atlassian refused: {0}")]
    Refused(String),
    /// The code did not become tokens.
    #[error("the authorization code could not be exchanged")]
    Exchange(#[source] TokenError),
    /// Atlassian did not say which sites there are.
    #[error("the accessible sites could not be listed")]
    Sites(#[source] Box<confluence_api::Error>),
    /// The user let the client see no Confluence site, or not the one that is configured.
    #[error("the account gives access to no Confluence site, or not to the configured one")]
    NoAccessibleSite,
    /// The instance was deleted while the user was at Atlassian's.
    #[error("the instance that the sign-in was for is gone")]
    NoInstance,
    /// The connection could not be saved.
    #[error("the connection could not be saved")]
    Store(#[source] StoreError),
    /// The process was shut down meanwhile.
    #[error("the sign-in was interrupted")]
    Interrupted,
}

impl From<InvalidCallback> for SignInError {
    fn from(_: InvalidCallback) -> Self {
        Self::InvalidState
    }
}

impl SignInError {
    /// The outcome code: `invalid_state`, `oauth_client_not_configured`, `no_accessible_site`,
    /// `token_exchange_failed_<status>`, or Atlassian's own; and `not_found` where the instance is
    /// gone.
    ///
    /// Where nothing answered, the status is the one that a gateway would give: 502, or 504 after a
    /// time-out; and 503 where our own store failed.
    pub fn code(&self) -> Cow<'_, str> {
        match self {
            Self::InvalidState => INVALID_STATE.into(),
            Self::Client(ClientUnresolved::Unavailable(_)) => failed(StatusCode::BAD_GATEWAY),
            Self::Client(
                ClientUnresolved::NotConfigured { .. } | ClientUnresolved::NoSignIn(_),
            ) => NOT_CONFIGURED.into(),
            Self::Refused(code) => code.as_str().into(),
            Self::Exchange(error) => match error.code() {
                Some(CENTRAL_NOT_CONFIGURED) => NOT_CONFIGURED.into(),
                // A 5xx is a failure, whatever its body is called.
                Some(code) if !error.status().is_server_error() => code.into(),
                Some(_) | None => failed(error.status()),
            },
            Self::Sites(error) => failed(error.status().unwrap_or(StatusCode::BAD_GATEWAY)),
            Self::NoAccessibleSite => NO_ACCESSIBLE_SITE.into(),
            Self::NoInstance => NOT_FOUND.into(),
            Self::Store(_) | Self::Interrupted => failed(StatusCode::SERVICE_UNAVAILABLE),
        }
    }

    /// The error and its causes on one line, for the log: without tokens, codes and states.
    pub fn chain(&self) -> String {
        Chain(self).to_string()
    }
}

fn failed(status: StatusCode) -> Cow<'static, str> {
    format!("token_exchange_failed_{}", status.as_u16()).into()
}
