//! Speed: the same calls through the server and straight to the sandbox, turn by turn, so that
//! whatever else the machine does hits both.

use std::path::Path;

use anyhow::Result;

use crate::http_load::{self, Done, Request, Until};
use crate::latency::{Turn, median, real};
use crate::plan::Plan;
use crate::programs::Programs;
use crate::running::{HttpServer, Sandbox};
use crate::stdio::Stdio;
use crate::usage::processor_milliseconds;
use crate::workload::{Workload, post};

/// Calls in flight over stdio: the server runs no more at once.
const STDIO_IN_FLIGHT: [usize; 2] = [1, 16];

/// All turns of one target for one load.
#[derive(Debug, Default, Clone)]
pub(crate) struct Series(Vec<Turn>);

impl Series {
    fn each(&self, figure: impl Fn(&Turn) -> f64) -> f64 {
        median(self.0.iter().map(figure))
    }

    /// The median latency, in microseconds.
    pub(crate) fn p50(&self) -> f64 {
        self.each(|it| it.latencies.quantile(0.5).as_secs_f64() * 1e6)
    }

    /// What one call in a hundred exceeds, in microseconds.
    pub(crate) fn p99(&self) -> f64 {
        self.each(|it| it.latencies.quantile(0.99).as_secs_f64() * 1e6)
    }

    pub(crate) fn calls_per_second(&self) -> f64 {
        self.each(Turn::calls_per_second)
    }

    /// Processor seconds per 1,000 calls.
    pub(crate) fn processor(&self, of: impl Fn(&Turn) -> u64) -> f64 {
        let milliseconds: u64 = self.0.iter().map(of).sum();
        let calls: u64 = self.0.iter().map(|it| it.calls).sum();
        real(milliseconds) / real(calls.max(1))
    }

    /// By how much the median latency exceeds that of `other`, turn by turn, in microseconds.
    pub(crate) fn added_to(&self, other: &Self) -> f64 {
        let p50 = |it: &Turn| it.latencies.quantile(0.5).as_secs_f64() * 1e6;
        median(self.0.iter().zip(&other.0).map(|(own, other)| p50(own) - p50(other)))
    }
}

/// One load on every target.
#[derive(Debug)]
pub(crate) struct Load {
    pub(crate) workload: &'static str,
    pub(crate) in_flight: usize,
    /// Straight to the sandbox; over stdio there is no such thing.
    pub(crate) direct: Series,
    pub(crate) server: Series,
    /// Another build of the server.
    pub(crate) against: Option<Series>,
}

/// A process under load, and what is sent to it.
struct Target {
    request: Request,
    server: Option<u32>,
    series: Series,
}

impl Target {
    async fn turn(&mut self, sandbox: u32, in_flight: usize, plan: &Plan) -> Result<()> {
        let used = |process: Option<u32>| process.map_or(Ok(0), processor_milliseconds);
        let before = (used(self.server)?, used(Some(sandbox))?, used(Some(std::process::id()))?);
        let until = Until::Elapsed(plan.turn);
        let Done { latencies, elapsed, calls } =
            http_load::run(&self.request, in_flight, until).await?;
        self.series.0.push(Turn {
            latencies,
            elapsed,
            calls,
            server: used(self.server)? - before.0,
            sandbox: used(Some(sandbox))? - before.1,
            load: used(Some(std::process::id()))? - before.2,
        });
        Ok(())
    }
}

/// Measures every workload over HTTP.
///
/// # Errors
///
/// When a call fails.
pub(crate) async fn over_http(
    programs: &Programs,
    sandbox: &Sandbox,
    workloads: &[Workload],
    plan: &Plan,
) -> Result<Vec<Load>> {
    let start = |program: &Path| HttpServer::start(program, sandbox, sandbox.address);
    let server = start(&programs.server)?;
    let against = programs.against.as_deref().map(start).transpose()?;
    let mut loads = Vec::new();
    for workload in workloads {
        for &in_flight in plan.in_flight {
            crate::line(&format!("{}, {in_flight} in flight", workload.name));
            let direct = Request::tried(sandbox.address, &workload.upstream).await?;
            let mut targets =
                vec![Target { request: direct, server: None, series: Series::default() }];
            for process in [Some(&server), against.as_ref()].into_iter().flatten() {
                let bytes = post(process.address, "tools/call", &workload.params);
                let request = Request::tried(process.address, &bytes).await?;
                let server = Some(process.id());
                targets.push(Target { request, server, series: Series::default() });
            }
            for _ in 0..plan.rounds {
                for target in &mut targets {
                    target.turn(sandbox.id(), in_flight, plan).await?;
                }
            }
            let mut series = targets.into_iter().map(|it| it.series);
            loads.push(Load {
                workload: workload.name,
                in_flight,
                direct: series.next().unwrap_or_default(),
                server: series.next().unwrap_or_default(),
                against: series.next(),
            });
        }
    }
    Ok(loads)
}

/// Measures the main workload over stdio.
///
/// # Errors
///
/// When a call fails.
pub(crate) fn over_stdio(
    programs: &Programs,
    sandbox: &Sandbox,
    workload: &Workload,
    plan: &Plan,
) -> Result<Vec<Load>> {
    let start = |program: &Path| -> Result<Stdio> {
        let mut client = Stdio::start(&mut sandbox.serve(program, "stdio", sandbox.address))?;
        client.initialize()?;
        Ok(client)
    };
    let mut loads = Vec::new();
    if plan.in_flight.is_empty() {
        return Ok(loads);
    }
    let mut clients = vec![start(&programs.server)?];
    clients.extend(programs.against.as_deref().map(start).transpose()?);
    for in_flight in STDIO_IN_FLIGHT {
        let mut series = vec![Series::default(); clients.len()];
        for _ in 0..plan.rounds {
            for (client, series) in clients.iter_mut().zip(&mut series) {
                series.0.push(stdio_turn(client, sandbox.id(), workload, in_flight, plan)?);
            }
        }
        let mut series = series.into_iter();
        loads.push(Load {
            workload: workload.name,
            in_flight,
            direct: Series::default(),
            server: series.next().unwrap_or_default(),
            against: series.next(),
        });
    }
    Ok(loads)
}

fn stdio_turn(
    client: &mut Stdio,
    sandbox: u32,
    workload: &Workload,
    in_flight: usize,
    plan: &Plan,
) -> Result<Turn> {
    let processes = [client.id(), sandbox, std::process::id()];
    let [server, upstream, load] = processes.map(processor_milliseconds);
    let (latencies, elapsed) = client.load(&workload.params, in_flight, plan.turn)?;
    let [server_after, upstream_after, load_after] = processes.map(processor_milliseconds);
    Ok(Turn {
        calls: latencies.count(),
        latencies,
        elapsed,
        server: server_after? - server?,
        sandbox: upstream_after? - upstream?,
        load: load_after? - load?,
    })
}
