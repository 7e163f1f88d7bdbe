//! Setting up a sandbox.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, RwLock, atomic::AtomicU64},
    time::Duration,
};

use jiff::Timestamp;
use tokio::net::TcpListener;

use crate::{
    access::{ALL_SCOPES, Account, Credentials, Role, TokenStore},
    clock::Clock,
    demo,
    faults::Faults,
    identity::{Identity, IdentityPolicy, OAuthClient},
    limits::{Meter, RateLimits},
    requests::RequestLog,
    sandbox::Sandbox,
    site::{Site, User},
    state::Shared,
    tenant::Tenant,
};

/// Cloud id of a sandbox that is not given another.
const CLOUD_ID: &str = "5ca1ab1e-0000-4000-8000-00005a9db0c5";

/// What the cloud ids of further sites begin with.
const FURTHER_CLOUD_ID: &str = "5ca1ab1e-0000-4000-8001-";

/// Base of the links in answers, unless they are to lead to the sandbox itself.
const LINK_BASE: &str = "https://example.atlassian.net/wiki";

/// What the site contains at first.
#[derive(Debug, Clone, Copy)]
enum Content {
    Demo,
    Empty,
    Generated(usize),
}

/// An access token to be known from the start.
struct Bearer {
    email: String,
    secret: String,
    scopes: Vec<String>,
    expires_at: Option<Timestamp>,
}

/// Options of a sandbox; see [`Sandbox::builder`].
#[must_use]
pub struct SandboxBuilder {
    content: Content,
    address: SocketAddr,
    cloud_id: String,
    further_sites: Vec<String>,
    link_base: Option<String>,
    clock: Clock,
    index_lag: Duration,
    limits: RateLimits,
    expired_is_unauthorized: bool,
    credentials: Credentials,
    accounts: Vec<Account>,
    spaces: Vec<(String, String, bool)>,
    api_tokens: Vec<(String, String, Option<Vec<String>>)>,
    bearers: Vec<Bearer>,
    clients: Vec<OAuthClient>,
    policy: IdentityPolicy,
    controls: bool,
}

impl std::fmt::Debug for SandboxBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SandboxBuilder")
            .field("content", &self.content)
            .field("address", &self.address)
            .field("cloud_id", &self.cloud_id)
            .finish_non_exhaustive()
    }
}

impl Default for SandboxBuilder {
    fn default() -> Self {
        Self {
            content: Content::Demo,
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            cloud_id: CLOUD_ID.to_owned(),
            further_sites: Vec::new(),
            link_base: Some(LINK_BASE.to_owned()),
            clock: Clock::System,
            index_lag: Duration::ZERO,
            limits: RateLimits::default(),
            expired_is_unauthorized: false,
            credentials: Credentials::default(),
            accounts: Vec::new(),
            spaces: Vec::new(),
            api_tokens: Vec::new(),
            bearers: Vec::new(),
            clients: vec![OAuthClient::demo()],
            policy: IdentityPolicy::default(),
            controls: false,
        }
    }
}

impl SandboxBuilder {
    /// Starts with the wiki of an invented company; this is the default.
    pub fn demo(mut self) -> Self {
        self.content = Content::Demo;
        self
    }

    /// Starts with one space, `SAND`, and its empty home page.
    pub fn empty(mut self) -> Self {
        self.content = Content::Empty;
        self
    }

    /// Starts with that many generated pages, whose bodies are made when they are read.
    pub fn generate(mut self, pages: usize) -> Self {
        self.content = Content::Generated(pages);
        self
    }

    /// Listens there; by default on a free port of 127.0.0.1.
    pub fn address(mut self, address: SocketAddr) -> Self {
        self.address = address;
        self
    }

    /// Is known to the gateway by that cloud id.
    pub fn cloud_id(mut self, cloud_id: &str) -> Self {
        cloud_id.clone_into(&mut self.cloud_id);
        self
    }

    /// Adds a site at `https://{name}.atlassian.net`, which only the gateway leads to.
    ///
    /// It has the same people, and one empty space, `SAND`. [`Sandbox::sites`] tells its cloud id.
    pub fn further_site(mut self, name: &str) -> Self {
        self.further_sites.push(name.to_owned());
        self
    }

    /// Says in its links that the site is at that address, such as
    /// `https://example.atlassian.net`, the default.
    pub fn site_address(mut self, address: &str) -> Self {
        self.link_base = Some(format!("{}/wiki", address.trim_end_matches('/')));
        self
    }

    /// Makes links lead to the sandbox itself, where a browser finds readable pages.
    pub fn links_to_itself(mut self) -> Self {
        self.link_base = None;
        self
    }

    /// Reads the time from that clock.
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Lets changes reach the search index that late; at once by default.
    pub fn index_lag(mut self, lag: Duration) -> Self {
        self.index_lag = lag;
        self
    }

    /// Starts with these rate limits; without any by default.
    pub fn rate_limits(mut self, limits: RateLimits) -> Self {
        self.limits = limits;
        self
    }

    /// Answers bearer tokens that are not valid with 401, as documented.
    ///
    /// By default they get what has been measured: a bare 404 from v2 and a 403 from v1.
    pub fn invalid_bearer_is_401(mut self) -> Self {
        self.expired_is_unauthorized = true;
        self
    }

    /// Adds an account.
    pub fn account(mut self, account: Account) -> Self {
        self.accounts.push(account);
        self
    }

    /// Adds a space with an empty home page.
    pub fn space(mut self, key: &str, name: &str) -> Self {
        self.spaces.push((key.to_owned(), name.to_owned(), false));
        self
    }

    /// Adds an archived space: listed, readable, and left out of searches.
    pub fn archived_space(mut self, key: &str, name: &str) -> Self {
        self.spaces.push((key.to_owned(), name.to_owned(), true));
        self
    }

    /// Adds an API token without scopes.
    pub fn api_token(mut self, email: &str, secret: &str) -> Self {
        self.api_tokens.push((email.to_owned(), secret.to_owned(), None));
        self
    }

    /// Adds an API token with scopes, which works through the gateway only.
    pub fn scoped_api_token(mut self, email: &str, secret: &str, scopes: &[&str]) -> Self {
        self.api_tokens.push((email.to_owned(), secret.to_owned(), Some(owned(scopes))));
        self
    }

    /// Adds an OAuth access token.
    pub fn access_token(
        mut self,
        email: &str,
        secret: &str,
        scopes: &[&str],
        expires_at: Option<Timestamp>,
    ) -> Self {
        self.bearers.push(Bearer {
            email: email.to_owned(),
            secret: secret.to_owned(),
            scopes: owned(scopes),
            expires_at,
        });
        self
    }

    /// Registers an application with the identity service, beside [`OAuthClient::demo`].
    ///
    /// One with the same id takes the other's place.
    pub fn oauth_client(mut self, client: OAuthClient) -> Self {
        self.clients.push(client);
        self
    }

    /// Starts the identity service with these rules.
    pub fn identity_policy(mut self, policy: IdentityPolicy) -> Self {
        self.policy = policy;
        self
    }

    /// Lets other processes take hold of the sandbox, at `/_sandbox/…`.
    ///
    /// They need no credential, so this is for tests on one machine.
    pub fn controls(mut self) -> Self {
        self.controls = true;
        self
    }

    /// Listens and serves, until the sandbox is shut down or dropped.
    ///
    /// # Errors
    /// If the address cannot be listened on.
    pub async fn start(self) -> io::Result<Sandbox> {
        let listener = TcpListener::bind(self.address).await?;
        let address = listener.local_addr()?;
        Ok(self.build(format!("http://{address}")).serve(listener, address))
    }

    /// Makes a sandbox that is called in process, without a port.
    pub fn embed(self) -> Sandbox {
        self.build("http://sandbox.invalid".to_owned())
    }

    fn build(self, root: String) -> Sandbox {
        let site = match self.content {
            Content::Demo => Site::demo(&demo::load()),
            Content::Empty => {
                let mut site = Site::new(default_accounts());
                site.add_plain_space("SAND", "Sandbox", false, self.clock.now());
                site
            }
            Content::Generated(pages) => {
                let mut site = Site::new(default_accounts());
                site.generate(pages);
                site
            }
        };
        let credentials = self.credentials.clone();
        Sandbox::new(Arc::new(self.into_shared(site, &root)), credentials, root)
    }

    fn into_shared(self, mut site: Site, own_address: &str) -> Shared {
        for account in &self.accounts {
            site.add_user(User::from(account));
        }
        for (key, name, archived) in &self.spaces {
            site.add_plain_space(key, name, *archived, self.clock.now());
        }
        let tokens = TokenStore::default();
        let Credentials { email, api_token, scoped_api_token, access_token } = &self.credentials;
        tokens.add_api_token(email, api_token);
        tokens.add_scoped_api_token(email, scoped_api_token, &ALL_SCOPES);
        tokens.add_access_token(email, access_token, &ALL_SCOPES, None);
        for (email, secret, scopes) in &self.api_tokens {
            match scopes {
                Some(scopes) => tokens.add_scoped_api_token(email, secret, &borrowed(scopes)),
                None => tokens.add_api_token(email, secret),
            }
        }
        for Bearer { email, secret, scopes, expires_at } in &self.bearers {
            tokens.add_access_token(email, secret, &borrowed(scopes), *expires_at);
        }
        let further_tenants = self
            .further_sites
            .iter()
            .enumerate()
            .map(|(number, name)| further_tenant(&site, number, name, self.clock.now()))
            .collect();
        let link_base = self.link_base.unwrap_or_else(|| format!("{own_address}/wiki"));
        let tenant = Tenant {
            cloud_id: self.cloud_id,
            name: name_of(&link_base).to_owned(),
            link_base,
            content: RwLock::new(site),
        };
        Shared {
            tenant,
            further_tenants,
            tokens,
            identity: Identity::new(self.policy, self.clients, self.clock.clone()),
            faults: Faults::default(),
            requests: RequestLog::default(),
            limits: RwLock::new(self.limits),
            meter: Mutex::new(Meter::default()),
            clock: self.clock,
            media_base: own_address.to_owned(),
            index_lag: self.index_lag,
            expired_is_unauthorized: self.expired_is_unauthorized,
            reader: self.credentials.email,
            controls: self.controls,
            served: AtomicU64::new(0),
        }
    }
}

/// A site beside `first`, with its people and one space.
fn further_tenant(first: &Site, number: usize, name: &str, now: Timestamp) -> Tenant {
    let mut site = Site::new(first.users().iter().map(|it| User::clone(it)).collect());
    site.add_plain_space("SAND", &format!("Sandbox of {name}"), false, now);
    Tenant {
        cloud_id: format!("{FURTHER_CLOUD_ID}{:012x}", number + 1),
        name: name.to_owned(),
        link_base: format!("https://{name}.atlassian.net/wiki"),
        content: RwLock::new(site),
    }
}

/// A site's name, which is the first label of its host; this machine's has none.
fn name_of(link_base: &str) -> &str {
    let host = link_base.split("//").last().and_then(|it| it.split(['/', ':']).next());
    match host.and_then(|it| it.split_once('.')) {
        Some((name, _)) if !name.starts_with(|it: char| it.is_ascii_digit()) => name,
        Some(_) | None => "sandbox",
    }
}

/// Whose sites without demo content are: somebody who writes and somebody who reads.
fn default_accounts() -> Vec<User> {
    let accounts = [
        Account::new("557058:sandbox-owner", "demo@example.com", "Dana Whitfield"),
        Account::new("557058:sandbox-guest", "guest@example.com", "Greta Holm").role(Role::Guest),
    ];
    accounts.iter().map(User::from).collect()
}

fn owned(scopes: &[&str]) -> Vec<String> {
    scopes.iter().map(|it| (*it).to_owned()).collect()
}

fn borrowed(scopes: &[String]) -> Vec<&str> {
    scopes.iter().map(String::as_str).collect()
}
