//! Calls of tools: what they give, who is said to call, and what a failure looks like.

use std::{sync::Arc, time::Duration};

use confluence_api::scope::Scope;
use confluence_server::{HttpOptions, SingleUser};
use confluence_tools::{Options, Surface};
use serde_json::{Value, json};

use crate::{
    faulty::{Panicking, REFUSAL, Refusing, Watching},
    support::{Server, client, confluence, request, single_user, slow_confluence, text},
};

#[tokio::test]
async fn verbose_is_text_alone() {
    let server = Server::alone().await;
    let result = server.call("spaces", json!({ "action": "list" })).await;
    assert_eq!(result["isError"], false);
    assert!(text(&result).contains("SAND"), "{result}");
    assert!(result.get("structuredContent").is_none(), "{result}");
}

#[tokio::test]
async fn structured_is_the_json_twice() {
    let server = Server::alone().await;
    let arguments = json!({ "action": "list", "outputFormat": "structured" });
    let result = server.call("spaces", arguments).await;
    assert_eq!(result["structuredContent"]["results"][0]["key"], "SAND");
    let text: Value = serde_json::from_str(text(&result)).unwrap();
    assert_eq!(text, result["structuredContent"]);
}

#[tokio::test]
async fn both_is_text_and_json() {
    let server = Server::alone().await;
    let arguments = json!({ "action": "list", "outputFormat": "both" });
    let result = server.call("spaces", arguments).await;
    assert_eq!(result["structuredContent"]["results"][0]["key"], "SAND");
    assert!(serde_json::from_str::<Value>(text(&result)).is_err());
}

#[tokio::test]
async fn a_failure_is_text_alone_whatever_was_asked_for() {
    let server = Server::alone().await;
    for format in ["verbose", "structured", "both"] {
        let arguments = json!({ "action": "get", "id": "404404", "outputFormat": format });
        let result = server.call("pages", arguments).await;
        assert_eq!(result["isError"], true);
        assert!(text(&result).starts_with("Resource not found while getPage"), "{result}");
        assert!(result.get("structuredContent").is_none(), "{result}");
    }
}

#[tokio::test]
async fn an_unknown_tool_is_a_result_that_names_the_tools() {
    let server = Server::alone().await;
    let result = server.call("page", json!({})).await;
    assert_eq!(result["isError"], true);
    assert!(text(&result).starts_with("Unknown entity: page. Available: attachments, "));
}

#[tokio::test]
async fn an_instruction_can_be_called_as_a_tool() {
    let server = Server::alone().await;
    let result = server.call("listSpaces", json!({})).await;
    assert_eq!(result["isError"], false, "{result}");
}

#[tokio::test]
async fn what_platforms_inject_says_who_calls_and_goes_no_further() {
    let sandbox = confluence().await;
    let watching = Arc::new(Watching::new(client(&sandbox)));
    let server = Server::with(Arc::<Watching>::clone(&watching), HttpOptions::default()).await;
    let arguments = json!({
        "action": "list", "agent_id": "agent-1", "user_id": "user-1", "context_id": "context-1",
        "attachment_urls": ["https://example.com/a"],
    });
    let result = server.call("spaces", arguments).await;
    assert_eq!(result["isError"], false, "{result}");
    let caller = watching.last();
    assert_eq!(caller.agent.as_deref(), Some("agent-1"));
    assert_eq!(caller.user.as_deref(), Some("user-1"));
    assert_eq!(caller.context.as_deref(), Some("context-1"));
    let seen = sandbox.requests();
    assert_eq!(seen.len(), 1);
    for word in ["agent", "user-1", "context", "example.com/a"] {
        assert!(!seen[0].query.contains(word), "{}", seen[0].query);
    }
}

#[tokio::test]
async fn the_agent_header_wins_over_the_argument() {
    let sandbox = confluence().await;
    let watching = Arc::new(Watching::new(client(&sandbox)));
    let server = Server::with(Arc::<Watching>::clone(&watching), HttpOptions::default()).await;
    let call = json!({ "name": "spaces", "arguments": { "action": "list", "agent_id": "b" } });
    server.post(request("tools/call", call.clone())).header("agent-id", " a ").send().await;
    assert_eq!(watching.last().agent.as_deref(), Some("a"));
    server.post(request("tools/call", call)).header("agent-id", " ").send().await;
    assert_eq!(watching.last().agent.as_deref(), Some("b"));
}

#[tokio::test]
async fn who_may_not_call_is_told_why_before_anything_else() {
    let server = Server::with(Arc::new(Refusing), HttpOptions::default()).await;
    for (tool, arguments) in [("spaces", json!({ "action": "list" })), ("nonsense", json!({}))] {
        let result = server.call(tool, arguments).await;
        assert_eq!((text(&result), &result["isError"]), (REFUSAL, &json!(true)));
    }
}

#[tokio::test]
async fn who_may_not_call_still_sees_the_tools() {
    let server = Server::with(Arc::new(Refusing), HttpOptions::default()).await;
    let list = server.result("tools/list", json!({})).await;
    assert_eq!(list["tools"].as_array().unwrap().len(), 8);
}

#[tokio::test]
async fn a_panic_is_an_internal_error_and_the_server_lives_on() {
    let server = Server::with(Arc::new(Panicking), HttpOptions::default()).await;
    let call = json!({ "name": "spaces", "arguments": { "action": "list" } });
    let answer = server.post(request("tools/call", call)).send().await;
    assert_eq!(answer.code(), -32603);
    assert!(!answer.body.contains("bug"), "{}", answer.body);
    server.result("ping", json!({})).await;
}

#[tokio::test]
async fn a_read_only_server_lists_and_performs_no_writes() {
    let sandbox = confluence().await;
    let surface = Surface { read_only: true, ..Surface::default() };
    let options = Options { surface, ..Options::default() };
    let clients = Arc::new(SingleUser::new(client(&sandbox), options));
    let server = Server::with(clients, HttpOptions::default()).await;
    let list = server.result("tools/list", json!({})).await;
    for tool in list["tools"].as_array().unwrap() {
        assert_eq!(tool["annotations"]["readOnlyHint"], true, "{tool}");
        assert_eq!(tool["annotations"]["destructiveHint"], false, "{tool}");
    }
    let result = server.call("pages", json!({ "action": "delete", "id": "1" })).await;
    assert_eq!(result["isError"], true);
    assert_eq!(sandbox.request_count(), 0);
}

#[tokio::test]
async fn the_list_shows_what_the_scopes_allow_and_is_never_empty() {
    let sandbox = confluence().await;
    let tools = async |granted| {
        let surface = Surface { granted: Some(granted), ..Surface::default() };
        let options = Options { surface, ..Options::default() };
        let clients = Arc::new(SingleUser::new(client(&sandbox), options));
        let server = Server::with(clients, HttpOptions::default()).await;
        let list = server.result("tools/list", json!({})).await;
        let tools = list["tools"].as_array().unwrap().iter();
        tools.map(|it| it["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(tools(vec![Scope::ReadSpace]).await, ["spaces"]);
    assert_eq!(tools(vec![]).await.len(), 8);
}

#[tokio::test]
async fn a_call_that_finds_no_turn_in_time_is_told_to_come_back() {
    let sandbox = slow_confluence(Duration::from_secs(5)).await;
    let options = HttpOptions {
        max_concurrent_calls: 1,
        busy_timeout: Duration::from_millis(50),
        ..HttpOptions::default()
    };
    let server = Server::with(single_user(&sandbox), options).await;
    let slow = server.call("spaces", json!({ "action": "list" }));
    let second = async {
        while sandbox.requests().is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        server.call("pages", json!({ "action": "list" })).await
    };
    let result = tokio::select! {
        _ = slow => panic!("the slow call was faster"),
        result = second => result,
    };
    assert_eq!(result["isError"], true);
    assert!(text(&result).starts_with("The connector is busy: 1 calls"), "{result}");
}

#[tokio::test]
async fn a_call_that_finds_its_turn_is_served() {
    let sandbox = slow_confluence(Duration::from_millis(20)).await;
    let options = HttpOptions { max_concurrent_calls: 1, ..HttpOptions::default() };
    let server = Server::with(single_user(&sandbox), options).await;
    let call = || server.call("spaces", json!({ "action": "list" }));
    let results = tokio::join!(call(), call(), call());
    for result in [results.0, results.1, results.2] {
        assert_eq!(result["isError"], false, "{result}");
    }
}

#[tokio::test]
async fn a_page_of_almost_five_megabytes_can_be_written() {
    let sandbox = confluence().await;
    let server = Server::open(&sandbox).await;
    let spaces =
        server.call("spaces", json!({ "action": "list", "outputFormat": "structured" })).await;
    let value = format!("<p>{}</p>", "\"x\u{e9} ".repeat(800_000));
    let body = json!({
        "spaceId": spaces["structuredContent"]["results"][0]["id"],
        "title": "Long",
        "body": { "representation": "storage", "value": value },
    });
    let result = server.call("pages", json!({ "action": "create", "body": body })).await;
    assert_eq!(result["isError"], false, "{}", text(&result));
}
