//! Who is connected: connections without their tokens, for people who look after a workspace.

use async_trait::async_trait;
use confluence_auth::connection::{Account, ConnectedSite, Connection, ConnectionKey};
use jiff::Timestamp;

use crate::{AgentId, InstanceKey, InstanceName, StoreError, UserId, WorkspaceSlug};

/// A user's connection to Confluence, as it may be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectionSummary {
    /// Whose it is, and of which instance.
    pub key: ConnectionKey,
    /// The Atlassian account, if it let itself be seen.
    pub account: Option<Account>,
    /// The site that is used.
    pub site: ConnectedSite,
    /// Scopes that were granted.
    pub scopes: Vec<String>,
    /// The agent that asked the user to connect.
    pub agent: Option<AgentId>,
    /// When the user signed in.
    pub connected_at: Timestamp,
    /// When the tokens were renewed last.
    pub refreshed_at: Timestamp,
}

impl ConnectionSummary {
    /// A connection without its tokens.
    pub fn of(key: ConnectionKey, connection: Connection) -> Self {
        let Connection { grant, site, account, agent, connected_at, refreshed_at, .. } = connection;
        Self { key, account, site, scopes: grant.scopes, agent, connected_at, refreshed_at }
    }
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
