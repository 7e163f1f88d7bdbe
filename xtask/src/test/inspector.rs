//! The official MCP Inspector against our server, over stdio and with the sandbox behind it.
//!
//! Its client is not written in Rust and shares no code with our own: what both take for valid is.
//! The Inspector and the node that it needs come from npm at the versions in `xtask/tools`, and are
//! installed below `target`.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::workspace::Workspace;
use crate::{built, process, tools};

/// The oldest node that the Inspector runs on.
const OLDEST_NODE: (u32, u32) = (22, 19);

/// What describes an installation; it is current while both files are as they are here.
const MANIFESTS: [&str; 2] = ["package.json", "package-lock.json"];

/// What node runs, in the installation.
const PROGRAM: &str =
    "node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js";

/// The protocol's two generations: with `initialize`, and without.
const ERAS: [&str; 2] = ["legacy", "modern"];

const TOOLS: [&str; 8] =
    ["pages", "spaces", "search", "content", "comments", "labels", "attachments", "versions"];

pub(super) fn missing(workspace: &Workspace) -> Option<String> {
    let folder = folder(workspace);
    let current = MANIFESTS.iter().all(|name| {
        let wanted = fs::read(workspace.join("xtask/tools").join(name));
        let found = fs::read(folder.join("node_modules").join(name));
        wanted.is_ok_and(|wanted| found.is_ok_and(|found| wanted == found))
    });
    if !current {
        return Some("the MCP Inspector is not installed".to_owned());
    }
    node(workspace).is_none().then(|| {
        let (major, minor) = OLDEST_NODE;
        format!("node {major}.{minor} or newer is not installed; npm has none for this system")
    })
}

pub(super) fn install(workspace: &Workspace) -> Result<()> {
    if process::version("npm").is_none() {
        tools::install_debian(workspace, &["nodejs", "npm"])?;
    }
    let folder = folder(workspace);
    fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
    let copy = |to: PathBuf| {
        MANIFESTS.iter().try_for_each(|name| {
            fs::copy(workspace.join("xtask/tools").join(name), to.join(name))
                .map(drop)
                .with_context(|| format!("cannot copy {name} to {}", to.display()))
        })
    };
    copy(folder.clone())?;
    let mut command = process::program(workspace, "npm");
    // Scripts of packages are not run: none of these needs its own.
    command.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]);
    process::run(command.current_dir(&folder))?;
    // Written last, and inside of what `npm ci` removes first, so that they stand for a whole one.
    copy(folder.join("node_modules"))
}

pub(super) fn run(workspace: &Workspace) -> Result<()> {
    let server = built::program(workspace, "confluence-mcp-server")?;
    for era in ERAS {
        let inspect = |arguments: &[&str]| inspect(workspace, &server, era, arguments);
        // `strict` fails on a schema that some clients would refuse.
        let list = inspect(&["--method", "tools/list", "--strict"])?;
        let answered = names(&list);
        if answered != TOOLS {
            bail!("{era}: tools/list answered {answered:?}");
        }
        let arguments = ["--tool-name", "spaces", "--tool-args-json", r#"{"action":"list"}"#];
        let spaces = inspect(&[&["--method", "tools/call"], &arguments[..]].concat())?;
        if is_error(&spaces) || text(&spaces).is_empty() {
            bail!("{era}: the list of spaces is {spaces}");
        }
    }
    Ok(())
}

/// Starts the Inspector, which starts the server, and returns the result of one method.
fn inspect(workspace: &Workspace, server: &Path, era: &str, arguments: &[&str]) -> Result<Value> {
    let node = node(workspace).context("there is no node that is new enough")?;
    let mut command = process::program(workspace, node);
    command.arg(folder(workspace).join(PROGRAM));
    command.arg("--cli").arg(server).args(["stdio", "--sandbox"]);
    command.args(["--protocol-era", era, "--format", "json", "--quiet"]).args(arguments);
    let output = process::output(&mut command)?;
    let answer: Option<Value> = serde_json::from_str(&output).ok();
    let result = answer.and_then(|mut it| it.get_mut("result").map(Value::take));
    result.with_context(|| format!("no result: {output}"))
}

fn folder(workspace: &Workspace) -> PathBuf {
    workspace.tools().join("inspector")
}

/// A node that is new enough: the installed one, else the system's.
fn node(workspace: &Workspace) -> Option<PathBuf> {
    let own = folder(workspace).join("node_modules/.bin/node");
    [own, "node".into()]
        .into_iter()
        .find(|it| process::version(it).is_some_and(|version| is_new_enough(&version)))
}

fn is_new_enough(version: &str) -> bool {
    let mut numbers = version.trim_start_matches('v').split('.').map_while(|it| it.parse().ok());
    numbers.next().zip(numbers.next()).is_some_and(|it| it >= OLDEST_NODE)
}

fn names(result: &Value) -> Vec<&str> {
    let tools = result.get("tools").and_then(Value::as_array);
    tools.into_iter().flatten().filter_map(|it| it.get("name")?.as_str()).collect()
}

fn is_error(result: &Value) -> bool {
    result.get("isError").and_then(Value::as_bool) == Some(true)
}

fn text(result: &Value) -> &str {
    let first = result.get("content").and_then(|it| it.get(0));
    first.and_then(|it| it.get("text")).and_then(Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_node_is_not_taken() {
        assert!(!is_new_enough("v20.20.2"));
        assert!(!is_new_enough("v22.18.0"));
        assert!(!is_new_enough("unknown"));
        assert!(is_new_enough("v22.19.0"));
        assert!(is_new_enough("v24.0.1"));
    }
}
