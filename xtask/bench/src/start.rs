//! From the start of a process to its first answer.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use serde_json::{Value, json};

use crate::latency::Latencies;
use crate::programs::Programs;
use crate::running::{HttpServer, Sandbox};
use crate::{stdio, workload};

/// One kind of start, measured over and over.
#[derive(Debug)]
pub(crate) struct Start {
    pub(crate) name: &'static str,
    pub(crate) durations: Latencies,
}

/// The start that a goal is about.
pub(crate) const STDIO: &str = "stdio: `initialize` answered";

/// The version, which a goal is about.
pub(crate) const CLI: &str = "`confluence-cli --version`";

/// Starts every program that often.
///
/// # Errors
///
/// When one does not start, or answers with an error.
pub(crate) fn all(
    programs: &Programs,
    server: &Path,
    sandbox: &Sandbox,
    call: &Value,
    times: usize,
) -> Result<Vec<Start>> {
    let mut starts = vec![
        repeat(STDIO, times, || stdio_answers(server, sandbox, "initialize", &stdio::hello()))?,
        repeat("stdio: `tools/list` answered", times, || {
            stdio_answers(server, sandbox, "tools/list", &json!({}))
        })?,
        repeat("stdio: first call answered", times, || {
            stdio_answers(server, sandbox, "tools/call", call)
        })?,
        repeat("HTTP: `initialize` answered", times, || http_answers(server, sandbox))?,
        repeat("`confluence-mcp-server --version`", times, || version(server))?,
    ];
    if let Some(cli) = &programs.cli {
        starts.push(repeat(CLI, times, || version(cli))?);
    }
    Ok(starts)
}

fn repeat(
    name: &'static str,
    times: usize,
    measure: impl Fn() -> Result<Duration>,
) -> Result<Start> {
    let mut durations = Latencies::new()?;
    // The first start reads the program from disk, which is not the program's own work.
    measure()?;
    for _ in 0..times {
        durations.record(measure()?);
    }
    Ok(Start { name, durations })
}

/// One request, which no handshake precedes.
fn stdio_answers(
    server: &Path,
    sandbox: &Sandbox,
    method: &str,
    params: &Value,
) -> Result<Duration> {
    let mut command = sandbox.serve(server, "stdio", sandbox.address);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let request = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
    let line = format!("{request}\n");
    let begin = Instant::now();
    let mut child = command.spawn()?;
    let pipes = child.stdin.take().zip(child.stdout.take());
    let answered = pipes.map(|(mut input, output)| {
        input.write_all(line.as_bytes())?;
        let mut answer = String::new();
        BufReader::new(output).read_line(&mut answer)?;
        let duration = begin.elapsed();
        std::io::Result::Ok((duration, answer))
    });
    let _ = child.kill();
    child.wait()?;
    match answered {
        Some(Ok((duration, answer))) if answer.contains("\"result\"") => Ok(duration),
        other => bail!("{method} over stdio: {other:?}"),
    }
}

/// A client knows that the server is there when it says where.
fn http_answers(server: &Path, sandbox: &Sandbox) -> Result<Duration> {
    let begin = Instant::now();
    let server = HttpServer::start(server, sandbox, sandbox.address)?;
    let answer = exchange(server.address)?;
    let duration = begin.elapsed();
    if !answer.starts_with("HTTP/1.1 200") {
        bail!("initialize over HTTP: {answer}");
    }
    Ok(duration)
}

fn exchange(address: SocketAddr) -> Result<String> {
    let mut stream = TcpStream::connect(address)?;
    stream.write_all(&workload::initialize(address))?;
    let mut answer = vec![0; 4096];
    let length = stream.read(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer[..length]).into_owned())
}

fn version(program: &Path) -> Result<Duration> {
    let begin = Instant::now();
    let output = Command::new(program).arg("--version").stdin(Stdio::null()).output()?;
    let duration = begin.elapsed();
    if !output.status.success() {
        bail!("`{} --version` fails", program.display());
    }
    Ok(duration)
}
