//! What is served where.

use std::sync::Arc;

use confluence_server::HttpOptions;
use serde_json::json;

use crate::{
    faulty::Refusing,
    support::{Server, confluence, request, single_user},
};

const INSTANCE: &str = "/workspaces/slug:default/webhooks/ConfluenceNext.mcp";

#[tokio::test]
async fn the_instance_has_a_path_of_its_own() {
    let server = Server::alone().await;
    let list = server.post(request("tools/list", json!({})));
    for path in ["/mcp", INSTANCE, "/workspaces/slug%3Adefault/webhooks/ConfluenceNext.mcp"] {
        let answer = list.clone().to(path).send().await;
        assert_eq!(answer.json()["result"]["tools"].as_array().unwrap().len(), 8, "{path}");
    }
}

#[tokio::test]
async fn everything_is_served_below_the_path_of_the_public_url_too() {
    let sandbox = confluence().await;
    let public_url = "http://localhost:9/api/v2/".parse().unwrap();
    let options = HttpOptions { public_url, ..HttpOptions::default() };
    let server = Server::with(single_user(&sandbox), options).await;
    let list = server.post(request("tools/list", json!({})));
    for path in ["/mcp", "/api/v2/mcp", &format!("/api/v2{INSTANCE}"), INSTANCE] {
        assert_eq!(list.clone().to(path).send().await.status, 200, "{path}");
    }
    for path in ["/healthz", "/api/v2/healthz", "/api/v2/readyz"] {
        assert_eq!(server.request("GET", path).send().await.status, 200, "{path}");
    }
}

#[tokio::test]
async fn elsewhere_nothing_is_found() {
    let server = Server::alone().await;
    let list = server.post(request("tools/list", json!({})));
    for path in [
        "/",
        "/mcp/",
        "/mcp/x",
        "/api/mcp",
        "/workspaces/slug:default/webhooks/Other.mcp",
        "/workspaces/slug:default/webhooks/ConfluenceNext.nothing",
        "/workspaces/%ff/webhooks/ConfluenceNext.mcp",
        "//mcp",
        "/../mcp",
    ] {
        let answer = list.clone().to(path).send().await;
        assert!(matches!(answer.status, 400 | 404), "{path}: {}", answer.status);
        assert!(answer.json()["error"].is_string(), "{path}");
    }
}

#[tokio::test]
async fn other_methods_are_told_to_post() {
    let server = Server::alone().await;
    for method in ["GET", "DELETE", "PUT", "PATCH", "OPTIONS"] {
        for path in ["/mcp", INSTANCE] {
            let request = server.request(method, path).header("accept", "text/event-stream");
            let answer = request.send().await;
            assert_eq!(answer.status, 405, "{method}");
            assert_eq!(answer.header("allow"), Some("POST"), "{method}");
            assert_eq!(answer.code(), -32600);
        }
    }
    let answer = server.request("HEAD", "/mcp").send().await;
    assert_eq!((answer.status, answer.body.as_str()), (405, ""));
}

#[tokio::test]
async fn probes_tell_life_from_readiness() {
    let server = Server::with(Arc::new(Refusing), HttpOptions::default()).await;
    let answer = server.request("GET", "/healthz").send().await;
    assert_eq!((answer.status, answer.json()), (200, json!({ "status": "ok" })));
    let answer = server.request("GET", "/readyz").send().await;
    assert_eq!((answer.status, answer.json()), (503, json!({ "ready": false })));
}

#[tokio::test]
async fn readiness_asks_nothing_of_confluence() {
    let sandbox = confluence().await;
    let server = Server::open(&sandbox).await;
    let answer = server.request("GET", "/readyz").send().await;
    assert_eq!((answer.status, answer.json()), (200, json!({ "ready": true })));
    assert_eq!(server.request("HEAD", "/readyz").send().await.status, 200);
    assert_eq!(server.request("POST", "/readyz").send().await.status, 405);
    assert_eq!(sandbox.request_count(), 0);
}

#[tokio::test]
async fn probes_need_no_known_host() {
    let server = Server::alone().await;
    let answer = server.request("GET", "/healthz").set("host", "10.0.0.7:8080").send().await;
    assert_eq!(answer.status, 200);
}
