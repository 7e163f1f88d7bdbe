#![doc = include_str!("../README.md")]

mod addresses;
mod administration;
mod allowlist;
mod audit;
mod cache;
mod caller;
mod central;
mod change;
mod clients;
mod connector;
mod denial;
mod directory;
mod instance;
mod key;
mod keyring;
mod limits;
mod policy;
mod seen;
mod session;
mod settings;
mod spaces;
mod trail;
mod workspace;

pub use confluence_auth::{
    Fingerprint,
    client::{CentralClient, OAuthClient},
    ids::{AgentId, InstanceName, InvalidIdentifier, UserId, WorkspaceSlug},
    store::{Revision, StoreError},
};

pub use addresses::Addresses;
pub use administration::{
    AdminError, Administration, AdministrationParts, Administrator, AgentRow, Agents, MOST_ROWS,
    Page, Range, ShownCentral,
};
pub use allowlist::{Allowlist, InvalidAllowlist};
pub use audit::{AuditEntry, AuditFilter, AuditLog, AuditRecord};
pub use cache::{RecentCentralClient, RecentInstances, RecentKeys, STANDS};
pub use caller::{Asserted, Caller, Way};
pub use central::CentralClientStore;
pub use change::{AuthChange, SecretChange, ShownSettings};
pub use connector::{Access, CentralSource, Connector, Parts};
pub use denial::{Denial, Reason};
pub use directory::{ConnectionDirectory, ConnectionSummary};
pub use instance::{Instance, InstanceKey, InstanceStore, MAX_INSTANCES, Saved, Versioned};
pub use key::{CONFIGURED_MAINTAINER, InvalidKeyId, Key, KeyId, KeyKind, KeyStore, NewKey};
pub use keyring::{Door, KeyError, Keyring};
pub use limits::CallRate;
pub use policy::{
    Action, InvalidSpaceKey, Limits, Policies, Policy, PolicyTooLarge, SpaceKey, SpaceRef,
    UnknownAction,
};
pub use seen::{MAX_SEEN_AGENTS, SeenAgent, SeenAgents};
pub use session::{LoginFailures, Session, SessionStore, SessionToken};
pub use settings::{AuthSettings, UnreadableSettings};
pub use trail::{AuditFull, AuditTrail, AuditUnfinished, AuditWriter};
pub use workspace::{Workspace, WorkspaceStore};
