//! A real MCP client, in both eras, over a pipe and over HTTP.

use confluence_server::{HttpOptions, serve_io};
use rmcp::{
    ClientLifecycleMode, ClientServiceExt, RoleClient,
    model::{CallToolRequestParams, ProtocolVersion},
    service::RunningService,
    transport::{
        StreamableHttpClientTransport, streamable_http_client::StreamableHttpClientTransportConfig,
    },
};
use secrecy::SecretString;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::support::{Server, confluence, single_user};

fn eras() -> [ClientLifecycleMode; 2] {
    let preferred_versions = vec![ProtocolVersion::V_2026_07_28];
    [ClientLifecycleMode::Initialize, ClientLifecycleMode::Discover { preferred_versions }]
}

/// What any agent does: look at the tools, call one, get one wrong.
async fn check(client: RunningService<RoleClient, ()>) {
    let server = client.peer_info().expect("the server said who it is");
    assert_eq!(server.server_info.as_ref().unwrap().name, "confluence-next-mcp");
    assert_eq!(server.instructions.as_deref(), Some(confluence_tools::INSTRUCTIONS));
    let tools = client.list_all_tools().await.unwrap();
    assert_eq!(tools.len(), 8);
    let call = |arguments: serde_json::Value| {
        let arguments = arguments.as_object().cloned().unwrap();
        client.call_tool(CallToolRequestParams::new("spaces").with_arguments(arguments))
    };
    let result = call(json!({ "action": "list", "outputFormat": "both" })).await.unwrap();
    let result = serde_json::to_value(result).unwrap();
    assert_eq!(result["structuredContent"]["results"][0]["key"], "SAND");
    let result = serde_json::to_value(call(json!({ "action": "lst" })).await.unwrap()).unwrap();
    assert_eq!(result["isError"], true);
    client.cancel().await.unwrap();
}

#[tokio::test]
async fn an_agent_works_over_a_pipe() {
    let sandbox = confluence().await;
    for era in eras() {
        let (ours, theirs) = tokio::io::duplex(4096);
        let (reader, writer) = tokio::io::split(theirs);
        let clients = single_user(&sandbox);
        let server = tokio::spawn(serve_io(reader, writer, clients, CancellationToken::new()));
        check(().serve_with_lifecycle(ours, era).await.unwrap()).await;
        server.await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn an_agent_works_over_http() {
    let sandbox = confluence().await;
    let server = Server::open(&sandbox).await;
    for era in eras() {
        let transport = StreamableHttpClientTransport::from_uri(server.url());
        check(().serve_with_lifecycle(transport, era).await.unwrap()).await;
    }
}

#[tokio::test]
async fn an_agent_works_with_a_key() {
    let sandbox = confluence().await;
    let workspace_key = Some(SecretString::from("k3y"));
    let options = HttpOptions { workspace_key, ..HttpOptions::default() };
    let server = Server::with(single_user(&sandbox), options).await;
    for era in eras() {
        let config = StreamableHttpClientTransportConfig::with_uri(server.url()).auth_header("k3y");
        let transport = StreamableHttpClientTransport::from_config(config);
        check(().serve_with_lifecycle(transport, era).await.unwrap()).await;
    }
}
