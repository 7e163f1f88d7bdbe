//! Who gets in: hosts, web origins, keys, and where a key is needed at all.

use std::{net::SocketAddr, sync::Arc};

use confluence_server::{HttpOptions, ServeError, Served, router};
use secrecy::SecretString;
use serde_json::json;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::{
    faulty::Refusing,
    support::{Answer, Request, Server, request},
};

const KEY: &str = "k3y-of-the-workspace";

async fn server(options: HttpOptions) -> Server {
    Server::with_options(options).await
}

fn with_key() -> HttpOptions {
    HttpOptions { workspace_key: Some(SecretString::from(KEY)), ..HttpOptions::default() }
}

fn list(server: &Server) -> Request {
    server.post(request("tools/list", json!({})))
}

#[track_caller]
fn is_refused(answer: &Answer, status: u16) {
    assert_eq!((answer.status, answer.code()), (status, -32600), "{}", answer.body);
    assert!(!answer.json()["error"]["message"].as_str().unwrap().is_empty());
}

#[tokio::test]
async fn an_unknown_host_is_forbidden() {
    let server = server(HttpOptions::default()).await;
    for host in [
        "evil.example.com",
        "localhost.evil.example.com",
        "127.0.0.1.evil.example.com",
        "evil@localhost",
        "0.0.0.0",
        "",
        "local host",
    ] {
        let answer = list(&server).set("host", host).send().await;
        assert!(matches!(answer.status, 400 | 403), "{host}: {}", answer.status);
    }
    is_refused(&list(&server).set("host", "evil.example.com").send().await, 403);
}

#[tokio::test]
async fn a_missing_or_second_host_is_forbidden() {
    let server = server(HttpOptions::default()).await;
    is_refused(&list(&server).without("host").send().await, 403);
    is_refused(&list(&server).header("host", "localhost").send().await, 403);
    let elsewhere = list(&server).to("http://evil.example.com/mcp");
    is_refused(&elsewhere.send().await, 403);
}

#[tokio::test]
async fn every_name_of_this_machine_is_a_host() {
    let server = server(HttpOptions::default()).await;
    for host in ["localhost", "LOCALHOST:1", "127.0.0.1", "127.0.0.1:9", "[::1]:80", "[::1]"] {
        assert_eq!(list(&server).set("host", host).send().await.status, 200, "{host}");
    }
}

#[tokio::test]
async fn the_public_host_and_those_allowed_are_known() {
    let options = HttpOptions {
        public_url: "https://mcp.example.com/v2".parse().unwrap(),
        allowed_hosts: vec!["other.example.com:8443".to_owned()],
        ..with_key()
    };
    let server = server(options).await;
    let list = list(&server).header("authorization", &format!("Bearer {KEY}"));
    for host in ["mcp.example.com", "MCP.example.com:443", "other.example.com:8443"] {
        assert_eq!(list.clone().set("host", host).send().await.status, 200, "{host}");
    }
    is_refused(&list.clone().set("host", "other.example.com").send().await, 403);
    is_refused(&list.set("host", "example.com").send().await, 403);
}

#[tokio::test]
async fn an_unknown_origin_is_forbidden() {
    let server = server(HttpOptions::default()).await;
    for origin in [
        "https://evil.example.com",
        "null",
        "",
        "http://localhost:3000",
        "http://127.0.0.1:*",
        "https://127.0.0.1:8080",
        "nonsense",
    ] {
        let answer = list(&server).header("origin", origin).send().await;
        is_refused(&answer, 403);
        assert_eq!(answer.header("access-control-allow-origin"), None);
    }
    let twice = list(&server)
        .header("origin", "http://127.0.0.1:8080")
        .header("origin", "https://evil.example.com");
    is_refused(&twice.send().await, 403);
}

#[tokio::test]
async fn allowed_origins_may_call_and_read_the_answer() {
    let allowed_origins =
        vec!["https://app.example.com".to_owned(), "http://localhost:*".to_owned()];
    let server = server(HttpOptions { allowed_origins, ..HttpOptions::default() }).await;
    for origin in ["http://127.0.0.1:8080", "https://app.example.com", "http://localhost:6274"] {
        let answer = list(&server).header("origin", origin).send().await;
        assert_eq!(answer.status, 200, "{origin}");
        assert_eq!(answer.header("access-control-allow-origin"), Some(origin));
        assert_eq!(answer.header("vary"), Some("origin"));
    }
    for origin in ["https://app.example.com:8443", "http://app.example.com", "https://localhost:1"]
    {
        is_refused(&list(&server).header("origin", origin).send().await, 403);
    }
}

#[tokio::test]
async fn a_browser_may_ask_before_it_shows_a_key() {
    let allowed_origins = vec!["https://app.example.com".to_owned()];
    let server = server(HttpOptions { allowed_origins, ..with_key() }).await;
    let question = server
        .request("OPTIONS", "/mcp")
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "authorization,content-type");
    let answer = question.clone().header("origin", "https://app.example.com").send().await;
    assert_eq!(answer.status, 204);
    assert_eq!(answer.header("access-control-allow-origin"), Some("https://app.example.com"));
    assert_eq!(answer.header("access-control-allow-methods"), Some("POST"));
    assert_eq!(answer.header("access-control-allow-headers"), Some("authorization,content-type"));
    is_refused(&question.header("origin", "https://evil.example.com").send().await, 403);
}

#[tokio::test]
async fn a_key_opens_and_nothing_else_does() {
    let server = server(with_key()).await;
    for value in [&format!("Bearer {KEY}"), &format!("bearer {KEY} ")] {
        let answer = list(&server).header("authorization", value).send().await;
        assert_eq!(answer.status, 200, "{value}");
    }
    let answer = list(&server).send().await;
    is_refused(&answer, 401);
    assert_eq!(answer.header("www-authenticate"), Some("Bearer realm=\"confluence-next-mcp\""));
    for value in [
        "Bearer wrong",
        "Bearer ",
        "Bearer",
        "",
        KEY,
        &format!("Basic {KEY}"),
        &format!("Bearer {KEY}x"),
        &format!("Bearer {}", &KEY[1..]),
    ] {
        let answer = list(&server).header("authorization", value).send().await;
        is_refused(&answer, 401);
        let challenge = answer.header("www-authenticate").unwrap();
        assert!(challenge.ends_with("error=\"invalid_token\""), "{value}: {challenge}");
    }
    let twice = list(&server)
        .header("authorization", &format!("Bearer {KEY}"))
        .header("authorization", "Bearer wrong");
    is_refused(&twice.send().await, 401);
}

#[tokio::test]
async fn a_refusal_does_not_show_the_key() {
    let server = server(with_key()).await;
    let answer = list(&server).header("authorization", "Bearer gu3ss").send().await;
    assert!(!answer.body.contains(KEY) && !answer.body.contains("gu3ss"));
    assert!(!format!("{:?}", with_key()).contains(KEY));
}

#[tokio::test]
async fn the_key_guards_every_path_and_method_but_not_the_probes() {
    let server = server(with_key()).await;
    let instance = "/workspaces/slug:default/webhooks/ConfluenceNext.mcp";
    assert_eq!(list(&server).to(instance).send().await.status, 401);
    for method in ["GET", "DELETE", "OPTIONS"] {
        assert_eq!(server.request(method, "/mcp").send().await.status, 401, "{method}");
    }
    assert_eq!(server.request("GET", "/healthz").send().await.status, 200);
    assert_eq!(server.request("GET", "/readyz").send().await.status, 200);
}

#[tokio::test]
async fn without_a_key_a_request_through_a_proxy_stays_out() {
    let server = server(HttpOptions::default()).await;
    for (name, value) in [
        ("forwarded", "for=192.0.2.1"),
        ("x-forwarded-for", "192.0.2.1"),
        ("X-Forwarded-Host", "localhost"),
        ("x-forwarded-proto", "https"),
        ("x-real-ip", "127.0.0.1"),
        ("via", "1.1 proxy"),
    ] {
        is_refused(&list(&server).header(name, value).send().await, 401);
    }
}

#[tokio::test]
async fn with_a_key_a_request_through_a_proxy_may_come_in() {
    let server = server(with_key()).await;
    let list = list(&server).header("authorization", &format!("Bearer {KEY}"));
    assert_eq!(list.header("x-forwarded-for", "192.0.2.1").send().await.status, 200);
}

#[tokio::test]
async fn without_a_key_only_names_of_this_machine_open() {
    let allowed_hosts = vec!["mcp.example.com".to_owned()];
    let server = server(HttpOptions { allowed_hosts, ..HttpOptions::default() }).await;
    is_refused(&list(&server).set("host", "mcp.example.com").send().await, 401);
}

fn start(address: &str, options: &HttpOptions) -> Result<(), ServeError> {
    let address: SocketAddr = address.parse().unwrap();
    router(&Served::SingleUser(Arc::new(Refusing)), options, address).map(drop)
}

#[test]
fn a_server_without_a_key_does_not_start_where_others_can_reach_it() {
    let open = HttpOptions::default();
    let public_url = "https://mcp.example.com".parse().unwrap();
    let public = HttpOptions { public_url, ..HttpOptions::default() };
    for (address, options) in [
        ("0.0.0.0:80", &open),
        ("192.0.2.1:80", &open),
        ("[::]:80", &open),
        ("127.0.0.1:80", &public),
    ] {
        let error = start(address, options).unwrap_err();
        assert!(matches!(error, ServeError::KeyNeeded { .. }), "{error}");
        assert!(error.to_string().starts_with("a workspace key is needed, because "), "{error}");
    }
    for address in ["127.0.0.1:80", "127.1.2.3:80", "[::1]:80"] {
        start(address, &open).unwrap();
    }
    let workspace_key = Some(SecretString::from(KEY));
    start("0.0.0.0:80", &HttpOptions { workspace_key, ..public }).unwrap();
}

#[tokio::test]
async fn serving_without_a_needed_key_fails_at_once() {
    let listener = TcpListener::bind("0.0.0.0:0").await.unwrap();
    let never = CancellationToken::new();
    let served = Served::SingleUser(Arc::new(Refusing));
    let serving = confluence_server::serve_http(listener, served, HttpOptions::default(), never);
    assert!(matches!(serving.await, Err(ServeError::KeyNeeded { .. })));
}

#[test]
fn options_that_cannot_work_are_named() {
    let start = |options: &HttpOptions| start("127.0.0.1:80", options).unwrap_err().to_string();
    for key in ["", " ", "two words", "line\n", "schl\u{fc}ssel"] {
        let workspace_key = Some(SecretString::from(key));
        let text = start(&HttpOptions { workspace_key, ..HttpOptions::default() });
        assert!(text.starts_with("the workspace key"), "{text}");
    }
    for url in ["ftp://localhost", "http://localhost/a//b", "http://localhost/:x", "data:,x"] {
        let public_url = url.parse().unwrap();
        let text = start(&HttpOptions { public_url, ..HttpOptions::default() });
        assert!(text.contains("public URL"), "{text}");
    }
    let allowed_hosts = vec!["https://x".to_owned()];
    let text = start(&HttpOptions { allowed_hosts, ..HttpOptions::default() });
    assert!(text.contains("`https://x` cannot be used as an allowed host"), "{text}");
    for origin in ["app.example.com", "https://app.example.com/x", "null", "*"] {
        let allowed_origins = vec![origin.to_owned()];
        let text = start(&HttpOptions { allowed_origins, ..HttpOptions::default() });
        assert!(text.contains("as an allowed origin"), "{text}");
    }
}
