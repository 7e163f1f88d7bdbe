//! What can be given, as clap reads it: text, not yet checked.

use std::{ffi::OsString, path::PathBuf};

use clap::{Args, Command, CommandFactory, Parser, Subcommand};
use clap_complete::Shell;
use confluence_setup::{
    ACCESS_TOKEN, API_TOKEN, ConfluenceArguments, LONG_VERSION, LogArguments, SECRETS_HELP,
    SecretArgument, SecretGiven, SecretNames,
};

const SERVE_SECRETS_HELP: &str = "
  CONFLUENCE_WORKSPACE_KEY        lets the single user in  --workspace-key-file
  CONFLUENCE_MAINTAINER_KEY       opens the configuration  --maintainer-key-file
  CONFLUENCE_MASTER_KEY           encrypts other secrets   --master-key-file
  CONFLUENCE_PREVIOUS_MASTER_KEY  the one before           --previous-master-key-file
  CONFLUENCE_OAUTH_CLIENT_SECRET  of --oauth-client-id     --oauth-client-secret-file
  CONFLUENCE_DEPLOYMENT_KEY       for --central-url        --deployment-key-file
  CONFLUENCE_PLATFORM_TOKEN       for --platform-api-url   --platform-token-file";

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

pub(super) const OAUTH_CLIENT_SECRET: SecretNames = SecretNames {
    id: "oauth_client_secret",
    variable: "CONFLUENCE_OAUTH_CLIENT_SECRET",
    file_flag: "--oauth-client-secret-file",
};

pub(super) const DEPLOYMENT_KEY: SecretNames = SecretNames {
    id: "deployment_key",
    variable: "CONFLUENCE_DEPLOYMENT_KEY",
    file_flag: "--deployment-key-file",
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
        .mut_subcommand("stdio", |it| hide(it).after_help(SECRETS_HELP))
        .mut_subcommand("serve", |it| {
            hide(it).after_help(format!("{SECRETS_HELP}{SERVE_SECRETS_HELP}"))
        })
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

#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Deployment")]
pub(super) struct DeploymentArguments {
    /// Folder of the database and of the keys that are made for it. Default: the platform's folder
    /// for data.
    #[arg(long, value_name = "PATH", env = "CONFLUENCE_DATA_DIR")]
    pub(super) data_dir: Option<OsString>,

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

    /// Key of whoever runs the deployment; made and kept in the data folder if not set.
    #[arg(long, hide = true, env = "CONFLUENCE_MAINTAINER_KEY")]
    maintainer_key: Option<SecretArgument>,

    /// File with the maintainer key.
    #[arg(long, value_name = "PATH", env = "CONFLUENCE_MAINTAINER_KEY_FILE")]
    maintainer_key_file: Option<OsString>,

    /// OAuth client at Atlassian's: of the single user with --auth-mode oauth, else of the whole
    /// deployment.
    #[arg(long, value_name = "ID", env = "CONFLUENCE_OAUTH_CLIENT_ID")]
    pub(super) oauth_client_id: Option<String>,

    /// Secret of the OAuth client.
    #[arg(long, hide = true, env = "CONFLUENCE_OAUTH_CLIENT_SECRET")]
    oauth_client_secret: Option<SecretArgument>,

    /// File with the secret of the OAuth client.
    #[arg(long, value_name = "PATH", env = "CONFLUENCE_OAUTH_CLIENT_SECRET_FILE")]
    oauth_client_secret_file: Option<OsString>,

    /// Scopes to ask users for, separated by spaces or commas. Default: all that the tools need.
    #[arg(long, value_name = "SCOPES", env = "CONFLUENCE_OAUTH_SCOPES")]
    pub(super) oauth_scopes: Option<String>,

    /// Where the webhooks of the core are, when another deployment holds the central OAuth client:
    /// `https://core.example/workspaces/slug:confluence-next/webhooks`.
    #[arg(long, value_name = "URL", env = "CONFLUENCE_CENTRAL_URL")]
    pub(super) central_url: Option<String>,

    /// Key by which that core knows this deployment.
    #[arg(long, hide = true, env = "CONFLUENCE_DEPLOYMENT_KEY")]
    deployment_key: Option<SecretArgument>,

    /// File with the deployment key.
    #[arg(long, value_name = "PATH", env = "CONFLUENCE_DEPLOYMENT_KEY_FILE")]
    deployment_key_file: Option<OsString>,

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
    pub(super) fn master_key(&self) -> SecretGiven<'_> {
        let (value, file) = (self.master_key.as_ref(), self.master_key_file.as_ref());
        SecretGiven { names: &MASTER_KEY, value, file }
    }

    pub(super) fn previous_master_key(&self) -> SecretGiven<'_> {
        let (value, file) =
            (self.previous_master_key.as_ref(), self.previous_master_key_file.as_ref());
        SecretGiven { names: &PREVIOUS_MASTER_KEY, value, file }
    }

    pub(super) fn maintainer_key(&self) -> SecretGiven<'_> {
        let (value, file) = (self.maintainer_key.as_ref(), self.maintainer_key_file.as_ref());
        SecretGiven { names: &MAINTAINER_KEY, value, file }
    }

    pub(super) fn oauth_client_secret(&self) -> SecretGiven<'_> {
        let (value, file) =
            (self.oauth_client_secret.as_ref(), self.oauth_client_secret_file.as_ref());
        SecretGiven { names: &OAUTH_CLIENT_SECRET, value, file }
    }

    pub(super) fn deployment_key(&self) -> SecretGiven<'_> {
        let (value, file) = (self.deployment_key.as_ref(), self.deployment_key_file.as_ref());
        SecretGiven { names: &DEPLOYMENT_KEY, value, file }
    }

    pub(super) fn platform_token(&self) -> SecretGiven<'_> {
        let (value, file) = (self.platform_token.as_ref(), self.platform_token_file.as_ref());
        SecretGiven { names: &PLATFORM_TOKEN, value, file }
    }
}
