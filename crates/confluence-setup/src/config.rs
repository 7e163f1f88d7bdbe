//! What has been configured, checked.

use std::{path::PathBuf, time::Duration};

use confluence_api::id::SiteName;
use confluence_auth::{AuthMode, BaseUrl, Endpoints, Location, ids::UserId, scopes::Scopes};
use tracing_subscriber::filter::Targets;

use crate::{Problems, Secret};

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
    /// A profile that was named, and is not used: what else was given wins.
    pub unused_profile: Option<UserId>,
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
    /// A site in Atlassian's cloud, as a profile says.
    Profile(Box<GivenProfile>),
}

/// Which profile is used, and what was given that wins over what is in it.
#[derive(Debug, Clone)]
pub struct GivenProfile {
    /// The profile.
    pub choice: ProfileChoice,
    /// The mode.
    pub mode: Option<AuthMode>,
    /// Where Confluence is.
    pub location: Location,
    /// The account of an API token.
    pub email: Option<String>,
    /// The OAuth client.
    pub client: Option<ConfiguredClient>,
    /// Scopes to ask for.
    pub scopes: Option<Scopes>,
    /// The core that holds the OAuth client.
    pub core: Option<Core>,
    /// What is wrong with what was given, where there is no profile.
    pub without: Problems,
}

/// A profile, and where profiles are.
#[derive(Debug, Clone)]
pub struct ProfileChoice {
    /// Its name; the current one if none is named.
    pub name: Option<UserId>,
    /// The folder of the file of profiles, or why there is none.
    pub folder: Result<PathBuf, Problems>,
    /// Whether new secrets go to the file even where there is a keyring.
    pub no_keyring: bool,
}

/// What signing in takes, besides what only the command that signs in takes.
#[derive(Debug)]
pub struct SigningIn {
    /// Whether that happens in an embedded Confluence, and with how many generated pages.
    pub sandbox: Option<Option<usize>>,
    /// What was given.
    pub given: GivenProfile,
    /// Whether a credential is given besides, which wins over every profile.
    pub is_account_given: bool,
    /// Deadline of a call, retries included.
    pub timeout: Duration,
    /// Certificates to trust besides the system's.
    pub ca_file: Option<PathBuf>,
}

/// An OAuth client.
#[derive(Debug, Clone)]
pub struct ConfiguredClient {
    /// Its id.
    pub id: String,
    /// Its secret.
    pub secret: Secret,
}

/// The core of another deployment.
#[derive(Debug, Clone)]
pub struct Core {
    /// Where its webhooks are.
    pub webhooks: BaseUrl,
    /// What it knows this deployment by.
    pub key: Option<Secret>,
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
        /// The mode in which users sign in at its own identity service; without one, all share its
        /// account.
        sign_in: Option<AuthMode>,
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
#[derive(Debug, Clone)]
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
