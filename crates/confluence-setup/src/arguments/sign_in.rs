//! What signing in takes: a place to keep what comes of it, and an OAuth client.

use std::ffi::OsString;

use clap::Args;

use super::{SecretGiven, SecretNames, switch};
use crate::SecretArgument;

/// The secret of the OAuth client.
pub const OAUTH_CLIENT_SECRET: SecretNames = SecretNames {
    id: "oauth_client_secret",
    variable: "CONFLUENCE_OAUTH_CLIENT_SECRET",
    file_flag: "--oauth-client-secret-file",
};

/// The key by which a core knows who asks.
pub const DEPLOYMENT_KEY: SecretNames = SecretNames {
    id: "deployment_key",
    variable: "CONFLUENCE_DEPLOYMENT_KEY",
    file_flag: "--deployment-key-file",
};

/// Where data is kept.
#[derive(Debug, Default, Args)]
pub struct DataArguments {
    /// Folder of what is kept: the profiles; for a server, the database and the keys that are made
    /// for it. Default: the platform's folder for data.
    #[arg(long, value_name = "PATH", env = "CONFLUENCE_DATA_DIR")]
    pub(crate) data_dir: Option<OsString>,
}

/// Which profile to use.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Profile (made by `confluence-cli auth login`)")]
pub struct ProfileArguments {
    /// The profile to use instead of the current one. Flags and variables that say more win over
    /// what is in it.
    #[arg(long, value_name = "NAME", env = "CONFLUENCE_PROFILE")]
    pub(crate) profile: Option<String>,

    #[command(flatten)]
    pub(crate) data: DataArguments,

    /// Keep secrets in the file of profiles even where there is a keyring; of effect in builds that
    /// use one.
    #[arg(long, env = "CONFLUENCE_NO_KEYRING", value_parser = switch())]
    pub(crate) no_keyring: bool,
}

/// The OAuth client that users sign in with.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "OAuth")]
pub struct OAuthArguments {
    /// OAuth client at Atlassian's: of the single user in mode `oauth`, else of the whole deployment.
    #[arg(long, value_name = "ID", env = "CONFLUENCE_OAUTH_CLIENT_ID")]
    pub(crate) oauth_client_id: Option<String>,

    /// Secret of the OAuth client.
    #[arg(long, hide = true, env = "CONFLUENCE_OAUTH_CLIENT_SECRET")]
    oauth_client_secret: Option<SecretArgument>,

    /// File with the secret of the OAuth client.
    #[arg(long, value_name = "PATH", env = "CONFLUENCE_OAUTH_CLIENT_SECRET_FILE")]
    oauth_client_secret_file: Option<OsString>,

    /// Scopes to ask users for, separated by spaces or commas. Default: all that the tools need.
    #[arg(long, value_name = "SCOPES", env = "CONFLUENCE_OAUTH_SCOPES")]
    pub(crate) oauth_scopes: Option<String>,

    /// Where the webhooks of the core are, when another deployment holds the central OAuth client:
    /// `https://core.example/workspaces/slug:confluence-next/webhooks`.
    #[arg(long, value_name = "URL", env = "CONFLUENCE_CENTRAL_URL")]
    pub(crate) central_url: Option<String>,

    /// Key by which that core knows this deployment.
    #[arg(long, hide = true, env = "CONFLUENCE_DEPLOYMENT_KEY")]
    deployment_key: Option<SecretArgument>,

    /// File with the deployment key.
    #[arg(long, value_name = "PATH", env = "CONFLUENCE_DEPLOYMENT_KEY_FILE")]
    deployment_key_file: Option<OsString>,
}

impl OAuthArguments {
    pub(crate) fn client_secret(&self) -> SecretGiven<'_> {
        let (value, file) =
            (self.oauth_client_secret.as_ref(), self.oauth_client_secret_file.as_ref());
        SecretGiven { names: &OAUTH_CLIENT_SECRET, value, file }
    }

    pub(crate) fn deployment_key(&self) -> SecretGiven<'_> {
        let (value, file) = (self.deployment_key.as_ref(), self.deployment_key_file.as_ref());
        SecretGiven { names: &DEPLOYMENT_KEY, value, file }
    }
}
