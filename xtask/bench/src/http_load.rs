//! Load over HTTP: a number of connections, each with one call in flight, as wrk does.

use std::{net::SocketAddr, rc::Rc, time::Duration};

use anyhow::{Context, Result, bail};
use tokio::{task::spawn_local, time::Instant};

use crate::connection::{Answer, Connection};
use crate::latency::Latencies;

/// Part of the time that passes before anything is recorded.
const WARM_UP: u32 = 5;

/// A request, and what is known of its answer.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) address: SocketAddr,
    pub(crate) bytes: Rc<[u8]>,
    /// Length of the body of every answer: content does not change.
    pub(crate) expected: usize,
}

impl Request {
    /// Sends the request once and looks at the answer in full, which the load has no time for.
    ///
    /// # Errors
    ///
    /// When the answer is an error.
    pub(crate) async fn tried(address: SocketAddr, bytes: &[u8]) -> Result<Self> {
        let mut connection = Connection::open(address).await?;
        let answer = connection.exchange(bytes).await?;
        let body: serde_json::Value = serde_json::from_slice(answer.body())?;
        let failed = body.get("error").is_some()
            || body.pointer("/result/isError").is_some_and(|it| it != false);
        if answer.status != 200 || failed {
            bail!("a call fails: {} {body}", answer.status);
        }
        Ok(Self { address, bytes: bytes.into(), expected: answer.body().len() })
    }

    fn check(&self, answer: Answer<'_>) -> Result<()> {
        if answer.status != 200 || answer.body().len() != self.expected {
            let body = String::from_utf8_lossy(answer.body());
            let beginning: String = body.chars().take(300).collect();
            bail!("unlike the first answer: {} {beginning}", answer.status);
        }
        Ok(())
    }
}

/// When a load ends.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Until {
    /// After that time, of which the first part warms up.
    Elapsed(Duration),
    /// After that many calls.
    Calls(u64),
}

/// What a load came to.
#[derive(Debug)]
pub(crate) struct Done {
    /// Of the calls that were recorded.
    pub(crate) latencies: Latencies,
    /// The time those took together.
    pub(crate) elapsed: Duration,
    /// All calls, those that warmed up included.
    pub(crate) calls: u64,
}

/// Keeps `in_flight` calls under way.
///
/// # Errors
///
/// When a call fails: a figure with failures in it says nothing.
pub(crate) async fn run(request: &Request, in_flight: usize, until: Until) -> Result<Done> {
    let mut connections = Vec::new();
    for _ in 0..in_flight {
        connections.push(Connection::open(request.address).await?);
    }
    let start = Instant::now();
    let (recorded_from, end, calls) = match until {
        Until::Elapsed(time) => (start + time / WARM_UP, start + time, u64::MAX),
        Until::Calls(calls) => {
            let each = calls.div_ceil(u64::try_from(in_flight)?);
            (start, start + Duration::from_hours(1), each)
        }
    };
    let tasks: Vec<_> = connections
        .into_iter()
        .map(|connection| {
            let turn = Turn { request: request.clone(), recorded_from, end, calls };
            spawn_local(turn.drive(connection))
        })
        .collect();
    let mut done = Done { latencies: Latencies::new()?, elapsed: Duration::ZERO, calls: 0 };
    for task in tasks {
        let (latencies, calls) = task.await.context("a connection's task ended")??;
        done.latencies.add(&latencies)?;
        done.calls += calls;
    }
    done.elapsed = recorded_from.elapsed();
    Ok(done)
}

struct Turn {
    request: Request,
    recorded_from: Instant,
    end: Instant,
    calls: u64,
}

impl Turn {
    async fn drive(self, mut connection: Connection) -> Result<(Latencies, u64)> {
        let mut latencies = Latencies::new()?;
        let mut calls = 0;
        let mut sent = Instant::now();
        while calls < self.calls && sent < self.end {
            let answer = connection.exchange(&self.request.bytes).await?;
            self.request.check(answer)?;
            let received = Instant::now();
            if sent >= self.recorded_from {
                latencies.record(received - sent);
            }
            calls += 1;
            sent = received;
        }
        Ok((latencies, calls))
    }
}
