//! The server over standard input and output, as a desktop client has it.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::process::{self, ChildStdin, ChildStdout, Command};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::latency::Latencies;
use crate::running::Running;

/// The revision of the protocol that is spoken.
pub(crate) const REVISION: &str = "2025-11-25";

/// A client and its server.
#[derive(Debug)]
pub(crate) struct Stdio {
    process: Running,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    line: Vec<u8>,
    last_id: u64,
}

/// As much of an answer as tells which one it is.
#[derive(Debug, Deserialize)]
struct Envelope {
    id: u64,
}

impl Stdio {
    /// Starts the server; nothing is said yet.
    ///
    /// # Errors
    ///
    /// When it does not start.
    pub(crate) fn start(command: &mut Command) -> Result<Self> {
        let mut process = Running::start(command.stdin(process::Stdio::piped()))?;
        let (input, output) = process.pipes()?;
        Ok(Self { process, input, output, line: Vec::new(), last_id: 0 })
    }

    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }

    /// The first words of every client.
    ///
    /// # Errors
    ///
    /// As [`request`](Self::request).
    pub(crate) fn initialize(&mut self) -> Result<Value> {
        let result = self.request("initialize", &hello())?;
        writeln!(
            self.input,
            "{}",
            json!({ "jsonrpc": "2.0", "method": "notifications/initialized" })
        )?;
        Ok(result)
    }

    /// Calls a tool and gives its result.
    ///
    /// # Errors
    ///
    /// When the call fails.
    pub(crate) fn call(&mut self, tool: &str, arguments: &Value) -> Result<Value> {
        let result =
            self.request("tools/call", &json!({ "name": tool, "arguments": arguments }))?;
        if result["isError"] == true {
            bail!("{tool} {arguments}: {}", result["content"][0]["text"]);
        }
        Ok(result)
    }

    /// Sends a request and waits for its answer.
    ///
    /// # Errors
    ///
    /// When the server ends, or refuses.
    pub(crate) fn request(&mut self, method: &str, params: &Value) -> Result<Value> {
        let id = self.send(method, params)?;
        self.receive()?;
        let mut answer: Value = serde_json::from_slice(&self.line)?;
        if answer["id"] != id || answer.get("result").is_none() {
            bail!("{method}: {answer}");
        }
        Ok(answer["result"].take())
    }

    fn send(&mut self, method: &str, params: &Value) -> Result<u64> {
        self.last_id += 1;
        let id = self.last_id;
        let request = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
        let mut line = request.to_string();
        line.push('\n');
        self.input.write_all(line.as_bytes()).context("the server has closed its input")?;
        Ok(id)
    }

    fn receive(&mut self) -> Result<()> {
        self.line.clear();
        if self.output.read_until(b'\n', &mut self.line)? == 0 {
            bail!("the server has ended");
        }
        Ok(())
    }

    /// Keeps `in_flight` calls under way for that time, and gives their latencies.
    ///
    /// # Errors
    ///
    /// When an answer is unlike the first.
    pub(crate) fn load(
        &mut self,
        params: &Value,
        in_flight: usize,
        time: Duration,
    ) -> Result<(Latencies, Duration)> {
        self.request("tools/call", params)?;
        // All ids have as many digits, and so all answers as many bytes.
        self.last_id = 1_000_000_000;
        let mut waiting = HashMap::new();
        let mut latencies = Latencies::new()?;
        let mut expected = None;
        let start = Instant::now();
        for _ in 0..in_flight {
            let sent = Instant::now();
            waiting.insert(self.send("tools/call", params)?, sent);
        }
        while !waiting.is_empty() {
            self.receive()?;
            let Envelope { id } = serde_json::from_slice(&self.line)?;
            let sent = waiting.remove(&id).context("an answer that nobody waits for")?;
            let now = Instant::now();
            latencies.record(now - sent);
            if *expected.get_or_insert(self.line.len()) != self.line.len() {
                bail!("unlike the first answer: {}", String::from_utf8_lossy(&self.line));
            }
            if now < start + time {
                waiting.insert(self.send("tools/call", params)?, now);
            }
        }
        Ok((latencies, start.elapsed()))
    }
}

/// The params of `initialize`.
pub(crate) fn hello() -> Value {
    json!({
        "protocolVersion": REVISION,
        "capabilities": {},
        "clientInfo": { "name": "bench", "version": env!("CARGO_PKG_VERSION") },
    })
}
