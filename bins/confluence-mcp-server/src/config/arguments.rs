//! What can be given, as clap reads it: text, not yet checked.
//!
//! An empty text counts as not given, since many a client configuration and compose file passes
//! variables that nobody has filled in.

use std::ffi::OsString;

use clap::{
    Args, Command, CommandFactory, Parser, Subcommand,
    builder::{StringValueParser, TypedValueParser},
};

use super::secret::SecretArgument;

const SECRETS_HELP: &str = "\
Secrets (from the environment only, never as a flag; or in the file that the flag names):
  CONFLUENCE_API_TOKEN      API token of --email          --api-token-file
  CONFLUENCE_ACCESS_TOKEN   OAuth access token            --access-token-file";

const SERVE_SECRETS_HELP: &str = "
  CONFLUENCE_WORKSPACE_KEY  what callers have to present  --workspace-key-file";

/// Where `serve` listens by default.
pub(super) const DEFAULT_LISTEN: &str = "127.0.0.1:8080";

/// Deadline of a call by default.
pub(super) const DEFAULT_TIMEOUT: &str = "60s";

/// A secret and the names under which it can be given.
#[derive(Debug)]
pub struct SecretNames {
    /// Its name in clap.
    pub(super) id: &'static str,
    /// Its variable; the one with the path of a file ends in `_FILE`.
    pub(super) variable: &'static str,
    /// The flag that names a file.
    pub(super) file_flag: &'static str,
}

pub(super) const API_TOKEN: SecretNames = SecretNames {
    id: "api_token",
    variable: "CONFLUENCE_API_TOKEN",
    file_flag: "--api-token-file",
};

pub(super) const ACCESS_TOKEN: SecretNames = SecretNames {
    id: "access_token",
    variable: "CONFLUENCE_ACCESS_TOKEN",
    file_flag: "--access-token-file",
};

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
        .mut_subcommand("stdio", |it| hide(it).after_help(SECRETS_HELP))
        .mut_subcommand("serve", |it| {
            hide(it).after_help(format!("{SECRETS_HELP}{SERVE_SECRETS_HELP}"))
        })
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
    pub(super) face: FaceArguments,
}

#[derive(Debug, Subcommand)]
pub(super) enum FaceArguments {
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
}

#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Confluence")]
pub(super) struct ConfluenceArguments {
    /// Start an embedded Confluence with demo content and use it; no account needed.
    #[arg(long, env = "CONFLUENCE_SANDBOX", value_parser = switch())]
    pub(super) sandbox: bool,

    /// Let the sandbox generate that many pages, in place of the demo content.
    #[arg(long, value_name = "N", env = "CONFLUENCE_SANDBOX_PAGES")]
    pub(super) sandbox_pages: Option<String>,

    /// `apiToken` or `accessToken`; guessed from the token that is set.
    #[arg(long, value_name = "MODE", env = "CONFLUENCE_AUTH_MODE")]
    pub(super) auth_mode: Option<String>,

    /// The site: `acme`, `acme.atlassian.net` or the address of a page.
    #[arg(long, env = "CONFLUENCE_SITE")]
    pub(super) site: Option<String>,

    /// E-mail address of the account that the API token belongs to.
    #[arg(long, env = "CONFLUENCE_EMAIL")]
    pub(super) email: Option<String>,

    /// API token of the account.
    #[arg(long, hide = true, env = "CONFLUENCE_API_TOKEN")]
    api_token: Option<SecretArgument>,

    /// File with the API token.
    #[arg(long, value_name = "PATH", env = "CONFLUENCE_API_TOKEN_FILE")]
    api_token_file: Option<OsString>,

    /// OAuth access token, renewed by whoever starts the server.
    #[arg(long, hide = true, env = "CONFLUENCE_ACCESS_TOKEN")]
    access_token: Option<SecretArgument>,

    /// File with the access token.
    #[arg(long, value_name = "PATH", env = "CONFLUENCE_ACCESS_TOKEN_FILE")]
    access_token_file: Option<OsString>,

    /// The site's cloud id: instead of a site for access tokens, and for scoped API tokens.
    #[arg(long, value_name = "ID", env = "CONFLUENCE_CLOUD_ID")]
    pub(super) cloud_id: Option<String>,

    /// Address to use instead of Atlassian's: what stands before `/wiki/…`. Only on this machine,
    /// unless --allow-custom-endpoints is given.
    #[arg(long, value_name = "URL", env = "CONFLUENCE_API_BASE_URL")]
    pub(super) api_base_url: Option<String>,

    /// Let --api-base-url name another machine, which then receives the credentials.
    #[arg(long, env = "CONFLUENCE_ALLOW_CUSTOM_ENDPOINTS", value_parser = switch())]
    pub(super) allow_custom_endpoints: bool,

    /// Leave out, and refuse, everything that writes.
    #[arg(long, env = "CONFLUENCE_READ_ONLY", value_parser = switch())]
    pub(super) read_only: bool,

    /// Deadline of a call, retries included: such as `90s` or `2m`.
    #[arg(long, value_name = "DURATION", env = "CONFLUENCE_TIMEOUT", default_value = DEFAULT_TIMEOUT)]
    pub(super) timeout: String,

    /// PEM file with certificates to trust besides the system's.
    #[arg(long, value_name = "PATH", env = "CONFLUENCE_CA_FILE")]
    pub(super) ca_file: Option<OsString>,
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

#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Log (on standard error)")]
pub(super) struct LogArguments {
    /// `error`, `warn`, `info`, `debug` or `trace`; or `target=level` pairs, separated by commas.
    /// Default: `warn` for stdio, `info` for serve.
    #[arg(long, value_name = "FILTER", env = "CONFLUENCE_LOG")]
    pub(super) log: Option<String>,

    /// `text` or `json`.
    #[arg(long, value_name = "FORMAT", env = "CONFLUENCE_LOG_FORMAT", default_value = "text")]
    pub(super) log_format: String,
}

/// A secret as it was given: in its variable, in a file, in both, or not at all.
#[derive(Debug, Clone, Copy)]
pub(super) struct SecretGiven<'a> {
    pub(super) names: &'static SecretNames,
    pub(super) value: Option<&'a SecretArgument>,
    pub(super) file: Option<&'a OsString>,
}

impl SecretGiven<'_> {
    /// Whether the variable is there with nothing in it.
    pub(super) fn is_blank(&self) -> bool {
        self.value.is_some_and(SecretArgument::is_blank)
    }
}

impl ConfluenceArguments {
    pub(super) fn api_token(&self) -> SecretGiven<'_> {
        let (value, file) = (self.api_token.as_ref(), self.api_token_file.as_ref());
        SecretGiven { names: &API_TOKEN, value, file }
    }

    pub(super) fn access_token(&self) -> SecretGiven<'_> {
        let (value, file) = (self.access_token.as_ref(), self.access_token_file.as_ref());
        SecretGiven { names: &ACCESS_TOKEN, value, file }
    }
}

impl HttpArguments {
    pub(super) fn workspace_key(&self) -> SecretGiven<'_> {
        let (value, file) = (self.workspace_key.as_ref(), self.workspace_key_file.as_ref());
        SecretGiven { names: &WORKSPACE_KEY, value, file }
    }
}

/// Reads the variable of a flag: what is neither yes nor no is refused.
fn switch() -> impl TypedValueParser<Value = bool> {
    StringValueParser::new().try_map(|text| match text.trim().to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" | "1" => Ok(true),
        "" | "false" | "no" | "off" | "0" => Ok(false),
        _ => Err("expected `true` or `false`"),
    })
}
