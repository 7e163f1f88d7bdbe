//! Requests that are shown instead of sent.

use std::{
    fmt::Write as _,
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use bytes::Bytes;
use confluence_api::{
    Authorized, Client, Credentials, CredentialsError, Rejected, RejectedAnswer, Transport,
    TransportError, transport::TransportErrorKind,
};
use http::HeaderValue;
use serde_json::{Value, json};
use url::Url;

use crate::config::Format;

/// A client that sends nothing, and where its request is found.
pub(crate) fn client() -> (Client, Arc<Catcher>) {
    let catcher = Arc::new(Catcher::default());
    (Client::new(Arc::clone(&catcher) as Arc<dyn Transport>, Arc::new(Nobody)), catcher)
}

/// A [`Transport`] that keeps the request and fails.
#[derive(Debug, Default)]
pub(crate) struct Catcher {
    caught: Mutex<Option<Caught>>,
}

impl Catcher {
    /// The request, if one was to be sent.
    pub(crate) fn take(&self) -> Option<Caught> {
        self.caught.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

#[async_trait]
impl Transport for Catcher {
    async fn send(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<Bytes>, TransportError> {
        let target = request.uri().path_and_query().map_or("/", |it| it.as_str()).to_owned();
        let method = request.method().to_string();
        let caught = Caught { method, target, body: request.into_body() };
        *self.caught.lock().unwrap_or_else(PoisonError::into_inner) = Some(caught);
        // The one kind that is not tried again.
        Err(TransportError { host: String::new(), kind: TransportErrorKind::Setup, source: None })
    }
}

/// A request that was not sent.
#[derive(Debug)]
pub(crate) struct Caught {
    method: String,
    /// Path and query.
    target: String,
    body: Bytes,
}

impl Caught {
    /// Whether it would leave the site as it is.
    pub(crate) fn is_read(&self) -> bool {
        self.method == "GET"
    }

    /// Method, path and query.
    pub(crate) fn line(&self) -> String {
        format!("{} {}", self.method, self.target)
    }

    /// The whole request; the credential is only hinted at.
    pub(crate) fn shown(&self, format: Format) -> String {
        let body: Option<Value> = serde_json::from_slice(&self.body).ok();
        match format {
            Format::Json => {
                let (method, path) = (&self.method, &self.target);
                let mut shown = json!({ "dryRun": true, "method": method, "path": path });
                if let Some(body) = body {
                    shown["body"] = body;
                }
                shown.to_string()
            }
            Format::Text => {
                let mut shown = format!("{}\nAuthorization: (hidden)\n", self.line());
                if let Some(body) = body {
                    let _ = writeln!(shown, "Content-Type: application/json\n\n{body:#}");
                }
                shown.push_str("\nNothing was sent.");
                shown
            }
        }
    }
}

/// Credentials for requests that go nowhere.
#[derive(Debug)]
struct Nobody;

#[async_trait]
impl Credentials for Nobody {
    async fn authorized(&self) -> Result<Authorized, CredentialsError> {
        Ok(Authorized {
            root: Url::parse("https://site.invalid").expect("a constant address is valid"),
            header: HeaderValue::from_static("hidden"),
        })
    }

    async fn rejected(&self, _used: &Authorized, _answer: RejectedAnswer) -> Rejected {
        Rejected::Unrelated
    }
}
