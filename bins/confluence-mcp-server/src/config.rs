//! From the command line and the environment to a checked [`Config`], before anything is opened.
//!
//! This is the only place that reads either: every variable is a field in `arguments.rs`, or in what
//! both programs share, from which `--help` and `docs/env.md` are made.

mod address;
mod arguments;
mod check;

use std::{net::SocketAddr, num::NonZeroU32, path::PathBuf};

use clap::{ArgMatches, FromArgMatches};
use clap_complete::Shell;
use confluence_auth::{BaseUrl, scopes::Scopes};
pub use confluence_setup::{
    Account, ConfiguredClient, Confluence, Core, Log, Problem, Problems, Secret, Served,
    SingleUser, Source,
};
use confluence_store::DatabaseUrl;
use url::Url;

pub use arguments::command;
use arguments::{Cli, SECRETS};

/// What the process has been told to do.
#[derive(Debug)]
pub enum Task {
    /// Serve clients.
    Serve(Box<Config>),
    /// Encrypt what a deployment keeps with its new master key.
    RotateMasterKey(Box<Kept>, Log),
    /// Ask the server that listens there whether it answers.
    Healthcheck(SocketAddr),
    /// Write a completion script.
    Completions(Shell),
    /// Write manual pages.
    Man(PathBuf),
}

/// How to serve.
#[derive(Debug)]
pub struct Config {
    /// How it speaks to its clients, and with which Confluence behind it.
    pub face: Face,
    /// What it says about its work.
    pub log: Log,
}

/// How the process speaks to its clients.
#[derive(Debug)]
pub enum Face {
    /// MCP over standard input and output.
    Stdio(Box<Confluence>),
    /// Many workspaces over HTTP.
    Serve(Box<Serve>),
}

/// Settings of the server.
#[derive(Debug)]
pub struct Serve {
    /// How it is reached.
    pub http: Http,
    /// What it keeps, and with which keys.
    pub deployment: Deployment,
    /// How it uses Confluence.
    pub confluence: Served,
}

/// What a deployment keeps its data in.
#[derive(Debug)]
pub struct Kept {
    /// Where its database is.
    pub database: DatabaseUrl,
    /// Where the keys are kept that nobody configured.
    pub data_dir: PathBuf,
    /// What encrypts secrets in the database.
    pub master_key: Option<Secret>,
    /// What decrypts them as well.
    pub previous_master_key: Option<Secret>,
}

/// What a deployment keeps, and with which keys.
#[derive(Debug)]
pub struct Deployment {
    /// Where it keeps its data.
    pub kept: Kept,
    /// What opens everything to whoever runs the deployment.
    pub maintainer_key: Option<Secret>,
    /// The OAuth client that is configured, if one is.
    pub oauth_client: Option<ConfiguredClient>,
    /// Scopes to ask users for.
    pub oauth_scopes: Option<Scopes>,
    /// The core of another deployment, if that holds the central OAuth client.
    pub core: Option<Core>,
    /// The agent platform to install the capability on.
    pub platform: Option<Platform>,
    /// How often a workspace may call in a minute.
    pub calls_per_minute: NonZeroU32,
}

/// An agent platform.
#[derive(Debug)]
pub struct Platform {
    /// Where its API is.
    pub api: BaseUrl,
    /// What it knows this server by.
    pub token: Secret,
}

/// How the server is reached.
#[derive(Debug)]
pub struct Http {
    /// Where to listen; port 0 takes any free one.
    pub listen: SocketAddr,
    /// The address that clients use, if it is not the one listened on.
    pub public_url: Option<Url>,
    /// Hosts to accept besides that of the public address.
    pub allowed_hosts: Vec<String>,
    /// Origins of web pages to accept besides that of the public address.
    pub allowed_origins: Vec<String>,
    /// What callers have to present.
    pub workspace_key: Option<Secret>,
}

/// Why there is no configuration.
#[derive(Debug)]
pub enum Stop {
    /// Help or the version was asked for, or the command line is not understood.
    Usage(clap::Error),
    /// Settings that cannot be used.
    Problems(Problems),
}

/// Reads the command line and the environment of this process.
///
/// # Errors
///
/// See [`Stop`].
pub fn read() -> Result<Task, Stop> {
    from_matches(&command().try_get_matches().map_err(Stop::Usage)?)
}

fn from_matches(matches: &ArgMatches) -> Result<Task, Stop> {
    if let Some((_, matches)) = matches.subcommand() {
        let problems = confluence_setup::exposed(matches, &SECRETS);
        if !problems.is_empty() {
            return Err(Stop::Problems(Problems(problems)));
        }
    }
    let cli = Cli::from_arg_matches(matches).map_err(Stop::Usage)?;
    check::check(cli).map_err(Stop::Problems)
}

#[cfg(test)]
mod tests;
