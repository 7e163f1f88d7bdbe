//! The agent platform's API, against a stand-in that takes only what the platform documents.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard},
};

use axum::{
    Router,
    body::Bytes,
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use confluence_api::HttpTransport;
use confluence_connector::CentralClientStore;
use confluence_server::AgentPlatform;
use http::{Method, StatusCode};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::{APP, App, follow};
use crate::{oauth::ACME, rig::shared_account};

const TOKEN: &str = "planted-platform-token";

/// A platform with one agent and a catalogue.
#[derive(Default)]
struct Platform {
    tools: BTreeMap<String, Value>,
    servers: BTreeMap<String, Value>,
    /// What was asked: method and path.
    asked: Vec<String>,
    /// What was wrong with it.
    complaints: Vec<String>,
    /// Answers everything with this.
    status: Option<StatusCode>,
    next: usize,
}

type Shared = Arc<Mutex<Platform>>;

fn lock(platform: &Shared) -> MutexGuard<'_, Platform> {
    platform.lock().unwrap()
}

/// Whether `json` has exactly these keys.
fn has_keys(json: &Value, keys: &[&str]) -> bool {
    let mut found: Vec<_> = json.as_object().into_iter().flatten().map(|(key, _)| key).collect();
    found.sort();
    found == keys
}

fn is_auth(auth: &Value, kind: &str) -> bool {
    let urls = ["connect_url", "disconnect_url", "status_url"];
    has_keys(auth, &["connect_url", "disconnect_url", "scopes", "status_url", "type"])
        && auth["type"] == kind
        && urls.iter().all(|it| auth[it].as_str().is_some_and(|it| it.starts_with("http")))
        && auth["scopes"]
            .as_array()
            .is_some_and(|it| !it.is_empty() && it.iter().all(Value::is_string))
}

/// The body of an agent's tool, as the platform documents it.
fn is_tool(body: &Value) -> bool {
    let with_auth = has_keys(body, &["auth", "name", "scope", "server", "type"]);
    let without = has_keys(body, &["name", "scope", "server", "type"]);
    body["type"] == "mcp"
        && body["name"] == "confluence_next"
        && body["scope"] == "context_id,agent_id,user_id"
        && body["server"].as_str().is_some_and(|it| it.ends_with("mcp"))
        && (without || (with_auth && is_auth(&body["auth"], "oauth")))
}

/// The body of an entry of the catalogue.
fn is_entry(body: &Value) -> bool {
    let properties = &body["config_schema"]["properties"];
    body["type"] == "mcp"
        && body["name"] == "confluence_next"
        && properties["server"]["default"].as_str().is_some_and(|it| it.ends_with("/webhooks/mcp"))
        && properties["scope"]["default"] == "context_id,agent_id,user_id"
        && is_auth(&body["auth"], "oauth2")
}

async fn answer(State(platform): State<Shared>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body: Bytes = body.collect().await.unwrap().to_bytes();
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let mut it = lock(&platform);
    let path = parts.uri.path().to_owned();
    it.asked.push(format!("{} {path}", parts.method));
    if parts.headers.get("authorization").is_none_or(|it| it != &format!("Bearer {TOKEN}")) {
        it.complaints.push("no token".to_owned());
        return StatusCode::UNAUTHORIZED.into_response();
    }
    if let Some(status) = it.status {
        return (status, "planted-text-of-the-platform").into_response();
    }
    let agents = "/v2/workspaces/slug:agent-factory/webhooks/v1/agents";
    let servers = "/v2/workspaces/slug:capabilities/webhooks/v1/servers";
    let list = |of: &BTreeMap<String, Value>| of.values().cloned().collect::<Vec<_>>();
    let tool_path = format!("{agents}/agent%2F1/tools");
    match (&parts.method, path.as_str()) {
        (&Method::GET, path) if path == agents => axum::Json(json!({ "results": [
                { "id": "agent/1", "name": "Helpdesk" }, { "id": "other", "name": "<b>Other" },
                { "id": "not an id" }, { "name": "no id" },
            ] }))
        .into_response(),
        (&Method::GET, path) if path == tool_path => axum::Json(list(&it.tools)).into_response(),
        (&Method::POST, path) if path == tool_path && is_tool(&body) => {
            let id = it.keep(body);
            let tool = it.servers.remove(&id).unwrap();
            it.tools.insert(id, tool);
            StatusCode::CREATED.into_response()
        }
        (&Method::DELETE, path) if path.starts_with(&tool_path) => {
            let id = path.rsplit('/').next().unwrap();
            match it.tools.remove(id) {
                Some(_) => StatusCode::NO_CONTENT.into_response(),
                None => StatusCode::NOT_FOUND.into_response(),
            }
        }
        (&Method::GET, path) if path == servers => {
            axum::Json(json!({ "servers": list(&it.servers) })).into_response()
        }
        (&Method::POST, path) if path == servers && is_entry(&body) => {
            it.keep(body);
            StatusCode::CREATED.into_response()
        }
        (&Method::PATCH, path) if path.starts_with(servers) && is_entry(&body) => {
            let id = path.rsplit('/').next().unwrap().to_owned();
            let known = it.servers.contains_key(&id);
            it.servers.insert(id.clone(), with_id(body, &id));
            if known { StatusCode::OK } else { StatusCode::NOT_FOUND }.into_response()
        }
        (method, path) => {
            let complaint = format!("{method} {path} with {body}");
            it.complaints.push(complaint);
            StatusCode::BAD_REQUEST.into_response()
        }
    }
}

fn with_id(mut body: Value, id: &str) -> Value {
    body["id"] = id.into();
    body
}

impl Platform {
    fn keep(&mut self, body: Value) -> String {
        self.next += 1;
        let id = format!("made-{}", self.next);
        self.servers.insert(id.clone(), with_id(body, &id));
        id
    }
}

/// An app that knows the platform.
async fn open() -> (App, Shared) {
    let platform = Shared::default();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}/v2", listener.local_addr().unwrap());
    let router = Router::new().fallback(answer).with_state(Arc::clone(&platform));
    tokio::spawn(async move { axum::serve(listener, router).await });
    let client = AgentPlatform::new(
        Arc::new(HttpTransport::default()),
        &base.parse().unwrap(),
        &TOKEN.into(),
    );
    let app = App::with(|rig| rig.with_platform(client.unwrap())).await;
    (app, platform)
}

#[test]
fn a_token_that_cannot_be_sent_is_refused() {
    let base = "http://localhost:1".parse().unwrap();
    let platform =
        |token: &str| AgentPlatform::new(Arc::new(HttpTransport::default()), &base, &token.into());
    for token in ["", " ", "two words", "new\nline", "ü"] {
        assert!(platform(token).is_err(), "{token:?}");
    }
    assert!(!format!("{:?}", platform(TOKEN).unwrap()).contains(TOKEN));
}

#[tokio::test]
async fn the_tool_takes_the_place_of_those_with_its_name_or_server() {
    let (app, platform) = open().await;
    let server = format!("http://{}{ACME}.mcp", app.server.address);
    lock(&platform).tools = BTreeMap::from([
        ("same-name".to_owned(), json!({ "id": "same-name", "name": "confluence_next" })),
        ("same-server".to_owned(), json!({ "id": "same-server", "server": server })),
        ("another".to_owned(), json!({ "id": "another", "name": "jira", "server": "https://a" })),
    ]);
    let mut editor = app.editor("acme").await;
    for _ in 0..2 {
        let answer = app.act(&mut editor, "/install", "acme", &[("agent", "agent/1")]).await;
        let page = follow(&app, &mut editor, &answer).await;
        assert!(page.body.contains("Capability installed"), "{}", page.body);
        let it = lock(&platform);
        let names: Vec<_> = it.tools.values().map(|it| it["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["jira", "confluence_next"]);
        let ours = it.tools.values().find(|it| it["name"] == "confluence_next").unwrap();
        assert_eq!(ours["server"], server);
        assert_eq!(it.complaints, [""; 0]);
    }
    assert_eq!(app.stored("acme").await.allowlist.to_string(), "agent/1");
}

#[tokio::test]
async fn a_shared_account_has_no_sign_in_to_install() {
    let (app, platform) = open().await;
    let auth = shared_account(&app.sandbox);
    app.server.rig().change("acme", |it| it.auth = auth).await;
    let mut editor = app.editor("acme").await;
    app.act(&mut editor, "/install", "acme", &[("agent", "agent/1")]).await;
    let it = lock(&platform);
    assert_eq!(it.complaints, [""; 0]);
    assert_eq!(it.tools.values().next().unwrap().get("auth"), None);
}

#[tokio::test]
async fn a_platform_that_refuses_is_told_and_the_agent_is_authorized_all_the_same() {
    let (app, platform) = open().await;
    lock(&platform).status = Some(StatusCode::INTERNAL_SERVER_ERROR);
    let mut editor = app.editor("acme").await;
    let page = app.act(&mut editor, "/install", "acme", &[("agent", "agent/1")]).await;
    assert_eq!(page.status, 502);
    assert!(page.body.contains("Not installed on the platform"), "{}", page.body);
    assert!(page.body.contains("status 500") && page.body.contains("id=\"tool\""), "{}", page.body);
    for planted in [TOKEN, "planted-text-of-the-platform"] {
        assert!(!page.body.contains(planted), "{}", page.body);
    }
    assert_eq!(app.stored("acme").await.allowlist.to_string(), "agent/1");
}

#[tokio::test]
async fn the_platforms_agents_are_offered_by_name() {
    let (app, platform) = open().await;
    let mut editor = app.editor("acme").await;
    let page = editor.open(&app.server, &super::at("acme")).await;
    assert!(page.body.contains("agent/1") && page.body.contains("Helpdesk"), "{}", page.body);
    assert!(!page.body.contains("<b>Other"), "{}", page.body);
    lock(&platform).status = Some(StatusCode::FORBIDDEN);
    let page = editor.open(&app.server, &super::at("acme")).await;
    assert_eq!(page.status, 200);
    assert!(page.body.contains("agents are not listed") && page.body.contains("status 403"));
}

#[tokio::test]
async fn the_shared_capability_is_added_once_and_then_updated() {
    let (app, platform) = open().await;
    let mut maintainer = app.maintainer().await;
    let answer = app.maintain(&mut maintainer, "/catalogue", &[]).await;
    assert_eq!(answer.status, 422, "there is no central client yet");
    assert_eq!(lock(&platform).asked.iter().filter(|it| it.contains("servers")).count(), 0);
    app.server.rig().central_client().await;
    lock(&platform).servers.insert("jira".to_owned(), json!({ "id": "jira", "name": "jira" }));
    for told in ["Added to the catalogue", "Catalogue entry updated"] {
        let answer = app.maintain(&mut maintainer, "/catalogue", &[]).await;
        let page = follow(&app, &mut maintainer, &answer).await;
        assert!(page.body.contains(told), "{}", page.body);
        let it = lock(&platform);
        assert_eq!(it.complaints, [""; 0]);
        assert_eq!(it.servers.len(), 2);
    }
    lock(&platform).status = Some(StatusCode::UNAUTHORIZED);
    let page = app.maintain(&mut maintainer, "/catalogue", &[]).await;
    assert_eq!(page.status, 502);
    assert!(page.body.contains("The catalogue was not changed"), "{}", page.body);
    let central = CentralClientStore::load(&app.server.rig().store).await.unwrap();
    assert!(central.is_some());
}

#[tokio::test]
async fn without_a_platform_nothing_is_published() {
    let app = App::open().await;
    app.server.rig().central_client().await;
    let mut maintainer = app.maintainer().await;
    let page = maintainer.open(&app.server, APP).await;
    assert!(page.body.contains("CONFLUENCE_PLATFORM_API_URL"), "{}", page.body);
    assert_eq!(app.maintain(&mut maintainer, "/catalogue", &[]).await.status, 404);
}
