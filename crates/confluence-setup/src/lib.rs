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
mod sandbox;
mod secret;
mod version;

pub use arguments::{
    ACCESS_TOKEN, API_TOKEN, ConfluenceArguments, LogArguments, SECRETS_HELP, SecretGiven,
    SecretNames, exposed, switch,
};
pub use check::{Checked, Found, Told, text};
pub use config::{Account, Confluence, Log, LogFormat, Network, Served, SingleUser, Source};
pub use connect::{Connection, connect, credentials, transport, transport_trusting};
pub use logging::start as start_log;
pub use problem::{Problem, Problems, Setting};
pub use sandbox::{Running, SandboxAccount};
pub use secret::{Secret, SecretArgument, SecretError};
pub use version::LONG_VERSION;
