//! What clients send that is not as it should be, and what they get for it.

use serde_json::{Value, json};

use crate::support::{Answer, Server, request, text};

async fn send(body: impl ToString) -> Answer {
    Server::alone().await.post(body).send().await
}

#[track_caller]
fn is_refused(answer: &Answer, status: u16, code: i64) {
    assert_eq!((answer.status, answer.code()), (status, code), "{}", answer.body);
    assert!(answer.json().get("id").is_none(), "{}", answer.body);
}

#[tokio::test]
async fn malformed_json_is_a_parse_error() {
    let server = Server::alone().await;
    for body in ["{", "", "nonsense", "{\"jsonrpc\":\"2.0\",}", "{\"a\":\"\u{1}\"}", "[1,"] {
        is_refused(&server.post(body).send().await, 400, -32700);
    }
}

#[tokio::test]
async fn bytes_that_are_not_utf8_are_a_parse_error() {
    let server = Server::alone().await;
    let mut request = server.post("");
    request.body = b"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\xff\"}".to_vec();
    is_refused(&request.send().await, 400, -32700);
}

#[tokio::test]
async fn a_parse_error_does_not_repeat_what_was_sent() {
    let answer = send("{\"token\": s3cret}").await;
    assert!(!answer.body.contains("s3cret"), "{}", answer.body);
}

#[tokio::test]
async fn deep_nesting_is_a_parse_error_and_no_overflow() {
    let deep = format!(
        r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{}{}}}"#,
        "[".repeat(200_000),
        "]".repeat(200_000)
    );
    is_refused(&send(deep).await, 400, -32700);
}

#[tokio::test]
async fn millions_of_values_are_refused_before_they_are_parsed() {
    let many = format!(
        r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":[{}0]}}"#,
        "0,".repeat(600_000)
    );
    is_refused(&send(many).await, 400, -32700);
}

#[tokio::test]
async fn nesting_as_deep_as_the_parser_allows_is_read() {
    let mut value = json!("x");
    for _ in 0..90 {
        value = json!([value]);
    }
    let call = json!({ "name": "pages", "arguments": { "action": "list", "title": value } });
    let answer = send(request("tools/call", call)).await;
    assert_eq!(answer.json()["result"]["isError"], true, "{}", answer.body);
}

#[tokio::test]
async fn a_batch_is_an_invalid_request() {
    let batch = json!([request("tools/list", json!({})), request("ping", json!({}))]);
    is_refused(&send(batch).await, 400, -32600);
    is_refused(&send("[]").await, 400, -32600);
}

#[tokio::test]
async fn a_message_that_is_no_object_is_an_invalid_request() {
    for body in ["1", "\"tools/list\"", "null"] {
        is_refused(&send(body).await, 400, -32600);
    }
}

#[tokio::test]
async fn an_id_is_a_string_or_an_integer() {
    for id in [json!(null), json!(1.5), json!({}), json!(true)] {
        let body = json!({ "jsonrpc": "2.0", "id": id, "method": "tools/list" });
        is_refused(&send(body).await, 400, -32600);
    }
    for id in [json!("a"), json!(-1), json!(0), json!(9_007_199_254_740_993_i64)] {
        let body = json!({ "jsonrpc": "2.0", "id": id, "method": "ping" });
        assert_eq!(send(body).await.json()["id"], id);
    }
}

#[tokio::test]
async fn another_version_of_json_rpc_is_an_invalid_request_with_its_id() {
    for version in [json!("1.0"), json!(2.0), Value::Null] {
        let body = json!({ "jsonrpc": version, "id": 7, "method": "tools/list" });
        let answer = send(body).await;
        assert_eq!((answer.status, answer.code()), (400, -32600));
        assert_eq!(answer.json()["id"], 7);
    }
    let answer = send(json!({ "id": 7, "method": "tools/list" })).await;
    assert_eq!((answer.status, answer.code()), (400, -32600));
}

#[tokio::test]
async fn a_message_without_a_method_is_an_invalid_request() {
    let answer = send(json!({ "jsonrpc": "2.0", "id": 7 })).await;
    assert_eq!((answer.status, answer.code(), &answer.json()["id"]), (400, -32600, &json!(7)));
    let answer = send(json!({ "jsonrpc": "2.0", "id": 7, "method": 3 })).await;
    assert_eq!((answer.status, answer.code(), &answer.json()["id"]), (400, -32600, &json!(7)));
}

#[tokio::test]
async fn a_field_that_is_there_twice_is_an_invalid_request() {
    let answer = send(r#"{"jsonrpc":"2.0","id":1,"method":"ping","method":"tools/list"}"#).await;
    is_refused(&answer, 400, -32600);
}

#[tokio::test]
async fn an_answer_that_nobody_asked_for_is_an_invalid_request() {
    for body in [
        json!({ "jsonrpc": "2.0", "id": 1, "result": {} }),
        json!({ "jsonrpc": "2.0", "id": 1, "error": { "code": 1, "message": "x" } }),
    ] {
        let answer = send(body).await;
        assert_eq!((answer.status, answer.code()), (400, -32600), "{}", answer.body);
    }
}

#[tokio::test]
async fn a_message_without_an_id_is_accepted_with_an_empty_body() {
    let server = Server::alone().await;
    for (method, params) in [
        ("notifications/initialized", json!({})),
        ("notifications/cancelled", json!({ "requestId": 1 })),
        ("notifications/cancelled", json!("wrong")),
        ("notifications/unknown", json!({ "a": 1 })),
        ("tools/call", json!({ "name": "pages" })),
    ] {
        let body = json!({ "jsonrpc": "2.0", "method": method, "params": params });
        let answer = server.post(body).send().await;
        assert_eq!((answer.status, answer.body.as_str()), (202, ""), "{method}");
    }
    let bare = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
    assert_eq!(server.post(bare).send().await.status, 202);
}

#[tokio::test]
async fn an_unknown_method_is_not_found() {
    let answer = send(request("resources/list", json!({}))).await;
    assert_eq!(answer.code(), -32601);
    let answer = send(request("no/such\u{7}method", json!({}))).await;
    assert_eq!((answer.code(), &answer.json()["id"]), (-32601, &json!(7)));
    assert!(!answer.body.contains("\\u0007"), "{}", answer.body);
}

#[tokio::test]
async fn arguments_that_are_no_object_are_invalid_params() {
    for arguments in [json!([]), json!("{}"), json!(1), json!(true)] {
        let params = json!({ "name": "spaces", "arguments": arguments });
        let answer = send(request("tools/call", params)).await;
        let json = answer.json();
        assert_eq!((answer.status, answer.code()), (200, -32602), "{json}");
        assert_eq!(json["id"], 7);
        assert!(json["error"]["message"].as_str().unwrap().contains("`arguments`"), "{json}");
    }
}

#[tokio::test]
async fn a_call_without_a_name_is_invalid_params() {
    for params in [json!({}), json!({ "name": 3 }), json!([]), json!(null)] {
        let answer = send(request("tools/call", params)).await;
        assert_eq!((answer.status, answer.code()), (200, -32602), "{}", answer.body);
    }
    let answer = send(json!({ "jsonrpc": "2.0", "id": 7, "method": "tools/call" })).await;
    assert_eq!((answer.status, answer.code()), (200, -32602), "{}", answer.body);
}

#[tokio::test]
async fn wrong_params_of_other_methods_that_are_served_are_invalid_params() {
    let answer = send(request("initialize", json!({ "protocolVersion": 3 }))).await;
    assert_eq!((answer.status, answer.code()), (200, -32602), "{}", answer.body);
}

#[tokio::test]
async fn missing_arguments_are_told_what_is_missing() {
    let server = Server::alone().await;
    for params in [json!({ "name": "spaces" }), json!({ "name": "spaces", "arguments": null })] {
        let result = server.result("tools/call", params).await;
        assert_eq!(result["isError"], true);
        assert!(text(&result).contains("Missing required argument `action`"), "{result}");
    }
}

#[tokio::test]
async fn any_accept_that_takes_json_is_enough() {
    let server = Server::alone().await;
    let list = server.post(request("tools/list", json!({}))).without("accept");
    assert_eq!(list.send().await.status, 200);
    for accept in [
        "*/*",
        "application/json",
        "application/*;q=0.5",
        "text/html, Application/JSON",
        "application/json; charset=utf-8",
        "",
    ] {
        let answer = list.clone().header("accept", accept).send().await;
        assert_eq!(answer.status, 200, "{accept}");
        assert!(answer.json()["result"]["tools"].is_array());
    }
}

#[tokio::test]
async fn an_accept_without_json_is_not_acceptable() {
    let server = Server::alone().await;
    let list = server.post(request("tools/list", json!({})));
    for accept in ["text/html", "text/event-stream", "application/json;q=0"] {
        let answer = list.clone().set("accept", accept).send().await;
        assert_eq!((answer.status, answer.code()), (406, -32600), "{accept}");
    }
}

#[tokio::test]
async fn a_body_must_be_declared_as_json() {
    let server = Server::alone().await;
    let list = server.post(request("tools/list", json!({})));
    let answer = list.clone().without("content-type").send().await;
    is_refused(&answer, 415, -32600);
    for kind in ["text/plain", "application/xml", "application/jsonp"] {
        is_refused(&list.clone().set("content-type", kind).send().await, 415, -32600);
    }
    for kind in ["application/json; charset=utf-8", "Application/JSON"] {
        assert_eq!(list.clone().set("content-type", kind).send().await.status, 200, "{kind}");
    }
}

#[tokio::test]
async fn control_characters_in_arguments_reach_no_answer_raw() {
    let server = Server::alone().await;
    let result = server.call("spaces\u{1b}[31m", json!({ "a\u{0}b": "\u{7}" })).await;
    assert!(!text(&result).chars().any(|it| it.is_control() && it != '\n'), "{result}");
    let result = server.call("spaces", json!({ "action": "list", "a\u{0}b": "\u{7}" })).await;
    assert!(!text(&result).chars().any(|it| it.is_control() && it != '\n'), "{result}");
}
