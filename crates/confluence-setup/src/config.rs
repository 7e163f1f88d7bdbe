//! What has been configured, checked.

use std::{path::PathBuf, time::Duration};

use confluence_api::id::SiteName;
use confluence_auth::{AuthMode, Endpoints, Location};
use tracing_subscriber::filter::Targets;

use crate::Secret;

/// Which Confluence is used, and how.
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

/// How anything is reached over the network.
#[derive(Debug)]
pub struct Network {
    /// Deadline of a call.
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

/// How a server for many workspaces uses Confluence.
#[derive(Debug)]
pub struct Served {
    /// What is configured for a single user, if anything is.
    pub single_user: Option<SingleUser>,
    /// Addresses instead of Atlassian's, for all workspaces.
    pub endpoints: Endpoints,
    /// Whether everything that writes is left out, for all workspaces.
    pub read_only: bool,
    /// Deadline of a call, retries included.
    pub timeout: Duration,
    /// Certificates to trust besides the system's.
    pub ca_file: Option<PathBuf>,
}

/// As whom a server calls for its single user.
#[derive(Debug)]
pub enum SingleUser {
    /// An embedded Confluence that ends with the process.
    Sandbox {
        /// How many pages to generate, in place of the demo content.
        pages: Option<usize>,
    },
    /// An account that is configured.
    Account(Box<Account>),
    /// The user signs in.
    SignIn {
        /// With the central OAuth client, or with one's own.
        mode: AuthMode,
        /// The site to use, where the user has several.
        site: Option<SiteName>,
    },
}

/// One identity at Atlassian, shared by everybody.
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
