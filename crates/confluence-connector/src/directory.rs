//! Who is connected: connections without their tokens, for people who look after a workspace.

use async_trait::async_trait;
use jiff::Timestamp;

use crate::{AgentId, InstanceKey, InstanceName, StoreError, UserId, WorkspaceSlug};

/// A user's connection to Confluence, as it may be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectionSummary {
    /// The instance that it belongs to.
    pub instance: InstanceKey,
    /// Whose it is.
    pub user: UserId,
    /// The Atlassian account: its id.
    pub account_id: String,
    /// The Atlassian account: what it is called.
    pub account_name: String,
    /// Address of the site.
    pub site: String,
    /// Scopes that were granted.
    pub scopes: Vec<String>,
    /// The agent that asked the user to connect.
    pub agent: Option<AgentId>,
    /// Since when.
    pub connected_at: Timestamp,
    /// When the token was renewed last.
    pub refreshed_at: Timestamp,
}

/// Lists connections, and removes them for whoever looks after a workspace.
#[async_trait]
pub trait ConnectionDirectory: Send + Sync + std::fmt::Debug {
    /// At most `limit` connections of a workspace, by instance and user, those after `after`.
    ///
    /// # Errors
    ///
    /// See [`StoreError`].
    async fn list(
        &self,
        workspace: &WorkspaceSlug,
        after: Option<(&InstanceName, &UserId)>,
        limit: usize,
    ) -> Result<Vec<ConnectionSummary>, StoreError>;

    /// How many connections an instance has.
    ///
    /// # Errors
    ///
    /// See [`StoreError`].
    async fn count(&self, instance: &InstanceKey) -> Result<u64, StoreError>;

    /// Removes a user from a workspace: connections and personal keys of all its instances. How many
    /// connections these were.
    ///
    /// # Errors
    ///
    /// See [`StoreError`].
    async fn remove_user(
        &self,
        workspace: &WorkspaceSlug,
        user: &UserId,
    ) -> Result<u64, StoreError>;
}
