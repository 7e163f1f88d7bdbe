//! The agent platform, where its API is configured: tools of agents, and the catalogue that all
//! agents choose from.
//!
//! What it answers is read leniently and nothing of it is repeated: whoever reads our errors learns
//! what was asked and which status came.

use std::{fmt, sync::Arc, time::Duration};

use bytes::Bytes;
use confluence_api::{Transport, TransportError};
use confluence_auth::BaseUrl;
use confluence_connector::AgentId;
use http::{HeaderValue, Method, Request, StatusCode, header};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use tokio::time::timeout;
use url::Url;

use crate::capability::NAME;

/// Where agents and their tools are.
const AGENTS: [&str; 5] = ["workspaces", "slug:agent-factory", "webhooks", "v1", "agents"];

/// Where the catalogue is.
const SERVERS: [&str; 5] = ["workspaces", "slug:capabilities", "webhooks", "v1", "servers"];

/// How long one request may take.
const PATIENCE: Duration = Duration::from_secs(15);

/// Entries of a list that are looked at.
const MAX_ENTRIES: usize = 2_000;

/// Under which names an object may hold a list.
const LISTS: [&str; 6] = ["results", "items", "data", "agents", "tools", "servers"];

/// An agent platform.
pub struct AgentPlatform {
    transport: Arc<dyn Transport>,
    base: Url,
    authorization: HeaderValue,
}

impl fmt::Debug for AgentPlatform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AgentPlatform").field("base", &self.base.as_str()).finish_non_exhaustive()
    }
}

/// The token has characters that no token has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the platform's token is empty, or has a space or another character that no token has")]
pub struct UnusableToken;

/// Why the platform did not do what it was asked for.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PlatformError {
    /// No answer came.
    #[error("the agent platform did not answer `{request}`")]
    Unreachable {
        request: String,
        #[source]
        source: TransportError,
    },
    /// It took too long.
    #[error("the agent platform took more than {} seconds for `{request}`", PATIENCE.as_secs())]
    Late { request: String },
    /// It answered that it will not.
    #[error("the agent platform answered `{request}` with status {}", status.as_u16())]
    Refused { request: String, status: StatusCode },
    /// It answered something else than a list.
    #[error("the agent platform answered `{request}` with something that is no list")]
    Unreadable { request: String },
}

/// Whether the catalogue had the entry before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Published {
    Added,
    Updated,
}

/// An agent, as the platform lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ListedAgent {
    pub(crate) id: AgentId,
    pub(crate) name: Option<String>,
}

impl PlatformError {
    /// Writes down what only the operator may read, with what did not happen.
    pub(crate) fn log(&self, what: &'static str) {
        tracing::warn!(error = self as &dyn std::error::Error, "{what}");
    }
}

impl AgentPlatform {
    /// The platform at `base`, which is shown `token`.
    ///
    /// # Errors
    ///
    /// See [`UnusableToken`].
    pub fn new(
        transport: Arc<dyn Transport>,
        base: &BaseUrl,
        token: &SecretString,
    ) -> Result<Self, UnusableToken> {
        let token = token.expose_secret().trim();
        if token.is_empty() || !token.bytes().all(|it| it.is_ascii_graphic()) {
            return Err(UnusableToken);
        }
        let header = HeaderValue::try_from(format!("Bearer {token}"));
        let mut authorization = header.map_err(|_invalid| UnusableToken)?;
        authorization.set_sensitive(true);
        Ok(Self { transport, base: base.as_url().clone(), authorization })
    }

    /// Puts `tool` among the tools of an agent, in place of those with its name or its server.
    pub(crate) async fn install(&self, agent: &AgentId, tool: &Value) -> Result<(), PlatformError> {
        let tools = [AGENTS.as_slice(), &[agent.as_str(), "tools"]].concat();
        for known in self.list(&tools).await? {
            let is_ours = known["name"] == tool["name"] || known["server"] == tool["server"];
            if let (true, Some(id)) = (is_ours, id(&known)) {
                let one = [tools.as_slice(), &[id.as_str()]].concat();
                self.send(Method::DELETE, &one, None).await?;
            }
        }
        self.send(Method::POST, &tools, Some(tool)).await.map(drop)
    }

    /// Puts `entry` into the catalogue, or in place of the one for the same server.
    pub(crate) async fn publish(&self, entry: &Value) -> Result<Published, PlatformError> {
        let server = |it: &Value| it["config_schema"]["properties"]["server"]["default"].clone();
        let ours = server(entry);
        let listed = self.list(&SERVERS).await?;
        let known = listed.iter().find(|it| server(it) == ours || it["name"] == NAME);
        let Some(id) = known.and_then(id) else {
            self.send(Method::POST, &SERVERS, Some(entry)).await?;
            return Ok(Published::Added);
        };
        let one = [SERVERS.as_slice(), &[id.as_str()]].concat();
        self.send(Method::PATCH, &one, Some(entry)).await?;
        Ok(Published::Updated)
    }

    /// The agents that the platform's token may see.
    pub(crate) async fn agents(&self) -> Result<Vec<ListedAgent>, PlatformError> {
        let listed = self.list(&AGENTS).await?;
        let agent = |it: &Value| {
            let name = it["name"].as_str().map(str::to_owned);
            Some(ListedAgent { id: id(it)?.parse().ok()?, name })
        };
        Ok(listed.iter().filter_map(agent).collect())
    }

    async fn list(&self, path: &[&str]) -> Result<Vec<Value>, PlatformError> {
        let answer = self.send(Method::GET, path, None).await?;
        let json: Option<Value> = serde_json::from_slice(&answer).ok();
        let list = json.and_then(|json| match json {
            Value::Array(list) => Some(list),
            Value::Object(mut object) => {
                let held = LISTS.iter().find_map(|name| object.remove(*name));
                held.and_then(|it| if let Value::Array(list) = it { Some(list) } else { None })
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
        });
        let mut list = list.ok_or_else(|| PlatformError::Unreadable {
            request: shown(&Method::GET, &self.at(path)),
        })?;
        list.truncate(MAX_ENTRIES);
        Ok(list)
    }

    fn at(&self, path: &[&str]) -> Url {
        let mut url = self.base.clone();
        let segments = url.path_segments_mut();
        segments.expect("an address over HTTP has a path").pop_if_empty().extend(path);
        url
    }

    async fn send(
        &self,
        method: Method,
        path: &[&str],
        body: Option<&Value>,
    ) -> Result<Bytes, PlatformError> {
        let url = self.at(path);
        let asked = shown(&method, &url);
        let mut request = Request::new(Bytes::new());
        *request.method_mut() = method;
        *request.uri_mut() = url.as_str().parse().expect("an address is one in HTTP, too");
        let headers = request.headers_mut();
        headers.insert(header::AUTHORIZATION, self.authorization.clone());
        headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        if let Some(body) = body {
            let kind = HeaderValue::from_static("application/json");
            headers.insert(header::CONTENT_TYPE, kind);
            *request.body_mut() = body.to_string().into();
        }
        let answer = match timeout(PATIENCE, self.transport.send(request)).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(source)) => return Err(PlatformError::Unreachable { request: asked, source }),
            Err(_elapsed) => return Err(PlatformError::Late { request: asked }),
        };
        let status = answer.status();
        if !status.is_success() {
            return Err(PlatformError::Refused { request: asked, status });
        }
        Ok(answer.into_body())
    }
}

fn shown(method: &Method, url: &Url) -> String {
    format!("{method} {}", url.path())
}

/// The id of an entry, which some platforms write as a number.
fn id(entry: &Value) -> Option<String> {
    match entry.get("id").or_else(|| entry.get("_id"))? {
        Value::String(id) if !id.is_empty() => Some(id.clone()),
        Value::Number(id) => Some(id.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) | Value::String(_) => {
            None
        }
    }
}
