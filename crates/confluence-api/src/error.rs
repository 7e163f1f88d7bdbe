//! The one error type of this crate.

use std::time::Duration;

use http::{Method, StatusCode};

use crate::{credentials::CredentialsError, rate_limit::RateLimit, transport::TransportError};

mod message;

pub(crate) use message::{is_bare_not_found, is_html, is_unknown_caller, message};

/// An error of another crate, kept as the source of ours.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Why a call failed. Each variant asks for a different reaction.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The caller's input cannot be sent. Fix the input.
    #[error("invalid request: {reason}")]
    InvalidRequest {
        /// What is wrong, in terms of the API's parameters.
        reason: String,
    },
    /// No usable credentials. Log in, or try later.
    #[error("not authenticated")]
    Credentials(#[source] CredentialsError),
    /// No response arrived, after retries. Try later; see [`Error::may_have_acted`].
    #[error("request not answered")]
    Transport {
        /// Method of the request: after a write, look before trying again.
        method: Method,
        /// What happened.
        #[source]
        source: TransportError,
    },
    /// The call's deadline passed. Try later; see [`Error::may_have_acted`].
    #[error("no answer to {method} {path} within {timeout:?}")]
    Deadline {
        /// Method of the request.
        method: Method,
        /// Path of the request.
        path: String,
        /// The time that the call had.
        timeout: Duration,
    },
    /// Confluence refused. The reaction depends on [`ApiError::kind`].
    #[error(transparent)]
    Api(Box<ApiError>),
    /// The response is not what the API documents. A bug, here or there.
    #[error("unexpected response to {method} {path}")]
    Decode {
        /// Method of the request.
        method: Method,
        /// Path of the request.
        path: String,
        /// Where in the JSON, and what was found.
        #[source]
        source: serde_json::Error,
    },
}

/// A refusal: any answer that is not a 2xx.
#[derive(Debug, thiserror::Error)]
#[error("{status} from {method} {path}{}", suffix(.message.as_deref()))]
pub struct ApiError {
    /// What the answer means, which its status alone does not tell.
    pub kind: ApiErrorKind,
    /// Status of the last attempt.
    pub status: StatusCode,
    /// Method of the request.
    pub method: Method,
    /// Path of the request, without the query, which can hold user text.
    pub path: String,
    /// Confluence's own words, from the known fields of its JSON; `None` for a page of HTML, an
    /// empty body, or JSON of another shape.
    pub message: Option<String>,
    /// How long the server asked us to wait.
    pub retry_after: Option<Duration>,
    /// The rate-limit headers, if there were any.
    pub rate_limit: Option<RateLimit>,
    /// Atlassian's id of the exchange, for support tickets.
    pub trace_id: Option<String>,
}

fn suffix(message: Option<&str>) -> String {
    message.map(|text| format!(": {text}")).unwrap_or_default()
}

/// What a refusal means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ApiErrorKind {
    /// 400: the input is wrong.
    Invalid,
    /// The credential is missing, expired or revoked, however the server put it.
    Unauthorized,
    /// The credential lacks a granular scope (401 `scope does not match`).
    MissingScope,
    /// The account may not do this (403).
    Forbidden,
    /// An app-access rule of the organization blocks the content.
    Blocked,
    /// It does not exist, or the account may not see it (404).
    NotFound,
    /// Somebody else changed it meanwhile (409).
    Conflict,
    /// Too many requests (429).
    RateLimited,
    /// The server failed (5xx).
    Server,
    /// Any other status, redirects included.
    Other,
}

impl Error {
    /// The refusal, if there was one.
    pub fn api(&self) -> Option<&ApiError> {
        match self {
            Self::Api(error) => Some(error),
            Self::InvalidRequest { .. }
            | Self::Credentials(_)
            | Self::Transport { .. }
            | Self::Deadline { .. }
            | Self::Decode { .. } => None,
        }
    }

    /// What the refusal means, if there was one.
    pub fn kind(&self) -> Option<ApiErrorKind> {
        self.api().map(|error| error.kind)
    }

    /// Status of the refusal, if there was one.
    pub fn status(&self) -> Option<StatusCode> {
        self.api().map(|error| error.status)
    }

    /// Whether the thing does not exist or is not visible to the account.
    pub fn is_not_found(&self) -> bool {
        self.kind() == Some(ApiErrorKind::NotFound)
    }

    /// Whether the same call may succeed later, unchanged.
    ///
    /// For a write, look at [`Error::may_have_acted`] first.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Transport { .. }
            | Self::Deadline { .. }
            | Self::Credentials(CredentialsError::Unavailable(_)) => true,
            Self::Api(error) => {
                matches!(error.kind, ApiErrorKind::RateLimited | ApiErrorKind::Server)
            }
            Self::InvalidRequest { .. } | Self::Credentials(_) | Self::Decode { .. } => false,
        }
    }

    /// Whether the server may have carried out a write although the call failed.
    pub fn may_have_acted(&self) -> bool {
        use crate::transport::TransportErrorKind::{Interrupted, TooLarge};
        match self {
            Self::Transport { method, source } => {
                *method != Method::GET && matches!(source.kind, Interrupted | TooLarge { .. })
            }
            Self::Deadline { method, .. } | Self::Decode { method, .. } => *method != Method::GET,
            Self::Api(error) => error.method != Method::GET && error.kind == ApiErrorKind::Server,
            Self::InvalidRequest { .. } | Self::Credentials(_) => false,
        }
    }
}
