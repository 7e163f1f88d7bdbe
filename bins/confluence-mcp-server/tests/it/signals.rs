//! How the process ends.

use std::{process::Stdio, time::Duration};

use confluence_sandbox::{Fault, Sandbox};
use serde_json::json;
use tokio::{io::AsyncWriteExt, time::timeout};

use crate::process::{Running, Served, account, call, program, text};

/// A Confluence whose list of spaces takes that long.
async fn slow(delay: Duration) -> Sandbox {
    let confluence = Sandbox::builder().empty().start().await.unwrap();
    confluence.faults().inject(Fault::Latency(delay).on("GET", "/wiki/api/v2/spaces"));
    confluence
}

/// Waits until a request has reached Confluence.
async fn reached(confluence: &Sandbox) {
    let reached = async {
        while confluence.requests().is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(Duration::from_secs(30), reached).await.expect("the request arrives");
}

#[tokio::test]
async fn a_call_under_way_is_answered_before_the_end() {
    let confluence = slow(Duration::from_millis(700)).await;
    for signal in ["TERM", "INT"] {
        confluence.reset_requests();
        let served = Served::start(account(&mut program(&["serve"]), &confluence)).await;
        let authority = served.authority().to_owned();
        let list = json!({ "action": "list" });
        let calling = tokio::spawn(async move { call(&authority, None, "spaces", list).await });
        reached(&confluence).await;
        served.running.signal(signal).await;
        let ended = served.running.ended().await;
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        let (status, answer) = calling.await.unwrap();
        assert_eq!(status, 200);
        assert!(text(&answer).contains("SAND"), "{answer}");
    }
}

#[tokio::test]
async fn a_second_signal_ends_it_at_once() {
    let confluence = slow(Duration::from_secs(40)).await;
    let served = Served::start(account(&mut program(&["serve"]), &confluence)).await;
    let authority = served.authority().to_owned();
    let list = json!({ "action": "list" });
    let calling = tokio::spawn(async move { call(&authority, None, "spaces", list).await });
    reached(&confluence).await;
    served.running.signal("TERM").await;
    // Two signals of a kind that come together count as one.
    served.running.signal("INT").await;
    let ended = timeout(Duration::from_secs(10), served.running.ended()).await.expect("at once");
    assert_eq!(ended.code, Some(1));
    assert!(ended.stderr.contains("stopped before every call was answered"), "{}", ended.stderr);
    assert!(calling.await.is_err(), "the connection was cut");
}

#[tokio::test]
async fn the_end_of_the_input_is_the_end() {
    let ended = Running::start(&mut program(&["stdio", "--sandbox"])).ended().await;
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert_eq!(ended.stdout, "");
}

#[tokio::test]
async fn an_agents_own_server_ends_with_a_signal() {
    let mut command = program(&["stdio", "--sandbox"]);
    let mut running = Running::start(command.stdin(Stdio::piped()));
    let mut stdin = running.stdin();
    // Signals are caught before anything is read.
    stdin.write_all(b"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}\n").await.unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    running.signal("TERM").await;
    let ended = running.ended().await;
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    drop(stdin);
}
