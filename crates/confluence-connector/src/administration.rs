//! What people and programs who look after a deployment, or a workspace, may do: the use cases behind
//! the configuration app and the admin API.
//!
//! Each begins with who asks. What is in somebody else's workspace is not there for an editor; what
//! only maintainers may do is told so in the editor's own.

mod administrator;
mod agents;
mod audit;
mod central;
mod connections;
mod error;
mod keys;
mod range;
mod settings;
mod workspaces;

use std::sync::Arc;

use confluence_auth::Refresher;

use crate::{
    AuditLog, CentralSource, ConnectionDirectory, InstanceStore, Keyring, SeenAgents,
    WorkspaceSlug, WorkspaceStore,
};

pub use administrator::Administrator;
pub use agents::{AgentRow, Agents};
pub use central::ShownCentral;
pub use error::AdminError;
pub use range::{MOST_ROWS, Page, Range};

/// How often a write is tried again that somebody else was ahead of.
const ATTEMPTS: usize = 5;

/// The longest label or name that people give, in characters.
const MAX_LABEL: usize = 100;

/// What an administration is made of.
#[derive(Debug, Clone)]
pub struct AdministrationParts {
    /// Keeps workspaces.
    pub workspaces: Arc<dyn WorkspaceStore>,
    /// Keeps instances.
    pub instances: Arc<dyn InstanceStore>,
    /// Makes and ends keys.
    pub keyring: Keyring,
    /// Where the central client is.
    pub central: CentralSource,
    /// Who is connected.
    pub connections: Arc<dyn ConnectionDirectory>,
    /// Disconnects users.
    pub refresher: Refresher,
    /// What has been done.
    pub audit: Arc<dyn AuditLog>,
    /// Which agents have called.
    pub seen: Arc<dyn SeenAgents>,
    /// The workspace whose sign-in the server's own configuration sets at each start.
    pub configured: Option<WorkspaceSlug>,
}

/// Looks after workspaces, their settings, people and keys.
///
/// Cloning is cheap and shares everything.
#[derive(Debug, Clone)]
pub struct Administration {
    parts: Arc<AdministrationParts>,
}

impl Administration {
    /// An administration of `parts`.
    pub fn new(parts: AdministrationParts) -> Self {
        Self { parts: Arc::new(parts) }
    }

    /// Whether the server's own configuration sets how this workspace signs in.
    pub fn is_configured(&self, workspace: &WorkspaceSlug) -> bool {
        self.parts.configured.as_ref() == Some(workspace)
    }

    /// Makes sure that there is such a workspace, and that `who` may look after it.
    async fn enter(
        &self,
        who: &Administrator,
        workspace: &WorkspaceSlug,
    ) -> Result<(), AdminError> {
        who.may_configure(workspace)?;
        match self.parts.workspaces.load(workspace).await? {
            Some(_) => Ok(()),
            None => Err(AdminError::NO_WORKSPACE),
        }
    }
}

/// A label or a name as people give it.
fn label<'t>(text: &'t str, what: &str) -> Result<&'t str, AdminError> {
    let text = text.trim();
    let length = text.chars().count();
    if (1..=MAX_LABEL).contains(&length) && !text.contains(char::is_control) {
        Ok(text)
    } else {
        let expected = format!("{what} has 1 to {MAX_LABEL} characters, all of them visible");
        Err(AdminError::Invalid(expected))
    }
}
