//! Connections that are slow, large, many, or in the way of a shutdown.

use std::time::{Duration, Instant};

use confluence_server::HttpOptions;
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::{sleep, timeout},
};

use crate::support::{Answer, Request, Server, request, single_user, slow_confluence};

/// Longer than anything here should take, shorter than the deadlines of the defaults.
const SOON: Duration = Duration::from_secs(10);

async fn server(options: HttpOptions) -> Server {
    Server::with_options(options).await
}

fn call(server: &Server) -> Request {
    let call = json!({ "name": "spaces", "arguments": { "action": "list" } });
    server.post(request("tools/call", call))
}

#[tokio::test]
async fn a_body_over_the_limit_is_too_large() {
    let server = server(HttpOptions { max_body_bytes: 1000, ..HttpOptions::default() }).await;
    let body = request("tools/list", json!({ "padding": "x".repeat(1000) }));
    let answer = server.post(&body).send().await;
    assert_eq!((answer.status, answer.code()), (413, -32600), "{}", answer.body);
    let mut chunked = server.post("").header("transfer-encoding", "chunked");
    chunked.body = format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.to_string().len()).into_bytes();
    let answer = chunked.send().await;
    assert_eq!((answer.status, answer.code()), (413, -32600), "{}", answer.body);
}

#[tokio::test]
async fn a_body_in_chunks_is_read() {
    let server = server(HttpOptions::default()).await;
    let body = request("tools/list", json!({})).to_string();
    let (first, second) = body.split_at(9);
    let mut chunked = server.post("").header("transfer-encoding", "chunked");
    chunked.body =
        format!("{:x}\r\n{first}\r\n{:x}\r\n{second}\r\n0\r\n\r\n", first.len(), second.len())
            .into_bytes();
    assert_eq!(chunked.send().await.status, 200);
}

#[tokio::test]
async fn a_declared_length_beyond_all_bounds_is_too_large_before_anything_is_read() {
    let server = server(HttpOptions::default()).await;
    let head = format!(
        "POST /mcp HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        server.address,
        10_u64.pow(13)
    );
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    let answer = timeout(SOON, Answer::read(&mut stream)).await.unwrap();
    assert_eq!((answer.status, answer.code()), (413, -32600));
}

#[tokio::test]
async fn a_body_that_trickles_in_is_given_up() {
    let body_timeout = Duration::from_millis(50);
    let server = server(HttpOptions { body_timeout, ..HttpOptions::default() }).await;
    let bytes = server.post(request("tools/list", json!({}))).bytes();
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    stream.write_all(&bytes[..bytes.len() - 5]).await.unwrap();
    let answer = timeout(SOON, Answer::read(&mut stream)).await.unwrap();
    assert_eq!((answer.status, answer.code()), (408, -32600));
}

#[tokio::test]
async fn a_head_that_trickles_in_is_given_up() {
    let header_timeout = Duration::from_millis(50);
    let server = server(HttpOptions { header_timeout, ..HttpOptions::default() }).await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    stream.write_all(b"POST /mcp HTTP/1.1\r\nhost: localhost\r\nx-slow: ").await.unwrap();
    let mut rest = Vec::new();
    let closed = timeout(SOON, stream.read_to_end(&mut rest)).await;
    assert!(closed.is_ok(), "the connection is still open");
    let idle = TcpStream::connect(server.address).await.unwrap().read_to_end(&mut rest).await;
    assert!(idle.is_ok());
}

#[tokio::test]
async fn garbage_ends_its_connection_and_no_other() {
    let server = server(HttpOptions::default()).await;
    for garbage in [
        &b"\x16\x03\x01\x02\x00\x01\x00"[..],
        b"GET\r\n\r\n",
        &vec![0; 70_000],
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ] {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        let _ = stream.write_all(garbage).await;
        let _ = stream.shutdown().await;
        let mut rest = Vec::new();
        let closed = timeout(SOON, stream.read_to_end(&mut rest)).await;
        assert!(closed.is_ok(), "the connection is still open");
    }
    assert_eq!(call(&server).send().await.status, 200);
}

#[tokio::test]
async fn a_head_without_end_is_refused() {
    let server = server(HttpOptions::default()).await;
    let long = "x".repeat(200_000);
    let answer = call(&server).header("x-long", &long).send().await;
    assert_eq!(answer.status, 431);
}

#[tokio::test]
async fn connections_beyond_the_bound_wait_for_a_place() {
    let server = server(HttpOptions { max_connections: 1, ..HttpOptions::default() }).await;
    let idle = TcpStream::connect(server.address).await.unwrap();
    sleep(Duration::from_millis(20)).await;
    let list = server.post(request("tools/list", json!({})));
    let mut waiting = tokio::spawn(async move { list.send().await });
    assert!(timeout(Duration::from_millis(50), &mut waiting).await.is_err(), "served too early");
    drop(idle);
    assert_eq!(timeout(SOON, waiting).await.unwrap().unwrap().status, 200);
}

#[tokio::test]
async fn a_connection_serves_request_after_request() {
    let server = server(HttpOptions::default()).await;
    let list = server.post(request("ping", json!({}))).without("connection").bytes();
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    for _ in 0..3 {
        stream.write_all(&list).await.unwrap();
        let mut answer = Vec::new();
        while !answer.ends_with(b"}}") {
            assert!(stream.read_buf(&mut answer).await.unwrap() > 0);
        }
        assert!(answer.starts_with(b"HTTP/1.1 200"));
    }
}

#[tokio::test]
async fn a_request_that_takes_too_long_is_answered_with_its_id() {
    let sandbox = slow_confluence(SOON).await;
    let request_timeout = Duration::from_millis(50);
    let options = HttpOptions { request_timeout, ..HttpOptions::default() };
    let server = Server::with(single_user(&sandbox), options).await;
    let answer = call(&server).send().await;
    assert_eq!((answer.status, answer.code(), &answer.json()["id"]), (504, -32603, &json!(7)));
}

#[tokio::test]
async fn an_answer_does_not_wait_for_a_delayed_acknowledgement() {
    let server = server(HttpOptions::default()).await;
    let list = server.post(request("ping", json!({}))).without("connection").bytes();
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    let started = Instant::now();
    for _ in 0..20 {
        stream.write_all(&list).await.unwrap();
        let mut answer = Vec::new();
        while !answer.ends_with(b"}}") {
            assert!(stream.read_buf(&mut answer).await.unwrap() > 0);
        }
    }
    assert!(started.elapsed() < Duration::from_millis(20 * 40), "{:?}", started.elapsed());
}

#[tokio::test]
async fn a_shutdown_lets_calls_under_way_finish_and_nobody_else_in() {
    let sandbox = slow_confluence(Duration::from_millis(300)).await;
    let server = Server::open(&sandbox).await;
    let mut idle = TcpStream::connect(server.address).await.unwrap();
    let slow = call(&server);
    let slow = tokio::spawn(async move { slow.send().await });
    while sandbox.requests().is_empty() {
        sleep(Duration::from_millis(5)).await;
    }
    server.begin_shutdown();
    let mut rest = Vec::new();
    assert_eq!(idle.read_to_end(&mut rest).await.unwrap(), 0);
    assert!(TcpStream::connect(server.address).await.is_err());
    assert!(!slow.is_finished());
    let answer = slow.await.unwrap();
    assert_eq!(answer.json()["result"]["isError"], false, "{}", answer.body);
    timeout(SOON, server.stopped()).await.unwrap();
}

#[tokio::test]
async fn a_shutdown_waits_no_longer_than_its_grace() {
    let sandbox = slow_confluence(SOON * 3).await;
    let shutdown_grace = Duration::from_millis(50);
    let options = HttpOptions { shutdown_grace, ..HttpOptions::default() };
    let server = Server::with(single_user(&sandbox), options).await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    stream.write_all(&call(&server).bytes()).await.unwrap();
    while sandbox.requests().is_empty() {
        sleep(Duration::from_millis(5)).await;
    }
    timeout(SOON, server.stopped()).await.unwrap();
    let mut rest = Vec::new();
    // Cut: by an end, or by a reset.
    assert_eq!(stream.read_to_end(&mut rest).await.unwrap_or_default(), 0);
}

#[tokio::test]
async fn a_shutdown_without_clients_is_immediate() {
    let server = server(HttpOptions::default()).await;
    timeout(SOON, server.stopped()).await.unwrap();
}
