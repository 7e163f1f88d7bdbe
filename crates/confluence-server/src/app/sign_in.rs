//! Signing in with a key, and leaving.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{Request, State},
    response::Response,
};
use confluence_auth::sign_in::BrowserSecret;
use confluence_connector::{Door, KeyError};
use http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts};
use jiff::Timestamp;
use secrecy::SecretString;

use super::{
    AppState, Shown,
    form::{Form, Query},
    frame::{self, Notice},
    lockout::{self, longest_wait},
    refused::Refused,
    see, submit,
};
use crate::{
    browser::{is_proven, proof},
    pages::Look,
    web::connection::Peer,
};

/// Name of the cookie that proves a form of somebody who has no session yet.
const NAME: &str = "confluence-sign-in";

/// How long that is kept, in seconds.
const KEPT: u64 = 60 * 60;

#[derive(Template)]
#[template(path = "app/sign_in.html")]
struct Page<'a> {
    look: &'a Look,
    action: &'a str,
    proof: &'a str,
    workspace: Option<&'a str>,
    notice: Option<Notice>,
    refused: bool,
    /// Whether browsers keep a session.
    possible: bool,
}

/// Asks for a key.
pub(super) fn page(state: &AppState, query: &Query, headers: &HeaderMap) -> Response {
    form(state, StatusCode::OK, query, headers, None, false)
}

/// The same, saying something.
pub(super) fn form(
    state: &AppState,
    status: StatusCode,
    query: &Query,
    headers: &HeaderMap,
    notice: Option<Notice>,
    refused: bool,
) -> Response {
    let cookies = state.sessions.cookies();
    let browser: BrowserSecret = cookies.read(headers, NAME).unwrap_or_else(BrowserSecret::random);
    let instance = query.instance.as_ref().and_then(|it| it.as_ref().ok());
    let to = instance.map(frame::query).unwrap_or_default();
    let page = Page {
        look: state.pages.look(),
        action: &format!("{}/sign-in{to}", state.at),
        proof: &proof(browser.expose()),
        workspace: instance.map(|it| it.workspace.as_str()),
        notice,
        refused,
        possible: state.sessions.are_possible(),
    };
    let mut response = state.pages.show(status, &page);
    let cookie = cookies.set(NAME, browser.expose(), KEPT);
    response.headers_mut().insert(header::SET_COOKIE, cookie);
    response
}

/// Takes a key.
pub(super) async fn submit(State(state): State<Arc<AppState>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let signed_in = async {
        let form = submit::read(&state, &parts, body).await?;
        enter(&state, &parts, &form).await
    };
    match signed_in.await {
        Ok(response) => response,
        Err(refused) => refused.show(&state, &parts.headers).await,
    }
}

async fn enter(state: &AppState, parts: &Parts, form: &Form) -> Shown {
    let headers = &parts.headers;
    let cookies = state.sessions.cookies();
    let browser: Option<BrowserSecret> = cookies.read(headers, NAME);
    let shown = form.text("proof").unwrap_or_default();
    if !state.sessions.are_possible() || !browser.is_some_and(|it| is_proven(it.expose(), shown)) {
        return Err(Refused::ForeignForm);
    }
    let query = Query::parse(parts.uri.query());
    let empty = SecretString::default();
    let key = form.secret("key").unwrap_or(&empty);
    let now = Timestamp::now();
    let address = lockout::address(parts.extensions.get::<Peer>(), headers);
    let Some(attempt) = state.lockout.attempt(address, key, now).await? else {
        tracing::warn!("a sign-in was not looked at, since too many have failed");
        return Ok(locked_out(state, &query, headers));
    };
    match state.deployment.keyring.check(Some(key), Door::Pages, now).await {
        Ok(key) => {
            attempt.succeeded().await?;
            let cookie = state.sessions.begin(&key, now).await?;
            tracing::info!(key.id = key.id.as_str(), "somebody has signed in");
            let to = match query.instance {
                Some(Ok(instance)) => state.here(&instance),
                Some(Err(_)) | None => state.at.clone(),
            };
            let mut response = see(&to);
            response.headers_mut().insert(header::SET_COOKIE, cookie);
            Ok(response)
        }
        Err(KeyError::Unauthorized) => {
            attempt.failed().await?;
            let notice = Notice::bad(
                "This key opens nothing here",
                "Check for missing characters, and that it is an editor key, a maintainer key or a personal key that has not been revoked.",
            );
            let status = StatusCode::FORBIDDEN;
            Ok(self::form(state, status, &query, headers, Some(notice), true))
        }
        Err(KeyError::Store(error)) => Err(error.into()),
    }
}

fn locked_out(state: &AppState, query: &Query, headers: &HeaderMap) -> Response {
    let wait = longest_wait();
    let text = format!(
        "Too many wrong keys came from your network, or for this key. Wait {} minutes, then try again. Agents and open sessions go on.",
        wait / 60
    );
    let notice = Notice::bad("Sign-in is locked", text);
    let status = StatusCode::TOO_MANY_REQUESTS;
    let mut response = form(state, status, query, headers, Some(notice), false);
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait));
    response
}

/// Ends the session.
pub(super) async fn leave(State(state): State<Arc<AppState>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let left = async {
        let form = submit::read(&state, &parts, body).await?;
        let visitor = submit::proven(&state, &parts.headers, &form).await?;
        let cookie = state.sessions.end(&visitor).await?;
        let mut response = see(&state.at);
        response.headers_mut().insert(header::SET_COOKIE, cookie);
        Ok(response)
    };
    match left.await {
        Ok(response) => response,
        Err(refused) => Refused::show(&refused, &state, &parts.headers).await,
    }
}
