//! Clients that give up a call.

use std::{sync::Arc, time::Duration};

use confluence_sandbox::Sandbox;
use confluence_server::HttpOptions;
use serde_json::{Value, json};
use tokio::{io::AsyncWriteExt, net::TcpStream, time::sleep};

use crate::{
    faulty::{REFUSAL, Slow},
    stdio::Pipe,
    support::{Server, request, single_user, slow_confluence, text},
};

/// Longer than any of these tests may take.
const FOREVER: Duration = Duration::from_secs(50);

async fn arrival(sandbox: &Sandbox, requests: usize) {
    while sandbox.requests().len() < requests {
        sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn closing_the_connection_ends_its_call() {
    let sandbox = slow_confluence(FOREVER).await;
    let options = HttpOptions { max_concurrent_calls: 1, ..HttpOptions::default() };
    let server = Server::with(single_user(&sandbox), options).await;
    for era in ["with initialize", "stateless"] {
        let slow = json!({ "name": "spaces", "arguments": { "action": "list" } });
        let slow = match era {
            "stateless" => server.stateless("tools/call", slow),
            _ => server.post(request("tools/call", slow)),
        };
        let before = sandbox.requests().len();
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        stream.write_all(&slow.bytes()).await.unwrap();
        arrival(&sandbox, before + 1).await;
        drop(stream);
        // Gets its turn only once the first call is gone.
        let result = server.call("pages", json!({ "action": "list" })).await;
        assert_eq!(result["isError"], false, "{era}: {result}");
    }
}

#[tokio::test]
async fn a_cancelled_request_is_not_answered_and_frees_its_turn() {
    let mut pipe = Pipe::open(Arc::new(Slow(FOREVER)));
    let call = |id: Value, arguments: Value| {
        json!({
            "jsonrpc": "2.0", "id": id, "method": "tools/call",
            "params": { "name": "spaces", "arguments": arguments },
        })
    };
    // As many as run at once.
    for id in 0..16 {
        pipe.send(&call(json!(id), json!({ "action": "list" }))).await;
    }
    for id in 0..16 {
        pipe.send(&json!({
            "jsonrpc": "2.0", "method": "notifications/cancelled",
            "params": { "requestId": id, "reason": "enough" },
        }))
        .await;
    }
    pipe.send(&call(json!("next"), json!({ "action": "list", "agent_id": "quick" }))).await;
    let answer = pipe.receive().await;
    assert_eq!((&answer["id"], text(&answer["result"])), (&json!("next"), REFUSAL));
    // Nor do cancelled calls keep the server alive.
    assert!(pipe.close().await.is_empty());
}

#[tokio::test]
async fn a_cancelled_call_ends_its_request_to_confluence() {
    let sandbox = slow_confluence(FOREVER).await;
    let mut pipe = Pipe::open(single_user(&sandbox));
    let call = json!({ "name": "spaces", "arguments": { "action": "list" } });
    pipe.send(&request("tools/call", call)).await;
    arrival(&sandbox, 1).await;
    let cancelled = json!({
        "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": 7 },
    });
    pipe.send(&cancelled).await;
    assert!(pipe.close().await.is_empty());
    assert_eq!(sandbox.requests()[0].status, None);
}

#[tokio::test]
async fn a_cancellation_of_nothing_does_nothing() {
    let sandbox = slow_confluence(FOREVER).await;
    let mut pipe = Pipe::open(single_user(&sandbox));
    for params in [json!({ "requestId": 99 }), json!({}), json!({ "requestId": null })] {
        let message =
            json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": params });
        pipe.send(&message).await;
    }
    pipe.send(&request("ping", json!({}))).await;
    assert_eq!(pipe.receive().await["id"], 7);
}
