//! Pages for people: how they look, and what browsers are told about them.

use askama::Template;
use axum::{
    Router,
    response::{IntoResponse, Response},
    routing::get,
};
use confluence_auth::{BaseUrl, Fingerprint};
use http::{HeaderName, HeaderValue, StatusCode, header};
use url::Url;

const STYLE: &str = include_str!("../assets/app.css");

/// Where Atlassian's consent and its sign-in are: one sends the browser on to the other.
const ATLASSIAN: &str = "https://*.atlassian.com";

const CONTENT_SECURITY_POLICY: HeaderName = header::CONTENT_SECURITY_POLICY;

/// Turns templates into answers.
#[derive(Debug)]
pub(crate) struct Pages {
    style: String,
    policy: HeaderValue,
}

impl Pages {
    /// Pages below the public address, with forms that may lead to Atlassian's consent, or to
    /// `auth` in its place.
    pub(crate) fn new(public: &Url, auth: Option<&BaseUrl>) -> Self {
        let base = public.path().trim_end_matches('/');
        let version = Fingerprint::of(STYLE).to_string();
        let style = format!("{base}/assets/app.css?v={}", &version[..12]);
        let consent = auth.map(|it| it.as_url().origin().ascii_serialization());
        let consent = consent.as_deref().unwrap_or(ATLASSIAN);
        // Browsers hold the redirect that answers a form against `form-action`, too.
        let policy = format!(
            "default-src 'none'; style-src 'self'; form-action 'self' {consent}; base-uri 'none'; frame-ancestors 'none'"
        );
        let policy = HeaderValue::from_str(&policy).expect("an origin is plain ASCII");
        Self { style, policy }
    }

    /// Where the style sheet is.
    pub(crate) fn style(&self) -> &str {
        &self.style
    }

    /// A page. Nothing of it is kept, and nobody learns its address.
    pub(crate) fn show(&self, status: StatusCode, page: &impl Template) -> Response {
        let Ok(html) = page.render() else {
            tracing::error!("a page could not be rendered");
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        };
        let kind = HeaderValue::from_static("text/html; charset=utf-8");
        let policy = (CONTENT_SECURITY_POLICY, self.policy.clone());
        (status, [(header::CONTENT_TYPE, kind), policy], html).into_response()
    }
}

/// What pages load, to be put below `/assets`.
pub(crate) fn assets<S: Clone + Send + Sync + 'static>() -> Router<S> {
    let style = || async {
        let kind = HeaderValue::from_static("text/css; charset=utf-8");
        // Its address changes with it.
        let kept = HeaderValue::from_static("public, max-age=31536000, immutable");
        let nosniff = HeaderValue::from_static("nosniff");
        let headers = [
            (header::CONTENT_TYPE, kind),
            (header::CACHE_CONTROL, kept),
            (header::X_CONTENT_TYPE_OPTIONS, nosniff),
        ];
        (headers, STYLE).into_response()
    };
    Router::new().route("/app.css", get(style))
}
