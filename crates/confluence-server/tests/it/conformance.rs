//! The tools of the conformance suite: there for the suite, and for nobody else.

use serde_json::{Value, json};

use crate::support::{Server, text};

const TAMPERED: &str = "test_input_required_result_tampered_state";

fn names(list: &Value) -> Vec<&str> {
    list["tools"].as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap()).collect()
}

/// The answer to a call of a client that can be asked by forms.
async fn ask(server: &Server, tool: &str, more: Value) -> Value {
    let mut params = json!({ "name": tool, "arguments": {} });
    params.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let mut request = server.stateless("tools/call", params);
    let mut body: Value = serde_json::from_slice(&request.body).unwrap();
    let meta = &mut body["params"]["_meta"];
    meta["io.modelcontextprotocol/clientCapabilities"] = json!({ "elicitation": {} });
    request.body = body.to_string().into_bytes();
    request.send().await.json()
}

#[tokio::test]
async fn what_ships_does_not_have_them_even_where_they_are_built() {
    let server = Server::alone().await;
    let list = server.result("tools/list", json!({})).await;
    assert_eq!(names(&list).len(), 8);
    assert!(names(&list).iter().all(|it| !it.contains("test")), "{list}");
    for tool in ["test_simple_text", TAMPERED, "json_schema_2020_12_tool"] {
        let result = server.call(tool, json!({})).await;
        assert_eq!(result["isError"], true, "{result}");
    }
}

#[tokio::test]
async fn the_suite_finds_its_tools_beside_ours() {
    let server = Server::with_fixtures().await;
    let list = server.result("tools/list", json!({})).await;
    assert!(names(&list).contains(&"test_simple_text") && names(&list).contains(&"pages"));
    let result = server.call("test_simple_text", json!({})).await;
    assert_eq!(text(&result), "This is a simple text response for testing.");
    let result = server.call("spaces", json!({ "action": "list" })).await;
    assert!(text(&result).contains("SAND"), "{result}");
}

#[tokio::test]
async fn a_state_is_taken_back_by_the_tool_that_gave_it_and_as_it_was() {
    let server = Server::with_fixtures().await;
    let asked = ask(&server, TAMPERED, json!({})).await;
    let state = asked["result"]["requestState"].as_str().expect("a state").to_owned();
    let answers = json!({ "confirm": { "action": "accept", "content": { "ok": true } } });
    let with = |state: &str| json!({ "requestState": state, "inputResponses": answers });

    let changed = ask(&server, TAMPERED, with(&format!("{state}x"))).await;
    assert_eq!(changed["error"]["code"], -32602, "{changed}");
    let other = "test_input_required_result_request_state";
    let elsewhere = ask(&server, other, with(&state)).await;
    assert_eq!(elsewhere["error"]["code"], -32602, "{elsewhere}");

    let done = ask(&server, TAMPERED, with(&state)).await;
    assert!(text(&done["result"]).contains("state-ok"), "{done}");
}

#[tokio::test]
async fn a_client_is_not_asked_what_it_cannot_answer() {
    let server = Server::with_fixtures().await;
    let refused = ask(&server, "test_missing_capability", json!({})).await;
    assert_eq!(refused["error"]["code"], -32021, "{refused}");
    assert!(refused["error"]["data"]["requiredCapabilities"]["sampling"].is_object());
}
