//! Every action with a real MCP client, over a pipe and over HTTP.

use confluence_sandbox::Sandbox;
use confluence_server::serve_io;
use rmcp::{
    RoleClient, ServiceExt, model::CallToolRequestParams, service::RunningService,
    transport::StreamableHttpClientTransport,
};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::support::{Server, confluence, single_user};

type Agent = RunningService<RoleClient, ()>;

/// The text and the JSON of a call that succeeds.
async fn call(agent: &Agent, tool: &'static str, mut arguments: Value) -> (String, Value) {
    arguments["outputFormat"] = json!("both");
    // What an agent platform adds to every call.
    arguments["agent_id"] = json!("agent-1");
    arguments["user_id"] = json!("user-1");
    let arguments = arguments.as_object().cloned().unwrap();
    let request = CallToolRequestParams::new(tool).with_arguments(arguments);
    let result = serde_json::to_value(agent.call_tool(request).await.unwrap()).unwrap();
    let text = result["content"][0]["text"].as_str().unwrap().to_owned();
    assert_ne!(result["isError"], true, "{tool}: {text}");
    (text, result["structuredContent"].clone())
}

/// One agent's day: each of the twenty-one operations at least once, on a site with one space.
async fn every_action(agent: &Agent) {
    let (_, spaces) = call(agent, "spaces", json!({ "action": "list", "keys": "SAND" })).await;
    let space = &spaces["results"][0]["id"];
    let (_, space) = call(agent, "spaces", json!({ "action": "get", "id": space })).await;
    let (id, home) = (space["id"].clone(), space["homepageId"].clone());

    let storage = |value: &str| json!({ "representation": "storage", "value": value });
    let body =
        json!({ "spaceId": id, "title": "Plan", "parentId": home, "body": storage("<p>one</p>") });
    let (text, page) = call(agent, "pages", json!({ "action": "create", "body": body })).await;
    assert!(text.starts_with("Created page"), "{text}");
    let page = page["id"].clone();

    let body =
        json!({ "title": "Plan", "body": storage("<p>two</p>"), "version": { "number": 2 } });
    call(agent, "pages", json!({ "action": "update", "id": page, "body": body })).await;
    let change = json!({ "op": "findReplace", "find": "two", "replace": "three" });
    let edit = json!({ "action": "edit", "id": page, "version": 2, "edits": [change] });
    let (text, _) = call(agent, "pages", edit).await;
    assert!(text.contains("- two\n+ three"), "{text}");
    let (_, got) = call(agent, "pages", json!({ "action": "getBody", "id": page })).await;
    assert_eq!(got["body"]["storage"]["value"], "<p>three</p>");
    let (_, got) = call(agent, "pages", json!({ "action": "get", "id": page, "version": 1 })).await;
    assert_eq!(got["version"]["number"], 1);
    let (_, pages) = call(agent, "pages", json!({ "action": "list", "title": "plan" })).await;
    assert_eq!(pages["results"][0]["id"], page);

    let cql = json!({ "action": "cql", "cql": "title ~ \"plan\" AND space = SAND" });
    let (_, hits) = call(agent, "search", cql).await;
    assert_eq!(hits["results"][0]["content"]["id"], page);

    let tree = |action: &str, id: &Value| json!({ "action": action, "id": id });
    let (_, nodes) = call(agent, "content", tree("children", &home)).await;
    assert_eq!(nodes["results"][0]["id"], page);
    let (_, nodes) = call(agent, "content", tree("descendants", &home)).await;
    assert_eq!(nodes["results"][0]["id"], page);
    let (_, nodes) = call(agent, "content", tree("ancestors", &page)).await;
    assert_eq!(nodes["results"][0]["id"], home);

    let comment = json!({ "pageId": page, "body": storage("<p>Fine.</p>") });
    call(agent, "comments", json!({ "action": "addFooter", "body": comment })).await;
    let (text, _) = call(agent, "comments", tree("getFooter", &page)).await;
    assert!(text.contains("<p>Fine.</p>"), "{text}");
    let (text, _) = call(agent, "comments", tree("getInline", &page)).await;
    assert!(text.starts_with("No inline comments"), "{text}");

    let labels = json!({ "action": "addToPage", "id": page, "body": [{ "name": "draft" }] });
    call(agent, "labels", labels).await;
    let (text, _) = call(agent, "labels", tree("getForPage", &page)).await;
    assert!(text.ends_with("draft"), "{text}");

    let (text, _) = call(agent, "versions", tree("listForPage", &page)).await;
    assert!(text.starts_with("3 versions"), "{text}");
    let (text, _) = call(agent, "pages", tree("delete", &page)).await;
    assert!(text.contains("to the trash"), "{text}");
}

/// The two operations that need a file, which cannot be uploaded with the tools.
async fn attachments(agent: &Agent) {
    let list = json!({ "action": "listForPage", "id": "65699842", "limit": 1 });
    let (_, files) = call(agent, "attachments", list).await;
    let file = files["results"][0]["id"].clone();
    let (text, _) = call(agent, "attachments", json!({ "action": "get", "id": file })).await;
    assert!(text.contains("download path"), "{text}");
}

#[tokio::test]
async fn every_action_works_over_a_pipe() {
    let demo = Sandbox::builder().demo().start().await.unwrap();
    for (sandbox, files) in [(confluence().await, false), (demo, true)] {
        let (ours, theirs) = tokio::io::duplex(4096);
        let (reader, writer) = tokio::io::split(theirs);
        let shutdown = CancellationToken::new();
        let server = tokio::spawn(serve_io(reader, writer, single_user(&sandbox), shutdown));
        let agent = ().serve(ours).await.unwrap();
        if files {
            attachments(&agent).await;
        } else {
            every_action(&agent).await;
        }
        agent.cancel().await.unwrap();
        server.await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn every_action_works_over_http() {
    let demo = Sandbox::builder().demo().start().await.unwrap();
    for (sandbox, files) in [(confluence().await, false), (demo, true)] {
        let server = Server::open(&sandbox).await;
        let agent = ().serve(StreamableHttpClientTransport::from_uri(server.url())).await.unwrap();
        if files {
            attachments(&agent).await;
        } else {
            every_action(&agent).await;
        }
        agent.cancel().await.unwrap();
    }
}
