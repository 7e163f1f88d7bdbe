//! Signing in: from a user who wants to connect to a connection.
//!
//! Two requests of one browser, with Atlassian's pages in between. What ties them together is the
//! state, which comes back once, and a cookie, which no other browser has.

mod outcome;

use std::{fmt, str::FromStr, sync::Arc, time::Duration};

use confluence_api::Transport;
use jiff::Timestamp;
use oauth2::{
    AuthUrl, ClientId, CsrfToken, PkceCodeChallenge, RedirectUrl, Scope, basic::BasicClient,
};
use secrecy::{ExposeSecret, SecretString};
use tokio::time::{Instant, sleep, timeout};
use url::Url;

use crate::{
    Endpoints, Fingerprint,
    callback::{BrowserRedirect, CallbackAnswer, CallbackQuery, new_state},
    client::ResolvedClient,
    connected_sites,
    connection::{Connection, ConnectionKey},
    header::bearer,
    ids::{AgentId, InstanceName, WorkspaceSlug},
    pending::{PendingSignIn, SIGN_IN_TIME},
    random,
    store::{ConnectionStore, Precondition, Replaced, Revision, SignInStore, StoreError, in_time},
    ticket::Ticket,
    token::{CodeExchange, TokenError, Unanswered},
};

pub use outcome::{CONNECTED, SignInError};

/// How long the exchange of the code may take; the user is waiting.
const EXCHANGE: Duration = Duration::from_secs(20);

/// How long saving the new connection is tried: its tokens exist nowhere else yet.
const SAVING: Duration = Duration::from_secs(15);

/// Signs users in.
#[derive(Debug, Clone)]
pub struct SignIn {
    transport: Arc<dyn Transport>,
    endpoints: Endpoints,
    sign_ins: Arc<dyn SignInStore>,
    connections: Arc<dyn ConnectionStore>,
}

/// The secret in a cookie, by which the browser that started is known again.
///
/// One browser may keep it for several sign-ins.
#[derive(Clone)]
pub struct BrowserSecret(SecretString);

/// The cookie's value is not one of ours: make a new one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a browser's secret")]
pub struct InvalidBrowserSecret;

/// Which callback Atlassian is given.
#[derive(Debug, Clone, Copy)]
pub enum Callback<'a> {
    /// The one that belongs to the client that is used.
    Own(&'a Url),
    /// The core's, which sends the browser on to `own`.
    ThroughCore {
        /// What Atlassian is given.
        core: &'a Url,
        /// Where the sign-in is finished.
        own: &'a Url,
    },
}

/// A sign-in to start.
#[derive(Debug)]
pub struct SignInRequest<'a> {
    /// Whose connection it will be.
    pub key: &'a ConnectionKey,
    /// The agent on whose behalf the user was asked.
    pub agent: Option<&'a AgentId>,
    /// The client to agree to.
    pub client: &'a ResolvedClient,
    /// Which callback Atlassian is given.
    pub callback: Callback<'a>,
    /// The browser that asks.
    pub browser: &'a BrowserSecret,
}

/// A callback to finish a sign-in with.
#[derive(Debug)]
pub struct SignInCallback<'a> {
    /// What came.
    pub query: &'a CallbackQuery,
    /// The workspace that the callback's path names.
    pub workspace: &'a WorkspaceSlug,
    /// The instance that the callback's path names.
    pub instance: &'a InstanceName,
    /// The cookie, if one came.
    pub browser: Option<&'a BrowserSecret>,
    /// The client of the instance.
    pub client: &'a ResolvedClient,
}

/// A user who is connected now.
#[derive(Debug, Clone)]
pub struct Connected {
    /// Whose connection it is.
    pub key: ConnectionKey,
    /// The connection, as it was stored.
    pub connection: Connection,
    /// Which state of it.
    pub revision: Revision,
}

impl fmt::Debug for BrowserSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BrowserSecret")
    }
}

impl BrowserSecret {
    /// A new one.
    pub fn random() -> Self {
        Self(random::text::<32>().into())
    }

    /// The cookie's value.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(self.expose())
    }
}

impl FromStr for BrowserSecret {
    type Err = InvalidBrowserSecret;

    fn from_str(text: &str) -> Result<Self, InvalidBrowserSecret> {
        let safe = |it: u8| it.is_ascii_alphanumeric() || it == b'-' || it == b'_';
        let fits = text.len() == 43 && text.bytes().all(safe);
        fits.then(|| Self(text.into())).ok_or(InvalidBrowserSecret)
    }
}

impl SignIn {
    /// Signs users in at Atlassian's, or at `endpoints`.
    pub fn new(
        transport: Arc<dyn Transport>,
        endpoints: Endpoints,
        sign_ins: Arc<dyn SignInStore>,
        connections: Arc<dyn ConnectionStore>,
    ) -> Self {
        Self { transport, endpoints, sign_ins, connections }
    }

    /// Uses a ticket up; `false` if it was used before.
    ///
    /// To be called when the user confirms, not when the link is opened: programs that look at
    /// links before people do would use it up.
    ///
    /// # Errors
    ///
    /// See [`StoreError`].
    pub async fn redeem(&self, ticket: &Ticket) -> Result<bool, StoreError> {
        in_time(self.sign_ins.spend(&ticket.id, ticket.expires_at)).await
    }

    /// Starts a sign-in, and says where to send the browser.
    ///
    /// # Errors
    ///
    /// See [`StoreError`].
    pub async fn start(
        &self,
        request: &SignInRequest<'_>,
        now: Timestamp,
    ) -> Result<BrowserRedirect, StoreError> {
        let SignInRequest { key, agent, client, callback, browser } = *request;
        let (redirect_uri, packed) = match callback {
            Callback::Own(url) => (url, None),
            Callback::ThroughCore { core, own } => (core, Some(own)),
        };
        let (state, fingerprint) = new_state(packed);
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let pending = PendingSignIn {
            state: fingerprint,
            browser: browser.fingerprint(),
            code_verifier: verifier.secret().as_str().into(),
            redirect_uri: redirect_uri.clone(),
            key: key.clone(),
            agent: agent.cloned(),
            client: client.fingerprint(),
            created_at: now,
            expires_at: now.saturating_add(SIGN_IN_TIME).unwrap_or(Timestamp::MAX),
        };
        in_time(self.sign_ins.begin(&pending)).await?;
        let scopes = client.scopes.iter().map(|it| Scope::new(it.to_owned()));
        let (url, _state) = BasicClient::new(ClientId::new(client.id.clone()))
            .set_auth_uri(AuthUrl::from_url(self.endpoints.authorize()))
            .set_redirect_uri(RedirectUrl::from_url(redirect_uri.clone()))
            .authorize_url(|| CsrfToken::new(state.expose_secret().to_owned()))
            .add_scopes(scopes)
            .set_pkce_challenge(challenge)
            // Both are required by Atlassian.
            .add_extra_param("audience", "api.atlassian.com")
            .add_extra_param("prompt", "consent")
            .url();
        Ok(BrowserRedirect(url))
    }

    /// Finishes a sign-in: exchanges the code, finds the site and the account, and saves the
    /// connection.
    ///
    /// # Errors
    ///
    /// See [`SignInError`]; its [`code`](SignInError::code) is what the result page is told.
    pub async fn finish(
        &self,
        callback: &SignInCallback<'_>,
        now: Timestamp,
    ) -> Result<Connected, SignInError> {
        let pending = self.pending(callback, now).await?;
        let code = match callback.query.answer() {
            CallbackAnswer::Code(code) => code,
            CallbackAnswer::Error(code) => return Err(SignInError::Refused(code.clone())),
        };
        // In a task of its own: a browser that goes away after it has agreed is connected.
        let this = self.clone();
        let (client, code) = (callback.client.clone(), code.clone());
        let finish = async move { this.connect(pending, &client, &code).await };
        tokio::spawn(finish).await.unwrap_or_else(|_panic| Err(SignInError::Interrupted))
    }

    /// The sign-in that a callback belongs to; it is used up, whatever comes of it.
    async fn pending(
        &self,
        callback: &SignInCallback<'_>,
        now: Timestamp,
    ) -> Result<PendingSignIn, SignInError> {
        let SignInCallback { query, workspace, instance, browser, client } = callback;
        // Without a cookie there is nothing to find, and nothing may be used up.
        let browser = browser.ok_or(SignInError::InvalidState)?;
        let pending = in_time(self.sign_ins.take(query.fingerprint())).await;
        let pending = pending.map_err(SignInError::Store)?;
        let pending = pending.ok_or(SignInError::InvalidState)?;
        let ours = pending.browser == browser.fingerprint()
            && pending.key.workspace == **workspace
            && pending.key.instance == **instance
            && pending.client == client.fingerprint()
            && pending.expires_at > now;
        ours.then_some(pending).ok_or(SignInError::InvalidState)
    }

    async fn connect(
        &self,
        pending: PendingSignIn,
        client: &ResolvedClient,
        code: &SecretString,
    ) -> Result<Connected, SignInError> {
        let exchange = CodeExchange {
            client_id: &client.id,
            code,
            code_verifier: &pending.code_verifier,
            redirect_uri: &pending.redirect_uri,
        };
        let (transport, endpoints) = (self.transport.as_ref(), &self.endpoints);
        let asked = client.tokens.exchange_code(transport, endpoints, &exchange);
        let granted = timeout(EXCHANGE, asked)
            .await
            .unwrap_or_else(|_elapsed| Err(TokenError::Unavailable(Unanswered::Timeout(EXCHANGE))));
        let grant = granted.map_err(SignInError::Exchange)?.first(&client.scopes);
        let header = bearer(&grant.access_token).map_err(|_invalid| {
            SignInError::Exchange(TokenError::Unavailable(Unanswered::NoTokens))
        })?;
        let sites = connected_sites::sites(&self.transport, endpoints, &header).await;
        let sites = sites.map_err(|it| SignInError::Sites(Box::new(it)))?;
        let (site, other_sites) = connected_sites::choose(sites, client.site.as_ref())
            .ok_or(SignInError::NoAccessibleSite)?;
        let account = connected_sites::account(&self.transport, endpoints, &site, &header).await;
        let now = Timestamp::now();
        let connection = Connection {
            grant,
            client: pending.client,
            site,
            other_sites,
            account,
            agent: pending.agent,
            connected_at: now,
            refreshed_at: now,
            after_rejection: false,
            introduced: false,
        };
        let revision = self.save(&pending.key, &connection).await?;
        let ConnectionKey { workspace, instance, .. } = &pending.key;
        tracing::info!(%workspace, %instance, "a user has connected");
        Ok(Connected { key: pending.key, connection, revision })
    }

    async fn save(
        &self,
        key: &ConnectionKey,
        connection: &Connection,
    ) -> Result<Revision, SignInError> {
        let until = Instant::now() + SAVING;
        let mut pause = Duration::from_millis(100);
        loop {
            let replaced = self.connections.replace(key, Precondition::Any, connection);
            let error = match in_time(replaced).await {
                Ok(Replaced::Done(revision)) => return Ok(revision),
                // Nothing else keeps a write without a condition from happening.
                Ok(Replaced::Moved) => return Err(SignInError::NoInstance),
                Err(error) => error,
            };
            let again = matches!(error, StoreError::Unavailable(_));
            if !again || Instant::now() + pause >= until {
                return Err(SignInError::Store(error));
            }
            sleep(pause).await;
            pause *= 2;
        }
    }
}
