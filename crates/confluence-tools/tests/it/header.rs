//! Lists whose next page is told by the `Link` header alone.

use std::sync::Arc;

use confluence_api::{Client, HttpTransport, Transport};
use confluence_auth::{ApiToken, Endpoints, Location};
use confluence_tools::{Options, call_instruction, call_tool};
use serde_json::{Value, json};
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::any};

/// A client of something that answers every list with one row and that header.
async fn client(server: &MockServer) -> Client {
    let answer = ResponseTemplate::new(200)
        .set_body_json(json!({ "results": [{ "id": "1", "title": "One", "number": 1 }] }))
        .insert_header("Link", "</wiki/api/v2/x?cursor=only%3Dhere&limit=1>; rel=\"next\"");
    Mock::given(any()).respond_with(answer).mount(server).await;
    let transport: Arc<dyn Transport> = Arc::new(HttpTransport::default());
    let endpoints = Endpoints { site: Some(server.uri().parse().unwrap()), ..Endpoints::default() };
    let location = Location { endpoints, ..Location::default() };
    let token = "token".to_owned().into();
    let credentials =
        ApiToken::new(Arc::clone(&transport), &location, "ada@example.com", &token).unwrap();
    Client::new(transport, Arc::new(credentials))
}

#[tokio::test]
async fn the_cursor_of_the_header_is_handed_on() {
    let server = MockServer::start().await;
    let client = client(&server).await;
    let options = Options::default();
    for (tool, action) in [
        ("pages", "list"),
        ("content", "children"),
        ("content", "descendants"),
        ("comments", "getFooter"),
        ("comments", "getInline"),
        ("attachments", "listForPage"),
        ("versions", "listForPage"),
    ] {
        for format in ["verbose", "both"] {
            let mut arguments = json!({ "action": action, "outputFormat": format });
            if tool != "pages" {
                arguments["id"] = json!("1");
            }
            let Value::Object(arguments) = arguments else { unreachable!() };
            let called = call_tool(&client, tool, arguments, &options).await.result.unwrap();
            let text = called.text;
            assert!(text.ends_with("with cursor: only=here"), "{tool} {action} {format}: {text}");
            assert!(text.contains("more exist"), "{tool} {action} {format}: {text}");
        }
    }
    let called = call_instruction(&client, "listPages", serde_json::Map::new(), &options).await;
    assert_eq!(called.result.unwrap().next.as_deref(), Some("only=here"));
}
