//! What is logged: a line per call, and nothing that is nobody's business.

use std::{
    io,
    sync::{Arc, Mutex},
};

use confluence_server::{HttpOptions, LOG_DIRECTIVE};
use secrecy::SecretString;
use serde_json::{Value, json};
use tracing_subscriber::{Layer, filter::Targets, fmt::MakeWriter, layer::SubscriberExt};

use crate::support::{Server, confluence, request, single_user};

#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// The lines of the crate under test.
    fn lines(&self) -> Vec<Value> {
        let text = self.text();
        let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        lines.filter(|it| it["target"] == "confluence_server::call").collect()
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// Logs everything that a filter with the directive lets pass, for this thread.
pub(crate) fn log() -> (Log, tracing::subscriber::DefaultGuard) {
    let log = Log::default();
    let filter: Targets = format!("trace,{LOG_DIRECTIVE}").parse().unwrap();
    let lines = tracing_subscriber::fmt::layer().json().with_writer(log.clone());
    let subscriber = tracing_subscriber::registry().with(lines.with_filter(filter));
    (log, tracing::subscriber::set_default(subscriber))
}

#[tokio::test]
async fn a_call_is_one_line() {
    let (log, _guard) = log();
    let server = Server::alone().await;
    server.call("spaces", json!({ "action": "list", "agent_id": "agent-1" })).await;
    server.call("pages", json!({ "action": "get", "id": "404404" })).await;
    server.call("nonsense", json!({ "action": "x" })).await;
    let lines = log.lines();
    assert_eq!(lines.len(), 3, "{lines:?}");
    for (line, tool, instruction, outcome, agent) in [
        (&lines[0], "spaces", "listSpaces", "ok", "agent-1"),
        (&lines[1], "pages", "getPage", "not_found", "-"),
        (&lines[2], "unknown", "unknown", "arguments", "-"),
    ] {
        let fields = &line["fields"];
        assert_eq!((line["level"].as_str(), fields["tool"].as_str()), (Some("INFO"), Some(tool)));
        assert_eq!(fields["instruction"], instruction);
        assert_eq!(fields["outcome"], outcome);
        assert_eq!(fields["agent"], agent);
        assert!(fields["duration_ms"].is_u64(), "{line}");
    }
}

#[tokio::test]
async fn an_agent_cannot_write_lines_of_its_own() {
    let (log, _guard) = log();
    let server = Server::alone().await;
    let agent = format!("a\nINFO forged\u{1b}[31m{}", "x".repeat(1000));
    server.call("spaces", json!({ "action": "list", "agent_id": agent })).await;
    let logged = log.lines()[0]["fields"]["agent"].as_str().unwrap().to_owned();
    assert!(!logged.contains(char::is_control) && logged.len() <= 64, "{logged:?}");
}

#[tokio::test]
async fn secrets_and_content_are_not_logged() {
    let (log, _guard) = log();
    let sandbox = confluence().await;
    let workspace_key = Some(SecretString::from("k3y-of-the-workspace"));
    let options = HttpOptions { workspace_key, ..HttpOptions::default() };
    let server = Server::with(single_user(&sandbox), options).await;
    let body = json!({
        "spaceId": "1", "title": "Title of a page",
        "body": { "representation": "storage", "value": "<p>content of a page</p>" },
    });
    let calls = [
        json!({ "name": "pages", "arguments": { "action": "create", "body": body } }),
        json!({ "name": "pages", "arguments": { "action": "get", "id": "70707" } }),
        json!({ "name": "search", "arguments": { "action": "cql", "cql": "text ~ \"needle\"" } }),
    ];
    for call in calls {
        let request = server.post(request("tools/call", call));
        let right = request.clone().header("authorization", "Bearer k3y-of-the-workspace");
        assert_eq!(right.send().await.status, 200);
        assert_eq!(request.header("authorization", "Bearer gu3ss").send().await.status, 401);
    }
    let forged = server.post("{\"secret\": s3cret}");
    let forged = forged.header("authorization", "Bearer k3y-of-the-workspace");
    assert_eq!(forged.send().await.status, 400);
    let text = log.text();
    assert!(text.contains("createPage"), "{text}");
    for secret in [
        "k3y-of-the-workspace",
        "gu3ss",
        "s3cret",
        sandbox.credentials().api_token.as_str(),
        "Title of a page",
        "content of a page",
        "needle",
    ] {
        assert!(!text.contains(secret), "{secret}");
    }
    let own: Vec<_> = log.lines().iter().map(Value::to_string).collect();
    assert!(!own.join("\n").contains("70707"), "{own:?}");
}
