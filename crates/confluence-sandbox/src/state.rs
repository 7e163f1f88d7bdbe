//! What all requests share.

use std::{
    iter,
    sync::{Mutex, RwLock, atomic::AtomicU64},
    time::Duration,
};

use crate::{
    access::TokenStore,
    clock::Clock,
    faults::Faults,
    identity::Identity,
    limits::{Meter, RateLimits},
    requests::RequestLog,
    tenant::Tenant,
};

/// The running sandbox behind its handles.
#[derive(Debug)]
pub(crate) struct Shared {
    /// The site that the sandbox's own address is the site of.
    pub(crate) tenant: Tenant,
    /// Sites that only the gateway leads to.
    pub(crate) further_tenants: Vec<Tenant>,
    pub(crate) tokens: TokenStore,
    pub(crate) identity: Identity,
    pub(crate) faults: Faults,
    pub(crate) requests: RequestLog,
    pub(crate) limits: RwLock<RateLimits>,
    pub(crate) meter: Mutex<Meter>,
    pub(crate) clock: Clock,
    /// Address that attachments are redirected to.
    pub(crate) media_base: String,
    /// How long a change takes to reach the search index.
    pub(crate) index_lag: Duration,
    /// Whether an expired access token is answered like Atlassian documents it, with a 401.
    pub(crate) expired_is_unauthorized: bool,
    /// E-mail of the account that people without a credential see web pages as.
    pub(crate) reader: String,
    /// Whether other processes may take hold of the sandbox over HTTP.
    pub(crate) controls: bool,
    pub(crate) served: AtomicU64,
}

impl Shared {
    /// Every site, the sandbox's own first.
    pub(crate) fn tenants(&self) -> impl Iterator<Item = &Tenant> {
        iter::once(&self.tenant).chain(&self.further_tenants)
    }

    /// The site with that id at the gateway.
    pub(crate) fn tenant(&self, cloud_id: &str) -> Option<&Tenant> {
        self.tenants().find(|it| it.cloud_id == cloud_id)
    }
}
