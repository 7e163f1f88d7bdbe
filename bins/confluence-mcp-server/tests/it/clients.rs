//! A real MCP client against the process, over stdio and over HTTP.

use std::{process::Stdio, sync::Once};

use rmcp::{
    ClientLifecycleMode, ClientServiceExt, RoleClient,
    model::{CallToolRequestParams, ProtocolVersion},
    service::RunningService,
    transport::StreamableHttpClientTransport,
};
use serde_json::{Value, json};

use crate::process::{Served, program};

/// The revisions with `initialize`, and the one without.
fn eras() -> [ClientLifecycleMode; 2] {
    let preferred_versions = vec![ProtocolVersion::V_2026_07_28];
    [ClientLifecycleMode::Initialize, ClientLifecycleMode::Discover { preferred_versions }]
}

async fn call(client: &RunningService<RoleClient, ()>, tool: &'static str, value: Value) -> Value {
    let arguments = value.as_object().cloned().unwrap();
    let call = CallToolRequestParams::new(tool).with_arguments(arguments);
    serde_json::to_value(client.call_tool(call).await.unwrap()).unwrap()
}

/// What any agent does: look at the tools, find a page, read it.
async fn reads_a_page(client: RunningService<RoleClient, ()>) {
    assert_eq!(client.list_all_tools().await.unwrap().len(), 8);
    let cql = "title = \"On-Call Handbook\"";
    let arguments = json!({ "action": "cql", "cql": cql, "outputFormat": "structured" });
    let found = call(&client, "search", arguments).await;
    let id = found["structuredContent"]["results"][0]["content"]["id"].clone();
    assert!(id.is_string(), "{found}");
    let page = call(&client, "pages", json!({ "action": "getBody", "id": id })).await;
    let text = page["content"][0]["text"].as_str().unwrap();
    assert!(text.contains("<h2>"), "{text}");
    let missing = call(&client, "pages", json!({ "action": "getBody", "id": "1" })).await;
    assert_eq!(missing["isError"], true, "{missing}");
    client.cancel().await.unwrap();
}

#[tokio::test]
async fn an_agent_reads_a_demo_page_over_stdio() {
    for era in eras() {
        let mut child = program(&["stdio", "--sandbox"]).stdin(Stdio::piped()).spawn().unwrap();
        let pipes = (child.stdout.take().unwrap(), child.stdin.take().unwrap());
        reads_a_page(().serve_with_lifecycle(pipes, era).await.unwrap()).await;
        let ended = child.wait_with_output().await.unwrap();
        assert_eq!(ended.status.code(), Some(0));
        assert_eq!(String::from_utf8(ended.stderr).unwrap(), "", "nothing to warn of");
    }
}

#[tokio::test]
async fn an_agent_reads_a_demo_page_over_http() {
    static PROVIDER: Once = Once::new();
    // The client's own library wants it, though nothing here is encrypted.
    PROVIDER.call_once(|| _ = rustls::crypto::ring::default_provider().install_default());
    let served = Served::start(&mut program(&["serve", "--sandbox"])).await;
    for era in eras() {
        let transport = StreamableHttpClientTransport::from_uri(served.endpoint.clone());
        reads_a_page(().serve_with_lifecycle(transport, era).await.unwrap()).await;
    }
}
