//! What `serve` tells people on standard output: where it is, and how to use it.
//!
//! Scripts take the endpoint from the last line.

use std::{fmt, io, sync::Arc};

use confluence_auth::{AuthMode, Location};
use confluence_setup::SandboxAccount;
use serde_json::{Value, json};

use crate::config::Account;

/// Where the content comes from.
#[derive(Debug)]
pub(crate) enum Content {
    /// The embedded Confluence.
    Sandbox(Arc<SandboxAccount>),
    /// Atlassian's cloud.
    Site {
        /// The site's address, or what else says where it is.
        place: String,
        /// How the server authenticates.
        mode: AuthMode,
        /// The variables that the same account needs elsewhere, without the values of secrets.
        variables: Vec<(&'static str, String)>,
    },
}

impl Content {
    /// An account's place and variables; nothing in them is secret.
    pub(crate) fn of(account: &Account) -> Self {
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
}

/// What is behind the server, now that it runs.
#[derive(Debug)]
pub(crate) enum Reached {
    Sandbox { web_address: String, email: String, pages: Option<usize> },
    Site { place: String, mode: AuthMode, variables: Vec<(&'static str, String)> },
}

impl Reached {
    /// Starts the sandbox, if that is what `content` says.
    pub(crate) async fn by(content: &Content) -> io::Result<Self> {
        Ok(match content {
            Content::Sandbox(account) => {
                let running = account.running().await?;
                let (web_address, email) = (running.web_address(), running.email().to_owned());
                Self::Sandbox { web_address, email, pages: account.pages() }
            }
            Content::Site { place, mode, variables } => {
                Self::Site { place: place.clone(), mode: *mode, variables: variables.clone() }
            }
        })
    }
}

/// What people are told.
#[derive(Debug)]
pub(crate) struct Banner {
    /// The MCP endpoint.
    pub(crate) endpoint: String,
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
            Reached::Sandbox { web_address, email, pages } => {
                let content = match pages {
                    Some(pages) => format!("{pages} generated pages"),
                    None => "demo content".to_owned(),
                };
                writeln!(f, "Serving the sandbox: {content}, used as {email}.")?;
                writeln!(f, "Its pages in a browser: {web_address}")?;
                writeln!(f, "Changes last until this process ends.")?;
            }
            Reached::Site { place, mode, .. } => {
                writeln!(f, "Serving {place} (mode {mode}).")?;
            }
        }
        if self.read_only {
            writeln!(f, "Read-only: nothing can be changed.")?;
        }
        if self.needs_key {
            writeln!(f, "Callers present the workspace key.")?;
        }
        writeln!(f, "\nClient configuration, over HTTP:\n\n{:#}", servers(&self.over_http()))?;
        writeln!(
            f,
            "\nOr over stdio, where the client starts it:\n\n{:#}",
            servers(&self.over_stdio())
        )?;
        writeln!(f, "\nTry it:\n\n{}", self.command())?;
        writeln!(f, "\nOr ask your agent: {}", self.question())?;
        writeln!(f, "\nEndpoint: {}", self.endpoint)
    }
}

impl Banner {
    fn over_http(&self) -> Value {
        let mut server = json!({ "type": "http", "url": self.endpoint });
        if self.needs_key {
            server["headers"] = json!({ "Authorization": "Bearer ${CONFLUENCE_WORKSPACE_KEY}" });
        }
        server
    }

    fn over_stdio(&self) -> Value {
        let mut arguments = vec!["stdio".to_owned()];
        let mut environment = serde_json::Map::new();
        match &self.reached {
            Reached::Sandbox { pages, .. } => {
                arguments.push("--sandbox".to_owned());
                arguments.extend(pages.map(|it| format!("--sandbox-pages={it}")));
            }
            Reached::Site { variables, .. } => {
                environment
                    .extend(variables.iter().map(|(name, it)| ((*name).to_owned(), json!(it))));
            }
        }
        if self.read_only {
            arguments.push("--read-only".to_owned());
        }
        let mut server = json!({ "command": self.program, "args": arguments });
        if !environment.is_empty() {
            server["env"] = environment.into();
        }
        server
    }

    /// A call that works.
    fn command(&self) -> String {
        let (tool, arguments) = match self.reached {
            Reached::Sandbox { pages: None, .. } => {
                ("search", json!({ "action": "cql", "cql": "text ~ escalation" }))
            }
            Reached::Sandbox { .. } | Reached::Site { .. } => {
                ("spaces", json!({ "action": "list" }))
            }
        };
        let key = if self.needs_key {
            " \\\n  -H \"Authorization: Bearer $CONFLUENCE_WORKSPACE_KEY\""
        } else {
            ""
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
            Reached::Sandbox { .. } | Reached::Site { .. } => {
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
