//! Who did what, when, and what came of it. Never what was read or written.

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;

use crate::{AgentId, InstanceName, KeyId, StoreError, UserId, WorkspaceSlug};

/// One call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRecord {
    /// When it began.
    pub at: Timestamp,
    /// The workspace that it was made in.
    pub workspace: WorkspaceSlug,
    /// The instance that it was made through.
    pub instance: InstanceName,
    /// The key that was shown, if one was.
    pub key: Option<KeyId>,
    /// On whose behalf.
    pub user: Option<UserId>,
    /// Through which agent.
    pub agent: Option<AgentId>,
    /// The operation's canonical name; `None` if the call named none that there is.
    pub operation: Option<String>,
    /// Id of what was asked for, as the caller gave it: at most 128 characters, each safe in a path.
    pub target: Option<String>,
    /// `ok`, `cancelled`, a sort of failure (`not_found`), or a denial (`not_allowlisted`).
    pub outcome: String,
    /// How long it took.
    pub duration: Duration,
}

/// A record, and where it stands in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// Newer ones have greater positions.
    pub position: u64,
    /// What is written there.
    pub record: AuditRecord,
}

/// Which records to read. All conditions hold together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Only of this workspace. An editor's view always sets it.
    pub workspace: Option<WorkspaceSlug>,
    /// Only of this instance.
    pub instance: Option<InstanceName>,
    /// Only on behalf of this user.
    pub user: Option<UserId>,
    /// Only through this agent.
    pub agent: Option<AgentId>,
    /// From this moment on.
    pub since: Option<Timestamp>,
    /// Before this moment.
    pub until: Option<Timestamp>,
}

/// Keeps the audit log: adding only, but for what has become too old.
#[async_trait]
pub trait AuditLog: Send + Sync + std::fmt::Debug {
    /// Adds records, all or none.
    ///
    /// # Errors
    ///
    /// See [`StoreError`].
    async fn append(&self, records: &[AuditRecord]) -> Result<(), StoreError>;

    /// At most `limit` entries, newest first, those before the position `before`.
    ///
    /// # Errors
    ///
    /// See [`StoreError`].
    async fn entries(
        &self,
        filter: &AuditFilter,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<AuditEntry>, StoreError>;

    /// At most `limit` records, newest first, and where to go on.
    ///
    /// `after` is what an earlier call gave.
    ///
    /// # Errors
    ///
    /// See [`StoreError`].
    async fn read(
        &self,
        filter: &AuditFilter,
        after: Option<u64>,
        limit: usize,
    ) -> Result<(Vec<AuditRecord>, Option<u64>), StoreError> {
        let entries = self.entries(filter, after, limit).await?;
        let next = entries.last().filter(|_| entries.len() == limit).map(|it| it.position);
        Ok((entries.into_iter().map(|it| it.record).collect(), next))
    }

    /// Removes what is older than `before`; how many records these were.
    ///
    /// # Errors
    ///
    /// See [`StoreError`].
    async fn sweep(&self, before: Timestamp) -> Result<u64, StoreError>;
}
