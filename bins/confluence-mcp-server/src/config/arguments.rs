//! What can be given, as clap reads it: text, not yet checked.

use std::{ffi::OsString, path::PathBuf};

use clap::{Args, Command, CommandFactory, Parser, Subcommand};
use clap_complete::Shell;
use confluence_setup::{
    ACCESS_TOKEN, API_TOKEN, ConfluenceArguments, LONG_VERSION, LogArguments, SECRETS_HELP,
    SecretArgument, SecretGiven, SecretNames,
};

const SERVE_SECRETS_HELP: &str = "
  CONFLUENCE_WORKSPACE_KEY  what callers have to present  --workspace-key-file";

/// Where `serve` listens by default.
pub(super) const DEFAULT_LISTEN: &str = "127.0.0.1:8080";

pub(super) const WORKSPACE_KEY: SecretNames = SecretNames {
    id: "workspace_key",
    variable: "CONFLUENCE_WORKSPACE_KEY",
    file_flag: "--workspace-key-file",
};

pub(super) const SECRETS: [&SecretNames; 3] = [&API_TOKEN, &ACCESS_TOKEN, &WORKSPACE_KEY];

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
