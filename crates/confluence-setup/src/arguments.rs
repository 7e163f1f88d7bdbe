//! What can be given, as clap reads it: text, not yet checked.
//!
//! An empty text counts as not given, since many a client configuration and compose file passes
//! variables that nobody has filled in.

mod sign_in;

use std::ffi::OsString;

use clap::{
    ArgMatches, Args,
    builder::{StringValueParser, TypedValueParser},
    parser::ValueSource,
};

use crate::{Problem, SecretArgument};

pub use sign_in::{DEPLOYMENT_KEY, OAUTH_CLIENT_SECRET};
pub use sign_in::{DataArguments, OAuthArguments, ProfileArguments};

/// How to give the secrets, for the end of a help text.
pub const SECRETS_HELP: &str = "\
Secrets (from the environment only, never as a flag; or in the file that the flag names):
  CONFLUENCE_API_TOKEN      API token of --email          --api-token-file
  CONFLUENCE_ACCESS_TOKEN   OAuth access token            --access-token-file";

/// How to give the secrets that signing in takes, for the end of a help text.
pub const SIGN_IN_SECRETS_HELP: &str = "
  CONFLUENCE_OAUTH_CLIENT_SECRET  of --oauth-client-id     --oauth-client-secret-file
  CONFLUENCE_DEPLOYMENT_KEY       for --central-url        --deployment-key-file";

/// Deadline of a call by default.
pub(crate) const DEFAULT_TIMEOUT: &str = "60s";

/// A secret and the names under which it can be given.
#[derive(Debug)]
pub struct SecretNames {
    /// Its name in clap.
    pub id: &'static str,
    /// Its variable; the one with the path of a file ends in `_FILE`.
    pub variable: &'static str,
    /// The flag that names a file.
    pub file_flag: &'static str,
}

/// The API token.
pub const API_TOKEN: SecretNames = SecretNames {
    id: "api_token",
    variable: "CONFLUENCE_API_TOKEN",
    file_flag: "--api-token-file",
};

/// The access token.
pub const ACCESS_TOKEN: SecretNames = SecretNames {
    id: "access_token",
    variable: "CONFLUENCE_ACCESS_TOKEN",
    file_flag: "--access-token-file",
};

/// A problem for each of `names` that `matches` have from the command line.
pub fn exposed(matches: &ArgMatches, names: &[&'static SecretNames]) -> Vec<Problem> {
    let on_command_line = |id: &str| {
        // Not every sub-command takes every secret.
        matches.try_contains_id(id).is_ok()
            && matches.value_source(id) == Some(ValueSource::CommandLine)
    };
    let exposed = names.iter().filter(|it| on_command_line(it.id));
    exposed.map(|it| Problem::SecretOnCommandLine(it)).collect()
}

/// Which Confluence to use, and as whom.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Confluence")]
pub struct ConfluenceArguments {
    /// Start an embedded Confluence with demo content and use it; no account needed.
    #[arg(long, env = "CONFLUENCE_SANDBOX", value_parser = switch())]
    pub(crate) sandbox: bool,

    /// Let the sandbox generate that many pages, in place of the demo content.
    #[arg(long, value_name = "N", env = "CONFLUENCE_SANDBOX_PAGES")]
    pub(crate) sandbox_pages: Option<String>,

    /// `apiToken` or `accessToken`, guessed from the token that is set; or `oauth` or `oauthCentral`,
    /// where users sign in.
    #[arg(long, value_name = "MODE", env = "CONFLUENCE_AUTH_MODE")]
    pub(crate) auth_mode: Option<String>,

    /// The site: `acme`, `acme.atlassian.net` or the address of a page.
    #[arg(long, env = "CONFLUENCE_SITE")]
    pub(crate) site: Option<String>,

    /// E-mail address of the account that the API token belongs to.
    #[arg(long, env = "CONFLUENCE_EMAIL")]
    pub(crate) email: Option<String>,

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
    pub(crate) cloud_id: Option<String>,

    /// Address to use instead of Atlassian's: what stands before `/wiki/…`. Only on this machine,
    /// unless --allow-custom-endpoints is given.
    #[arg(long, value_name = "URL", env = "CONFLUENCE_API_BASE_URL")]
    pub(crate) api_base_url: Option<String>,

    /// Address to use instead of `https://api.atlassian.com`. Only on this machine, unless
    /// --allow-custom-endpoints is given.
    #[arg(long, value_name = "URL", env = "CONFLUENCE_GATEWAY_BASE_URL")]
    pub(crate) gateway_base_url: Option<String>,

    /// Address to use instead of `https://auth.atlassian.com`, where users sign in. Only on this
    /// machine, unless --allow-custom-endpoints is given.
    #[arg(long, value_name = "URL", env = "CONFLUENCE_AUTH_BASE_URL")]
    pub(crate) auth_base_url: Option<String>,

    /// Let these addresses name another machine, which then receives the credentials.
    #[arg(long, env = "CONFLUENCE_ALLOW_CUSTOM_ENDPOINTS", value_parser = switch())]
    pub(crate) allow_custom_endpoints: bool,

    /// Leave out, and refuse, everything that writes.
    #[arg(long, env = "CONFLUENCE_READ_ONLY", value_parser = switch())]
    pub(crate) read_only: bool,

    /// Deadline of a call, retries included: such as `90s` or `2m`.
    #[arg(long, value_name = "DURATION", env = "CONFLUENCE_TIMEOUT", default_value = DEFAULT_TIMEOUT)]
    pub(crate) timeout: String,

    /// PEM file with certificates to trust besides the system's.
    #[arg(long, value_name = "PATH", env = "CONFLUENCE_CA_FILE")]
    pub(crate) ca_file: Option<OsString>,
}

/// What to log, and how.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Log (on standard error)")]
pub struct LogArguments {
    /// `error`, `warn`, `info`, `debug` or `trace`; or `target=level` pairs, separated by commas.
    /// Default: `warn` for stdio, `info` for serve.
    #[arg(long, value_name = "FILTER", env = "CONFLUENCE_LOG")]
    pub(crate) log: Option<String>,

    /// `text` or `json`.
    #[arg(long, value_name = "FORMAT", env = "CONFLUENCE_LOG_FORMAT", default_value = "text")]
    pub(crate) log_format: String,
}

/// A secret as it was given: in its variable, in a file, in both, or not at all.
#[derive(Debug, Clone, Copy)]
pub struct SecretGiven<'a> {
    /// Its names.
    pub names: &'static SecretNames,
    /// The variable.
    pub value: Option<&'a SecretArgument>,
    /// The file.
    pub file: Option<&'a OsString>,
}

impl SecretGiven<'_> {
    /// Whether the variable is there with nothing in it.
    pub fn is_blank(&self) -> bool {
        self.value.is_some_and(SecretArgument::is_blank)
    }
}

impl ConfluenceArguments {
    /// Whether everything that writes is refused.
    pub fn read_only(&self) -> bool {
        self.read_only
    }

    pub(crate) fn api_token(&self) -> SecretGiven<'_> {
        let (value, file) = (self.api_token.as_ref(), self.api_token_file.as_ref());
        SecretGiven { names: &API_TOKEN, value, file }
    }

    pub(crate) fn access_token(&self) -> SecretGiven<'_> {
        let (value, file) = (self.access_token.as_ref(), self.access_token_file.as_ref());
        SecretGiven { names: &ACCESS_TOKEN, value, file }
    }
}

/// Reads the variable of a flag: what is neither yes nor no is refused.
pub fn switch() -> impl TypedValueParser<Value = bool> {
    StringValueParser::new().try_map(|text| match text.trim().to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" | "1" => Ok(true),
        "" | "false" | "no" | "off" | "0" => Ok(false),
        _ => Err("expected `true` or `false`"),
    })
}
