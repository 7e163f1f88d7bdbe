//! The deployment's own OAuth client, for workspaces that have none.

use async_trait::async_trait;
use confluence_auth::client::CentralClient;

use crate::{Revision, Saved, StoreError, Versioned};

/// Keeps the central client. Its secret is encrypted at rest.
#[async_trait]
pub trait CentralClientStore: Send + Sync + std::fmt::Debug {
    /// The central client, if one is set.
    ///
    /// # Errors
    ///
    /// See [`StoreError`].
    async fn load(&self) -> Result<Option<Versioned<CentralClient>>, StoreError>;

    /// Sets the client, if what is stored is still in state `expected`; `None` if none is set.
    ///
    /// # Errors
    ///
    /// See [`StoreError`].
    async fn save(
        &self,
        client: &CentralClient,
        expected: Option<&Revision>,
    ) -> Result<Saved, StoreError>;
}
