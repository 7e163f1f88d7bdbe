//! What the answers of the token endpoint mean: which are final, and for whom.

use std::{sync::Arc, time::Duration};

use confluence_api::TransportError;
use http::StatusCode;
use serde::Deserialize;

use super::Told;

/// The longest code that is repeated, in characters.
const MAX_CODE: usize = 64;

/// Why there are no tokens. Each variant asks for a different reaction.
#[derive(Debug, Clone, thiserror::Error)]
pub enum TokenError {
    /// The code or the refresh token is void. The user has to sign in again.
    #[error("the grant is refused: {}", Told(*.status, .code.as_deref()))]
    Refused {
        /// Status of the answer.
        status: StatusCode,
        /// Atlassian's code.
        code: Option<String>,
    },
    /// The client itself is refused, or does not fit: an operator has to act, and the grants of
    /// users are still good.
    #[error("the OAuth client is refused: {}", Told(*.status, .code.as_deref()))]
    Client {
        /// Status of the answer.
        status: StatusCode,
        /// Atlassian's code.
        code: Option<String>,
    },
    /// No usable answer. It may work later.
    #[error("the token endpoint gave no usable answer")]
    Unavailable(#[source] Unanswered),
}

/// How an answer of the token endpoint is missing.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Unanswered {
    /// It answered with a failure of its own, or with something that is no answer.
    #[error("it answered with status {}", Told(*.status, .code.as_deref()))]
    Status {
        /// The status.
        status: StatusCode,
        /// The code, if the answer has one.
        code: Option<String>,
        /// How long it asked us to wait.
        retry_after: Option<Duration>,
    },
    /// It answered with success, but not with tokens.
    #[error("it answered with success, but not with tokens")]
    NoTokens,
    /// No answer arrived.
    #[error("it could not be reached")]
    Transport(#[source] Arc<TransportError>),
    /// Not in time.
    #[error("no answer within {0:?}")]
    Timeout(Duration),
}

impl TokenError {
    /// Whether the endpoint may have acted although there is no answer: the refresh token may
    /// have been rotated.
    pub(crate) fn may_have_acted(&self) -> bool {
        use confluence_api::transport::TransportErrorKind::{Interrupted, TooLarge};
        let Self::Unavailable(unanswered) = self else { return false };
        match unanswered {
            Unanswered::Status { status, .. } => status.is_server_error(),
            Unanswered::NoTokens | Unanswered::Timeout(_) => true,
            Unanswered::Transport(error) => matches!(error.kind, Interrupted | TooLarge { .. }),
        }
    }

    /// Whether nothing was reached, so that trying again at once costs nobody anything.
    pub(crate) fn is_unreached(&self) -> bool {
        use confluence_api::transport::TransportErrorKind::Connect;
        matches!(self, Self::Unavailable(Unanswered::Transport(error)) if error.kind == Connect)
    }

    /// The status, as a gateway would report it where there is none (RFC 9110, 15.6).
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::Refused { status, .. }
            | Self::Client { status, .. }
            | Self::Unavailable(Unanswered::Status { status, .. }) => *status,
            Self::Unavailable(Unanswered::NoTokens | Unanswered::Transport(_)) => {
                StatusCode::BAD_GATEWAY
            }
            Self::Unavailable(Unanswered::Timeout(_)) => StatusCode::GATEWAY_TIMEOUT,
        }
    }

    /// Atlassian's own code, if it gave one.
    pub(crate) fn code(&self) -> Option<&str> {
        match self {
            Self::Refused { code, .. }
            | Self::Client { code, .. }
            | Self::Unavailable(Unanswered::Status { code, .. }) => code.as_deref(),
            Self::Unavailable(
                Unanswered::NoTokens | Unanswered::Transport(_) | Unanswered::Timeout(_),
            ) => None,
        }
    }
}

/// The fields of a refusal that are looked at. Atlassian's gateway and its identity service do not
/// agree on names.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Refusal {
    error: Option<Lenient>,
    error_description: Option<Lenient>,
    message: Option<Lenient>,
}

/// A text, or something else that is of no interest.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Lenient {
    Text(String),
    Other(serde::de::IgnoredAny),
}

impl Lenient {
    fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Other(_) => None,
        }
    }
}

/// A code that may be repeated: of the characters that RFC 6749 codes are made of.
pub(crate) fn code(text: &str) -> Option<&str> {
    let safe = |it: u8| it.is_ascii_alphanumeric() || matches!(it, b'_' | b'-' | b'.');
    let fits = !text.is_empty() && text.len() <= MAX_CODE && text.bytes().all(safe);
    fits.then_some(text)
}

/// Sorts an answer that is no success.
///
/// A refusal that is not known to be final is not: dropping a connection cannot be undone, trying
/// once more can. Sources: Atlassian's documentation (`invalid_grant`) and measurements
/// (`unauthorized_client`, `refresh_token is invalid`) for dead grants; 401 `access_denied` is what
/// a wrong client secret gets.
pub(super) fn sort(status: StatusCode, retry_after: Option<Duration>, body: &[u8]) -> TokenError {
    let refusal: Refusal = serde_json::from_slice(body).unwrap_or_default();
    let of = |field: &Option<Lenient>| field.as_ref().and_then(Lenient::text).map(str::to_owned);
    let (error, description) = (of(&refusal.error), of(&refusal.error_description));
    let texts = [error.clone(), description, of(&refusal.message)];
    let void = texts.iter().flatten().any(|it| it.contains("refresh_token is invalid"));
    let code = error.as_deref().and_then(code).map(str::to_owned);
    let dead = void || matches!(code.as_deref(), Some("invalid_grant" | "unauthorized_client"));
    match status {
        StatusCode::BAD_REQUEST | StatusCode::FORBIDDEN if dead => {
            TokenError::Refused { status, code }
        }
        StatusCode::UNAUTHORIZED => TokenError::Client { status, code },
        // A request that this client makes wrongly; a core without a client.
        StatusCode::BAD_REQUEST if code.is_some() => TokenError::Client { status, code },
        _ => TokenError::Unavailable(Unanswered::Status { status, code, retry_after }),
    }
}

#[cfg(test)]
mod tests;
