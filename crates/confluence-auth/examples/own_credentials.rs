//! Credentials of one's own: tokens come from another service, and again when one is rejected.

use std::{
    fmt, fs,
    io::{self, Write},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use async_trait::async_trait;
use confluence_api::{
    Authorized, BoxError, Client, Credentials, CredentialsError, HttpTransport, Rejected,
    RejectedAnswer, id::SiteName, send_once, sites::GetTenantInfo, users::GetCurrentUser,
};
use confluence_auth::Endpoints;
use confluence_sandbox::{ALL_SCOPES, Sandbox};
use http::HeaderValue;
use tokio::sync::Mutex;
use url::Url;

/// Whoever hands out tokens: a vault, a sidecar, a table in a database.
#[async_trait]
trait TokenService: fmt::Debug + Send + Sync {
    /// The token to use now.
    async fn token(&self) -> Result<String, BoxError>;
}

/// Credentials whose token comes from a service.
#[derive(Debug)]
struct Served {
    root: Url,
    service: Arc<dyn TokenService>,
    /// Held while the service is asked, so that calls that fail together ask once.
    current: Mutex<Option<HeaderValue>>,
}

impl Served {
    async fn ask(&self) -> Result<HeaderValue, BoxError> {
        let mut header = HeaderValue::try_from(format!("Bearer {}", self.service.token().await?))?;
        // Keeps the token out of `Debug`.
        header.set_sensitive(true);
        Ok(header)
    }
}

#[async_trait]
impl Credentials for Served {
    async fn authorized(&self) -> Result<Authorized, CredentialsError> {
        let mut current = self.current.lock().await;
        let header = match &*current {
            Some(header) => header.clone(),
            None => {
                current.insert(self.ask().await.map_err(CredentialsError::Unavailable)?).clone()
            }
        };
        Ok(Authorized { root: self.root.clone(), header })
    }

    async fn rejected(&self, used: &Authorized, _answer: RejectedAnswer) -> Rejected {
        let mut current = self.current.lock().await;
        if current.as_ref().is_some_and(|it| *it != used.header) {
            // Another call has renewed it since.
            return Rejected::Retry;
        }
        *current = self.ask().await.ok();
        match &*current {
            Some(header) if *header == used.header => Rejected::Dead,
            // Without a token, the next `authorized` says why.
            Some(_) | None => Rejected::Retry,
        }
    }
}

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    run(std::env::args().skip(1), &mut io::stdout()).await
}

pub(crate) async fn run(
    mut arguments: impl Iterator<Item = String>,
    out: &mut dyn Write,
) -> Result<(), BoxError> {
    let transport = Arc::new(HttpTransport::default());
    if let Some(site) = arguments.next() {
        let file = arguments.next().ok_or("usage: [SITE FILE_WITH_ACCESS_TOKEN]")?;
        // Access tokens work through the gateway only, which knows a site by its cloud id.
        let site: SiteName = site.parse()?;
        let tenant = send_once(transport.as_ref(), &site.root(), None, &GetTenantInfo).await?;
        let root = Endpoints::default().gateway_root(&tenant.cloud_id);
        let service = Arc::new(TokenFile(file));
        let credentials = Served { root, service, current: Mutex::default() };
        return greet(&Client::new(transport, Arc::new(credentials)), out).await;
    }

    let sandbox = Arc::new(Sandbox::builder().demo().start().await?);
    let root = sandbox.gateway_url().parse()?;
    let desk = Arc::new(Desk { sandbox: Arc::clone(&sandbox), issued: AtomicU32::new(0) });
    let credentials = Served { root, service: desk, current: Mutex::default() };
    let client = Client::new(transport, Arc::new(credentials));
    greet(&client, out).await?;
    sandbox.tokens().revoke("token-1");
    writeln!(out, "token-1 is revoked")?;
    greet(&client, out).await?;
    for request in sandbox.requests() {
        let status = request.status.unwrap_or_default();
        writeln!(out, "{status} {} {}", request.method, request.path)?;
    }
    Ok(())
}

async fn greet(client: &Client, out: &mut dyn Write) -> Result<(), BoxError> {
    let me = client.send(&GetCurrentUser).await?;
    writeln!(out, "signed in as {}", me.display_name.unwrap_or_default())?;
    Ok(())
}

/// Tokens that another program keeps fresh in a file.
#[derive(Debug)]
struct TokenFile(String);

#[async_trait]
impl TokenService for TokenFile {
    async fn token(&self) -> Result<String, BoxError> {
        Ok(fs::read_to_string(&self.0)?.trim().to_owned())
    }
}

/// The sandbox's own: hands out `token-1`, `token-2` and so on.
#[derive(Debug)]
struct Desk {
    sandbox: Arc<Sandbox>,
    issued: AtomicU32,
}

#[async_trait]
impl TokenService for Desk {
    async fn token(&self) -> Result<String, BoxError> {
        let token = format!("token-{}", self.issued.fetch_add(1, Ordering::Relaxed) + 1);
        let email = &self.sandbox.credentials().email;
        self.sandbox.tokens().add_access_token(email, &token, &ALL_SCOPES, None);
        Ok(token)
    }
}
