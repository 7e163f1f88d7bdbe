//! Why a page is not shown, or a form not taken, as a page that says what to do.

use askama::Template;
use axum::response::Response;
use confluence_connector::{AdminError, StoreError};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde_json::json;

use super::{AppState, form::Query, frame::Notice, settings::sentence, sign_in, wants_json};
use crate::{pages::Look, web::answer};

/// Why not.
#[derive(Debug)]
pub(super) enum Refused {
    /// Nobody is signed in, or not any more.
    NotSignedIn,
    /// There is no such thing, or nothing that this session may open.
    NotFound,
    /// The form is of no page of this session.
    ForeignForm,
    /// The request cannot be read.
    Unreadable(StatusCode, String),
    /// Something in it is wrong.
    Invalid(String),
    /// What is there does not allow it.
    Conflict(String),
    /// It may work later.
    Unavailable,
}

#[derive(Template)]
#[template(path = "app/message.html")]
struct Page<'a> {
    look: &'a Look,
    title: &'a str,
    text: &'a str,
    at: &'a str,
    proof: Option<String>,
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        tracing::error!(error = &error as &dyn std::error::Error, "the store failed");
        Self::Unavailable
    }
}

impl From<AdminError> for Refused {
    fn from(error: AdminError) -> Self {
        match error {
            // What only maintainers may do is not there for others.
            AdminError::NotFound(_) | AdminError::MaintainersOnly => Self::NotFound,
            AdminError::Invalid(text) => Self::Invalid(sentence(&text)),
            AdminError::Conflict { text, .. } => Self::Conflict(sentence(&text)),
            AdminError::Unavailable(what) => {
                tracing::warn!(what, "something that the administration needs is away");
                Self::Unavailable
            }
            AdminError::Store(error) => error.into(),
        }
    }
}

impl Refused {
    /// What a page can say in one of its sections: what was sent is wrong, or does not fit what is
    /// there. Everything else is a page of its own.
    pub(super) fn in_section(self) -> Result<(StatusCode, String), Self> {
        match self {
            Self::Invalid(text) => Ok((StatusCode::UNPROCESSABLE_ENTITY, text)),
            Self::Conflict(text) => Ok((StatusCode::CONFLICT, text)),
            other @ (Self::NotSignedIn
            | Self::NotFound
            | Self::ForeignForm
            | Self::Unreadable(..)
            | Self::Unavailable) => Err(other),
        }
    }

    fn told(&self) -> (StatusCode, &str, &str) {
        match self {
            Self::NotSignedIn => (
                StatusCode::FORBIDDEN,
                "Sign in first",
                "Your session has ended. Sign in again; nothing was saved.",
            ),
            Self::NotFound => (
                StatusCode::NOT_FOUND,
                "Not found",
                "There is nothing here, or nothing that your key opens.",
            ),
            Self::ForeignForm => (
                StatusCode::FORBIDDEN,
                "Nothing was saved",
                "The form was not of a page of this session. Open the page again, then repeat.",
            ),
            Self::Unreadable(status, reason) => (*status, "Nothing was saved", reason),
            Self::Invalid(reason) => {
                (StatusCode::UNPROCESSABLE_ENTITY, "Nothing was saved", reason)
            }
            Self::Conflict(reason) => (StatusCode::CONFLICT, "Nothing was saved", reason),
            Self::Unavailable => (
                StatusCode::SERVICE_UNAVAILABLE,
                "Not now",
                "The connector is temporarily unavailable. Wait a minute and try again.",
            ),
        }
    }

    /// The page, or JSON for our script.
    pub(super) async fn show(&self, state: &AppState, headers: &HeaderMap) -> Response {
        let (status, title, text) = self.told();
        if wants_json(headers) {
            return answer::json(status, &json!({ "message": text }));
        }
        if matches!(self, Self::NotSignedIn) {
            let notice = Notice::warn(title, text);
            return sign_in::form(state, status, &Query::default(), headers, Some(notice), false);
        }
        // Whoever is signed in may want to be somebody else. That nobody can tell is no reason to
        // say nothing.
        let visitor = state.visitor(headers).await.ok().flatten();
        let page = Page {
            look: state.pages.look(),
            title,
            text,
            at: &state.at,
            proof: visitor.map(|it| it.proof()),
        };
        let mut response = state.pages.show(status, &page);
        if status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("60"));
        }
        response
    }
}
