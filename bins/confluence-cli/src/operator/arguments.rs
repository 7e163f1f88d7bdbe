//! What can be given to the commands for operators, as clap reads it.

use std::{ffi::OsString, path::PathBuf, str::FromStr, time::Duration};

use clap::{Args, Subcommand, ValueEnum};
use confluence_auth::{
    AuthMode, BaseUrl, Hosts,
    ids::{AgentId, InstanceName, UserId, WorkspaceSlug},
};
use confluence_setup::{
    Checked, Found, Network, Problem, Secret, SecretArgument, SecretGiven, SecretNames, Setting,
};
use jiff::{SignedDuration, Timestamp};

/// The key that is shown to the server.
pub(crate) const SERVER_KEY: SecretNames = SecretNames {
    id: "server_key",
    variable: "CONFLUENCE_SERVER_KEY",
    file_flag: "--server-key-file",
};

const SERVER_URL: Setting = Setting::new("--server-url", "CONFLUENCE_SERVER_URL");

/// Which server operators look after.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Server (for operators)")]
#[expect(clippy::struct_field_names, reason = "a field is called as its flag is")]
pub(crate) struct ServerArguments {
    /// Address of the server that the commands for operators talk to: `https`, or on this machine.
    #[arg(long, value_name = "URL", env = "CONFLUENCE_SERVER_URL")]
    server_url: Option<String>,

    /// Key that is shown to it: a maintainer's, or an editor's.
    #[arg(long, hide = true, env = "CONFLUENCE_SERVER_KEY")]
    server_key: Option<SecretArgument>,

    /// File with the key that is shown to it.
    #[arg(long, value_name = "PATH", env = "CONFLUENCE_SERVER_KEY_FILE")]
    server_key_file: Option<OsString>,
}

/// The server, checked.
#[derive(Debug)]
pub struct ServerGiven {
    /// Where it is: the only place that the key goes to.
    pub url: BaseUrl,
    /// The key.
    pub key: Secret,
    /// How it is reached.
    pub network: Network,
}

impl ServerArguments {
    /// Checks what was given.
    ///
    /// # Errors
    ///
    /// What is wrong has been told.
    pub(crate) fn check(
        &self,
        found: &mut Found,
        network: Checked<Network>,
    ) -> Checked<ServerGiven> {
        let (value, file) = (self.server_key.as_ref(), self.server_key_file.as_ref());
        let key = found.secret(SecretGiven { names: &SERVER_KEY, value, file });
        let url = match confluence_setup::text(self.server_url.as_ref()) {
            Some(url) => found.valid(SERVER_URL, BaseUrl::parse(url, Hosts::Any)),
            None => found.tell(Problem::Other(
                "no server is given: set --server-url (CONFLUENCE_SERVER_URL) to its address"
                    .to_owned(),
            )),
        };
        let key = match key? {
            Some(key) => Ok(key),
            None => found.tell(Problem::Other(
                "no key for the server is given: set CONFLUENCE_SERVER_KEY, or name a file with \
                 --server-key-file (CONFLUENCE_SERVER_KEY_FILE)"
                    .to_owned(),
            )),
        };
        Ok(ServerGiven { url: url?, key: key?, network: network? })
    }
}

/// A command for operators.
#[derive(Debug, Subcommand)]
pub enum OperatorCommand {
    /// Workspaces of a server.
    #[command(subcommand, disable_help_subcommand = true, arg_required_else_help = true)]
    Workspace(WorkspaceCommand),
    /// Agents that may call a workspace.
    #[command(subcommand, disable_help_subcommand = true, arg_required_else_help = true)]
    Agents(AgentsCommand),
    /// Users who are connected to Confluence.
    #[command(subcommand, disable_help_subcommand = true, arg_required_else_help = true)]
    Connections(ConnectionsCommand),
    /// Keys that open a server.
    #[command(subcommand, disable_help_subcommand = true, arg_required_else_help = true)]
    Keys(KeysCommand),
    /// What was done through a server.
    #[command(subcommand, disable_help_subcommand = true, arg_required_else_help = true)]
    Audit(AuditCommand),
    /// How a workspace signs in to Confluence.
    #[command(subcommand, disable_help_subcommand = true, arg_required_else_help = true)]
    AuthMode(AuthModeCommand),
}

/// A command about workspaces.
#[derive(Debug, Subcommand)]
pub enum WorkspaceCommand {
    /// Create a workspace, which no agent may call yet.
    Create {
        /// Its name in addresses: lower-case letters, digits and `-`.
        slug: WorkspaceSlug,
        /// What people call it; the slug by default.
        #[arg(long)]
        name: Option<String>,
    },
    /// List all workspaces.
    List,
    /// Show a workspace and its instances.
    Show {
        /// The workspace.
        slug: WorkspaceSlug,
    },
    /// Delete a workspace with its settings, connections and keys; its audit is kept.
    Delete {
        /// The workspace.
        slug: WorkspaceSlug,
        /// Delete without asking.
        #[arg(long, short = 'y')]
        yes: bool,
    },
}

/// An instance of a workspace.
#[derive(Debug, Args)]
pub struct InstanceArguments {
    /// The workspace.
    pub workspace: WorkspaceSlug,
    /// The instance in it.
    #[arg(long, value_name = "NAME", default_value_t)]
    pub instance: InstanceName,
}

/// A command about agents.
#[derive(Debug, Subcommand)]
pub enum AgentsCommand {
    /// List agents that may call, and those that have tried.
    List {
        #[command(flatten)]
        of: InstanceArguments,
    },
    /// Let agents call.
    Allow {
        #[command(flatten)]
        of: InstanceArguments,
        /// Ids of the agents.
        #[arg(required = true, value_name = "AGENT")]
        agents: Vec<AgentId>,
    },
    /// Let agents no longer call.
    Revoke {
        #[command(flatten)]
        of: InstanceArguments,
        /// Ids of the agents.
        #[arg(required = true, value_name = "AGENT")]
        agents: Vec<AgentId>,
    },
    /// Let every agent call, whoever it is.
    AllowAll {
        #[command(flatten)]
        of: InstanceArguments,
        /// End that: then no agent may call until it is allowed.
        #[arg(long)]
        off: bool,
    },
}

/// A command about connections.
#[derive(Debug, Subcommand)]
pub enum ConnectionsCommand {
    /// List the users of a workspace who are connected.
    List {
        /// The workspace.
        workspace: WorkspaceSlug,
    },
    /// Delete a user's tokens: the user has to connect again.
    Revoke {
        #[command(flatten)]
        of: InstanceArguments,
        /// The user.
        user: UserId,
        /// The user leaves: tokens of all instances, personal keys and pending sign-ins go.
        #[arg(long, conflicts_with = "instance")]
        offboard: bool,
        /// Delete without asking.
        #[arg(long, short = 'y')]
        yes: bool,
    },
}

/// Where keys belong.
#[derive(Debug, Args)]
pub struct KeysOf {
    /// The workspace that the key belongs to; keys of the server itself without it.
    #[arg(long, short = 'w', value_name = "WORKSPACE")]
    pub workspace: Option<WorkspaceSlug>,
}

/// A command about keys.
#[derive(Debug, Subcommand)]
pub enum KeysCommand {
    /// List keys: what they open, and until when. Their secrets are known to nobody.
    List {
        #[command(flatten)]
        of: KeysOf,
    },
    /// Make a key. It is written to standard output, and cannot be shown again.
    Issue {
        /// What it opens.
        #[arg(value_enum)]
        kind: Kind,
        #[command(flatten)]
        of: KeysOf,
        /// What people call it.
        #[arg(long)]
        label: String,
        /// For a personal key: on whose behalf it calls.
        #[arg(long, required_if_eq("kind", "personal"))]
        user: Option<UserId>,
        /// For a personal key: through which agent it calls.
        #[arg(long, required_if_eq("kind", "personal"))]
        agent: Option<AgentId>,
        /// For a personal key: the instance that it opens.
        #[arg(long, value_name = "NAME")]
        instance: Option<InstanceName>,
        /// For a deployment's key: the public address of that deployment.
        #[arg(long, value_name = "URL", required_if_eq("kind", "deployment"))]
        api: Option<String>,
    },
    /// Replace a key by a new one that opens the same. The new one is written to standard output.
    Rotate {
        /// Id of the key, as `list` shows it.
        id: KeyId,
        #[command(flatten)]
        of: KeysOf,
        /// How long the old one goes on: such as `30m`, `24h` or `7d`.
        #[arg(long, value_name = "DURATION", default_value = "24h")]
        overlap: Overlap,
    },
    /// End a key now.
    Revoke {
        /// Id of the key, as `list` shows it.
        id: KeyId,
        #[command(flatten)]
        of: KeysOf,
        /// End it without asking.
        #[arg(long, short = 'y')]
        yes: bool,
    },
}

/// What a key opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// MCP endpoints of a workspace, for an agent platform that says who calls.
    Platform,
    /// The MCP endpoint of an instance, for one user with one agent.
    Personal,
    /// Instructions of a workspace, for automations.
    Instruction,
    /// The configuration of a workspace.
    Editor,
    /// Everything.
    Maintainer,
    /// The central OAuth client, for another deployment.
    Deployment,
}

impl Kind {
    /// Its name on the wire.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Platform => "platform",
            Self::Personal => "personal",
            Self::Instruction => "instruction",
            Self::Editor => "editor",
            Self::Maintainer => "maintainer",
            Self::Deployment => "deployment",
        }
    }
}

/// Id of a key: safe in an address.
#[derive(Debug, Clone)]
pub struct KeyId(pub(super) String);

impl FromStr for KeyId {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        let safe = |it: u8| it.is_ascii_alphanumeric() || it == b'-' || it == b'_';
        let fits = (1..=64).contains(&text.len()) && text.bytes().all(safe);
        if fits { Ok(Self(text.to_owned())) } else { Err("not the id of a key: see `keys list`") }
    }
}

/// How long a replaced key goes on.
#[derive(Debug, Clone, Copy)]
pub struct Overlap(pub(super) Duration);

impl FromStr for Overlap {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        // Days have no fixed length to the library; here they have.
        let days = text.trim().strip_suffix('d').and_then(|it| it.trim().parse::<i32>().ok());
        let parsed = match days {
            Some(days) => Some(SignedDuration::from_hours(i64::from(days) * 24)),
            None => text.trim().parse::<SignedDuration>().ok(),
        };
        let overlap = parsed.and_then(|it| Duration::try_from(it).ok());
        overlap.map(Self).ok_or("expected a duration such as `0s`, `30m`, `24h` or `7d`")
    }
}

/// Which calls are meant. All conditions hold together.
#[derive(Debug, Args)]
pub struct Conditions {
    /// Only calls of this workspace.
    #[arg(long, short = 'w', value_name = "WORKSPACE")]
    pub workspace: Option<WorkspaceSlug>,
    /// Only calls of this instance.
    #[arg(long, value_name = "NAME")]
    pub instance: Option<InstanceName>,
    /// Only calls on behalf of this user.
    #[arg(long)]
    pub user: Option<UserId>,
    /// Only calls through this agent.
    #[arg(long)]
    pub agent: Option<AgentId>,
}

/// A command about the audit.
#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// Show the last calls, oldest first.
    Tail {
        #[command(flatten)]
        of: Conditions,
        /// How many.
        #[arg(long, short = 'n', default_value_t = 20, value_parser = clap::value_parser!(u16).range(..=1000))]
        lines: u16,
        /// Go on with new calls as they come.
        #[arg(long, short = 'f')]
        follow: bool,
    },
    /// Write all calls, newest first, one JSON object a line.
    Export {
        #[command(flatten)]
        of: Conditions,
        /// Only calls from this moment on: such as `2026-11-20T00:00:00Z`.
        #[arg(long, value_name = "TIME")]
        since: Option<Timestamp>,
        /// Only calls before this moment.
        #[arg(long, value_name = "TIME")]
        until: Option<Timestamp>,
    },
}

/// A command about how a workspace signs in.
#[derive(Debug, Subcommand)]
pub enum AuthModeCommand {
    /// Show how an instance signs in, without its secret.
    Show {
        #[command(flatten)]
        of: InstanceArguments,
    },
    /// Change how an instance signs in. What another mode had is forgotten.
    Set {
        #[command(flatten)]
        of: InstanceArguments,
        /// `oauthCentral`, `oauth`, `apiToken` or `accessToken`.
        mode: AuthMode,
        /// A setting of the mode, as `name=value`; can be given more than once. `site` for all modes,
        /// `scopes` for the OAuth modes, `clientId` for `oauth`, `email` and `cloudId` for
        /// `apiToken`, `cloudId` for `accessToken`.
        #[arg(long = "set", value_name = "NAME=VALUE")]
        settings: Vec<NamedValue>,
        /// File with the client's secret or the token; `-` is standard input. Without it, the secret
        /// that is set stays if everything else that it belongs to does.
        #[arg(long, value_name = "PATH")]
        secret_file: Option<PathBuf>,
        /// Forget the secret.
        #[arg(long, conflicts_with = "secret_file")]
        forget_secret: bool,
    },
}

/// A name and its value.
#[derive(Debug, Clone)]
pub struct NamedValue(pub(super) String, pub(super) String);

impl FromStr for NamedValue {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        let (name, value) = text.split_once('=').ok_or("expected `name=value`")?;
        match name {
            "site" | "scopes" | "clientId" | "email" | "cloudId" => {
                Ok(Self(name.to_owned(), value.to_owned()))
            }
            _ => Err("the name is `site`, `scopes`, `clientId`, `email` or `cloudId`"),
        }
    }
}
