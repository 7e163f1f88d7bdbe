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

/// A file that pages load. Its address changes with its content, so that browsers keep it for good.
#[derive(Debug)]
struct Asset {
    name: &'static str,
    kind: &'static str,
    content: &'static str,
}

const STYLE: Asset = Asset {
    name: "app.css",
    kind: "text/css; charset=utf-8",
    content: include_str!("../assets/app.css"),
};

const SCRIPT: Asset = Asset {
    name: "app.js",
    kind: "text/javascript; charset=utf-8",
    content: include_str!("../assets/app.js"),
};

const ICON: Asset =
    Asset { name: "icon.svg", kind: "image/svg+xml", content: include_str!("../assets/icon.svg") };

/// Where Atlassian's consent and its sign-in are: one sends the browser on to the other.
const ATLASSIAN: &str = "https://*.atlassian.com";

const CONTENT_SECURITY_POLICY: HeaderName = header::CONTENT_SECURITY_POLICY;

/// What every page loads.
#[derive(Debug)]
pub(crate) struct Look {
    pub(crate) style: String,
    pub(crate) script: String,
    pub(crate) icon: String,
}

/// Turns templates into answers.
#[derive(Debug)]
pub(crate) struct Pages {
    look: Look,
    policy: HeaderValue,
}

impl Asset {
    /// Where it is, below the path `base`.
    fn address(&self, base: &str) -> String {
        let version = Fingerprint::of(self.content).to_string();
        format!("{base}/assets/{}?v={}", self.name, &version[..12])
    }

    fn route<S: Clone + Send + Sync + 'static>(&'static self, router: Router<S>) -> Router<S> {
        let serve = async move || {
            let kept = HeaderValue::from_static("public, max-age=31536000, immutable");
            let headers = [
                (header::CONTENT_TYPE, HeaderValue::from_static(self.kind)),
                (header::CACHE_CONTROL, kept),
                (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
            ];
            (headers, self.content).into_response()
        };
        router.route(&format!("/{}", self.name), get(serve))
    }
}

impl Pages {
    /// Pages below the public address, with forms that may lead to Atlassian's consent, or to
    /// `auth` in its place. They have no script.
    pub(crate) fn new(public: &Url, auth: Option<&BaseUrl>) -> Self {
        Self::allowing("", public, auth)
    }

    /// The same with our script.
    pub(crate) fn with_script(public: &Url, auth: Option<&BaseUrl>) -> Self {
        Self::allowing(" script-src 'self'; connect-src 'self';", public, auth)
    }

    fn allowing(more: &str, public: &Url, auth: Option<&BaseUrl>) -> Self {
        let base = public.path().trim_end_matches('/');
        let look = Look {
            style: STYLE.address(base),
            script: SCRIPT.address(base),
            icon: ICON.address(base),
        };
        let consent = auth.map(|it| it.as_url().origin().ascii_serialization());
        let consent = consent.as_deref().unwrap_or(ATLASSIAN);
        // Browsers hold the redirect that answers a form against `form-action`, too.
        let policy = format!(
            "default-src 'none'; style-src 'self'; img-src 'self';{more} \
             form-action 'self' {consent}; base-uri 'none'; frame-ancestors 'none'"
        );
        let policy = HeaderValue::from_str(&policy).expect("an origin is plain ASCII");
        Self { look, policy }
    }

    /// What pages load.
    pub(crate) fn look(&self) -> &Look {
        &self.look
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
    [&STYLE, &SCRIPT, &ICON].into_iter().fold(Router::new(), |router, it| it.route(router))
}
