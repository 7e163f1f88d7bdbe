//! Waiting for the browser that comes back from Atlassian.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    Router,
    extract::{RawQuery, State},
    http::{HeaderValue, Method, StatusCode, header},
    response::{Html, IntoResponse, Response},
    routing::any,
};
use confluence_auth::{
    callback::CallbackQuery,
    client::ResolvedClient,
    connection::ConnectionKey,
    sign_in::{BrowserSecret, Connected, SignIn, SignInCallback, SignInError},
};
use jiff::Timestamp;
use tokio::{
    sync::{Semaphore, oneshot, watch},
    time::timeout,
};

use super::loopback::Loopback;

/// How long the last page may take to get to the browser.
const LAST_PAGE: Duration = Duration::from_secs(2);

/// Most requests that are looked at, at once: a browser makes one.
const MAX_REQUESTS: usize = 8;

/// What the browser is told. It is ours alone: nothing of a request is in it.
const PAGE: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\
<meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title>\
<style>body{font:1.1rem/1.5 system-ui,sans-serif;max-width:32rem;margin:20vh auto;padding:0 1rem}\
</style><h1>{title}</h1><p>{text}</p></html>";

/// Only what stands in the page itself is used.
const CONTENT_SECURITY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'";

/// A sign-in that waits for its answer.
pub(super) struct Waiting {
    pub(super) sign_in: SignIn,
    pub(super) key: ConnectionKey,
    pub(super) client: ResolvedClient,
    pub(super) browser: BrowserSecret,
}

struct Desk {
    waiting: Waiting,
    /// Taken by the answer: there is one.
    outcome: Mutex<Option<oneshot::Sender<Outcome>>>,
    places: Semaphore,
}

type Outcome = Result<Connected, SignInError>;

/// Serves the callback's path until the sign-in has come to an end; `None` if it has not after
/// `patience`.
///
/// What has another state is turned away, and changes nothing.
pub(super) async fn answer(
    loopback: Loopback,
    path: &str,
    waiting: Waiting,
    patience: Duration,
) -> Option<Outcome> {
    let (sender, receiver) = oneshot::channel();
    let outcome = Mutex::new(Some(sender));
    let desk = Arc::new(Desk { waiting, outcome, places: Semaphore::new(MAX_REQUESTS) });
    let router = Router::new().route(path, any(called_back)).fallback(elsewhere).with_state(desk);
    let (stop, stopped) = watch::channel(());
    let mut servers = tokio::task::JoinSet::new();
    for listener in loopback.into_listeners() {
        let mut stopped = stopped.clone();
        let server = axum::serve(listener, router.clone());
        let server = server.with_graceful_shutdown(async move {
            // Ends when the sender is gone, too.
            let _ = stopped.changed().await;
        });
        servers.spawn(async move { server.await });
    }
    let outcome = timeout(patience, receiver).await;
    let _ = stop.send(());
    // A browser may keep connections open on which it says nothing.
    let _ = timeout(LAST_PAGE, async { while servers.join_next().await.is_some() {} }).await;
    // Without a sender nothing can come any more: it is dropped only together with the servers.
    outcome.ok()?.ok()
}

async fn called_back(
    State(desk): State<Arc<Desk>>,
    method: Method,
    RawQuery(query): RawQuery,
) -> Response {
    if method != Method::GET {
        return page(StatusCode::METHOD_NOT_ALLOWED, "Not here", "This page can only be opened.");
    }
    let Ok(_place) = desk.places.try_acquire() else {
        return page(StatusCode::SERVICE_UNAVAILABLE, "Busy", "Open the page again in a moment.");
    };
    let Ok(query) = CallbackQuery::parse(query.as_deref().unwrap_or_default()) else {
        return unknown();
    };
    let Waiting { sign_in, key, client, browser } = &desk.waiting;
    let callback = SignInCallback {
        query: &query,
        workspace: &key.workspace,
        instance: &key.instance,
        // Only the browser that was sent to Atlassian has heard of the state.
        browser: Some(browser),
        client,
    };
    let outcome = sign_in.finish(&callback, Timestamp::now()).await;
    let answer = match &outcome {
        Err(SignInError::InvalidState) => return unknown(),
        Ok(_) => page(
            StatusCode::OK,
            "You are signed in",
            "You can close this page and go back to the terminal.",
        ),
        Err(_) => page(
            StatusCode::OK,
            "You are not signed in",
            "The terminal says why. You can close this page.",
        ),
    };
    let sender = desk.outcome.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(sender) = sender {
        // Nobody waits any more who has run out of patience.
        let _ = sender.send(outcome);
    }
    answer
}

fn unknown() -> Response {
    page(
        StatusCode::BAD_REQUEST,
        "Not known here",
        "This is not the answer to the sign-in that is under way. Start again in the terminal.",
    )
}

async fn elsewhere() -> Response {
    page(StatusCode::NOT_FOUND, "Nothing here", "Go back to the terminal.")
}

fn page(status: StatusCode, title: &str, text: &str) -> Response {
    let html = PAGE.replace("{title}", title).replace("{text}", text);
    let mut response = (status, Html(html)).into_response();
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY),
        (header::CACHE_CONTROL, "no-store"),
        // The address of this page has the code in it.
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CONNECTION, "close"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}
