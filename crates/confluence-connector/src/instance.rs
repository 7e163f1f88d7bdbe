//! Instances: one way into one Confluence, with its own settings.

use std::fmt;

use async_trait::async_trait;

use crate::{Allowlist, AuthSettings, InstanceName, Policies, Revision, StoreError, WorkspaceSlug};

/// How many instances a workspace may have. Whoever makes one more is refused before it is saved.
pub const MAX_INSTANCES: usize = 100;

/// Names an instance in a deployment.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct InstanceKey {
    /// The workspace that owns it.
    pub workspace: WorkspaceSlug,
    /// Its name there.
    pub name: InstanceName,
}

impl fmt::Display for InstanceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.workspace, self.name)
    }
}

/// How one Confluence is reached, by which agents, and within which limits.
#[derive(Debug, Clone)]
pub struct Instance {
    /// Its name.
    pub key: InstanceKey,
    /// As whom Confluence is called.
    pub auth: AuthSettings,
    /// Which agents may call.
    pub allowlist: Allowlist,
    /// What they may do.
    pub policies: Policies,
}

impl Instance {
    /// An instance as it starts: central sign-in, no agent allowed, no other limits.
    pub fn new(key: InstanceKey) -> Self {
        let (auth, allowlist) = (AuthSettings::default(), Allowlist::default());
        Self { key, auth, allowlist, policies: Policies::default() }
    }
}

/// Something stored, and the state that it is in.
#[derive(Debug, Clone)]
pub struct Versioned<T> {
    /// What is stored.
    pub value: T,
    /// Changes with every write and never comes back.
    pub revision: Revision,
}

/// What became of a write that had a condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Saved {
    /// Written; this is the new state.
    Done(Revision),
    /// Not written: what is stored is in another state by now, or gone.
    Moved,
}

/// Keeps instances.
///
/// Settings hold secrets, which are encrypted at rest: see [`AuthSettings::to_secret_json`].
#[async_trait]
pub trait InstanceStore: Send + Sync + fmt::Debug {
    /// The instance with that name.
    ///
    /// # Errors
    ///
    /// See [`StoreError`]. A policy or settings that cannot be read are [`StoreError::Corrupt`]; an
    /// allowlist that cannot be read lets nobody in ([`Allowlist::read`]) and is no error.
    async fn load(&self, key: &InstanceKey) -> Result<Option<Versioned<Instance>>, StoreError>;

    /// The names of a workspace's instances, sorted: at most [`MAX_INSTANCES`].
    ///
    /// # Errors
    ///
    /// See [`StoreError`].
    async fn names(&self, workspace: &WorkspaceSlug) -> Result<Vec<InstanceName>, StoreError>;

    /// Writes `instance`, if what is stored is still in state `expected`; `None` is for a new one.
    ///
    /// [`Saved::Moved`] also if its workspace is not there.
    ///
    /// # Errors
    ///
    /// See [`StoreError`].
    async fn save(
        &self,
        instance: &Instance,
        expected: Option<&Revision>,
    ) -> Result<Saved, StoreError>;

    /// Removes an instance with its connections, personal keys, pending sign-ins and seen agents.
    ///
    /// `false` if there is none.
    ///
    /// # Errors
    ///
    /// See [`StoreError`].
    async fn remove(&self, key: &InstanceKey) -> Result<bool, StoreError>;
}
