//! What all requests share.

use std::{
    sync::{Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard, atomic::AtomicU64},
    time::Duration,
};

use crate::{
    access::TokenStore,
    clock::Clock,
    faults::Faults,
    limits::{Meter, RateLimits},
    requests::RequestLog,
    site::Site,
};

/// The running sandbox behind its handles.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) site: RwLock<Site>,
    pub(crate) tokens: TokenStore,
    pub(crate) faults: Faults,
    pub(crate) requests: RequestLog,
    pub(crate) limits: RwLock<RateLimits>,
    pub(crate) meter: Mutex<Meter>,
    pub(crate) clock: Clock,
    pub(crate) cloud_id: String,
    /// What `_links.base` says: the site's address with `/wiki`.
    pub(crate) link_base: String,
    /// Address that attachments are redirected to.
    pub(crate) media_base: String,
    /// How long a change takes to reach the search index.
    pub(crate) index_lag: Duration,
    /// Whether an expired access token is answered like Atlassian documents it, with a 401.
    pub(crate) expired_is_unauthorized: bool,
    /// E-mail of the account that people without a credential see web pages as.
    pub(crate) reader: String,
    pub(crate) served: AtomicU64,
}

impl Shared {
    pub(crate) fn site(&self) -> RwLockReadGuard<'_, Site> {
        self.site.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn site_mut(&self) -> RwLockWriteGuard<'_, Site> {
        self.site.write().unwrap_or_else(PoisonError::into_inner)
    }
}
