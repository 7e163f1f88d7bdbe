//! Who administers, and what that opens.

use crate::{AdminError, KeyId, KeyKind, WorkspaceSlug};

/// Somebody who has shown a maintainer's or an editor's key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Administrator {
    key: KeyId,
    /// `None` for a maintainer.
    workspace: Option<WorkspaceSlug>,
}

impl Administrator {
    /// Whoever has shown a key of that kind; `None` if such keys administer nothing.
    pub fn new(kind: &KeyKind, key: KeyId) -> Option<Self> {
        match kind {
            KeyKind::Maintainer => Some(Self { key, workspace: None }),
            KeyKind::Editor { workspace } => Some(Self { key, workspace: Some(workspace.clone()) }),
            KeyKind::Platform { .. }
            | KeyKind::Personal { .. }
            | KeyKind::Instruction { .. }
            | KeyKind::Deployment { .. } => None,
        }
    }

    /// Whether everything is open.
    pub fn is_maintainer(&self) -> bool {
        self.workspace.is_none()
    }

    /// The only workspace that is open, for an editor.
    pub fn workspace(&self) -> Option<&WorkspaceSlug> {
        self.workspace.as_ref()
    }

    /// The key that was shown.
    pub fn key(&self) -> &KeyId {
        &self.key
    }

    /// For what editors may do in their own workspace.
    pub(super) fn may_configure(&self, workspace: &WorkspaceSlug) -> Result<(), AdminError> {
        match &self.workspace {
            Some(own) if own != workspace => Err(AdminError::NO_WORKSPACE),
            Some(_) | None => Ok(()),
        }
    }

    /// For what only maintainers may do, in a workspace or in the deployment.
    pub(super) fn may_maintain(&self, workspace: Option<&WorkspaceSlug>) -> Result<(), AdminError> {
        match (&self.workspace, workspace) {
            (None, _) => Ok(()),
            (Some(own), Some(other)) if own != other => Err(AdminError::NO_WORKSPACE),
            (Some(_), _) => Err(AdminError::MaintainersOnly),
        }
    }
}
