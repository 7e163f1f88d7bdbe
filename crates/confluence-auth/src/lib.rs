#![doc = include_str!("../README.md")]

pub mod callback;
pub mod central;
pub mod client;
pub mod connection;
pub mod ids;
pub mod pending;
pub mod scopes;
pub mod sign_in;
pub mod status;
pub mod store;
pub mod ticket;

mod access_token;
mod api_token;
mod chain;
mod connected_sites;
mod connection_error;
mod discovery;
mod endpoints;
mod header;
mod location;
mod mode;
mod oauth_connection;
mod probe;
mod random;
mod refresher;
mod settings;
mod token;

pub use access_token::AccessToken;
pub use api_token::ApiToken;
pub use connection_error::ConnectionError;
pub use endpoints::{BaseUrl, Endpoints, Hosts, InvalidBaseUrl};
pub use header::InvalidCredential;
pub use location::Location;
pub use mode::{AuthMode, UnknownAuthMode};
pub use oauth_connection::{MakeLink, OAuthConnection};
pub use random::{Fingerprint, InvalidFingerprint, InvalidUnique};
pub use refresher::Refresher;
pub use settings::{ConfigurationError, Settings, resolve};
pub use token::{TokenEndpoint, TokenError, Unanswered};

/// The guide, so that its code is compiled and run with the tests.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/library.md")]
struct Guide;
