//! Both eras of the protocol on one endpoint: with `initialize`, and with requests that stand
//! for themselves.

use serde_json::{Value, json};

use crate::support::{STATELESS, Server, hello, request, stateless_params, text};

const WITH_INITIALIZE: [&str; 4] = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"];

#[tokio::test]
async fn initialize_agrees_on_every_older_revision() {
    let server = Server::alone().await;
    for version in WITH_INITIALIZE {
        let answer = server.post(request("initialize", hello(version))).send().await;
        assert_eq!(answer.header("mcp-session-id"), None);
        let result = answer.json()["result"].take();
        assert_eq!(result["protocolVersion"], version);
        assert_eq!(result["serverInfo"]["name"], "confluence-next-mcp");
        assert_eq!(result["serverInfo"]["version"], env!("CARGO_PKG_VERSION"));
        assert_eq!(result["serverInfo"]["title"], "Confluence");
        assert_eq!(result["capabilities"], json!({ "tools": {} }));
        assert_eq!(result["instructions"], confluence_tools::INSTRUCTIONS);
    }
}

#[tokio::test]
async fn initialize_falls_back_to_the_newest_revision_that_has_it() {
    let server = Server::alone().await;
    for version in [STATELESS, "1999-01-01"] {
        let result = server.result("initialize", hello(version)).await;
        assert_eq!(result["protocolVersion"], "2025-11-25", "{version}");
    }
}

#[tokio::test]
async fn the_whole_handshake_needs_no_session() {
    let server = Server::alone().await;
    server.result("initialize", hello("2025-06-18")).await;
    let initialized = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
    let answer = server.post(initialized).header("mcp-protocol-version", "2025-06-18").send().await;
    assert_eq!((answer.status, answer.body.as_str()), (202, ""));
    let list = server
        .post(request("tools/list", json!({})))
        .header("mcp-protocol-version", "2025-06-18")
        .send()
        .await;
    assert_eq!(list.json()["result"]["tools"].as_array().unwrap().len(), 8);
}

#[tokio::test]
async fn older_clients_get_no_fields_that_they_do_not_know() {
    let server = Server::alone().await;
    let list = server.result("tools/list", json!({})).await;
    assert_eq!(list.as_object().unwrap().keys().collect::<Vec<_>>(), ["tools"]);
    let call = server.call("spaces", json!({ "action": "list" })).await;
    assert!(call.get("resultType").is_none(), "{call}");
}

#[tokio::test]
async fn a_ping_is_answered() {
    let server = Server::alone().await;
    assert_eq!(server.result("ping", json!({})).await, json!({}));
}

#[tokio::test]
async fn an_unknown_revision_in_the_header_is_refused() {
    let server = Server::alone().await;
    let list = server.post(request("tools/list", json!({})));
    let answer = list.header("mcp-protocol-version", "1999-01-01").send().await;
    assert_eq!((answer.status, answer.code(), &answer.json()["id"]), (400, -32600, &json!(7)));
}

async fn stateless(server: &Server, method: &str, params: Value) -> Value {
    let answer = server.stateless(method, params).send().await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.json()["result"].take()
}

#[tokio::test]
async fn discovery_needs_no_initialize() {
    let server = Server::alone().await;
    let result = stateless(&server, "server/discover", json!({})).await;
    let versions = result["supportedVersions"].as_array().unwrap();
    assert!(versions.contains(&json!(STATELESS)), "{result}");
    assert_eq!(result["capabilities"], json!({ "tools": {} }));
    assert_eq!(result["instructions"], confluence_tools::INSTRUCTIONS);
    assert_eq!(
        (&result["resultType"], &result["cacheScope"]),
        (&json!("complete"), &json!("private"))
    );
    assert_eq!(
        result["_meta"]["io.modelcontextprotocol/serverInfo"]["name"],
        "confluence-next-mcp"
    );
}

#[tokio::test]
async fn a_stateless_list_may_be_kept_by_its_caller_alone() {
    let server = Server::alone().await;
    let result = stateless(&server, "tools/list", json!({})).await;
    assert_eq!(result["resultType"], "complete");
    assert_eq!(result["cacheScope"], "private");
    assert!(result["ttlMs"].as_u64().unwrap() > 0);
    assert_eq!(result["tools"].as_array().unwrap().len(), 8);
}

#[tokio::test]
async fn a_stateless_call_says_that_it_is_complete() {
    let server = Server::alone().await;
    let call = json!({ "name": "spaces", "arguments": { "action": "list" } });
    let result = stateless(&server, "tools/call", call).await;
    assert_eq!((&result["resultType"], &result["isError"]), (&json!("complete"), &json!(false)));
    assert!(text(&result).contains("SAND"));
    let call = json!({ "name": "spaces", "arguments": {} });
    let result = stateless(&server, "tools/call", call).await;
    assert_eq!((&result["resultType"], &result["isError"]), (&json!("complete"), &json!(true)));
}

#[tokio::test]
async fn a_stateless_call_with_wrong_arguments_is_invalid_params() {
    let server = Server::alone().await;
    let call = json!({ "name": "spaces", "arguments": [] });
    let answer = server.stateless("tools/call", call).send().await;
    assert_eq!((answer.status, answer.code()), (200, -32602), "{}", answer.body);
}

#[tokio::test]
async fn a_stateless_request_must_say_in_headers_what_it_says_in_its_body() {
    let server = Server::alone().await;
    let call = json!({ "name": "spaces", "arguments": { "action": "list" } });
    let good = server.stateless("tools/call", call);
    for bad in [
        good.clone().without("mcp-method"),
        good.clone().set("mcp-method", "tools/list"),
        good.clone().without("mcp-name"),
        good.clone().set("mcp-name", "pages"),
        good.clone().set("mcp-protocol-version", "2025-11-25"),
        good.clone().without("mcp-protocol-version"),
    ] {
        let answer = bad.send().await;
        assert_eq!((answer.status, answer.code()), (400, -32020), "{}", answer.body);
        assert_eq!(answer.json()["id"], 7);
    }
    assert_eq!(good.send().await.status, 200);
}

#[tokio::test]
async fn a_stateless_request_needs_its_metadata() {
    let server = Server::alone().await;
    let list = server.post(request("tools/list", json!({})));
    let answer = list
        .header("mcp-protocol-version", STATELESS)
        .header("mcp-method", "tools/list")
        .send()
        .await;
    assert_eq!((answer.status, answer.code()), (400, -32602), "{}", answer.body);
}

#[tokio::test]
async fn a_revision_to_come_is_refused_with_those_that_are_served() {
    let server = Server::alone().await;
    let mut params = stateless_params(json!({}));
    params["_meta"]["io.modelcontextprotocol/protocolVersion"] = json!("2099-01-01");
    let list = server.post(request("tools/list", params));
    let answer = list
        .header("mcp-protocol-version", "2099-01-01")
        .header("mcp-method", "tools/list")
        .send()
        .await;
    assert_eq!((answer.status, answer.code()), (400, -32022), "{}", answer.body);
    let supported = answer.json()["error"]["data"]["supported"].take();
    assert!(supported.as_array().unwrap().contains(&json!(STATELESS)), "{supported}");
}

#[tokio::test]
async fn unknown_and_removed_methods_are_not_found_without_a_handshake() {
    let server = Server::alone().await;
    for method in ["resources/list", "no/such", "initialize", "ping", "logging/setLevel"] {
        let answer = server.stateless(method, json!({})).send().await;
        assert_eq!((answer.status, answer.code()), (404, -32601), "{method}: {}", answer.body);
    }
}

#[tokio::test]
async fn the_whole_list_fits_into_its_budget_in_both_eras() {
    let server = Server::alone().await;
    let older = server.post(request("tools/list", json!({}))).send().await;
    let newer = server.stateless("tools/list", json!({})).send().await;
    for answer in [older, newer] {
        assert!(answer.body.len() <= 9_000, "{} bytes", answer.body.len());
    }
}

#[tokio::test]
async fn an_error_of_the_mcp_library_repeats_little_and_nothing_that_disturbs() {
    let server = Server::alone().await;
    let method = format!("tools/\u{7f}\u{202e}{}", "x".repeat(5_000));
    let answer = server.stateless(&method, json!({})).set("mcp-method", "tools/list").send().await;
    assert_eq!((answer.status, answer.code()), (400, -32020));
    let json = answer.json();
    let message = json["error"]["message"].as_str().unwrap();
    assert!(message.contains("does not match") && message.len() <= 300, "{message:?}");
    assert!(!message.contains(confluence_api::text::is_unsafe), "{message:?}");
    assert_eq!(json["id"], 7);
}
