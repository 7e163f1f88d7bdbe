//! A person at the consent screen, played for tests.

use std::sync::Arc;

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Method, Request, StatusCode, header},
    response::Response,
};
use thiserror::Error;
use tower::ServiceExt;
use url::form_urlencoded;

use crate::{http, state::Shared};

/// Largest page that is read.
const LARGEST_PAGE: usize = 1024 * 1024;

/// What a person decides on the consent screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consent {
    accepts: bool,
    email: Option<String>,
    cloud_ids: Vec<String>,
}

impl Consent {
    /// The sandbox's default account accepts, for the sandbox's first site.
    pub fn accept() -> Self {
        Self { accepts: true, email: None, cloud_ids: Vec::new() }
    }

    /// Nobody accepts.
    pub fn deny() -> Self {
        Self { accepts: false, email: None, cloud_ids: Vec::new() }
    }

    /// The same decision, made by the account with that address.
    #[must_use]
    pub fn account(mut self, email: &str) -> Self {
        self.email = Some(email.to_owned());
        self
    }

    /// The same decision, for the sites with these cloud ids.
    #[must_use]
    pub fn sites(mut self, cloud_ids: &[&str]) -> Self {
        self.cloud_ids = cloud_ids.iter().map(|it| (*it).to_owned()).collect();
        self
    }
}

/// Why a person was not led back to the application.
#[derive(Debug, Error)]
pub enum ConsentError {
    /// The address is not the one of a consent screen.
    #[error("`{0}` is not an address of the authorize page")]
    NotAuthorize(String),
    /// The sandbox shows a page that says why not.
    #[error("the authorize page answers {status}: {message}")]
    Refused {
        /// Status of the page.
        status: u16,
        /// What it says.
        message: String,
    },
    /// The answer could not be read, because of a fault.
    #[error("the authorize page does not answer")]
    Broken,
}

/// Opens the address and decides; gives back the callback URL that the browser is sent to.
pub(crate) async fn play(
    shared: &Arc<Shared>,
    authorize_url: &str,
    consent: &Consent,
) -> Result<String, ConsentError> {
    let router = http::router(Arc::clone(shared));
    let path = path_and_query(authorize_url)
        .ok_or_else(|| ConsentError::NotAuthorize(authorize_url.to_owned()))?;
    let page = send(&router, Request::get(path).body(Body::empty())).await?;
    // What the application did wrong, it is told at once.
    if let Some(callback) = location(&page) {
        return Ok(callback);
    }
    let cookie = header_of(&page, &header::SET_COOKIE)
        .and_then(|it| it.split(';').next().map(str::to_owned))
        .unwrap_or_default();
    let html = readable(page).await?;
    let screen = between(&html, "name=\"screen\" value=\"", "\"").ok_or(ConsentError::Broken)?;
    let request = Request::builder()
        .method(Method::POST)
        .uri("/authorize")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::COOKIE, cookie)
        .body(Body::from(filled_in(shared, screen, consent)));
    let answer = send(&router, request).await?;
    match location(&answer) {
        Some(callback) => Ok(callback),
        None => readable(answer).await.and(Err(ConsentError::Broken)),
    }
}

/// The form as the person sends it.
fn filled_in(shared: &Shared, screen: &str, consent: &Consent) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("screen", screen)
        .append_pair("account", consent.email.as_deref().unwrap_or(&shared.reader))
        .append_pair("decision", if consent.accepts { "accept" } else { "deny" });
    if consent.cloud_ids.is_empty() {
        form.append_pair("site", &shared.tenant.cloud_id);
    }
    for cloud_id in &consent.cloud_ids {
        form.append_pair("site", cloud_id);
    }
    form.finish()
}

async fn send(
    router: &Router,
    request: Result<Request<Body>, axum::http::Error>,
) -> Result<Response, ConsentError> {
    let request = request.ok().ok_or(ConsentError::Broken)?;
    router.clone().oneshot(request).await.map_err(|never| match never {})
}

/// The text of a page, or what it complains about.
async fn readable(page: Response) -> Result<String, ConsentError> {
    let status = page.status();
    let bytes = to_bytes(page.into_body(), LARGEST_PAGE).await.ok().ok_or(ConsentError::Broken)?;
    let html = String::from_utf8_lossy(&bytes).into_owned();
    if status == StatusCode::OK {
        return Ok(html);
    }
    let message = between(&html, "<p role=\"alert\">", "</p>").unwrap_or_default().to_owned();
    Err(ConsentError::Refused { status: status.as_u16(), message })
}

fn path_and_query(url: &str) -> Option<&str> {
    let path = match url.split_once("://") {
        Some((_, rest)) => &rest[rest.find('/')?..],
        None => url,
    };
    path.starts_with("/authorize?").then_some(path)
}

fn location(answer: &Response) -> Option<String> {
    answer.status().is_redirection().then(|| header_of(answer, &header::LOCATION)).flatten()
}

fn header_of(answer: &Response, name: &header::HeaderName) -> Option<String> {
    answer.headers().get(name)?.to_str().ok().map(str::to_owned)
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    let start = text.find(before)? + before.len();
    let length = text[start..].find(after)?;
    Some(&text[start..start + length])
}
