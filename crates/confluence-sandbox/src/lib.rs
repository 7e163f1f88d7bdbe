#![doc = include_str!("../README.md")]

mod access;
mod builder;
mod clock;
pub mod convert;
pub mod cql;
mod demo;
mod faults;
mod http;
mod identity;
mod limits;
mod requests;
mod sandbox;
mod site;
mod state;
mod tenant;

pub use access::{ALL_SCOPES, Account, Credentials, Role, TokenStore};
pub use builder::SandboxBuilder;
pub use clock::Clock;
pub use faults::{Fault, FaultRule, Faults};
pub use identity::{
    Consent, ConsentError, DeadToken, GrantSummary, Identity, IdentityPolicy, IdentityRequest,
    LateReuse, OAuthClient, Tally,
};
pub use limits::{Burst, Quota, RateLimits};
pub use requests::{Authorization, SeenRequest};
pub use sandbox::{Sandbox, SiteAddress};
