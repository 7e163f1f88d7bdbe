//! Asking a user to connect: a question where the client can open a page, else the link in the text.

use confluence_connector::AuthSettings;
use confluence_server::HttpOptions;
use serde_json::{Value, json};

use crate::{
    rig::{API, Rig},
    support::{Answer, STATELESS, Server, confluence, request, text},
};

const PATH: &str = "/workspaces/slug:acme/webhooks/ConfluenceNext.mcp";

struct Unconnected {
    server: Server,
    key: String,
    others: String,
}

impl Unconnected {
    async fn open() -> Self {
        let sandbox = confluence().await;
        let rig = Rig::new(&sandbox).await;
        rig.workspace("acme", AuthSettings::default(), "*").await;
        rig.central_client().await;
        let (key, others) = (rig.platform("acme").await, rig.platform("acme").await);
        let server = Server::of(rig, HttpOptions::default()).await;
        Self { server, key, others }
    }

    /// A call in the newest revision, from a client with these capabilities.
    async fn call(&self, key: &str, capabilities: Value, extra: Value) -> Answer {
        let arguments = json!({ "action": "list", "agent_id": "agent-1", "user_id": "ada" });
        let mut params = json!({ "name": "spaces", "arguments": arguments, "_meta": {
            "io.modelcontextprotocol/protocolVersion": STATELESS,
            "io.modelcontextprotocol/clientInfo": { "name": "test", "version": "1" },
            "io.modelcontextprotocol/clientCapabilities": capabilities,
        } });
        for (name, value) in extra.as_object().unwrap() {
            params[name.as_str()] = value.clone();
        }
        self.server
            .post(request("tools/call", params))
            .to(PATH)
            .header("authorization", &format!("Bearer {key}"))
            .header("mcp-protocol-version", STATELESS)
            .header("mcp-method", "tools/call")
            .header("mcp-name", "spaces")
            .send()
            .await
    }
}

fn pages() -> Value {
    json!({ "elicitation": { "url": {} } })
}

#[tokio::test]
async fn who_cannot_open_pages_gets_the_link_in_the_text() {
    let it = Unconnected::open().await;
    for capabilities in
        [json!({}), json!({ "elicitation": {} }), json!({ "elicitation": { "form": {} } })]
    {
        let answer = it.call(&it.key, capabilities.clone(), json!({})).await.json();
        let told = text(&answer["result"]);
        assert!(told.starts_with("Confluence is not connected for this user."), "{answer}");
        assert!(told.contains(".oauthConnect?ticket="), "{capabilities}: {told}");
        assert_eq!(answer["result"]["isError"], true);
    }
    // The era before has no such question, whatever a client declares.
    let call = json!({ "name": "spaces", "arguments": { "action": "list", "user_id": "ada" } });
    let answer = it.server.post(request("tools/call", call)).to(PATH);
    let answer = answer.header("authorization", &format!("Bearer {}", it.key)).send().await.json();
    assert!(text(&answer["result"]).contains(".oauthConnect?ticket="), "{answer}");
}

#[tokio::test]
async fn who_can_open_pages_is_asked_once() {
    let it = Unconnected::open().await;
    let answer = it.call(&it.key, pages(), json!({})).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let asked = answer.json()["result"].take();
    assert_eq!(asked["resultType"], "input_required", "{asked}");
    let question = &asked["inputRequests"]["connect"];
    assert_eq!(question["method"], "elicitation/create", "{asked}");
    assert_eq!(question["params"]["mode"], "url");
    let url = question["params"]["url"].as_str().unwrap();
    assert!(url.starts_with(&format!("{API}{PATH}").replace(".mcp", ".oauthConnect")), "{url}");
    // Back without having connected: told, not asked again.
    let again = json!({
        "requestState": asked["requestState"],
        "inputResponses": { "connect": { "action": "accept" } },
    });
    let answer = it.call(&it.key, pages(), again).await.json();
    assert!(text(&answer["result"]).starts_with("Confluence is not connected"), "{answer}");
}

#[tokio::test]
async fn what_comes_back_must_be_of_this_call() {
    let it = Unconnected::open().await;
    let asked = it.call(&it.key, pages(), json!({})).await.json();
    let state = asked["result"]["requestState"].as_str().unwrap();
    let mut changed = state.to_owned();
    let last = changed.pop().unwrap();
    changed.push(if last == 'A' { 'B' } else { 'A' });
    for forged in ["", "nonsense", &changed] {
        let answer = it.call(&it.key, pages(), json!({ "requestState": forged })).await;
        assert_eq!(answer.code(), -32602, "{}", answer.body);
    }
    let state = json!({ "requestState": state });
    // Another key, and another call.
    assert_eq!(it.call(&it.others, pages(), state.clone()).await.code(), -32602);
    let mut other = state.clone();
    other["arguments"] = json!({ "action": "list", "agent_id": "agent-1", "user_id": "eve" });
    assert_eq!(it.call(&it.key, pages(), other).await.code(), -32602);
}

#[tokio::test]
async fn the_only_user_of_a_machine_needs_no_platform_to_be_known() {
    let sandbox = confluence().await;
    let rig = Rig::new(&sandbox).await;
    rig.workspace("default", AuthSettings::default(), "*").await;
    rig.central_client().await;
    let server = Server::of(rig, HttpOptions::default()).await;
    let result = server.call("spaces", json!({ "action": "list" })).await;
    assert!(text(&result).contains("slug:default/webhooks/ConfluenceNext.oauthConnect?ticket="));
    let records = server.into_rig().await.audit().await;
    assert_eq!(records[0].user.as_ref().unwrap().as_str(), "local");
}
