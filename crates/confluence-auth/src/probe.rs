//! Whether a credential works, asked of Confluence itself.
//!
//! A rejected credential looks like a missing page: v2 answers 404. Only the current user tells
//! the two apart, because everyone with access to Confluence has one.

use std::{fmt, sync::Arc, time::Duration};

use confluence_api::{
    ApiErrorKind, Authorized, Error, Transport, send_once, users::GetCurrentUser,
};
use http::HeaderValue;
use tokio::{
    sync::Mutex,
    time::{Instant, timeout},
};
use url::Url;

/// How long the probe may take: the caller waits with an answer in hand.
const TIMEOUT: Duration = Duration::from_secs(5);

/// How long a working credential is believed to go on working: a series of missing pages costs one
/// probe.
const WORKING_STANDS: Duration = Duration::from_secs(30);

/// How long any other verdict stands: enough for calls that failed together.
const OTHERWISE_STANDS: Duration = Duration::from_secs(5);

/// What Confluence thinks of a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is known, whatever it may do.
    Working,
    /// It is not accepted (401).
    Unauthorized,
    /// It is not accepted in another way.
    Rejected,
    /// No usable answer.
    Unknown,
}

/// Tries a credential on the current user, and remembers the last verdict for a while.
pub(crate) struct Probe {
    transport: Arc<dyn Transport>,
    /// Held while asking, so that calls that failed together share one probe.
    last: Mutex<Option<Remembered>>,
}

struct Remembered {
    root: Url,
    header: HeaderValue,
    verdict: Verdict,
    until: Instant,
}

impl fmt::Debug for Probe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Probe").finish_non_exhaustive()
    }
}

impl Probe {
    pub(crate) fn new(transport: Arc<dyn Transport>) -> Self {
        Self { transport, last: Mutex::new(None) }
    }

    /// Asks with the root and the header of `used`.
    ///
    /// Sends without credentials of its own accord: it cannot end up here again.
    pub(crate) async fn verdict(&self, used: &Authorized) -> Verdict {
        let mut last = self.last.lock().await;
        if let Some(last) = &*last
            && last.root == used.root
            && last.header == used.header
            && Instant::now() < last.until
        {
            return last.verdict;
        }
        let verdict = self.ask(used).await;
        let stands = if verdict == Verdict::Working { WORKING_STANDS } else { OTHERWISE_STANDS };
        *last = Some(Remembered {
            root: used.root.clone(),
            header: used.header.clone(),
            verdict,
            until: Instant::now() + stands,
        });
        verdict
    }

    async fn ask(&self, used: &Authorized) -> Verdict {
        let transport = self.transport.as_ref();
        let request = send_once(transport, &used.root, Some(&used.header), &GetCurrentUser);
        let Ok(answer) = timeout(TIMEOUT, request).await else { return Verdict::Unknown };
        match answer {
            Ok(_user) => Verdict::Working,
            Err(error) => sort(&error, &used.root),
        }
    }
}

fn sort(error: &Error, root: &Url) -> Verdict {
    let Some(error) = error.api() else { return Verdict::Unknown };
    let gateway = root.path().contains("/ex/confluence/");
    if error.kind == ApiErrorKind::MissingScope {
        // Known, only not allowed to see its own name.
        Verdict::Working
    } else if error.kind == ApiErrorKind::Unauthorized {
        Verdict::Unauthorized
    } else if error.kind == ApiErrorKind::Forbidden && unknown_caller(error.message.as_deref())
        // The gateway does not know the cloud id, or does not let the credential near it.
        || error.kind == ApiErrorKind::NotFound && gateway
    {
        Verdict::Rejected
    } else {
        Verdict::Unknown
    }
}

/// Measured on live sites: the first on the current user, the second on search.
fn unknown_caller(message: Option<&str>) -> bool {
    message.is_some_and(|it| {
        it.contains("caller cannot access Confluence")
            || it.contains("not permitted to use Confluence")
    })
}
