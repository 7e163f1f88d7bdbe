//! The official MCP Inspector against our server, with the sandbox behind it.
//!
//! Its client is not written in Rust and shares no code with our own: what both take for valid is.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::npm;
use super::server::{self, Served, TOOLS};
use crate::process;
use crate::workspace::Workspace;

const PROGRAM: &str = "@modelcontextprotocol/inspector/clients/launcher/build/index.js";

/// The protocol's two generations: with `initialize`, and without.
const ERAS: [&str; 2] = ["legacy", "modern"];

/// How long it may take for one method.
const PATIENCE: Duration = Duration::from_mins(1);

pub(super) fn run(workspace: &Workspace) -> Result<()> {
    let program = server::shipped(workspace)?;
    let served = Served::start(workspace, &program, &server::SANDBOX_OVER_HTTP)?;
    let targets: [&[&str]; 2] =
        [&[&program, "stdio", "--sandbox"], &[&served.endpoint, "--transport", "http"]];
    for target in targets {
        for era in ERAS {
            let inspect = |arguments: &[&str]| inspect(workspace, target, era, arguments);
            inspection(inspect).with_context(|| format!("{era} {}", target[0]))?;
        }
    }
    Ok(())
}

/// Looks at everything that the Inspector can look at in a server of tools.
fn inspection(inspect: impl Fn(&[&str]) -> Result<Value>) -> Result<()> {
    // `strict` fails on a schema that some clients would refuse.
    let list = inspect(&["--method", "tools/list", "--strict"])?;
    ensure!(server::names(&list) == TOOLS, "tools/list answered {list}");

    let call = |tool: &str, arguments: &str| {
        let call = ["--method", "tools/call", "--tool-name", tool, "--tool-args-json", arguments];
        inspect(&call)
    };
    let spaces = call("spaces", r#"{"action":"list","outputFormat":"both"}"#)?;
    ensure!(spaces["isError"] != true, "the list of spaces is {spaces}");
    ensure!(text(&spaces).contains("ENG"), "the text of the list of spaces is {spaces}");
    let rows = &spaces["structuredContent"]["results"];
    ensure!(rows.as_array().is_some_and(|it| !it.is_empty()), "there are no rows in {spaces}");
    Ok(())
}

/// Starts the Inspector, which reaches the server, and returns the result of one method.
fn inspect(workspace: &Workspace, target: &[&str], era: &str, arguments: &[&str]) -> Result<Value> {
    let mut command = npm::package(workspace, PROGRAM)?;
    server::without_settings(&mut command);
    command.arg("--cli").args(target);
    command.args(["--protocol-era", era, "--format", "json", "--quiet"]).args(arguments);
    let (status, output) = process::output_within(&mut command, PATIENCE)?;
    ensure!(status.success(), "the Inspector ended with {status}: {output}");
    let answer: Option<Value> = serde_json::from_str(&output).ok();
    let result = answer.and_then(|mut it| it.get_mut("result").map(Value::take));
    result.with_context(|| format!("no result: {output}"))
}

fn text(result: &Value) -> &str {
    result["content"][0]["text"].as_str().unwrap_or_default()
}
