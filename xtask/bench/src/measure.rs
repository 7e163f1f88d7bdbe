//! Everything, in order.

use std::fs;
use std::path::Path;

use anyhow::Result;
use tokio::runtime;
use tokio::task::LocalSet;

use crate::answers::{self, Lengths};
use crate::bounds::Figure;
use crate::http_load::{self, Request, Until};
use crate::latency::real;
use crate::machine::Machine;
use crate::memory::{self, Memories};
use crate::plan::Plan;
use crate::programs::Programs;
use crate::rounds::{self, Load};
use crate::running::{HttpServer, Sandbox};
use crate::start::{self, Start};
use crate::workload::{self, MAIN, Workload, post};

/// Pages of the site that is read under load.
const PAGES: usize = 2_000;

/// Calls over which upstream requests are counted.
const COUNTED: u64 = 1_000;

/// All that was found.
#[derive(Debug)]
pub(crate) struct Measured {
    pub(crate) machine: Machine,
    pub(crate) server_bytes: u64,
    pub(crate) starts: Vec<Start>,
    pub(crate) http: Vec<Load>,
    pub(crate) stdio: Vec<Load>,
    pub(crate) memories: Memories,
    pub(crate) lengths: Lengths,
    /// Requests to Confluence per 1,000 calls.
    pub(crate) requests: Vec<(&'static str, u64)>,
}

/// Measures what the plan says.
///
/// # Errors
///
/// When a program does not start, or a call fails.
pub(crate) fn all(programs: &Programs, plan: &Plan) -> Result<Measured> {
    // One thread: the load leaves the other cores to those who are measured.
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
    LocalSet::new().block_on(&runtime, measure(programs, plan))
}

async fn measure(programs: &Programs, plan: &Plan) -> Result<Measured> {
    let machine = Machine::this();
    let server = programs.server.as_path();
    let demo = Sandbox::start(&programs.sandbox, None)?;
    let lengths = answers::all(server, &demo)?;
    drop(demo);
    let sandbox = Sandbox::start(&programs.sandbox, Some(PAGES))?;
    let workloads = workload::all(server, &sandbox).await?;
    let main = workloads.iter().find(|it| it.name == MAIN).unwrap_or(&workloads[0]);
    crate::line("starts");
    let starts = start::all(programs, server, &sandbox, &main.params, plan.starts)?;
    let http = rounds::over_http(programs, &sandbox, &workloads, plan).await?;
    crate::line("stdio");
    let stdio = rounds::over_stdio(programs, &sandbox, main, plan)?;
    let requests = requests(server, &sandbox, &workloads).await?;
    crate::line(&format!("{} calls, to see whether memory stays flat", plan.endurance_calls));
    let memories = memory::all(server, &sandbox, &workloads, plan).await?;
    let server_bytes = fs::metadata(server)?.len();
    Ok(Measured { machine, server_bytes, starts, http, stdio, memories, lengths, requests })
}

/// Counts the requests that reach the sandbox.
async fn requests(
    server: &Path,
    sandbox: &Sandbox,
    workloads: &[Workload],
) -> Result<Vec<(&'static str, u64)>> {
    let server = HttpServer::start(server, sandbox, sandbox.address)?;
    let mut counts = Vec::new();
    for workload in workloads {
        let bytes = post(server.address, "tools/call", &workload.params);
        let request = Request::tried(server.address, &bytes).await?;
        let before = workload::served(sandbox.address).await?;
        let done = http_load::run(&request, 8, Until::Calls(COUNTED)).await?;
        // The question itself is one of them.
        let sent = workload::served(sandbox.address).await? - before - 1;
        counts.push((workload.name, sent * 1000 / done.calls));
    }
    Ok(counts)
}

impl Measured {
    /// The figures that are the same on every machine.
    pub(crate) fn figures(&self) -> Vec<Figure> {
        let mut figures = vec![
            Figure::new("size", "server, bytes", self.server_bytes),
            Figure::new("length", "tools/list", self.lengths.tools.bytes as u64),
            Figure::new("length", "instructions", self.lengths.instructions.bytes as u64),
        ];
        for answer in &self.lengths.answers {
            figures.push(Figure::new("length", &answer.name, answer.bytes as u64));
        }
        for (name, requests) in &self.requests {
            figures.push(Figure::new("requests", name, *requests));
        }
        for (name, memory) in [
            ("stdio, idle", self.memories.stdio_idle),
            ("stdio, after load", self.memories.stdio_loaded),
            ("HTTP, idle", self.memories.http_idle),
            ("HTTP, after load", self.memories.http_loaded()),
        ] {
            figures.push(Figure::new("memory", name, memory.anonymous));
            figures.push(Figure::new("resident", name, memory.resident));
        }
        figures.push(Figure::new("memory", "HTTP, growth under load", self.memories.growth()));
        figures
    }

    /// The load on the main workload with so many calls in flight.
    pub(crate) fn main(&self, in_flight: usize) -> Option<&Load> {
        self.http.iter().find(|it| it.workload == MAIN && it.in_flight == in_flight)
    }

    /// The median of a start, in milliseconds.
    pub(crate) fn start(&self, name: &str) -> Option<f64> {
        let start = self.starts.iter().find(|it| it.name == name)?;
        Some(start.durations.quantile(0.5).as_secs_f64() * 1e3)
    }

    pub(crate) fn server_megabytes(&self) -> f64 {
        real(self.server_bytes) / 1e6
    }
}
