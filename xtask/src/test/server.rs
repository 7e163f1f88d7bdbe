//! Our server, as the programs of others find it.

use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::process::{self, Piped};
use crate::workspace::Workspace;

/// The tools that the server has, in the order in which it lists them.
pub(super) const TOOLS: [&str; 8] =
    ["pages", "spaces", "search", "content", "comments", "labels", "attachments", "versions"];

/// Serves the demo content over HTTP, on a free port.
pub(super) const SANDBOX_OVER_HTTP: [&str; 4] = ["serve", "--sandbox", "--listen", "127.0.0.1:0"];

/// How long a server may take until it listens.
const PATIENCE: Duration = Duration::from_mins(1);

/// Builds what ships, alone and so without the features that tests ask for, and says where it is.
///
/// # Errors
///
/// When it does not build.
pub(super) fn shipped(workspace: &Workspace) -> Result<String> {
    executable(workspace, &["--package", "confluence-mcp-server"])
}

/// Builds the server with the tools that the conformance suite calls, and says where it is.
///
/// # Errors
///
/// When it does not build.
pub(super) fn with_fixtures(workspace: &Workspace) -> Result<String> {
    // Features as in the Rust tests, so that nothing is built again.
    executable(workspace, &["--workspace", "--all-features", "--example", "conformance"])
}

fn executable(workspace: &Workspace, what: &[&str]) -> Result<String> {
    let mut command = process::cargo(workspace, ["build"]);
    command.args(what).arg("--message-format=json-render-diagnostics");
    let output = process::output(&mut command)?;
    let messages = output.lines().filter_map(|it| serde_json::from_str::<Value>(it).ok());
    messages
        .filter_map(|it| it.get("executable")?.as_str().map(str::to_owned))
        .next_back()
        .context("cargo named no executable")
}

/// A server that listens, until it is dropped.
#[derive(Debug)]
pub(super) struct Served {
    _process: Piped,
    /// Its MCP endpoint.
    pub(super) endpoint: String,
}

impl Served {
    /// Starts a server and waits for the line that names its endpoint.
    ///
    /// # Errors
    ///
    /// When it ends before that, or takes too long.
    pub(super) fn start(workspace: &Workspace, program: &str, arguments: &[&str]) -> Result<Self> {
        let mut command = process::program(workspace, program);
        without_settings(command.args(arguments));
        let process = Piped::start(&mut command, PATIENCE)?;
        loop {
            let line = process.line()?.context("the server ended early")?;
            if let Some(endpoint) = line.strip_prefix("Endpoint: ") {
                return Ok(Self { endpoint: endpoint.to_owned(), _process: process });
            }
        }
    }
}

/// Takes the settings away that whoever runs the tests has for a server of their own.
pub(super) fn without_settings(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(|it| it.starts_with("CONFLUENCE_")) {
            command.env_remove(name);
        }
    }
    command.env("CONFLUENCE_LOG", "warn");
}

/// The names of the tools in an answer to `tools/list`.
pub(super) fn names(list: &Value) -> Vec<&str> {
    let tools = list["tools"].as_array();
    tools.into_iter().flatten().filter_map(|it| it["name"].as_str()).collect()
}
