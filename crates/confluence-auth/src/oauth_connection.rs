//! Modes `oauth` and `oauthCentral`: a user's own connection as a credential.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use confluence_api::{
    Authorized, Credentials, CredentialsError, LoginLink, Rejected, RejectedAnswer,
};
use http::HeaderValue;
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use tokio::time::Instant;

use crate::{
    ConnectionError, Refresher,
    client::ResolvedClient,
    connection::{Connection, ConnectionKey},
    header::bearer,
    probe::{Probe, Verdict},
    store::Stored,
};

/// How long a rejected token is not sent again when it could not be renewed.
const FAILURE_STANDS: Duration = Duration::from_secs(5);

/// Makes links to the page where a user can connect. Called only when one is needed: a link is
/// valid for a short time.
pub type MakeLink = dyn Fn() -> Option<LoginLink> + Send + Sync;

/// A user's connection.
///
/// Its token is renewed two minutes before it ends, and once if it is rejected before that. All
/// that lasts is in the [`Refresher`]'s store: a value may be made for a single call.
pub struct OAuthConnection {
    refresher: Refresher,
    key: ConnectionKey,
    client: ResolvedClient,
    link: Box<MakeLink>,
    /// What to do where there is no page to connect on.
    next_step: Option<String>,
    probe: Probe,
    /// Why the token of this header, which was rejected, is not to be sent.
    failed: Mutex<Option<Failed>>,
}

struct Failed {
    header: HeaderValue,
    at: Instant,
    error: ConnectionError,
}

impl fmt::Debug for OAuthConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OAuthConnection").field("key", &self.key).finish_non_exhaustive()
    }
}

impl OAuthConnection {
    /// The connection of `key`, made with `client`. Nothing is loaded yet.
    pub fn new(
        refresher: Refresher,
        key: ConnectionKey,
        client: ResolvedClient,
        link: Box<MakeLink>,
    ) -> Self {
        let probe = Probe::new(Arc::clone(refresher.transport()));
        Self { refresher, key, client, link, next_step: None, probe, failed: Mutex::default() }
    }

    /// The same, for a user who connects otherwise than on a page: `next_step` says what to do.
    #[must_use]
    pub fn with_next_step(self, next_step: String) -> Self {
        Self { next_step: Some(next_step), ..self }
    }

    /// Site, account and scopes, as they are stored. Asks Atlassian nothing.
    ///
    /// # Errors
    ///
    /// See [`ConnectionError`].
    pub async fn connection(&self) -> Result<Connection, ConnectionError> {
        Ok(self.refresher.stored(&self.key, &self.client).await?.connection)
    }

    fn unavailable(&self, error: ConnectionError) -> CredentialsError {
        if let Some(next_step) = &self.next_step {
            return error.told_with(next_step);
        }
        let link = if error.needs_sign_in() { (self.link)() } else { None };
        error.into_credentials(link)
    }

    fn sign(&self, stored: &Stored) -> Result<Authorized, CredentialsError> {
        let connection = &stored.connection;
        let header = bearer(&connection.grant.access_token)
            .map_err(|error| CredentialsError::Unavailable(Box::new(error)))?;
        let site = connection.site_for(self.client.site.as_ref());
        // Loading has made sure that it is there.
        let site = site.unwrap_or(&connection.site);
        let root = self.refresher.endpoints().oauth_root(&site.cloud_id);
        Ok(Authorized { root, header })
    }

    fn failed(&self) -> std::sync::MutexGuard<'_, Option<Failed>> {
        self.failed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Why the last renewal failed, as long as it matters: the connection is gone, or has the same
    /// token as then.
    fn known_failure(&self, header: Option<&HeaderValue>) -> Option<ConnectionError> {
        let mut failed = self.failed();
        let Some(header) = header else {
            return failed.take().map(|it| it.error).filter(ConnectionError::needs_sign_in);
        };
        let last = failed.as_ref()?;
        let stands = last.at.elapsed() < FAILURE_STANDS && last.header == *header;
        stands.then(|| last.error.clone())
    }

    /// Renews the token that was rejected, if it is still in use and if that may help.
    async fn renew(&self, used: &Authorized) -> Renewal {
        let stored = match self.refresher.stored(&self.key, &self.client).await {
            Ok(stored) => stored,
            Err(error) => return Renewal::Failed(error),
        };
        let connection = &stored.connection;
        if !is_header_of(&used.header, &connection.grant.access_token) {
            return Renewal::Newer;
        }
        if !connection.may_renew_rejected(Timestamp::now()) {
            return Renewal::Pointless;
        }
        match self.refresher.after_rejection(&self.key, &self.client, stored.revision).await {
            Ok(_newer) => Renewal::Newer,
            Err(error) => Renewal::Failed(error),
        }
    }
}

/// What came of renewing a rejected token.
enum Renewal {
    Newer,
    Failed(ConnectionError),
    Pointless,
}

fn is_header_of(header: &HeaderValue, token: &SecretString) -> bool {
    header.as_bytes().strip_prefix(b"Bearer ") == Some(token.expose_secret().trim().as_bytes())
}

#[async_trait]
impl Credentials for OAuthConnection {
    async fn authorized(&self) -> Result<Authorized, CredentialsError> {
        match self.refresher.current(&self.key, &self.client).await {
            Ok(stored) => {
                let authorized = self.sign(&stored)?;
                match self.known_failure(Some(&authorized.header)) {
                    Some(error) => Err(self.unavailable(error)),
                    None => Ok(authorized),
                }
            }
            Err(ConnectionError::NotConnected) => {
                let error = self.known_failure(None).unwrap_or(ConnectionError::NotConnected);
                Err(self.unavailable(error))
            }
            Err(error) => Err(self.unavailable(error)),
        }
    }

    async fn rejected(&self, used: &Authorized, answer: RejectedAnswer) -> Rejected {
        match self.renew(used).await {
            Renewal::Newer => Rejected::Retry,
            // What is to be told is why there is no token, not what the old one met with.
            Renewal::Failed(error) => {
                let (header, at) = (used.header.clone(), Instant::now());
                *self.failed() = Some(Failed { header, at, error });
                Rejected::Retry
            }
            Renewal::Pointless => match answer {
                RejectedAnswer::Unauthorized | RejectedAnswer::UnauthorizedPage => Rejected::Dead,
                RejectedAnswer::BareNotFound | RejectedAnswer::NotPermitted => {
                    match self.probe.verdict(used).await {
                        Verdict::Unauthorized | Verdict::Rejected => Rejected::Dead,
                        Verdict::Working | Verdict::Unknown => Rejected::Unrelated,
                    }
                }
            },
        }
    }
}
