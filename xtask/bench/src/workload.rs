//! The calls that are measured, each as a request to the server and as what the server sends on.

use std::net::SocketAddr;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::connection::Connection;
use crate::http_load::Request;
use crate::recorder;
use crate::running::{HttpServer, Sandbox};
use crate::stdio::{REVISION, Stdio};
use crate::{pages, stdio};

/// A call that is repeated.
#[derive(Debug)]
pub(crate) struct Workload {
    pub(crate) name: &'static str,
    /// The params of `tools/call`.
    pub(crate) params: Value,
    /// What the server sends to Confluence for it.
    pub(crate) upstream: Vec<u8>,
}

/// The call that the goals are about.
pub(crate) const MAIN: &str = "pages getBody, 20 KB";

/// Makes the pages that are read, and records what the server sends for each call.
///
/// # Errors
///
/// When a call fails.
pub(crate) async fn all(server: &Path, sandbox: &Sandbox) -> Result<Vec<Workload>> {
    let mut writer = Stdio::start(&mut sandbox.serve(server, "stdio", sandbox.address))?;
    writer.initialize()?;
    let mut calls = Vec::new();
    for (name, length) in
        [("pages getBody, 2 KB", 2_000), (MAIN, 20_000), ("pages getBody, 200 KB", 200_000)]
    {
        let page = pages::create(&mut writer, name, length)?;
        calls.push((name, "pages", pages::get_body(&page)));
    }
    let cql = json!({ "action": "cql", "cql": "type = page AND title ~ \"runbook\"", "limit": 25 });
    calls.push(("search cql, 25 rows", "search", cql));
    calls.push(("pages list, 25 rows", "pages", json!({ "action": "list", "limit": 25 })));
    calls.push(("pages list, 100 rows", "pages", json!({ "action": "list", "limit": 100 })));
    drop(writer);

    let (address, seen) = recorder::open(sandbox.address).await?;
    let server = HttpServer::start(server, sandbox, address)?;
    let mut workloads = Vec::new();
    for (name, tool, arguments) in calls {
        let params = json!({ "name": tool, "arguments": arguments });
        Request::tried(server.address, &post(server.address, "tools/call", &params)).await?;
        let mut requests = seen.take();
        let upstream = requests.pop().context("the server sent nothing to Confluence")?;
        if !requests.is_empty() {
            bail!("{name}: what takes several requests cannot be compared with one");
        }
        workloads.push(Workload { name, params, upstream });
    }
    Ok(workloads)
}

/// A request to the MCP endpoint at `address`, as clients send it.
pub(crate) fn post(address: SocketAddr, method: &str, params: &Value) -> Vec<u8> {
    let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params }).to_string();
    format!(
        "POST /mcp HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\n\
         accept: application/json, text/event-stream\r\nmcp-protocol-version: {REVISION}\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// The first request of every client.
pub(crate) fn initialize(address: SocketAddr) -> Vec<u8> {
    post(address, "initialize", &stdio::hello())
}

/// How many requests the sandbox has answered, this one included.
///
/// # Errors
///
/// When it does not say.
pub(crate) async fn served(sandbox: SocketAddr) -> Result<u64> {
    let mut connection = Connection::open(sandbox).await?;
    let request = format!("GET /_edge/tenant_info HTTP/1.1\r\nhost: {sandbox}\r\n\r\n");
    let answer = connection.exchange(request.as_bytes()).await?;
    // The sandbox numbers its answers there.
    match answer.header("atl-traceid").and_then(|it| u64::from_str_radix(it, 16).ok()) {
        Some(number) => Ok(number),
        None => bail!("the sandbox does not number its answers"),
    }
}
