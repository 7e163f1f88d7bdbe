//! Messages in lines, over a pipe.

use std::{sync::Arc, time::Duration};

use confluence_sandbox::Sandbox;
use confluence_server::{Calls, ServeError, serve_io};
use serde_json::{Value, json};
use tokio::{
    io::{
        AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, DuplexStream, ReadHalf, WriteHalf,
    },
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;

use crate::{
    faulty::{REFUSAL, Refusing, Slow},
    support::{STATELESS, confluence, hello, request, single_user, stateless_params, text},
};

/// A server at the other end of a pipe.
pub(crate) struct Pipe {
    input: WriteHalf<DuplexStream>,
    output: BufReader<ReadHalf<DuplexStream>>,
    shutdown: CancellationToken,
    task: JoinHandle<Result<(), ServeError>>,
    /// Kept alive for a server that has it to itself.
    _sandbox: Option<Sandbox>,
}

impl Pipe {
    pub(crate) fn open(clients: Arc<dyn Calls>) -> Self {
        let (ours, theirs) = tokio::io::duplex(1024);
        let (output, input) = tokio::io::split(ours);
        let (reader, writer) = tokio::io::split(theirs);
        let shutdown = CancellationToken::new();
        let task = tokio::spawn(serve_io(reader, writer, clients, shutdown.clone()));
        Self { input, output: BufReader::new(output), shutdown, task, _sandbox: None }
    }

    pub(crate) async fn send(&mut self, message: &Value) {
        self.write(format!("{message}\n")).await;
    }

    async fn write(&mut self, bytes: impl AsRef<[u8]>) {
        self.input.write_all(bytes.as_ref()).await.unwrap();
    }

    pub(crate) async fn receive(&mut self) -> Value {
        let mut line = String::new();
        self.output.read_line(&mut line).await.unwrap();
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line:?}"))
    }

    /// Ends the input, waits for the server's end, and gives what it still said.
    pub(crate) async fn close(mut self) -> Vec<Value> {
        self.input.shutdown().await.unwrap();
        self.rest().await
    }

    async fn rest(mut self) -> Vec<Value> {
        let mut rest = String::new();
        self.output.read_to_string(&mut rest).await.unwrap();
        self.task.await.unwrap().unwrap();
        rest.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

async fn pipe() -> Pipe {
    let sandbox = confluence().await;
    let pipe = Pipe::open(single_user(&sandbox));
    Pipe { _sandbox: Some(sandbox), ..pipe }
}

#[track_caller]
fn code(answer: &Value) -> i64 {
    answer["error"]["code"].as_i64().unwrap_or_else(|| panic!("no error: {answer}"))
}

fn list_spaces() -> Value {
    request("tools/call", json!({ "name": "spaces", "arguments": { "action": "list" } }))
}

#[tokio::test]
async fn malformed_lines_are_answered_and_the_server_lives_on() {
    let mut pipe = pipe().await;
    for line in [&b"{\n"[..], b"nonsense\n", b"{\"a\":\"\xff\"}\n", b"\0\n"] {
        pipe.write(line).await;
        let answer = pipe.receive().await;
        assert_eq!(code(&answer), -32700);
        assert!(answer.get("id").is_none());
    }
    for line in ["[]\n", "1\n", "{}\n", "{\"jsonrpc\":\"2.0\",\"id\":null,\"method\":\"ping\"}\n"] {
        pipe.write(line).await;
        assert_eq!(code(&pipe.receive().await), -32600, "{line}");
    }
    pipe.send(&list_spaces()).await;
    assert_eq!(pipe.receive().await["result"]["isError"], false);
}

#[tokio::test]
async fn a_line_that_is_too_long_is_refused_and_skipped() {
    let mut pipe = pipe().await;
    let chunk = vec![b'x'; 1024 * 1024];
    for _ in 0..17 {
        pipe.write(&chunk).await;
    }
    assert_eq!(code(&pipe.receive().await), -32600);
    pipe.write(&chunk).await;
    pipe.write("\n").await;
    pipe.send(&request("ping", json!({}))).await;
    assert_eq!(pipe.receive().await["result"], json!({}));
}

#[tokio::test]
async fn a_long_line_within_the_bound_is_read() {
    let mut pipe = pipe().await;
    let title = "x".repeat(8 * 1024 * 1024);
    let call = json!({ "name": "pages", "arguments": { "action": "list", "titel": title } });
    pipe.send(&request("tools/call", call)).await;
    let answer = pipe.receive().await;
    assert!(text(&answer["result"]).contains("unknown argument `titel`"), "{answer}");
}

#[tokio::test]
async fn blank_lines_carriage_returns_and_byte_order_marks_are_ignored() {
    let mut pipe = pipe().await;
    pipe.write("\u{feff}\n\r\n  \n").await;
    pipe.write(format!("\u{feff}{}\r\n", request("ping", json!({})))).await;
    assert_eq!(pipe.receive().await["id"], 7);
}

#[tokio::test]
async fn requests_and_notifications_may_come_before_initialize() {
    let mut pipe = pipe().await;
    pipe.send(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" })).await;
    pipe.send(&json!({ "jsonrpc": "2.0", "id": 3, "result": {} })).await;
    pipe.send(&request("tools/list", json!({}))).await;
    let answer = pipe.receive().await;
    assert_eq!(answer["result"]["tools"].as_array().unwrap().len(), 8);
    assert!(answer["result"].get("resultType").is_none());
    pipe.send(&request("initialize", hello("2025-06-18"))).await;
    assert_eq!(pipe.receive().await["result"]["protocolVersion"], "2025-06-18");
}

#[tokio::test]
async fn both_eras_share_a_pipe() {
    let mut pipe = pipe().await;
    pipe.send(&request("server/discover", stateless_params(json!({})))).await;
    let answer = pipe.receive().await;
    let versions = answer["result"]["supportedVersions"].as_array().unwrap();
    assert!(versions.contains(&json!(STATELESS)));
    pipe.send(&request("tools/list", stateless_params(json!({})))).await;
    assert_eq!(pipe.receive().await["result"]["cacheScope"], "private");
    pipe.send(&request("initialize", hello(STATELESS))).await;
    assert_eq!(pipe.receive().await["result"]["protocolVersion"], "2025-11-25");
    pipe.send(&request("tools/list", json!({}))).await;
    assert!(pipe.receive().await["result"].get("cacheScope").is_none());
}

#[tokio::test]
async fn wrong_params_get_the_same_errors_as_over_http() {
    let mut pipe = pipe().await;
    pipe.send(&request("tools/call", json!({ "name": "spaces", "arguments": [] }))).await;
    assert_eq!(code(&pipe.receive().await), -32602);
    pipe.send(&request("resources/list", json!({}))).await;
    assert_eq!(code(&pipe.receive().await), -32601);
    pipe.send(&request("tools/call", json!({ "name": "spaces" }))).await;
    assert_eq!(pipe.receive().await["result"]["isError"], true);
}

#[tokio::test]
async fn a_last_line_without_an_end_is_served() {
    let mut pipe = pipe().await;
    pipe.write(request("ping", json!({})).to_string()).await;
    let rest = pipe.close().await;
    assert_eq!(rest.len(), 1);
    assert_eq!(rest[0]["result"], json!({}));
}

#[tokio::test]
async fn the_end_of_the_input_ends_the_server() {
    assert!(pipe().await.close().await.is_empty());
    let mut pipe = pipe().await;
    pipe.send(&request("initialize", hello("2025-06-18"))).await;
    assert_eq!(pipe.close().await.len(), 1);
}

#[tokio::test]
async fn many_requests_at_once_are_all_answered() {
    let mut pipe = pipe().await;
    let line = |id| format!("{{\"jsonrpc\":\"2.0\",\"id\":{id},\"method\":\"ping\"}}\n");
    let lines = (0..300).map(line).collect::<Vec<_>>().concat();
    let Pipe { input, output, .. } = &mut pipe;
    let (mut written, mut answers) = (0, 0);
    // The pipe is short: whoever only writes would wait for ever.
    while answers < 300 {
        let mut line = String::new();
        tokio::select! {
            wrote = input.write(&lines.as_bytes()[written..]), if written < lines.len() => {
                written += wrote.unwrap();
            }
            _ = output.read_line(&mut line) => answers += 1,
        }
    }
    assert!(pipe.close().await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn the_end_of_the_input_waits_for_calls_under_way() {
    let mut pipe = Pipe::open(Arc::new(Slow(Duration::from_mins(1))));
    pipe.send(&list_spaces()).await;
    let rest = pipe.close().await;
    assert_eq!(text(&rest[0]["result"]), REFUSAL);
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_waits_for_calls_under_way_but_not_for_ever() {
    let mut quick = Pipe::open(Arc::new(Slow(Duration::from_secs(5))));
    quick.send(&list_spaces()).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    quick.shutdown.cancel();
    assert_eq!(text(&quick.rest().await[0]["result"]), REFUSAL);

    let mut slow = Pipe::open(Arc::new(Slow(Duration::from_hours(1))));
    slow.send(&list_spaces()).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    slow.shutdown.cancel();
    assert!(slow.rest().await.is_empty());
}

#[tokio::test]
async fn a_shutdown_ends_a_server_that_waits_for_input() {
    let pipe = Pipe::open(Arc::new(Refusing));
    pipe.shutdown.cancel();
    let Pipe { task, input, output, .. } = pipe;
    task.await.unwrap().unwrap();
    drop((input, output));
}

#[tokio::test]
async fn a_client_that_goes_away_ends_the_server() {
    let mut pipe = pipe().await;
    pipe.send(&list_spaces()).await;
    let Pipe { task, input, output, .. } = pipe;
    drop((input, output));
    task.await.unwrap().unwrap();
}
