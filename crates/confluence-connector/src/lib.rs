#![doc = include_str!("../README.md")]

mod allowlist;
mod audit;
mod caller;
mod central;
mod directory;
mod instance;
mod key;
mod policy;
mod seen;
mod session;
mod settings;
mod workspace;

pub use confluence_auth::{
    Fingerprint,
    ids::{AgentId, InstanceName, InvalidIdentifier, UserId, WorkspaceSlug},
    store::{Revision, StoreError},
};

pub use allowlist::{Allowlist, InvalidAllowlist};
pub use audit::{AuditFilter, AuditLog, AuditRecord};
pub use caller::{Asserted, Caller};
pub use central::{CentralClient, CentralClientStore};
pub use directory::{ConnectionDirectory, ConnectionSummary};
pub use instance::{Instance, InstanceKey, InstanceStore, MAX_INSTANCES, Saved, Versioned};
pub use key::{InvalidKeyId, Key, KeyId, KeyKind, KeyStore, NewKey};
pub use policy::{
    Action, InvalidSpaceKey, Limits, Policies, Policy, SpaceKey, SpaceRef, UnknownAction,
};
pub use seen::{MAX_SEEN_AGENTS, SeenAgent, SeenAgents};
pub use session::{LoginFailures, Session, SessionStore, SessionToken};
pub use settings::{AuthSettings, OAuthClient, UnreadableSettings};
pub use workspace::{Workspace, WorkspaceStore};
