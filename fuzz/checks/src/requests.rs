//! HTTP requests of every shape to the MCP server.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, OnceLock},
};

use bytes::Bytes;
use confluence_api::Rejected;
use confluence_server::{HttpOptions, Served, SingleUser, router};
use confluence_tools::Options;
use http::{HeaderName, HeaderValue, Method, Request, StatusCode, Uri, header};
use http_body_util::{BodyExt, Full};
use serde_json::Value;
use tower::ServiceExt;

use crate::{
    script::{Script, headers, line, parts},
    site::{client, run},
    text::assert_line,
};

/// Longest message of an error, in characters.
const MAX_MESSAGE: usize = 3_000;

/// What clients send unless an input says otherwise.
const DEFAULTS: [(HeaderName, &str); 3] = [
    (header::HOST, "127.0.0.1:8080"),
    (header::CONTENT_TYPE, "application/json"),
    (header::ACCEPT, "application/json, text/event-stream"),
];

/// A request in the manner of HTTP: method and path, headers, an empty line, a body; then one part
/// per answer of Confluence.
///
/// # Panics
///
/// When the server does; when it answers neither JSON-RPC nor an HTTP status that says why not.
pub fn requests(data: &[u8]) {
    let parts = parts(data);
    let (first, rest) = line(parts[0]);
    let (method, path) = first.split_once(' ').unwrap_or(("POST", "/mcp"));
    let (Ok(method), Ok(uri)) = (Method::from_bytes(method.as_bytes()), path.parse::<Uri>()) else {
        return;
    };
    let (mut headers, body) = headers(rest);
    for (name, value) in DEFAULTS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    let mut request = Request::new(Full::new(Bytes::copy_from_slice(body)));
    *request.method_mut() = method.clone();
    *request.uri_mut() = uri;
    *request.headers_mut() = headers;
    let script = Arc::new(Script::new(&parts[1..]));
    let (status, kind, answer) = run(answer(&script, request));
    if answer.is_empty() {
        assert!(!status.is_server_error(), "{status}");
        assert!(status != StatusCode::OK || method != Method::POST, "an empty answer");
        return;
    }
    assert_eq!(kind.as_deref(), Some("application/json"), "{answer:?}");
    let json: Value = serde_json::from_slice(&answer).expect("an answer is JSON");
    rpc(status, &json);
    let id = json.get("id").filter(|it| !it.is_null());
    let sent: Option<Value> = serde_json::from_slice(body).ok();
    // What is not JSON to everybody, such as half a surrogate pair, may still have an id.
    assert!(id.is_none() || sent.is_none_or(|it| it.get("id") == id), "{json}");
}

async fn answer(
    script: &Arc<Script>,
    request: Request<Full<Bytes>>,
) -> (StatusCode, Option<String>, Bytes) {
    static OPTIONS: OnceLock<HttpOptions> = OnceLock::new();
    let options = OPTIONS.get_or_init(HttpOptions::default);
    let client = client(script, Rejected::Unrelated);
    let served = Served::SingleUser(Arc::new(SingleUser::new(client, Options::default())));
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 8080));
    let router = router(&served, options, address).expect("the default options can be served");
    let Ok(response) = router.oneshot(request).await;
    let (parts, body) = response.into_parts();
    let kind = parts.headers.get(header::CONTENT_TYPE).and_then(|it| it.to_str().ok());
    let body = body.collect().await.expect("the body is in memory").to_bytes();
    (parts.status, kind.map(str::to_owned), body)
}

/// Checks an answer: a result, an error with a message, or a probe's or a missing page's own JSON.
fn rpc(status: StatusCode, json: &Value) {
    if json.get("jsonrpc").is_none() {
        assert!(json.is_object() && !status.is_server_error(), "{status} {json}");
        return;
    }
    assert_eq!(json["jsonrpc"], "2.0", "{json}");
    if json.get("result").is_some() {
        assert_eq!(status, StatusCode::OK, "{json}");
        assert!(json.get("error").is_none() && !json["id"].is_null(), "{json}");
        return;
    }
    let message = json["error"]["message"].as_str().expect("an error has a message");
    assert!(json["error"]["code"].is_i64(), "{json}");
    assert_line(message, MAX_MESSAGE);
    assert!(!status.is_server_error(), "{status} {json}");
    assert_ne!(message, "the call failed unexpectedly", "a call panicked");
}
