//! A client that is signed in to a scripted Confluence, and what holds for all of its requests.

use std::sync::Arc;

use async_trait::async_trait;
use confluence_api::{
    Authorized, Client, Credentials, CredentialsError, Rejected, RejectedAnswer, Transport,
};
use http::{HeaderValue, header};
use tokio::runtime::Builder;
use url::Url;

use crate::script::Script;

/// Where requests go: with a path of its own, as behind the OAuth gateway.
pub(crate) const ROOT: &str = "https://api.example.com/ex/confluence/11111111-2222";

/// What must never be seen outside a request's header.
const SECRET: &str = "s3cr3t-t0k3n";

/// Credentials of which it is known what a rejection means.
#[derive(Debug)]
struct Signer(Rejected);

#[async_trait]
impl Credentials for Signer {
    async fn authorized(&self) -> Result<Authorized, CredentialsError> {
        let root = Url::parse(ROOT).expect("the literal is a URL");
        Ok(Authorized { root, header: HeaderValue::from_static("Bearer s3cr3t-t0k3n") })
    }

    async fn rejected(&self, _: &Authorized, _: RejectedAnswer) -> Rejected {
        self.0
    }
}

/// A client of `script`.
pub(crate) fn client(script: &Arc<Script>, rejected: Rejected) -> Client {
    let transport: Arc<dyn Transport> = Arc::<Script>::clone(script);
    Client::new(transport, Arc::new(Signer(rejected)))
}

/// Runs `future` on a clock that passes as soon as everything waits.
pub(crate) fn run<F: Future>(future: F) -> F::Output {
    let runtime = Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.expect("a runtime without I/O needs nothing of the system").block_on(future)
}

/// Asserts that every request went where it should, as whom it should.
#[track_caller]
pub(crate) fn assert_requests(script: &Script) {
    let sent = script.sent();
    for request in sent {
        let uri = request.uri().to_string();
        let below = uri.strip_prefix(ROOT).expect("requests go below the root");
        assert!(below.starts_with("/wiki/"), "{uri}");
        let path = below.split('?').next().unwrap_or_default();
        let plain = |segment: &str| {
            let safe = |it: u8| it.is_ascii_alphanumeric() || b"-_".contains(&it);
            !segment.is_empty() && segment.bytes().all(safe)
        };
        assert!(path.split('/').skip(1).all(plain), "{uri}");
        for (name, value) in request.headers() {
            let ours = [header::ACCEPT, header::CONTENT_TYPE, header::AUTHORIZATION];
            assert!(ours.contains(name) || name == "x-atlassian-token", "{name}: {value:?}");
        }
        assert_eq!(request.headers().get_all(header::AUTHORIZATION).iter().count(), 1);
        if !request.body().is_empty() {
            let body: Result<serde_json::Value, _> = serde_json::from_slice(request.body());
            assert!(body.is_ok(), "{:?}", request.body());
        }
    }
}

/// Whether an input holds the credential, which libFuzzer reads from comparisons: nothing can be said
/// about texts then.
pub(crate) fn holds_secret(data: &[u8]) -> bool {
    data.windows(SECRET.len()).any(|it| it == SECRET.as_bytes())
}

/// Asserts that the credential is not in `text`.
#[track_caller]
pub(crate) fn assert_no_secret(text: &str) {
    assert!(!text.contains(SECRET), "{text:?}");
}
