//! A running sandbox and its handles.

use std::{
    net::SocketAddr,
    sync::{Arc, PoisonError, atomic::Ordering},
    time::Duration,
};

use axum::Router;
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};

use crate::{
    access::{Credentials, TokenStore},
    builder::SandboxBuilder,
    clock::Clock,
    faults::Faults,
    http::{
        self,
        connection::{CutSwitch, Listener},
    },
    identity::{self, Consent, ConsentError, Identity},
    limits::RateLimits,
    requests::SeenRequest,
    state::Shared,
    tenant::Tenant,
};

/// Where a site is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteAddress {
    /// Its id at the gateway.
    pub cloud_id: String,
    /// Its name.
    pub name: String,
    /// Its address, as links and the list of accessible resources have it.
    pub url: String,
}

/// How long a shutdown waits for answers that are under way.
const GRACE: Duration = Duration::from_secs(2);

/// An embedded Confluence Cloud, on a port of this machine or called in process.
///
/// It stops when it is dropped; [`shutdown`](Self::shutdown) also waits for it.
#[derive(Debug)]
pub struct Sandbox {
    shared: Arc<Shared>,
    credentials: Credentials,
    root: String,
    server: Option<Server>,
}

impl Sandbox {
    /// Options, to be followed by [`start`](SandboxBuilder::start).
    pub fn builder() -> SandboxBuilder {
        SandboxBuilder::default()
    }

    pub(crate) fn new(shared: Arc<Shared>, credentials: Credentials, root: String) -> Self {
        Self { shared, credentials, root, server: None }
    }

    pub(crate) fn serve(mut self, listener: TcpListener, address: SocketAddr) -> Self {
        self.server = Some(Server::start(listener, address, self.router()));
        self
    }

    /// Where it listens, if it does.
    pub fn address(&self) -> Option<SocketAddr> {
        self.server.as_ref().map(|it| it.address)
    }

    /// The root of the site: `/wiki/…` is below it.
    pub fn site_url(&self) -> String {
        self.root.clone()
    }

    /// The root of the gateway for this site: `/wiki/…` is below it.
    pub fn gateway_url(&self) -> String {
        format!("{}/ex/confluence/{}", self.root, self.cloud_id())
    }

    /// What takes the place of `https://auth.atlassian.com`: `/authorize` and `/oauth/token` are
    /// below it.
    pub fn auth_base_url(&self) -> String {
        self.root.clone()
    }

    /// What takes the place of `https://api.atlassian.com`:
    /// `/oauth/token/accessible-resources` and `/ex/confluence/…` are below it.
    pub fn api_base_url(&self) -> String {
        self.root.clone()
    }

    /// Every site at the gateway, the sandbox's own first.
    pub fn sites(&self) -> Vec<SiteAddress> {
        let address = |it: &Tenant| SiteAddress {
            cloud_id: it.cloud_id.clone(),
            name: it.name.clone(),
            url: it.url().to_owned(),
        };
        self.shared.tenants().map(address).collect()
    }

    /// Id of the site at the gateway.
    pub fn cloud_id(&self) -> &str {
        &self.shared.tenant.cloud_id
    }

    /// What to sign in with.
    pub fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// Everything it serves, for callers in this process.
    pub fn router(&self) -> Router {
        http::router(Arc::clone(&self.shared))
    }

    /// The tokens it accepts.
    pub fn tokens(&self) -> &TokenStore {
        &self.shared.tokens
    }

    /// The identity service: consents, refresh tokens, and what ends them.
    pub fn identity(&self) -> &Identity {
        &self.shared.identity
    }

    /// Plays a person who opens an authorize URL and decides on what an application asks for.
    ///
    /// Gives back the callback URL that the browser would be sent to. Only path and query of the
    /// authorize URL matter. Requests are counted and struck by faults as a browser's are.
    ///
    /// # Errors
    /// If the sandbox shows a page in place of leading back, or a fault keeps it from answering.
    pub async fn consent(
        &self,
        authorize_url: &str,
        consent: &Consent,
    ) -> Result<String, ConsentError> {
        identity::play(&self.shared, authorize_url, consent).await
    }

    /// What is to go wrong.
    pub fn faults(&self) -> &Faults {
        &self.shared.faults
    }

    /// The clock it reads.
    pub fn clock(&self) -> &Clock {
        &self.shared.clock
    }

    /// The latest requests, oldest first.
    pub fn requests(&self) -> Vec<SeenRequest> {
        self.shared.requests.snapshot()
    }

    /// How many requests it has seen since it was started, forgotten ones counted.
    pub fn request_count(&self) -> u64 {
        self.shared.served.load(Ordering::Relaxed)
    }

    /// Forgets the requests seen so far.
    pub fn reset_requests(&self) {
        self.shared.requests.clear();
    }

    /// Replaces the rate limits and forgets what has been used up.
    pub fn set_rate_limits(&self, limits: RateLimits) {
        *self.shared.limits.write().unwrap_or_else(PoisonError::into_inner) = limits;
        self.shared.meter.lock().unwrap_or_else(PoisonError::into_inner).reset();
    }

    /// Answers what is under way, for a moment, and stops.
    pub async fn shutdown(mut self) {
        if let Some(server) = self.server.take() {
            server.stop().await;
        }
    }
}

/// The task that serves a port.
#[derive(Debug)]
struct Server {
    address: SocketAddr,
    connections: CutSwitch,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

impl Server {
    fn start(listener: TcpListener, address: SocketAddr, router: Router) -> Self {
        let connections = CutSwitch::default();
        let (stop, stopped) = oneshot::channel::<()>();
        let listener = Listener::new(listener, connections.clone());
        let service = router.into_make_service_with_connect_info::<CutSwitch>();
        let task = tokio::spawn(async move {
            let served = axum::serve(listener, service).with_graceful_shutdown(async {
                // Either the order to stop, or nobody is left who could give it.
                stopped.await.unwrap_or_default();
            });
            if let Err(error) = served.await {
                tracing::error!(%error, "the sandbox stopped serving");
            }
        });
        Self { address, connections, stop: Some(stop), task }
    }

    async fn stop(mut self) {
        if let Some(stop) = self.stop.take() {
            // It fails only if the server is gone already.
            let _ = stop.send(());
        }
        // Dropping the rest cuts the connections that are still busy then.
        let _ = tokio::time::timeout(GRACE, &mut self.task).await;
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.connections.cut();
        self.task.abort();
    }
}
