#![doc = include_str!("../README.md")]

pub mod connection;
pub mod ids;
pub mod pending;
pub mod scopes;
pub mod store;

mod access_token;
mod api_token;
mod discovery;
mod endpoints;
mod header;
mod location;
mod mode;
mod probe;
mod random;
mod settings;

pub use access_token::AccessToken;
pub use api_token::ApiToken;
pub use endpoints::{BaseUrl, Endpoints, Hosts, InvalidBaseUrl};
pub use header::InvalidCredential;
pub use location::Location;
pub use mode::{AuthMode, UnknownAuthMode};
pub use random::{Fingerprint, InvalidFingerprint, InvalidUnique};
pub use settings::{ConfigurationError, Settings, resolve};

/// The guide, so that its code is compiled and run with the tests.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/library.md")]
struct Guide;
