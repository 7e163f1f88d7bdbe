//! What has been done.

use super::{AdminError, Administration, Administrator, MOST_ROWS};
use crate::{AuditEntry, AuditFilter};

impl Administration {
    /// At most `limit` entries of the audit, newest first, those before the position `before`.
    ///
    /// An editor sees those of its own workspace. A maintainer may also ask for a workspace that is
    /// gone: its audit is kept.
    ///
    /// # Errors
    ///
    /// Fails when an editor asks for another workspace.
    pub async fn audit(
        &self,
        who: &Administrator,
        mut filter: AuditFilter,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<AuditEntry>, AdminError> {
        match &filter.workspace {
            Some(workspace) => who.may_configure(workspace)?,
            None => filter.workspace = who.workspace().cloned(),
        }
        Ok(self.parts.audit.entries(&filter, before, limit.clamp(1, MOST_ROWS)).await?)
    }
}
