//! Failures as JSON: `{ "error": { "code", "message" } }`.

use axum::response::{IntoResponse, Response};
use confluence_connector::AdminError;
use http::{HeaderValue, StatusCode, header};
use serde_json::json;

use crate::web::answer;

/// How a caller without a key is asked for one.
const NO_KEY: &str = "Bearer realm=\"confluence-next-admin\"";

/// What a caller with another key is told.
const WRONG_KEY: &str = "Bearer realm=\"confluence-next-admin\", error=\"invalid_token\"";

/// Why a request was not carried out.
#[derive(Debug)]
pub(super) struct Failed {
    status: StatusCode,
    code: &'static str,
    message: String,
    challenge: Option<&'static str>,
}

impl Failed {
    pub(super) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), challenge: None }
    }

    /// What was sent cannot be used.
    pub(super) fn invalid(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid", message)
    }

    /// There is no such thing, or not for this caller.
    pub(super) fn no_such(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", format!("there is no such {what}"))
    }

    /// No key was shown.
    pub(super) fn no_key() -> Self {
        let text =
            "a maintainer's or an editor's key is needed: send it as `Authorization: Bearer …`";
        let failed = Self::new(StatusCode::UNAUTHORIZED, "unauthorized", text);
        Self { challenge: Some(NO_KEY), ..failed }
    }

    /// A key was shown that opens nothing here.
    pub(super) fn wrong_key() -> Self {
        let text = "the key is not valid here";
        let failed = Self::new(StatusCode::UNAUTHORIZED, "unauthorized", text);
        Self { challenge: Some(WRONG_KEY), ..failed }
    }

    /// It may work later.
    pub(super) fn unavailable() -> Self {
        let text = "the connector is temporarily unavailable; try again in a minute";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", text)
    }
}

impl From<AdminError> for Failed {
    fn from(error: AdminError) -> Self {
        match error {
            AdminError::NotFound(what) => Self::no_such(what),
            AdminError::MaintainersOnly => {
                Self::new(StatusCode::FORBIDDEN, "maintainers_only", error.to_string())
            }
            AdminError::Invalid(text) => Self::invalid(text),
            AdminError::Conflict { code, text } => Self::new(StatusCode::CONFLICT, code, text),
            AdminError::Unavailable(text) => {
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", text)
            }
            AdminError::Store(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "the store failed");
                Self::unavailable()
            }
        }
    }
}

impl IntoResponse for Failed {
    fn into_response(self) -> Response {
        let Self { status, code, message, challenge } = self;
        let body = json!({ "error": { "code": code, "message": message } });
        let mut response = answer::json(status, &body);
        let headers = response.headers_mut();
        if let Some(challenge) = challenge {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        }
        if status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("60"));
        }
        response
    }
}
