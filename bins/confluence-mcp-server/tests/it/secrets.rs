//! Secrets appear nowhere: not in what is written to people, not in a log at its loudest.

use std::{process::Stdio, time::Duration};

use base64::prelude::{BASE64_STANDARD, Engine};
use confluence_sandbox::{Fault, Sandbox};
use serde_json::json;
use tokio::{io::AsyncWriteExt, process::Command};

use crate::process::{Running, Served, program};

const EMAIL: &str = "planted-mail@example.com";
const TOKEN: &str = "planted-api-token";
const KEY: &str = "planted-workspace-key";

/// Everything that may be asked to speak.
const LOUDEST: &str = "trace,rmcp=trace,hyper=trace,hyper_util=trace,reqwest=trace,h2=trace,\
                       rustls=trace,axum=trace,tower=trace,tokio=trace,mio=trace,want=trace";

#[track_caller]
fn holds_no_secret(what: &str, output: &str) {
    let basic = BASE64_STANDARD.encode(format!("{EMAIL}:{TOKEN}"));
    for secret in [EMAIL, TOKEN, KEY, "planted", &basic] {
        assert!(!output.contains(secret), "{secret} in {what}: {output}");
    }
}

async fn confluence() -> Sandbox {
    Sandbox::builder()
        .account(confluence_sandbox::Account::new("557058:planted", EMAIL, "Ada"))
        .api_token(EMAIL, TOKEN)
        .start()
        .await
        .unwrap()
}

fn planted<'c>(command: &'c mut Command, base: &str, format: &str) -> &'c mut Command {
    command
        .env("CONFLUENCE_API_BASE_URL", base)
        .env("CONFLUENCE_EMAIL", EMAIL)
        .env("CONFLUENCE_API_TOKEN", TOKEN)
        .env("CONFLUENCE_WORKSPACE_KEY", KEY)
        .env("CONFLUENCE_LOG", LOUDEST)
        .env("CONFLUENCE_LOG_FORMAT", format)
}

#[tokio::test]
async fn a_server_tells_no_secret() {
    for format in ["text", "json"] {
        let confluence = confluence().await;
        let mut command = program(&["serve"]);
        let served = Served::start(planted(&mut command, &confluence.site_url(), format)).await;
        let list = || json!({ "action": "list" });
        let (status, answer) = served.call(Some(KEY), "spaces", list()).await;
        assert_eq!(status, 200);
        holds_no_secret("an answer", &answer.to_string());
        let (status, answer) = served.call(Some("planted-workspace-wrong"), "spaces", list()).await;
        assert_eq!(status, 401);
        holds_no_secret("a refusal", &answer.to_string());
        confluence.faults().inject(Fault::HtmlPage { status: 401 }.everywhere());
        let (_, answer) = served.call(Some(KEY), "spaces", list()).await;
        assert_eq!(answer["result"]["isError"], true, "{answer}");
        holds_no_secret("a failure", &answer.to_string());
        confluence.shutdown().await;
        let (_, answer) = served.call(Some(KEY), "pages", list()).await;
        assert_eq!(answer["result"]["isError"], true, "{answer}");
        holds_no_secret("a broken connection", &answer.to_string());
        holds_no_secret("the banner", &served.banner);
        served.running.signal("TERM").await;
        let ended = served.running.ended().await;
        assert!(ended.stderr.contains("confluence_api"), "it has logged: {}", ended.stderr);
        holds_no_secret("the log", &ended.stderr);
        holds_no_secret("the output", &ended.stdout);
        if format == "json" {
            for line in ended.stderr.lines() {
                serde_json::from_str::<serde_json::Value>(line).unwrap();
            }
        }
    }
}

#[tokio::test]
async fn an_agents_own_server_tells_no_secret() {
    let confluence = confluence().await;
    confluence.faults().inject(Fault::Latency(Duration::from_millis(1)).everywhere());
    let mut command = program(&["stdio"]);
    planted(&mut command, &confluence.site_url(), "text").stdin(Stdio::piped());
    let mut running = Running::start(&mut command);
    let mut stdin = running.stdin();
    for (id, tool) in ["spaces", "pages", "spaces"].iter().enumerate() {
        let call = json!({
            "jsonrpc": "2.0",
            "id": id,
            "method": "tools/call",
            "params": { "name": tool, "arguments": { "action": "list" } },
        });
        stdin.write_all(format!("{call}\n").as_bytes()).await.unwrap();
    }
    drop(stdin);
    let ended = running.ended().await;
    assert_eq!(ended.code, Some(0));
    assert_eq!(ended.stdout.lines().count(), 3, "{}", ended.stdout);
    assert!(ended.stdout.contains("result"), "{}", ended.stdout);
    holds_no_secret("the answers", &ended.stdout);
    holds_no_secret("the log", &ended.stderr);
}
