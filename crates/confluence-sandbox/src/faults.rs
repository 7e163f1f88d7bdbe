//! Faults to order: what can go wrong between a client and the cloud.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use serde::Deserialize;
use serde_with::{DurationMilliSeconds, serde_as};

use crate::identity::IdentityRequest;

/// Something that goes wrong with a request.
#[serde_as]
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Fault {
    /// The request is carried out late.
    Latency(#[serde_as(as = "DurationMilliSeconds<u64>")] Duration),
    /// The request is carried out at once, and answered late.
    LateAnswer(#[serde_as(as = "DurationMilliSeconds<u64>")] Duration),
    /// 429; the gateway does not always say how long to wait.
    TooManyRequests {
        /// Value of `Retry-After`, in seconds.
        retry_after: Option<u64>,
    },
    /// An error of the server, with a JSON body.
    Status {
        /// Status to answer with, such as 500, 502 or 503.
        status: u16,
        /// Value of `Retry-After`, in seconds.
        retry_after: Option<u64>,
    },
    /// An error as a proxy on the way reports it: an HTML page.
    HtmlPage {
        /// Status to answer with.
        status: u16,
    },
    /// The connection is closed before the request is carried out.
    Disconnect,
    /// The request is carried out, then the connection is closed without an answer.
    LostResponse,
    /// The connection is closed in the middle of the body.
    CutBody,
    /// The body trickles in.
    SlowBody {
        /// Bytes that come together.
        chunk: usize,
        /// Pause between them.
        #[serde_as(as = "DurationMilliSeconds<u64>")]
        pause: Duration,
    },
    /// JSON that ends too early, though its length is as announced.
    TruncatedJson,
    /// A body that never ends.
    EndlessBody,
    /// The answer in gzip, whether or not it was asked for.
    Gzip,
    /// 302 to another place.
    Redirect {
        /// Value of `Location`.
        location: String,
    },
    /// A list whose next link points to another host.
    ForeignNextLink {
        /// Scheme and host of the link.
        origin: String,
    },
    /// A list without rows, but with a next page that has them.
    EmptyPage,
}

impl Fault {
    /// 500 with a JSON body.
    pub fn internal_error() -> Self {
        Self::Status { status: 500, retry_after: None }
    }

    /// 503 that says when to come back.
    pub fn unavailable(retry_after: Option<u64>) -> Self {
        Self::Status { status: 503, retry_after }
    }

    /// The fault for requests with that method whose path begins so.
    ///
    /// The method `*` stands for all. The path is the one below the root, `/wiki/…`, also for
    /// requests through the gateway.
    pub fn on(self, method: &str, path_prefix: &str) -> FaultRule {
        FaultRule { path_prefix: path_prefix.to_owned(), ..self.everywhere() }.method(method)
    }

    /// The fault for requests of that kind to the identity service.
    pub fn during(self, request: IdentityRequest) -> FaultRule {
        FaultRule { request: Some(request), ..self.everywhere() }
    }

    /// The fault for every request.
    pub fn everywhere(self) -> FaultRule {
        FaultRule {
            fault: self,
            method: None,
            path_prefix: String::new(),
            request: None,
            skipped: 0,
            remaining: None,
        }
    }
}

/// A fault, and which requests it strikes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FaultRule {
    fault: Fault,
    method: Option<String>,
    path_prefix: String,
    request: Option<IdentityRequest>,
    skipped: u32,
    remaining: Option<u32>,
}

impl FaultRule {
    /// Strikes that often and then no more.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.remaining = Some(times);
        self
    }

    /// Strikes once.
    #[must_use]
    pub fn once(self) -> Self {
        self.times(1)
    }

    /// Lets that many matching requests pass first.
    #[must_use]
    pub fn after(mut self, requests: u32) -> Self {
        self.skipped = requests;
        self
    }

    fn method(mut self, method: &str) -> Self {
        self.method = (method != "*").then(|| method.to_ascii_uppercase());
        self
    }

    fn matches(&self, method: &str, path: &str, request: Option<IdentityRequest>) -> bool {
        self.method.as_deref().is_none_or(|it| it == method)
            && path.starts_with(&self.path_prefix)
            && (self.request.is_none() || self.request == request)
    }
}

impl From<Fault> for FaultRule {
    fn from(fault: Fault) -> Self {
        fault.everywhere()
    }
}

/// The faults in force, open to change while the sandbox runs.
#[derive(Debug, Default)]
pub struct Faults(Mutex<Vec<FaultRule>>);

impl Faults {
    /// Adds a fault; of several that match, all strike, in the order they were added.
    pub fn inject(&self, rule: impl Into<FaultRule>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(rule.into());
    }

    /// Removes all faults.
    pub fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// How many rules could still strike.
    pub fn pending(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// The faults that strike this request, counted off.
    pub(crate) fn strike(
        &self,
        method: &str,
        path: &str,
        request: Option<IdentityRequest>,
    ) -> Vec<Fault> {
        let mut rules = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut faults = Vec::new();
        for rule in rules.iter_mut().filter(|it| it.matches(method, path, request)) {
            if rule.skipped > 0 {
                rule.skipped -= 1;
                continue;
            }
            if let Some(remaining) = &mut rule.remaining {
                if *remaining == 0 {
                    continue;
                }
                *remaining -= 1;
            }
            faults.push(rule.fault.clone());
        }
        rules.retain(|it| it.remaining != Some(0));
        faults
    }
}
