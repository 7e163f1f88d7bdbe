//! Requests to the admin API. The key goes to the configured server and nowhere else: no redirect is
//! followed, and no address of an answer is used.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use confluence_api::{Transport, TransportError, text::excerpt, transport::TransportErrorKind};
use confluence_auth::BaseUrl;
use http::{HeaderValue, Method, Request, StatusCode, header};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use tokio::time::{sleep, timeout};
use url::Url;

use super::ServerGiven;
use crate::{
    exit::Exit,
    failed::{Failed, chain},
};

/// Pauses before what only reads is tried again.
const PAUSES: [Duration; 2] = [Duration::from_millis(500), Duration::from_secs(2)];

/// The longest text of a server that is repeated, in characters.
const MAX_MESSAGE: usize = 500;

/// A server's admin API.
pub(super) struct Server {
    transport: Arc<dyn Transport>,
    url: BaseUrl,
    key: HeaderValue,
    deadline: Duration,
}

/// What came of one attempt.
enum Attempt {
    /// An answer that says what to do.
    Done(Result<Value, Failed>),
    /// It may work in a moment, unless it has worked already.
    Passing(Failed),
}

impl Server {
    /// The server that was given. Nothing is sent yet.
    pub(super) fn open(given: &ServerGiven) -> Result<Self, Failed> {
        let key = given.key.read().map_err(anyhow::Error::from)?;
        let transport = confluence_setup::transport_trusting(given.network.ca_file.as_deref())?;
        let key = header(&key)?;
        let (url, deadline) = (given.url.clone(), given.network.timeout);
        Ok(Self { transport, url, key, deadline })
    }

    /// Reads something.
    pub(super) async fn get(
        &self,
        path: &[&str],
        query: &[(&str, String)],
    ) -> Result<Value, Failed> {
        for pause in PAUSES {
            match self.attempt(&Method::GET, path, query, None).await {
                Attempt::Done(result) => return result,
                Attempt::Passing(_) => sleep(pause).await,
            }
        }
        self.send(&Method::GET, path, query, None).await
    }

    /// Makes or changes something.
    pub(super) async fn post(&self, path: &[&str], body: &Value) -> Result<Value, Failed> {
        self.send(&Method::POST, path, &[], Some(body)).await
    }

    /// Replaces something.
    pub(super) async fn put(&self, path: &[&str], body: &Value) -> Result<Value, Failed> {
        self.send(&Method::PUT, path, &[], Some(body)).await
    }

    /// Deletes something.
    pub(super) async fn delete(&self, path: &[&str]) -> Result<Value, Failed> {
        self.send(&Method::DELETE, path, &[], None).await
    }

    async fn send(
        &self,
        method: &Method,
        path: &[&str],
        query: &[(&str, String)],
        body: Option<&Value>,
    ) -> Result<Value, Failed> {
        match self.attempt(method, path, query, body).await {
            Attempt::Done(result) => result,
            Attempt::Passing(failed) => Err(failed),
        }
    }

    async fn attempt(
        &self,
        method: &Method,
        path: &[&str],
        query: &[(&str, String)],
        body: Option<&Value>,
    ) -> Attempt {
        let body = body.map(|it| Bytes::from(it.to_string()));
        let request = Request::builder()
            .method(method)
            .uri(self.address(path, query).as_str())
            .header(header::AUTHORIZATION, self.key.clone())
            .header(header::ACCEPT, HeaderValue::from_static("application/json"))
            .header(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))
            .body(body.unwrap_or_default());
        let request = match request {
            Ok(request) => request,
            Err(error) => return Attempt::Done(Err(Failed::usage(error.to_string()))),
        };
        let answer = match timeout(self.deadline, self.transport.send(request)).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(error)) => return Attempt::Passing(unreachable(&error)),
            Err(_elapsed) => {
                let text = "the server did not answer in time (--timeout, CONFLUENCE_TIMEOUT)";
                return Attempt::Done(Err(Failed::new(Exit::Error, text)));
            }
        };
        let status = answer.status();
        if status.is_success() {
            return Attempt::Done(read(answer.body()));
        }
        let failed = told(status, answer.body());
        if matches!(status.as_u16(), 429 | 502..=504) {
            Attempt::Passing(failed)
        } else {
            Attempt::Done(Err(failed))
        }
    }

    fn address(&self, path: &[&str], query: &[(&str, String)]) -> Url {
        let mut url = self.url.as_url().clone();
        url.path_segments_mut()
            .expect("an address over HTTP has a path")
            .pop_if_empty()
            .extend(["admin", "v1"])
            .extend(path);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        url
    }
}

fn header(key: &SecretString) -> Result<HeaderValue, Failed> {
    let text = SecretString::from(format!("Bearer {}", key.expose_secret()));
    let header = HeaderValue::from_str(text.expose_secret());
    let mut header = header.map_err(|_no_header| {
        Failed::usage("the key of CONFLUENCE_SERVER_KEY has characters that no key has")
    })?;
    header.set_sensitive(true);
    Ok(header)
}

fn unreachable(error: &TransportError) -> Failed {
    let text = match error.kind {
        TransportErrorKind::Connect | TransportErrorKind::Setup => {
            "the server could not be reached"
        }
        TransportErrorKind::Interrupted | TransportErrorKind::TooLarge { .. } => {
            "the server did not answer to the end"
        }
    };
    Failed::new(Exit::Error, format!("{text}: {}", chain(error)))
}

fn read(body: &[u8]) -> Result<Value, Failed> {
    if body.is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_slice(body).map_err(|_no_json| not_ours())
}

pub(super) fn not_ours() -> Failed {
    let text = "what answers is no admin API: check --server-url (CONFLUENCE_SERVER_URL)";
    Failed::new(Exit::Error, text)
}

/// A failure in the server's words, if they are those of an admin API.
fn told(status: StatusCode, body: &[u8]) -> Failed {
    let json: Value = serde_json::from_slice(body).unwrap_or_default();
    let message = json["error"]["message"].as_str();
    let exit = match status {
        StatusCode::BAD_REQUEST => Exit::Usage,
        StatusCode::UNAUTHORIZED => Exit::Authentication,
        StatusCode::FORBIDDEN => Exit::Forbidden,
        StatusCode::NOT_FOUND => Exit::NotFound,
        StatusCode::CONFLICT => Exit::Conflict,
        StatusCode::TOO_MANY_REQUESTS => Exit::RateLimited,
        _ => Exit::Error,
    };
    let text = match message {
        Some(message) if exit == Exit::Authentication => {
            format!("{} (CONFLUENCE_SERVER_KEY)", excerpt(message, MAX_MESSAGE))
        }
        Some(message) => excerpt(message, MAX_MESSAGE),
        None if status.is_redirection() => {
            "the server sends elsewhere, where the key does not go: check --server-url \
             (CONFLUENCE_SERVER_URL)"
                .to_owned()
        }
        None if status == StatusCode::NOT_FOUND => return not_ours(),
        None => format!("the server answered with status {}", status.as_u16()),
    };
    Failed::new(exit, text)
}
