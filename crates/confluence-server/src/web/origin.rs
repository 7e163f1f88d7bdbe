//! Which web pages may call: browsers say in `Origin` where a request comes from.

use http::{HeaderMap, HeaderValue, header};
use url::Url;

use crate::ServeError;

/// An origin, or the origins on every port of a host.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Pattern {
    scheme: String,
    host: String,
    /// `None` is every port.
    port: Option<u16>,
}

impl Pattern {
    fn of(url: &Url) -> Option<Self> {
        let host = url.host_str()?.to_owned();
        Some(Self { scheme: url.scheme().to_owned(), host, port: url.port_or_known_default() })
    }

    /// Reads `https://app.example.com`, with a port or with `:*`.
    fn parse(text: &str) -> Option<Self> {
        let (text, any_port) = match text.strip_suffix(":*") {
            Some(text) => (text, true),
            None => (text, false),
        };
        let url = Url::parse(text).ok()?;
        let bare = matches!(url.path(), "" | "/")
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && (!any_port || url.port().is_none());
        let pattern = bare.then(|| Self::of(&url)).flatten()?;
        Some(if any_port { Self { port: None, ..pattern } } else { pattern })
    }
}

/// The origins that may call.
#[derive(Debug)]
pub(crate) struct AllowedOrigins(Vec<Pattern>);

/// What a request says about where it comes from.
pub(super) enum Origin {
    /// No web page sent it.
    None,
    /// A page that may.
    Allowed(HeaderValue),
    /// A page that may not, or something that cannot be read.
    Refused,
}

impl AllowedOrigins {
    /// That of the public URL, and `more`.
    pub(super) fn new(public: &Url, more: &[String]) -> Result<Self, ServeError> {
        let mut patterns: Vec<_> = Pattern::of(public).into_iter().collect();
        for origin in more {
            patterns.push(Pattern::parse(origin.trim()).ok_or_else(|| ServeError::Option {
                option: "an allowed origin",
                value: origin.clone(),
                reason: "expected something like https://app.example.com or http://localhost:*",
            })?);
        }
        Ok(Self(patterns))
    }

    pub(super) fn check(&self, headers: &HeaderMap) -> Origin {
        let mut values = headers.get_all(header::ORIGIN).iter();
        let Some(value) = values.next() else { return Origin::None };
        let origin = value.to_str().ok().filter(|it| !it.ends_with(":*")).and_then(Pattern::parse);
        let allowed = |origin: &Pattern| {
            self.0.iter().any(|it| {
                it.scheme == origin.scheme
                    && it.host == origin.host
                    && (it.port.is_none() || it.port == origin.port)
            })
        };
        if values.next().is_none() && origin.is_some_and(|origin| allowed(&origin)) {
            Origin::Allowed(value.clone())
        } else {
            Origin::Refused
        }
    }

    /// The list as the MCP library wants it.
    pub(super) fn to_strings(&self) -> Vec<String> {
        let text = |Pattern { scheme, host, port }: &Pattern| {
            let port = port.map_or_else(|| "*".to_owned(), |port| port.to_string());
            format!("{scheme}://{host}:{port}")
        };
        self.0.iter().map(text).collect()
    }
}
