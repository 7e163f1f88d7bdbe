//! A site of the cloud: its content, and the names it goes by.

use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use crate::site::Site;

/// One site, with an id at the gateway.
#[derive(Debug)]
pub(crate) struct Tenant {
    pub(crate) cloud_id: String,
    /// Name that people tell it by.
    pub(crate) name: String,
    /// What `_links.base` says: the site's address with `/wiki`.
    pub(crate) link_base: String,
    pub(crate) content: RwLock<Site>,
}

impl Tenant {
    /// The site's address.
    pub(crate) fn url(&self) -> &str {
        self.link_base.trim_end_matches("/wiki")
    }

    pub(crate) fn site(&self) -> RwLockReadGuard<'_, Site> {
        self.content.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn site_mut(&self) -> RwLockWriteGuard<'_, Site> {
        self.content.write().unwrap_or_else(PoisonError::into_inner)
    }
}
