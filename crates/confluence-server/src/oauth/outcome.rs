//! How a visit ended, as a page that a person understands and a code that a report can name.

use askama::Template;
use axum::response::Response;
use confluence_auth::sign_in::{CONNECTED, Connected, SignInError};
use confluence_connector::{InstanceKey, StoreError};
use http::{HeaderMap, StatusCode};
use jiff::Timestamp;

use super::{OAuthState, client::log};
use crate::pages::Look;

/// The last page of a visit.
#[derive(Debug)]
pub(super) struct Outcome {
    status: StatusCode,
    code: String,
    title: &'static str,
    text: String,
    facts: Vec<(&'static str, String)>,
    /// Where somebody goes who came from the configuration app.
    back: Option<String>,
}

#[derive(Template)]
#[template(path = "outcome.html")]
struct Page<'a> {
    look: &'a Look,
    good: bool,
    title: &'a str,
    text: &'a str,
    facts: &'a [(&'static str, String)],
    code: &'a str,
    back: Option<&'a str>,
}

const NOT_CONNECTED: &str = "Not connected";

impl Outcome {
    fn new(
        status: StatusCode,
        code: impl Into<String>,
        title: &'static str,
        text: impl Into<String>,
    ) -> Self {
        Self { status, code: code.into(), title, text: text.into(), facts: Vec::new(), back: None }
    }

    /// The user is connected.
    pub(super) fn connected(connected: &Connected) -> Self {
        let connection = &connected.connection;
        let text = "You can close this page and go on in your chat.";
        let account = connection.account.as_ref();
        let account = account.map_or("hidden by its owner".to_owned(), |it| it.name.clone());
        let site = &connection.site;
        let site = site.url.host_str().map_or_else(|| site.name.clone(), str::to_owned);
        let facts = vec![
            ("Atlassian account", account),
            ("Site", site),
            ("For user", connected.key.user.to_string()),
        ];
        Self { facts, ..Self::new(StatusCode::OK, CONNECTED, "Connected", text) }
    }

    /// The user's tokens are gone.
    pub(super) fn disconnected(there_was_one: bool) -> Self {
        let text = if there_was_one {
            "Your tokens have been deleted here. Atlassian still lists the app among your connected apps: remove it there as well if nobody else of your workspaces uses it."
        } else {
            "There was nothing to delete: you were not connected."
        };
        Self::new(StatusCode::OK, "disconnected", "Disconnected", text)
    }

    /// A sign-in that did not end in a connection.
    pub(super) fn of(error: &SignInError) -> Self {
        tracing::warn!(error = error.chain(), "a user could not be connected");
        let code = error.code().into_owned();
        let (status, text) = match error {
            SignInError::InvalidState => return Self::invalid_state(),
            SignInError::NoInstance => return Self::not_found(),
            SignInError::Refused(code) if code == "access_denied" => (
                StatusCode::BAD_REQUEST,
                "You did not agree at Atlassian's. Nothing was changed; open the link of your agent again if you want to connect.",
            ),
            SignInError::Refused(_) => {
                (StatusCode::BAD_REQUEST, "Atlassian refused. Start again from your agent.")
            }
            SignInError::NoAccessibleSite => (
                StatusCode::BAD_REQUEST,
                "This Atlassian account gives access to no Confluence site, or not to the one that this workspace uses. Choose another site, or sign in with another account.",
            ),
            SignInError::Client(_) => (
                StatusCode::BAD_REQUEST,
                "The OAuth client is not set up: tell the people who look after this workspace.",
            ),
            SignInError::Exchange(_) | SignInError::Sites(_) => (
                StatusCode::BAD_GATEWAY,
                "Atlassian did not complete the sign-in. Wait a minute and start again from your agent.",
            ),
            SignInError::Store(_) | SignInError::Interrupted => (
                StatusCode::SERVICE_UNAVAILABLE,
                "The connector could not save your connection. Wait a minute and start again from your agent.",
            ),
        };
        Self::new(status, code, NOT_CONNECTED, text)
    }

    /// The state belongs to no sign-in of this browser.
    pub(super) fn invalid_state() -> Self {
        let text = "This sign-in is not known in this browser, was finished before, or took longer than ten minutes. Start again from your agent, in the browser that you want to use.";
        Self::new(StatusCode::BAD_REQUEST, "invalid_state", NOT_CONNECTED, text)
    }

    /// There is no client to sign in with.
    pub(super) fn not_configured(text: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "oauth_client_not_configured", NOT_CONNECTED, text)
    }

    /// Something that is needed does not answer.
    pub(super) fn unavailable(status: StatusCode) -> Self {
        let code = format!("token_exchange_failed_{}", status.as_u16());
        let text = "The connector is temporarily unavailable. Wait a minute and try again.";
        Self::new(status, code, "Not now", text)
    }

    /// The store failed.
    pub(super) fn store(error: &StoreError) -> Self {
        log(error);
        Self::unavailable(StatusCode::SERVICE_UNAVAILABLE)
    }

    /// There is no such instance.
    pub(super) fn not_found() -> Self {
        let text = "There is no such workspace or instance: check the address.";
        Self::new(StatusCode::NOT_FOUND, "not_found", "Not found", text)
    }

    /// The link is not, or not any more, good for anything.
    pub(super) fn dead_link(reason: &str) -> Self {
        let text = format!("{reason}. Ask your agent again: it answers with a new link.");
        Self::new(StatusCode::BAD_REQUEST, "invalid_ticket", "This link does not work", text)
    }

    /// A form that no page of ours in this browser has sent.
    pub(super) fn foreign_form() -> Self {
        let text = "This page was opened in another browser or too long ago, or cookies are blocked. Open the link again.";
        Self::new(StatusCode::FORBIDDEN, "invalid_form", "Nothing was done", text)
    }

    /// The request is no form that can be read.
    pub(super) fn refused(status: StatusCode, reason: &str) -> Self {
        Self::new(status, "invalid_request", "Nothing was done", reason)
    }

    /// The same with a way back into the configuration app, for whoever has a session there.
    pub(super) async fn leading_back(
        self,
        state: &OAuthState,
        instance: &InstanceKey,
        headers: &HeaderMap,
    ) -> Self {
        // Whoever cannot be told apart now finds the way alone.
        let visitor = state.sessions.visitor(headers, Timestamp::now()).await.ok().flatten();
        let may = visitor.is_some_and(|it| {
            it.may_configure(&instance.workspace) || it.user_of(instance).is_some()
        });
        let address = || state.deployment.addresses.configuration_app(instance).to_string();
        Self { back: may.then(address), ..self }
    }

    /// The page.
    pub(super) fn show(&self, state: &OAuthState) -> Response {
        let Self { status, code, title, text, facts, back } = self;
        let page = Page {
            look: state.pages.look(),
            good: status.is_success(),
            title,
            text,
            facts,
            code,
            back: back.as_deref(),
        };
        state.pages.show(*status, &page)
    }
}
