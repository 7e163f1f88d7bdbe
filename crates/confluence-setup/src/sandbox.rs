//! The embedded Confluence, started aside: what comes first does not wait for it.

use std::{fmt, io, sync::Arc};

use async_trait::async_trait;
use confluence_api::{
    Authorized, Credentials, CredentialsError, Rejected, RejectedAnswer, Transport,
};
use confluence_auth::{
    AuthMode, BaseUrl, Endpoints, Hosts, Location, Settings, client::OAuthClient,
};
use confluence_sandbox::Sandbox;
use secrecy::SecretString;
use tokio::{runtime::Handle, sync::OnceCell, task};
use url::Url;

/// The demo account of a sandbox, which is started when somebody first needs it.
pub struct SandboxAccount {
    transport: Arc<dyn Transport>,
    pages: Option<usize>,
    running: OnceCell<Running>,
}

/// A sandbox and how to use it.
#[derive(Debug)]
pub struct Running {
    sandbox: Sandbox,
    credentials: Arc<dyn Credentials>,
}

impl Running {
    /// Its address in a browser.
    pub fn web_address(&self) -> String {
        format!("{}/wiki", self.sandbox.site_url())
    }

    /// The sandbox itself.
    pub fn sandbox(&self) -> &Sandbox {
        &self.sandbox
    }

    /// Addresses that lead to it instead of to Atlassian.
    ///
    /// # Errors
    ///
    /// Never, as it listens on this machine.
    pub fn endpoints(&self) -> io::Result<Endpoints> {
        let base = |url: &str| BaseUrl::parse(url, Hosts::Loopback).map_err(io::Error::other);
        Ok(Endpoints {
            api: None,
            site: Some(base(&self.sandbox.site_url())?),
            gateway: Some(base(&self.sandbox.api_base_url())?),
            auth: Some(base(&self.sandbox.auth_base_url())?),
        })
    }

    /// What the account signs in with.
    pub fn api_token(&self) -> SecretString {
        self.sandbox.credentials().api_token.clone().into()
    }

    /// The OAuth client of a whole deployment, which the sandbox knows from now on, with that
    /// callback.
    pub fn central_client(&self, callback: &Url) -> OAuthClient {
        self.register(confluence_sandbox::OAuthClient {
            callback_url: callback.to_string(),
            ..confluence_sandbox::OAuthClient::demo()
        })
    }

    /// An OAuth client of a workspace's own: a sandbox lets each client have one callback.
    pub fn own_client(&self, callback: &Url) -> OAuthClient {
        let demo = confluence_sandbox::OAuthClient::demo();
        self.register(confluence_sandbox::OAuthClient {
            id: format!("{}-own", demo.id),
            name: format!("{} of a workspace", demo.name),
            callback_url: callback.to_string(),
            ..demo
        })
    }

    fn register(&self, known: confluence_sandbox::OAuthClient) -> OAuthClient {
        let client = OAuthClient { id: known.id.clone(), secret: known.secret.as_str().into() };
        self.sandbox.identity().register(known);
        client
    }

    /// The name of the account that is used.
    pub fn email(&self) -> &str {
        &self.sandbox.credentials().email
    }
}

impl fmt::Debug for SandboxAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SandboxAccount").field("pages", &self.pages).finish_non_exhaustive()
    }
}

impl SandboxAccount {
    /// Prepares a sandbox. Nothing is started yet.
    pub fn new(transport: Arc<dyn Transport>, pages: Option<usize>) -> Self {
        Self { transport, pages, running: OnceCell::new() }
    }

    /// How many generated pages take the place of the demo content.
    pub fn pages(&self) -> Option<usize> {
        self.pages
    }

    /// The sandbox, started unless it runs. Everyone who asks at the same time shares one start.
    ///
    /// # Errors
    ///
    /// Fails when no port can be had.
    pub async fn running(&self) -> io::Result<&Running> {
        self.running.get_or_try_init(|| self.start()).await
    }

    async fn start(&self) -> io::Result<Running> {
        let builder = Sandbox::builder().links_to_itself();
        let builder = match self.pages {
            Some(pages) => builder.generate(pages),
            None => builder.demo(),
        };
        // Making the content keeps a core busy, and stdio has a single thread for everything else.
        let runtime = Handle::current();
        let sandbox = task::spawn_blocking(move || runtime.block_on(builder.start()))
            .await
            .map_err(io::Error::other)??;
        let base =
            BaseUrl::parse(&sandbox.site_url(), Hosts::Loopback).map_err(io::Error::other)?;
        let credentials = sandbox.credentials();
        let settings = Settings {
            mode: Some(AuthMode::ApiToken),
            location: Location {
                endpoints: Endpoints {
                    site: Some(base.clone()),
                    gateway: Some(base),
                    ..Endpoints::default()
                },
                ..Location::default()
            },
            email: Some(credentials.email.clone()),
            api_token: Some(credentials.api_token.clone().into()),
            access_token: None,
        };
        let credentials = confluence_auth::resolve(&settings, Arc::clone(&self.transport))
            .map_err(io::Error::other)?;
        tracing::info!(address = %sandbox.site_url(), "the sandbox is ready");
        Ok(Running { sandbox, credentials })
    }
}

#[async_trait]
impl Credentials for SandboxAccount {
    async fn authorized(&self) -> Result<Authorized, CredentialsError> {
        let running = self.running().await;
        running
            .map_err(|it| CredentialsError::Unavailable(it.into()))?
            .credentials
            .authorized()
            .await
    }

    async fn rejected(&self, used: &Authorized, answer: RejectedAnswer) -> Rejected {
        match self.running.get() {
            Some(running) => running.credentials.rejected(used, answer).await,
            None => Rejected::Unrelated,
        }
    }
}
