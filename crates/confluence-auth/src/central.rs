//! The central client: with the core of another deployment, or in this one.

mod exchange;

use std::{fmt, sync::Arc, time::Duration};

use bytes::Bytes;
use confluence_api::{Transport, TransportError};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use secrecy::SecretString;
use serde::Deserialize;
use tokio::{
    sync::Mutex,
    time::{Instant, timeout},
};
use url::Url;

use crate::{
    BaseUrl, InvalidCredential,
    header::bearer,
    scopes::{InvalidScopes, Scopes},
};

pub use exchange::{ExchangeAnswer, ExchangeRefused, ExchangeRequest, exchange};

/// How long the core may take to say which client it has.
const TIMEOUT: Duration = Duration::from_secs(10);

/// How long the answer stands: a maintainer seldom changes the client, and those who sign in
/// meanwhile are told by Atlassian.
const STANDS: Duration = Duration::from_mins(5);

/// How long a failure stands, so that a core that is away is not asked by every call.
const FAILURE_STANDS: Duration = Duration::from_secs(5);

/// The core of another deployment, which holds the central client.
pub struct RemoteCentral {
    transport: Arc<dyn Transport>,
    webhooks: Url,
    key: Option<HeaderValue>,
    /// Held while asking, so that all who ask at the same time share the answer.
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    /// Whether it has ever answered.
    answered: bool,
    client: Option<PublicClient>,
    asked: Option<(Instant, Result<(), CentralError>)>,
}

/// What everybody may know of the central client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicClient {
    /// Its id.
    pub id: String,
    /// Its scopes, if it has its own.
    pub scopes: Option<Scopes>,
}

/// Why the core did not say which client it has.
#[derive(Debug, Clone, thiserror::Error)]
pub enum CentralError {
    /// It answered with another status.
    #[error("the core answered with status {}", .0.as_u16())]
    Status(StatusCode),
    /// It answered with something else.
    #[error("the core's answer does not describe a client")]
    Unreadable,
    /// It could not be reached.
    #[error("the core could not be reached")]
    Transport(#[source] Arc<TransportError>),
    /// Not in time.
    #[error("the core did not answer within {TIMEOUT:?}")]
    Timeout,
}

impl fmt::Debug for RemoteCentral {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RemoteCentral")
            .field("webhooks", &self.webhooks.as_str())
            .field("with_key", &self.key.is_some())
            .finish_non_exhaustive()
    }
}

impl RemoteCentral {
    /// The core whose webhooks are at `webhooks`, such as
    /// `https://core.example/workspaces/slug:confluence-next/webhooks`.
    ///
    /// `key` is the deployment key that this core gave out; it is sent there and nowhere else.
    ///
    /// # Errors
    ///
    /// Fails when the key cannot be sent.
    pub fn new(
        transport: Arc<dyn Transport>,
        webhooks: &BaseUrl,
        key: Option<&SecretString>,
    ) -> Result<Self, InvalidCredential> {
        let key = key.map(bearer).transpose()?;
        let webhooks = webhooks.as_url().clone();
        Ok(Self { transport, webhooks, key, known: Mutex::default() })
    }

    /// The core's callback, which is the one registered at Atlassian's.
    pub fn callback(&self) -> Url {
        self.webhook("oauthCallback")
    }

    /// Where tokens are asked for.
    pub(crate) fn exchange(&self) -> Url {
        self.webhook("centralTokenExchange")
    }

    /// Adds the deployment key to a request to [`RemoteCentral::exchange`].
    pub(crate) fn authorize(&self, headers: &mut HeaderMap) {
        if let Some(key) = &self.key {
            headers.insert(header::AUTHORIZATION, key.clone());
        }
    }

    fn webhook(&self, name: &str) -> Url {
        let mut url = self.webhooks.clone();
        let path = format!("{}/{name}", url.path().trim_end_matches('/'));
        url.set_path(&path);
        url
    }

    /// The client that the core has; `None` if it has none.
    ///
    /// The answer stands for five minutes, and for as long as the core is away.
    ///
    /// # Errors
    ///
    /// Fails when the core does not answer and never has.
    pub async fn client(&self) -> Result<Option<PublicClient>, CentralError> {
        let mut known = self.known.lock().await;
        if let Some((at, outcome)) = &known.asked {
            let stands = if outcome.is_ok() { STANDS } else { FAILURE_STANDS };
            if at.elapsed() < stands {
                return known.answer(outcome.clone());
            }
        }
        let asked = timeout(TIMEOUT, self.ask()).await.unwrap_or(Err(CentralError::Timeout));
        let outcome = asked.map(|client| {
            known.client = client;
            known.answered = true;
        });
        known.asked = Some((Instant::now(), outcome.clone()));
        if let (Err(error), true) = (&outcome, known.answered) {
            tracing::warn!(%error, "the core is away, its client is taken to be the same");
        }
        known.answer(outcome)
    }

    async fn ask(&self) -> Result<Option<PublicClient>, CentralError> {
        // Public: asked without the key.
        let request = http::Request::builder()
            .method(Method::GET)
            .uri(self.webhook("getOAuthClientPublic").as_str())
            .header(header::ACCEPT, "application/json")
            .body(Bytes::new())
            .map_err(|_invalid| CentralError::Unreadable)?;
        let answer = self.transport.send(request).await;
        let answer = answer.map_err(|error| CentralError::Transport(Arc::new(error)))?;
        if answer.status() != StatusCode::OK {
            return Err(CentralError::Status(answer.status()));
        }
        let public: Public =
            serde_json::from_slice(answer.body()).map_err(|_error| CentralError::Unreadable)?;
        public.client()
    }
}

impl Known {
    fn answer(
        &self,
        outcome: Result<(), CentralError>,
    ) -> Result<Option<PublicClient>, CentralError> {
        match outcome {
            Err(error) if !self.answered => Err(error),
            Ok(()) | Err(_) => Ok(self.client.clone()),
        }
    }
}

/// The answer of `getOAuthClientPublic`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Public {
    configured: bool,
    client_id: Option<String>,
    scopes: Option<PublicScopes>,
}

/// Scopes as a text or as a list: both are in use.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum PublicScopes {
    Text(String),
    List(Vec<String>),
}

impl Public {
    fn client(self) -> Result<Option<PublicClient>, CentralError> {
        if !self.configured {
            return Ok(None);
        }
        let id = self.client_id.filter(|it| !it.is_empty()).ok_or(CentralError::Unreadable)?;
        let scopes = self.scopes.map(|it| match it {
            PublicScopes::Text(text) => text,
            PublicScopes::List(list) => list.join(" "),
        });
        let scopes = scopes.filter(|it| !it.trim().is_empty()).map(|it| it.parse()).transpose();
        let scopes = scopes.map_err(|_invalid: InvalidScopes| CentralError::Unreadable)?;
        Ok(Some(PublicClient { id, scopes }))
    }
}
