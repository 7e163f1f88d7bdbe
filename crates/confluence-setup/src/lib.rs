#![doc = include_str!("../README.md")]

pub mod generate;

mod arguments;
mod check;
mod config;
mod connect;
mod duration;
mod filter;
mod logging;
mod problem;
mod profile;
mod sandbox;
mod secret;
mod version;

pub use arguments::{
    ACCESS_TOKEN, API_TOKEN, ConfluenceArguments, DEPLOYMENT_KEY, DataArguments, LogArguments,
    OAUTH_CLIENT_SECRET, OAuthArguments, ProfileArguments, SECRETS_HELP, SIGN_IN_SECRETS_HELP,
    SecretGiven, SecretNames, exposed, switch,
};
pub use check::{Checked, Found, Told, text};
pub use config::{
    Account, ConfiguredClient, Confluence, Core, GivenProfile, Log, LogFormat, Network,
    ProfileChoice, Served, SigningIn, SingleUser, Source,
};
pub use connect::{Connection, connect, credentials, transport, transport_trusting};
pub use duration::{InvalidDuration, parse as parse_duration};
pub use logging::start as start_log;
pub use problem::{Problem, Problems, Setting};
pub use profile::{Chosen, ProfileError, SignedIn, login_command, remote};
pub use sandbox::{Running, SandboxAccount};
pub use secret::{Secret, SecretArgument, SecretError};
pub use version::LONG_VERSION;
