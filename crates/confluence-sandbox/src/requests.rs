//! The log of requests seen, for tests to look at.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
};

use axum::http::HeaderMap;

/// A request as it arrived, without its credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenRequest {
    /// HTTP method.
    pub method: String,
    /// Path below the root: `/wiki/…` whether or not it came through the gateway.
    pub path: String,
    /// Query as it was sent, undecoded and without the question mark.
    pub query: String,
    /// Whether it came through the gateway.
    pub through_gateway: bool,
    /// How the caller signed in.
    pub authorization: Authorization,
    /// All other headers, names in lower case; values that are no text are left out.
    pub headers: Vec<(String, String)>,
    /// Beginning of the body, if it is text.
    pub body: String,
    /// Status of the answer; `None` while there is none or if the connection was cut.
    pub status: Option<u16>,
}

impl SeenRequest {
    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(it, _)| it.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}

/// How a request was authenticated, without the secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Authorization {
    /// No `Authorization` header.
    None,
    /// E-mail address and API token.
    Basic,
    /// An access token.
    Bearer,
    /// Something else.
    Other,
}

/// Most requests that are remembered; older ones are dropped, but still counted.
const CAPACITY: usize = 4096;

/// How much of a body is remembered.
const BODY: usize = 16 * 1024;

#[derive(Debug, Default)]
pub(crate) struct RequestLog(Mutex<Entries>);

#[derive(Debug, Default)]
struct Entries {
    seen: VecDeque<SeenRequest>,
    /// Number of the oldest request that is still remembered.
    first: u64,
}

impl RequestLog {
    /// Remembers a request; the number tells it apart until its answer is known.
    pub(crate) fn record(&self, request: SeenRequest) -> u64 {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if entries.seen.len() == CAPACITY {
            entries.seen.pop_front();
            entries.first += 1;
        }
        entries.seen.push_back(request);
        entries.first + entries.seen.len() as u64 - 1
    }

    pub(crate) fn answered(&self, number: u64, status: u16) {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at = number.checked_sub(entries.first).and_then(|it| usize::try_from(it).ok());
        if let Some(request) = at.and_then(|it| entries.seen.get_mut(it)) {
            request.status = Some(status);
        }
    }

    pub(crate) fn snapshot(&self) -> Vec<SeenRequest> {
        let entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        entries.seen.iter().cloned().collect()
    }

    pub(crate) fn clear(&self) {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        entries.first += entries.seen.len() as u64;
        entries.seen.clear();
    }
}

/// The headers worth remembering: all but credentials.
pub(crate) fn remembered(headers: &HeaderMap) -> Vec<(String, String)> {
    headers
        .iter()
        .filter(|(name, _)| {
            !matches!(name.as_str(), "authorization" | "cookie" | "proxy-authorization")
        })
        .filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.to_owned())))
        .collect()
}

/// The beginning of a body, as text.
pub(crate) fn beginning(body: &[u8]) -> String {
    String::from_utf8_lossy(&body[..body.len().min(BODY)]).into_owned()
}
