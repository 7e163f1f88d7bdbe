//! Processes under way: they end when they are dropped.

use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use anyhow::{Context, Result};
use tempfile::TempDir;

/// Longest line that a process says.
const MAX_LINE: u64 = 64 * 1024;

/// A process that ends with its owner.
#[derive(Debug)]
pub(crate) struct Running {
    child: Child,
    /// Kept open: who writes to a closed pipe fails.
    output: Option<BufReader<ChildStdout>>,
}

impl Running {
    /// Starts a program whose output is read.
    ///
    /// # Errors
    ///
    /// When it cannot be started.
    pub(crate) fn start(command: &mut Command) -> Result<Self> {
        let program = command.get_program().to_string_lossy().into_owned();
        let child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
        let mut child = child.with_context(|| format!("cannot start `{program}`"))?;
        let output = child.stdout.take().map(BufReader::new);
        Ok(Self { child, output })
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Its input and its output, once.
    ///
    /// # Errors
    ///
    /// When they have been taken, or there is no input.
    pub(crate) fn pipes(&mut self) -> Result<(ChildStdin, BufReader<ChildStdout>)> {
        let pipes = self.child.stdin.take().zip(self.output.take());
        pipes.context("the pipes are used elsewhere")
    }

    /// The rest of the next line of output that starts so.
    fn told(&mut self, beginning: &str) -> Result<String> {
        let output = self.output.as_mut().context("the output is read elsewhere")?;
        let mut line = String::new();
        loop {
            line.clear();
            if output.take(MAX_LINE).read_line(&mut line)? == 0 {
                anyhow::bail!("the process ended before it said `{beginning}`");
            }
            if let Some(rest) = line.strip_prefix(beginning) {
                return Ok(rest.trim().to_owned());
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The sandbox in a process of its own.
#[derive(Debug)]
pub(crate) struct Sandbox {
    process: Running,
    pub(crate) address: SocketAddr,
    email: String,
    token: String,
}

impl Sandbox {
    /// Starts it with so many generated pages, or with the demo content.
    ///
    /// # Errors
    ///
    /// When it does not start.
    pub(crate) fn start(program: &Path, pages: Option<usize>) -> Result<Self> {
        let mut command = Command::new(program);
        command.args(["--port", "0"]);
        if let Some(pages) = pages {
            command.args(["--pages", &pages.to_string()]);
        }
        let mut process = Running::start(&mut command)?;
        let site = process.told("site")?;
        let email = process.told("e-mail")?;
        let token = process.told("token")?;
        let address = site.trim_start_matches("http://").parse().context("where is the site?")?;
        let token = token.split(' ').next().unwrap_or_default().to_owned();
        Ok(Self { process, address, email, token })
    }

    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }

    /// The command that starts `server` with this as its Confluence, reached at `address`.
    pub(crate) fn serve(&self, server: &Path, face: &str, address: SocketAddr) -> Command {
        let mut command = Command::new(server);
        command
            .env_clear()
            .args([face, "--api-base-url", &format!("http://{address}")])
            .env("CONFLUENCE_EMAIL", &self.email)
            .env("CONFLUENCE_API_TOKEN", &self.token);
        command
    }
}

/// The server over HTTP.
#[derive(Debug)]
pub(crate) struct HttpServer {
    process: Running,
    pub(crate) address: SocketAddr,
    /// Its database, where users have it: in a file. Removed after the process has ended.
    _data: TempDir,
}

impl HttpServer {
    /// Starts `server` on a free port, with the Confluence at `upstream`.
    ///
    /// # Errors
    ///
    /// When it does not start.
    pub(crate) fn start(server: &Path, sandbox: &Sandbox, upstream: SocketAddr) -> Result<Self> {
        let mut command = sandbox.serve(server, "serve", upstream);
        // A line per call is what operators get by default, so it is part of what is measured.
        command.args(["--listen", "127.0.0.1:0"]);
        // What one workspace can do is measured, not what it may.
        command.args(["--calls-per-minute", "4000000000"]);
        let data = tempfile::tempdir()?;
        command.arg("--data-dir").arg(data.path());
        let mut process = Running::start(&mut command)?;
        let endpoint = process.told("Endpoint:")?;
        let address = endpoint.trim_start_matches("http://").trim_end_matches("/mcp").parse();
        Ok(Self { process, address: address.context("where is the endpoint?")?, _data: data })
    }

    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }
}
