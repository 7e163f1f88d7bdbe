//! How much memory the server takes: at rest, after load, and after a great many calls.

use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use anyhow::Result;
use serde_json::json;

use crate::http_load::{self, Request, Until};
use crate::plan::Plan;
use crate::running::{HttpServer, Sandbox};
use crate::stdio::Stdio;
use crate::usage::{self, Memory};
use crate::workload::{Workload, initialize, post};

/// How long a process is left alone before it counts as idle.
const REST: Duration = Duration::from_millis(500);

/// Calls in flight while many are made.
const IN_FLIGHT: usize = 64;

/// How many parts the many calls come in, with a look at the memory after each.
const PARTS: u64 = 20;

/// Of how many calls each kind has how many: most are reads of ordinary pages.
const MIXTURE: [u64; 6] = [30, 53, 2, 4, 8, 3];

/// The memory of the server.
#[derive(Debug)]
pub(crate) struct Memories {
    pub(crate) stdio_idle: Memory,
    pub(crate) stdio_loaded: Memory,
    pub(crate) http_idle: Memory,
    /// After each part of the many calls: how many so far, and the memory.
    pub(crate) endurance: Vec<(u64, Memory)>,
}

impl Memories {
    /// After the last call.
    pub(crate) fn http_loaded(&self) -> Memory {
        self.endurance.last().map_or(self.http_idle, |(_, memory)| *memory)
    }

    /// By how much the memory grew in the second half of the calls, in KiB: what a leak would show.
    pub(crate) fn growth(&self) -> u64 {
        let half = self.endurance.get(self.endurance.len() / 2);
        half.map_or(0, |(_, half)| self.http_loaded().anonymous.saturating_sub(half.anonymous))
    }
}

/// Lets the server rest, then work.
///
/// # Errors
///
/// When a call fails.
pub(crate) async fn all(
    server: &Path,
    sandbox: &Sandbox,
    workloads: &[Workload],
    plan: &Plan,
) -> Result<Memories> {
    let mut client = Stdio::start(&mut sandbox.serve(server, "stdio", sandbox.address))?;
    client.initialize()?;
    client.request("tools/list", &json!({}))?;
    let stdio_idle = at_rest(client.id())?;
    for workload in workloads {
        client.load(&workload.params, 16, REST)?;
    }
    let stdio_loaded = at_rest(client.id())?;
    drop(client);

    let process = HttpServer::start(server, sandbox, sandbox.address)?;
    Request::tried(process.address, &initialize(process.address)).await?;
    let list = post(process.address, "tools/list", &json!({}));
    Request::tried(process.address, &list).await?;
    let http_idle = at_rest(process.id())?;
    let mut requests = Vec::new();
    for (workload, share) in workloads.iter().zip(MIXTURE) {
        let bytes = post(process.address, "tools/call", &workload.params);
        let request = Request::tried(process.address, &bytes).await?;
        requests
            .push((request, plan.endurance_calls * share / MIXTURE.iter().sum::<u64>() / PARTS));
    }
    let mut endurance = Vec::new();
    let mut calls = 0;
    for _ in 0..PARTS {
        for (request, share) in &requests {
            calls += http_load::run(request, IN_FLIGHT, Until::Calls(*share)).await?.calls;
        }
        endurance.push((calls, usage::memory(process.id())?));
    }
    if let Some(last) = endurance.last_mut() {
        last.1 = at_rest(process.id())?;
    }
    Ok(Memories { stdio_idle, stdio_loaded, http_idle, endurance })
}

fn at_rest(process: u32) -> Result<Memory> {
    sleep(REST);
    usage::memory(process)
}
