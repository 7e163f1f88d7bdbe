//! Workspaces: the tenants of a deployment.

use async_trait::async_trait;
use jiff::Timestamp;

use crate::{Instance, StoreError, WorkspaceSlug};

/// A tenant. Nothing crosses from one to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workspace {
    /// Its name in addresses, unique in the deployment.
    pub slug: WorkspaceSlug,
    /// What people call it.
    pub name: String,
    /// Since when it is there.
    pub created_at: Timestamp,
}

/// Keeps workspaces.
#[async_trait]
pub trait WorkspaceStore: Send + Sync + std::fmt::Debug {
    /// Adds a workspace together with its first instance: both or neither.
    ///
    /// `false` if there is one with that slug.
    ///
    /// # Errors
    ///
    /// See [`StoreError`].
    async fn create(&self, workspace: &Workspace, first: &Instance) -> Result<bool, StoreError>;

    /// The workspace with that slug.
    ///
    /// # Errors
    ///
    /// See [`StoreError`].
    async fn load(&self, slug: &WorkspaceSlug) -> Result<Option<Workspace>, StoreError>;

    /// At most `limit` workspaces, by slug, those after `after`.
    ///
    /// # Errors
    ///
    /// See [`StoreError`].
    async fn list(
        &self,
        after: Option<&WorkspaceSlug>,
        limit: usize,
    ) -> Result<Vec<Workspace>, StoreError>;

    /// Removes a workspace and, in the same transaction, all that belongs to it: instances, keys,
    /// connections, pending sign-ins, web sessions, seen agents. The audit log stays.
    ///
    /// `false` if there is none with that slug.
    ///
    /// # Errors
    ///
    /// See [`StoreError`].
    async fn delete(&self, slug: &WorkspaceSlug) -> Result<bool, StoreError>;
}
