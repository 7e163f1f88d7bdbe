//! A tool call without network and protocol: from arguments to the finished text.
//!
//! `cargo bench -p bench` runs it. This is where the profile of a whole server says that the time
//! goes which is neither the kernel's nor a library's.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use confluence_api::{
    Authorized, Client, Credentials, CredentialsError, Rejected, RejectedAnswer, Transport,
    TransportError,
};
use confluence_tools::{Options, call_tool};
use divan::Bencher;
use http::HeaderValue;
use serde_json::{Value, json};
use tokio::runtime::{Builder, Runtime};

fn main() {
    divan::main();
}

/// Gives the same answer to everything.
#[derive(Debug)]
struct Replay(Bytes);

#[async_trait]
impl Transport for Replay {
    async fn send(
        &self,
        _request: http::Request<Bytes>,
    ) -> Result<http::Response<Bytes>, TransportError> {
        Ok(http::Response::new(self.0.clone()))
    }
}

/// Never changes.
#[derive(Debug)]
struct Fixed(Authorized);

#[async_trait]
impl Credentials for Fixed {
    async fn authorized(&self) -> Result<Authorized, CredentialsError> {
        Ok(self.0.clone())
    }

    async fn rejected(&self, _used: &Authorized, _answer: RejectedAnswer) -> Rejected {
        Rejected::Unrelated
    }
}

/// A call whose answer is known.
struct Call {
    runtime: Runtime,
    client: Client,
    tool: &'static str,
    arguments: Value,
}

impl Call {
    fn new(tool: &'static str, arguments: Value, answer: &Value) -> Self {
        let authorized = Authorized {
            root: "https://example.atlassian.net".parse().expect("the literal is a URL"),
            header: HeaderValue::from_static("Basic eDp5"),
        };
        let answer = Bytes::from(answer.to_string());
        let client = Client::new(Arc::new(Replay(answer)), Arc::new(Fixed(authorized)));
        let runtime = Builder::new_current_thread().enable_time().build();
        let runtime = runtime.expect("it opens nothing");
        Self { runtime, client, tool, arguments }
    }

    fn run(&self) -> String {
        let arguments = self.arguments.as_object().cloned().unwrap_or_default();
        let options = Options::default();
        let call = call_tool(&self.client, self.tool, arguments, &options);
        let result = self.runtime.block_on(call).result;
        result.expect("the answer is a good one").text
    }
}

fn page(id: usize) -> Value {
    json!({
        "id": id.to_string(),
        "status": "current",
        "title": "Billing runbook",
        "spaceId": "65600",
        "parentId": "1048577",
        "parentType": "page",
        "position": 1000,
        "authorId": "557058:sandbox-owner",
        "ownerId": "557058:sandbox-owner",
        "createdAt": "2026-11-20T10:00:00.000Z",
        "version": {
            "number": 3,
            "message": "",
            "minorEdit": false,
            "authorId": "557058:sandbox-owner",
            "createdAt": "2026-11-20T10:00:00.000Z",
        },
        "body": {},
        "_links": {
            "webui": format!("/spaces/GEN1/pages/{id}/Billing+runbook"),
            "editui": format!("/pages/resumedraft.action?draftId={id}"),
            "tinyui": "/x/AQAQ",
        },
    })
}

#[divan::bench(args = [2_000, 20_000, 200_000])]
fn get_body(bencher: Bencher<'_, '_>, characters: usize) {
    let section = "<h2>Rollback &amp; recovery</h2><p>Deploy the previous version – “four minutes” at most.</p><ul><li><p>Ask the team on call.</p></li></ul>";
    let body: String = section.chars().cycle().take(characters).collect();
    let mut answer = page(1);
    answer["body"] = json!({ "storage": { "representation": "storage", "value": body } });
    let call = Call::new("pages", json!({ "action": "getBody", "id": "1" }), &answer);
    bencher.bench_local(|| call.run());
}

#[divan::bench(args = [25, 100])]
fn list(bencher: Bencher<'_, '_>, rows: usize) {
    let rows: Vec<_> = (1..=rows).map(page).collect();
    let links = json!({ "base": "https://example.atlassian.net/wiki", "next": "/wiki/api/v2/pages?cursor=abc" });
    let answer = json!({ "results": rows, "_links": links });
    let call = Call::new("pages", json!({ "action": "list" }), &answer);
    bencher.bench_local(|| call.run());
}
