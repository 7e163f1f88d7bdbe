//! What `serve` tells people on standard output: where it is, and how to use it.
//!
//! Scripts take the endpoint from the last line.

use std::fmt;

use confluence_api::id::SiteName;
use confluence_auth::{AuthMode, Location};
use serde_json::{Value, json};

use crate::config::Account;

/// What is behind the server.
#[derive(Debug)]
pub(crate) enum Reached {
    /// The embedded Confluence.
    Sandbox {
        web_address: String,
        /// The account that all share, unless they sign in.
        email: String,
        pages: Option<usize>,
        /// How users sign in, if they do.
        sign_in: Option<AuthMode>,
    },
    /// Atlassian's cloud.
    Site {
        /// The site's address, or what else says where it is.
        place: String,
        /// How the server authenticates.
        mode: AuthMode,
        /// The variables that the same account needs elsewhere, without the values of secrets.
        variables: Vec<(&'static str, String)>,
    },
    /// Atlassian's cloud, where the user signs in.
    SignIn {
        /// The site's address, or how it is found.
        place: String,
        /// How the server authenticates.
        mode: AuthMode,
    },
    /// What workspaces say.
    Workspaces,
}

impl Reached {
    /// An account's place and variables; nothing in them is secret.
    pub(crate) fn account(account: &Account) -> Self {
        let Account { mode, location, email: _, token: _ } = account;
        let Location { site, cloud_id, endpoints } = location;
        let mut variables = Vec::new();
        variables.extend(site.as_ref().map(|it| ("CONFLUENCE_SITE", it.to_string())));
        variables.extend(cloud_id.as_ref().map(|it| ("CONFLUENCE_CLOUD_ID", it.to_string())));
        variables
            .extend(endpoints.api.as_ref().map(|it| ("CONFLUENCE_API_BASE_URL", it.to_string())));
        let place = match (&endpoints.api, site, cloud_id) {
            (Some(base), _, _) => base.to_string(),
            (None, Some(site), _) => site.root().to_string(),
            (None, None, Some(cloud_id)) => format!("cloud id {cloud_id}"),
            (None, None, None) => "unknown".to_owned(),
        };
        match mode {
            AuthMode::ApiToken => {
                variables.push(("CONFLUENCE_EMAIL", "your e-mail address".to_owned()));
                variables.push(("CONFLUENCE_API_TOKEN", "your API token".to_owned()));
            }
            AuthMode::AccessToken => {
                variables.push(("CONFLUENCE_ACCESS_TOKEN", "your access token".to_owned()));
            }
            AuthMode::OAuth | AuthMode::OAuthCentral => {}
        }
        Self::Site { place, mode: *mode, variables }
    }

    /// A site that the user signs in at.
    pub(crate) fn sign_in(mode: AuthMode, site: Option<&SiteName>) -> Self {
        let place = match site {
            Some(site) => site.root().to_string(),
            None => "the site that you choose when you sign in".to_owned(),
        };
        Self::SignIn { place, mode }
    }
}

/// How to connect in the sandbox.
const SANDBOX_SIGN_IN: &str = "
To connect: call a tool, as below. It answers with a link; open that in a browser, confirm,
choose one of the sandbox's accounts and accept. Then call the tool again.
";

/// What people are told.
#[derive(Debug)]
pub(crate) struct Banner {
    /// The MCP endpoint.
    pub(crate) endpoint: String,
    /// Where the configuration app is.
    pub(crate) configuration: String,
    /// Where the key is that opens what belongs to no workspace, such as the central OAuth client.
    pub(crate) maintainer_key: String,
    pub(crate) reached: Reached,
    pub(crate) read_only: bool,
    /// Whether callers have to present the workspace key.
    pub(crate) needs_key: bool,
    /// How to start this program.
    pub(crate) program: String,
}

impl fmt::Display for Banner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Confluence MCP server {}\n", env!("CARGO_PKG_VERSION"))?;
        match &self.reached {
            Reached::Sandbox { web_address, email, pages, sign_in } => {
                let content = match pages {
                    Some(pages) => format!("{pages} generated pages"),
                    None => "demo content".to_owned(),
                };
                let whose = match sign_in {
                    Some(mode) => format!("where each user signs in (mode {mode})"),
                    None => format!("used as {email}"),
                };
                writeln!(f, "Serving the sandbox: {content}, {whose}.")?;
                writeln!(f, "Its pages in a browser: {web_address}")?;
                writeln!(f, "Changes last until this process ends.")?;
                if sign_in.is_some() {
                    f.write_str(SANDBOX_SIGN_IN)?;
                }
            }
            Reached::Site { place, mode, .. } | Reached::SignIn { place, mode } => {
                writeln!(f, "Serving {place} (mode {mode}).")?;
            }
            Reached::Workspaces => writeln!(f, "Serving the workspaces of its database.")?,
        }
        if self.read_only {
            writeln!(f, "Read-only: nothing can be changed.")?;
        }
        if self.needs_key {
            writeln!(f, "Callers present the {}.", self.key_name())?;
        }
        writeln!(f, "\nConfiguration app: {}", self.configuration)?;
        writeln!(f, "Maintainer key: {}", self.maintainer_key)?;
        writeln!(f, "\nClient configuration, over HTTP:\n\n{:#}", servers(&self.over_http()))?;
        if let Some(server) = self.over_stdio() {
            let stdio = servers(&server);
            writeln!(f, "\nOr over stdio, where the client starts it:\n\n{stdio:#}")?;
        }
        writeln!(f, "\nTry it:\n\n{}", self.command())?;
        writeln!(f, "\nOr ask your agent: {}", self.question())?;
        writeln!(f, "\nEndpoint: {}", self.endpoint)
    }
}

impl Banner {
    fn over_http(&self) -> Value {
        let mut server = json!({ "type": "http", "url": self.endpoint });
        if self.needs_key {
            let key = format!("Bearer ${{{}}}", self.key_variable());
            server["headers"] = json!({ "Authorization": key });
        }
        server
    }

    /// What the key is called that callers present.
    fn key_name(&self) -> &'static str {
        match self.reached {
            Reached::Workspaces => "key of their workspace",
            Reached::Sandbox { .. } | Reached::Site { .. } | Reached::SignIn { .. } => {
                "workspace key"
            }
        }
    }

    /// The variable of a client's environment that holds it.
    fn key_variable(&self) -> &'static str {
        match self.reached {
            Reached::Workspaces => "CONFLUENCE_KEY",
            Reached::Sandbox { .. } | Reached::Site { .. } | Reached::SignIn { .. } => {
                "CONFLUENCE_WORKSPACE_KEY"
            }
        }
    }

    /// The same without this server, where one account is all there is.
    fn over_stdio(&self) -> Option<Value> {
        let mut arguments = vec!["stdio".to_owned()];
        let mut environment = serde_json::Map::new();
        match &self.reached {
            Reached::Sandbox { pages, sign_in: None, .. } => {
                arguments.push("--sandbox".to_owned());
                arguments.extend(pages.map(|it| format!("--sandbox-pages={it}")));
            }
            Reached::Site { variables, .. } => {
                environment
                    .extend(variables.iter().map(|(name, it)| ((*name).to_owned(), json!(it))));
            }
            // Over stdio, the sandbox has one account.
            Reached::Sandbox { sign_in: Some(_), .. }
            | Reached::SignIn { .. }
            | Reached::Workspaces => return None,
        }
        if self.read_only {
            arguments.push("--read-only".to_owned());
        }
        let mut server = json!({ "command": self.program, "args": arguments });
        if !environment.is_empty() {
            server["env"] = environment.into();
        }
        Some(server)
    }

    /// A call that works.
    fn command(&self) -> String {
        let (tool, arguments) = match self.reached {
            Reached::Sandbox { pages: None, .. } => {
                ("search", json!({ "action": "cql", "cql": "text ~ escalation" }))
            }
            Reached::Sandbox { .. }
            | Reached::Site { .. }
            | Reached::SignIn { .. }
            | Reached::Workspaces => ("spaces", json!({ "action": "list" })),
        };
        let key = if self.needs_key {
            format!(" \\\n  -H \"Authorization: Bearer ${}\"", self.key_variable())
        } else {
            String::new()
        };
        let call = json!({
            "jsonrpc": "2.0",
            "id": 1,
            "method": "tools/call",
            "params": { "name": tool, "arguments": arguments },
        });
        let endpoint = &self.endpoint;
        format!("curl {endpoint} -H 'Content-Type: application/json'{key} \\\n  -d '{call}'")
    }

    fn question(&self) -> &'static str {
        match self.reached {
            Reached::Sandbox { pages: None, .. } => {
                "Who is called when the first person on call does not answer?"
            }
            Reached::Sandbox { .. }
            | Reached::Site { .. }
            | Reached::SignIn { .. }
            | Reached::Workspaces => {
                "Which spaces are there in Confluence, and what is each of them for?"
            }
        }
    }
}

fn servers(server: &Value) -> Value {
    json!({ "mcpServers": { "confluence": server } })
}

#[cfg(test)]
mod tests;
