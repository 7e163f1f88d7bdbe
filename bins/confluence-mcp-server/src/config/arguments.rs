//! What can be given, as clap reads it: text, not yet checked.

use std::{ffi::OsString, path::PathBuf};

use clap::{Args, Command, CommandFactory, Parser, Subcommand};
use clap_complete::Shell;
use confluence_setup::{
    ACCESS_TOKEN, API_TOKEN, ConfluenceArguments, DEPLOYMENT_KEY, DataArguments, LONG_VERSION,
    LogArguments, OAUTH_CLIENT_SECRET, OAuthArguments, ProfileArguments, SECRETS_HELP,
    SIGN_IN_SECRETS_HELP, SecretArgument, SecretGiven, SecretNames,
};

const SERVE_SECRETS_HELP: &str = "
  CONFLUENCE_WORKSPACE_KEY        lets the single user in  --workspace-key-file
  CONFLUENCE_MAINTAINER_KEY       opens the configuration  --maintainer-key-file
  CONFLUENCE_MASTER_KEY           encrypts other secrets   --master-key-file
  CONFLUENCE_PREVIOUS_MASTER_KEY  the one before           --previous-master-key-file
  CONFLUENCE_PLATFORM_TOKEN       for --platform-api-url   --platform-token-file";

const ROTATION_SECRETS_HELP: &str = "\
Secrets (from the environment only, never as a flag; or in the file that the flag names):
  CONFLUENCE_MASTER_KEY           the new one              --master-key-file
  CONFLUENCE_PREVIOUS_MASTER_KEY  the old one              --previous-master-key-file";

/// Where `serve` listens by default.
pub(super) const DEFAULT_LISTEN: &str = "127.0.0.1:8080";

/// How often a workspace may call in a minute by default.
pub(super) const DEFAULT_CALLS_PER_MINUTE: &str = "600";

pub(super) const WORKSPACE_KEY: SecretNames = SecretNames {
    id: "workspace_key",
    variable: "CONFLUENCE_WORKSPACE_KEY",
    file_flag: "--workspace-key-file",
};

pub(super) const MAINTAINER_KEY: SecretNames = SecretNames {
    id: "maintainer_key",
    variable: "CONFLUENCE_MAINTAINER_KEY",
    file_flag: "--maintainer-key-file",
};

pub(super) const MASTER_KEY: SecretNames = SecretNames {
    id: "master_key",
    variable: "CONFLUENCE_MASTER_KEY",
    file_flag: "--master-key-file",
};

pub(super) const PREVIOUS_MASTER_KEY: SecretNames = SecretNames {
    id: "previous_master_key",
    variable: "CONFLUENCE_PREVIOUS_MASTER_KEY",
    file_flag: "--previous-master-key-file",
};

pub(super) const PLATFORM_TOKEN: SecretNames = SecretNames {
    id: "platform_token",
    variable: "CONFLUENCE_PLATFORM_TOKEN",
    file_flag: "--platform-token-file",
};

pub(super) const SECRETS: [&SecretNames; 9] = [
    &API_TOKEN,
    &ACCESS_TOKEN,
    &WORKSPACE_KEY,
    &MAINTAINER_KEY,
    &MASTER_KEY,
    &PREVIOUS_MASTER_KEY,
    &OAUTH_CLIENT_SECRET,
    &DEPLOYMENT_KEY,
    &PLATFORM_TOKEN,
];

/// The definition of the command line and of every environment variable.
pub fn command() -> Command {
    // Values of variables are never shown, secret or not: help ends up in bug reports.
    let hide = |it: Command| it.mut_args(|it| it.hide_env_values(true));
    Cli::command()
        .long_version(LONG_VERSION)
        .mut_subcommand("stdio", |it| {
            hide(it).after_help(format!("{SECRETS_HELP}{SIGN_IN_SECRETS_HELP}"))
        })
        .mut_subcommand("serve", |it| {
            hide(it).after_help(format!("{SECRETS_HELP}{SERVE_SECRETS_HELP}{SIGN_IN_SECRETS_HELP}"))
        })
        .mut_subcommand("rotate-master-key", |it| hide(it).after_help(ROTATION_SECRETS_HELP))
        .mut_subcommand("healthcheck", hide)
}

/// MCP server for Atlassian Confluence Cloud.
#[derive(Debug, Parser)]
#[command(
    name = "confluence-mcp-server",
    version,
    subcommand_required = true,
    arg_required_else_help = true,
    disable_help_subcommand = true,
    after_help = "To try it out without an account: confluence-mcp-server serve --sandbox"
)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) task: TaskArguments,
}

#[derive(Debug, Subcommand)]
pub(super) enum TaskArguments {
    /// Speak MCP over standard input and output: for desktop agents and editors.
    Stdio {
        #[command(flatten)]
        confluence: ConfluenceArguments,
        #[command(flatten)]
        profile: ProfileArguments,
        #[command(flatten)]
        oauth: Box<OAuthArguments>,
        #[command(flatten)]
        log: LogArguments,
    },
    /// Speak MCP over HTTP.
    Serve {
        #[command(flatten)]
        confluence: ConfluenceArguments,
        #[command(flatten)]
        http: HttpArguments,
        #[command(flatten)]
        deployment: Box<DeploymentArguments>,
        #[command(flatten)]
        oauth: Box<OAuthArguments>,
        #[command(flatten)]
        log: LogArguments,
    },
    /// Encrypt everything in the database with the new master key.
    ///
    /// First every server has to have both, the new one as `CONFLUENCE_MASTER_KEY`. It may be
    /// interrupted and repeated, while servers run.
    RotateMasterKey {
        #[command(flatten)]
        store: StoreArguments,
        #[command(flatten)]
        log: LogArguments,
    },
    /// Ask the server on this machine whether it answers: exit code 0, or 1 if not.
    Healthcheck {
        /// Where the server listens.
        #[arg(long, value_name = "ADDRESS", env = "CONFLUENCE_LISTEN", default_value = DEFAULT_LISTEN)]
        listen: String,
    },
    /// Write a completion script for a shell.
    #[command(hide = true)]
    Completions {
        /// The shell.
        shell: Shell,
    },
    /// Write the manual pages.
    #[command(hide = true)]
    Man {
        /// Folder to write them to.
        folder: PathBuf,
    },
}

#[derive(Debug, Default, Args)]
#[command(next_help_heading = "HTTP")]
pub(super) struct HttpArguments {
    /// Where to listen; port 0 takes any free one. Other than loopback needs a workspace key.
    #[arg(long, value_name = "ADDRESS", env = "CONFLUENCE_LISTEN", default_value = DEFAULT_LISTEN)]
    pub(super) listen: String,

    /// The address that clients use, if it is not the one listened on.
    #[arg(long, value_name = "URL", env = "CONFLUENCE_PUBLIC_URL")]
    pub(super) public_url: Option<String>,

    /// Host names to accept besides that of the public address; separated by commas.
    #[arg(
        long = "allowed-host",
        value_name = "HOST",
        env = "CONFLUENCE_ALLOWED_HOSTS",
        value_delimiter = ','
    )]
    pub(super) allowed_hosts: Vec<String>,

    /// Origins of web pages to accept besides that of the public address; separated by commas.
    #[arg(
        long = "allowed-origin",
        value_name = "ORIGIN",
        env = "CONFLUENCE_ALLOWED_ORIGINS",
        value_delimiter = ','
    )]
    pub(super) allowed_origins: Vec<String>,

    /// What callers have to present, as `Authorization: Bearer …`.
    #[arg(long, hide = true, env = "CONFLUENCE_WORKSPACE_KEY")]
    workspace_key: Option<SecretArgument>,

    /// File with the key that callers have to present.
    #[arg(long, value_name = "PATH", env = "CONFLUENCE_WORKSPACE_KEY_FILE")]
    workspace_key_file: Option<OsString>,
}

impl HttpArguments {
    pub(super) fn workspace_key(&self) -> SecretGiven<'_> {
        let (value, file) = (self.workspace_key.as_ref(), self.workspace_key_file.as_ref());
        SecretGiven { names: &WORKSPACE_KEY, value, file }
    }
}

/// What a deployment keeps its data in.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Deployment")]
pub(super) struct StoreArguments {
    #[command(flatten)]
    pub(super) data: DataArguments,

    /// `sqlite:<path>` or `postgres://…`. Default: a file in the data folder; with --sandbox,
    /// memory.
    #[arg(long, value_name = "URL", env = "CONFLUENCE_DATABASE_URL")]
    pub(super) database_url: Option<String>,

    /// Key that encrypts secrets in the database; made and kept in the data folder with SQLite.
    #[arg(long, hide = true, env = "CONFLUENCE_MASTER_KEY")]
    master_key: Option<SecretArgument>,

    /// File with the master key.
    #[arg(long, value_name = "PATH", env = "CONFLUENCE_MASTER_KEY_FILE")]
    master_key_file: Option<OsString>,

    /// The master key before, while keys are rotated: it decrypts as well.
    #[arg(long, hide = true, env = "CONFLUENCE_PREVIOUS_MASTER_KEY")]
    previous_master_key: Option<SecretArgument>,

    /// File with the master key before.
    #[arg(long, value_name = "PATH", env = "CONFLUENCE_PREVIOUS_MASTER_KEY_FILE")]
    previous_master_key_file: Option<OsString>,
}

impl StoreArguments {
    pub(super) fn master_key(&self) -> SecretGiven<'_> {
        let (value, file) = (self.master_key.as_ref(), self.master_key_file.as_ref());
        SecretGiven { names: &MASTER_KEY, value, file }
    }

    pub(super) fn previous_master_key(&self) -> SecretGiven<'_> {
        let (value, file) =
            (self.previous_master_key.as_ref(), self.previous_master_key_file.as_ref());
        SecretGiven { names: &PREVIOUS_MASTER_KEY, value, file }
    }
}

#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Deployment")]
pub(super) struct DeploymentArguments {
    #[command(flatten)]
    pub(super) store: StoreArguments,

    /// Key of whoever runs the deployment; made and kept in the data folder if not set.
    #[arg(long, hide = true, env = "CONFLUENCE_MAINTAINER_KEY")]
    maintainer_key: Option<SecretArgument>,

    /// File with the maintainer key.
    #[arg(long, value_name = "PATH", env = "CONFLUENCE_MAINTAINER_KEY_FILE")]
    maintainer_key_file: Option<OsString>,

    /// API of the agent platform on which the configuration app installs the capability, such as
    /// `https://api.platform.example/v2`.
    #[arg(long, value_name = "URL", env = "CONFLUENCE_PLATFORM_API_URL")]
    pub(super) platform_api_url: Option<String>,

    /// Token for the agent platform's API.
    #[arg(long, hide = true, env = "CONFLUENCE_PLATFORM_TOKEN")]
    platform_token: Option<SecretArgument>,

    /// File with the token for the agent platform's API.
    #[arg(long, value_name = "PATH", env = "CONFLUENCE_PLATFORM_TOKEN_FILE")]
    platform_token_file: Option<OsString>,

    /// How often a workspace may call in a minute; a fifth of it at once.
    #[arg(
        long,
        value_name = "N",
        env = "CONFLUENCE_CALLS_PER_MINUTE",
        default_value = DEFAULT_CALLS_PER_MINUTE
    )]
    pub(super) calls_per_minute: String,
}

impl DeploymentArguments {
    pub(super) fn maintainer_key(&self) -> SecretGiven<'_> {
        let (value, file) = (self.maintainer_key.as_ref(), self.maintainer_key_file.as_ref());
        SecretGiven { names: &MAINTAINER_KEY, value, file }
    }

    pub(super) fn platform_token(&self) -> SecretGiven<'_> {
        let (value, file) = (self.platform_token.as_ref(), self.platform_token_file.as_ref());
        SecretGiven { names: &PLATFORM_TOKEN, value, file }
    }
}
