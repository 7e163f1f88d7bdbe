//! Agents that have called: what the configuration app offers to tick.

use async_trait::async_trait;
use jiff::Timestamp;

use crate::{AgentId, InstanceKey, StoreError};

/// How many agents are kept per instance; the one not seen for longest makes room.
pub const MAX_SEEN_AGENTS: usize = 1_000;

/// An agent that has called, let in or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenAgent {
    /// Its id.
    pub agent: AgentId,
    /// When it called last.
    pub last_seen: Timestamp,
    /// Whether it was let in then.
    pub allowed: bool,
}

/// Keeps which agents have called with a valid key.
#[async_trait]
pub trait SeenAgents: Send + Sync + std::fmt::Debug {
    /// Adds agents, or moves their time forward; keeps the newest [`MAX_SEEN_AGENTS`] per instance.
    ///
    /// Sightings of an instance that is not there are dropped.
    ///
    /// # Errors
    ///
    /// See [`StoreError`].
    async fn record(&self, seen: &[(InstanceKey, SeenAgent)]) -> Result<(), StoreError>;

    /// All that are kept of an instance, last seen first.
    ///
    /// # Errors
    ///
    /// See [`StoreError`].
    async fn list(&self, instance: &InstanceKey) -> Result<Vec<SeenAgent>, StoreError>;
}
