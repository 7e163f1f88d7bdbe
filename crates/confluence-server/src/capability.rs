//! What agents, clients and platforms have to be told so that they find an instance.

use confluence_auth::{AuthMode, scopes::Scopes};
use confluence_connector::{Addresses, InstanceKey};
use serde_json::{Value, json};
use url::Url;

/// What an agent platform has to add to each call: identifiers, not OAuth scopes.
pub(crate) const SCOPE: &str = "context_id,agent_id,user_id";

/// What the capability is called on a platform.
pub(crate) const NAME: &str = "confluence_next";

/// How clients call the server in their configurations.
const SERVER: &str = "confluence";

/// The variable of a client's environment that holds the key.
const KEY: &str = "CONFLUENCE_KEY";

/// An instance as others have to know it.
#[derive(Debug, Clone)]
pub(crate) struct Capability {
    /// Its MCP endpoint.
    pub(crate) endpoint: Url,
    sign_in: Option<SignIn>,
}

/// Where users connect, in a mode in which they do.
#[derive(Debug, Clone)]
struct SignIn {
    status: Url,
    connect: Url,
    disconnect: Url,
    scopes: Scopes,
}

/// What to put where, for one client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ClientConfiguration {
    /// Safe as an id in a page.
    pub(crate) id: &'static str,
    pub(crate) client: &'static str,
    /// Where it goes.
    pub(crate) place: &'static str,
    pub(crate) text: String,
}

impl Capability {
    /// The instance in `mode`. `scopes` are those that users are asked for.
    pub(crate) fn of(
        addresses: &Addresses,
        instance: &InstanceKey,
        mode: AuthMode,
        scopes: &Scopes,
    ) -> Self {
        let pages = || SignIn {
            status: addresses.status(instance),
            connect: addresses.connect(instance),
            disconnect: addresses.disconnect(instance),
            scopes: scopes.clone(),
        };
        let signs_in = matches!(mode, AuthMode::OAuth | AuthMode::OAuthCentral);
        Self { endpoint: addresses.mcp(instance), sign_in: signs_in.then(pages) }
    }

    /// The tool of one agent, as its platform keeps it.
    pub(crate) fn tool(&self) -> Value {
        let mut tool = json!({
            "type": "mcp",
            "name": NAME,
            "server": self.endpoint,
            "scope": SCOPE,
        });
        if let Some(sign_in) = &self.sign_in {
            tool["auth"] = sign_in.block("oauth");
        }
        tool
    }

    /// The entry of the platform's catalogue that all agents share.
    pub(crate) fn entry(&self) -> Value {
        let text = |default: &str| json!({ "type": "string", "default": default });
        let mut entry = json!({
            "type": "mcp",
            "name": NAME,
            "config_schema": {
                "type": "object",
                "properties": { "server": text(self.endpoint.as_str()), "scope": text(SCOPE) },
            },
        });
        if let Some(sign_in) = &self.sign_in {
            entry["auth"] = sign_in.block("oauth2");
        }
        entry
    }

    /// Configurations of clients. The key is named, never written into them.
    pub(crate) fn clients(&self) -> Vec<ClientConfiguration> {
        let url = self.endpoint.as_str();
        let bearer = |key: &str| json!({ "Authorization": format!("Bearer {key}") });
        let variable = format!("${{{KEY}}}");
        let desktop = json!({
            "command": "npx",
            // Without a space in the argument, which some clients would split at.
            "args": ["-y", "mcp-remote", url, "--header", "Authorization:${AUTHORIZATION}"],
            "env": { "AUTHORIZATION": "Bearer <key>" },
        });
        let cursor = json!({ "url": url, "headers": bearer(&format!("${{env:{KEY}}}")) });
        let code = json!({
            "inputs": [{
                "type": "promptString",
                "id": "confluence-key",
                "description": "Key of the Confluence connector",
                "password": true,
            }],
            "servers": { SERVER: {
                "type": "http",
                "url": url,
                "headers": bearer("${input:confluence-key}"),
            } },
        });
        let any = json!({ "type": "http", "url": url, "headers": bearer(&variable) });
        let servers = |server: Value| pretty(&json!({ "mcpServers": { SERVER: server } }));
        let entry = |id, client, place, text| ClientConfiguration { id, client, place, text };
        vec![
            entry(
                "claude-desktop",
                "Claude Desktop",
                "Settings → Developer → Edit Config: claude_desktop_config.json, with the key in place of <key>. Needs Node.js.",
                servers(desktop),
            ),
            entry(
                "claude-code",
                "Claude Code",
                "In a terminal, where the variable CONFLUENCE_KEY holds the key.",
                format!(
                    "claude mcp add --transport http {SERVER} {url} \\\n  --header \"Authorization: Bearer ${KEY}\""
                ),
            ),
            entry(
                "cursor",
                "Cursor",
                ".cursor/mcp.json in the project, or ~/.cursor/mcp.json for all.",
                servers(cursor),
            ),
            entry(
                "vs-code",
                "VS Code",
                ".vscode/mcp.json in the project. VS Code asks for the key and keeps it.",
                pretty(&code),
            ),
            entry(
                "generic",
                "Any other client",
                "Streamable HTTP, with the key as a bearer token.",
                servers(any),
            ),
        ]
    }
}

impl SignIn {
    fn block(&self, kind: &str) -> Value {
        json!({
            "type": kind,
            "status_url": self.status,
            "connect_url": self.connect,
            "disconnect_url": self.disconnect,
            "scopes": self.scopes.iter().collect::<Vec<_>>(),
        })
    }
}

/// JSON for people to copy.
pub(crate) fn pretty(json: &Value) -> String {
    serde_json::to_string_pretty(json).expect("there are only texts as keys")
}

#[cfg(test)]
mod tests;
