//! From the command line and the environment to a checked [`Config`], before anything is opened.
//!
//! This is the only place that reads either: every variable is a field in `arguments.rs`, from which
//! `--help` and `docs/env.md` are made.

mod address;
mod arguments;
mod check;
mod duration;
mod filter;
mod problem;
mod secret;

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use clap::{ArgMatches, FromArgMatches, parser::ValueSource};
use confluence_auth::{AuthMode, Location};
use tracing_subscriber::filter::Targets;
use url::Url;

pub use arguments::command;
use arguments::{Cli, SECRETS};
pub use problem::{Problem, Problems};
pub use secret::{Secret, SecretError};

/// What the process has been told to do.
#[derive(Debug)]
pub struct Config {
    /// How it speaks to its clients.
    pub face: Face,
    /// Which Confluence it serves, and how.
    pub confluence: Confluence,
    /// What it says about its work.
    pub log: Log,
}

/// How the process speaks to its clients.
#[derive(Debug)]
pub enum Face {
    /// MCP over standard input and output.
    Stdio,
    /// MCP over HTTP.
    Serve(Serve),
}

/// Settings of the HTTP server.
#[derive(Debug)]
pub struct Serve {
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

/// Which Confluence is served, and how.
#[derive(Debug)]
pub struct Confluence {
    /// Whose it is.
    pub source: Source,
    /// Whether everything that writes is left out.
    pub read_only: bool,
    /// Deadline of a call, retries included.
    pub timeout: Duration,
    /// Certificates to trust besides the system's.
    pub ca_file: Option<PathBuf>,
}

/// Where the content comes from.
#[derive(Debug)]
pub enum Source {
    /// An embedded Confluence that ends with the process.
    Sandbox {
        /// How many pages to generate, in place of the demo content.
        pages: Option<usize>,
    },
    /// A site in Atlassian's cloud.
    Account(Box<Account>),
}

/// One identity at Atlassian, shared by all callers.
#[derive(Debug)]
pub struct Account {
    /// How it authenticates.
    pub mode: AuthMode,
    /// Where its Confluence is.
    pub location: Location,
    /// The account of an API token.
    pub email: Option<String>,
    /// The API token or the access token.
    pub token: Secret,
}

/// What to log, and how.
#[derive(Debug)]
pub struct Log {
    /// What passes.
    pub filter: Targets,
    /// How a line looks.
    pub format: LogFormat,
}

/// How a log line looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object per line.
    Json,
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
pub fn read() -> Result<Config, Stop> {
    from_matches(&command().try_get_matches().map_err(Stop::Usage)?)
}

fn from_matches(matches: &ArgMatches) -> Result<Config, Stop> {
    if let Some((_, matches)) = matches.subcommand() {
        let on_command_line = |id: &str| {
            // Not every sub-command takes every secret.
            matches.try_contains_id(id).is_ok()
                && matches.value_source(id) == Some(ValueSource::CommandLine)
        };
        let exposed = SECRETS.iter().filter(|it| on_command_line(it.id));
        let problems: Vec<_> = exposed.map(|it| Problem::SecretOnCommandLine(it)).collect();
        if !problems.is_empty() {
            return Err(Stop::Problems(Problems(problems)));
        }
    }
    let cli = Cli::from_arg_matches(matches).map_err(Stop::Usage)?;
    check::check(&cli).map_err(Stop::Problems)
}

#[cfg(test)]
mod tests;
