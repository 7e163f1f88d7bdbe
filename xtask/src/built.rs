//! Programs and tests of ours, built once for everything that runs them.
//!
//! Cargo gives a library the features that the packages ask for which it builds at the time; other
//! packages, or the same ones without their tests, and it builds nearly everything again. So each task
//! builds from the whole workspace, with all features, and with a test among what it builds.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::process;
use crate::workspace::Workspace;

/// What is built from the whole workspace.
pub(crate) const EVERYTHING: [&str; 2] = ["--workspace", "--all-features"];

/// A program of ours.
///
/// # Errors
///
/// When it does not build.
pub(crate) fn program(workspace: &Workspace, name: &str) -> Result<PathBuf> {
    // One test, whichever: with it, the dependencies of all tests count.
    build(workspace, &["--bin", name, "--test", "contract"], "bin", name)
}

/// A test of ours, which `cargo test` would run in the folder of its package.
///
/// # Errors
///
/// When it does not build.
pub(crate) fn test(workspace: &Workspace, name: &str) -> Result<PathBuf> {
    // Alone, it would get fewer features than among the others.
    build(workspace, &["--test", name, "--test", "it"], "test", name)
}

/// All tests of that name, with the folders of their packages.
///
/// # Errors
///
/// When one does not build.
pub(crate) fn tests(workspace: &Workspace, name: &str) -> Result<Vec<(PathBuf, PathBuf)>> {
    let messages = messages(workspace, &["--test", name])?;
    let found = messages.iter().filter_map(|it| {
        let manifest = it.get("manifest_path")?.as_str()?;
        Some((executable(it, "test", name)?, Path::new(manifest).parent()?.to_owned()))
    });
    Ok(found.collect())
}

fn build(workspace: &Workspace, what: &[&str], kind: &str, name: &str) -> Result<PathBuf> {
    let messages = messages(workspace, what)?;
    let found = messages.iter().filter_map(|it| executable(it, kind, name)).next_back();
    found.with_context(|| format!("cargo named no executable for `{name}`"))
}

/// Builds, and tells what cargo says about it.
fn messages(workspace: &Workspace, what: &[&str]) -> Result<Vec<Value>> {
    let mut command = process::cargo(workspace, ["build"]);
    command.args(EVERYTHING).args(what);
    let output = process::output(command.arg("--message-format=json-render-diagnostics"))?;
    Ok(output.lines().filter_map(|it| serde_json::from_str(it).ok()).collect())
}

/// The executable that a message of cargo's is about, if it is this one.
fn executable(message: &Value, kind: &str, name: &str) -> Option<PathBuf> {
    let target = message.get("target")?;
    let is_kind = target.get("kind")?.as_array()?.iter().any(|it| it == kind);
    let is_it = is_kind && target.get("name")? == name;
    let is_test = message.pointer("/profile/test")?.as_bool()?;
    let path = message.get("executable")?.as_str()?;
    (is_it && is_test == (kind == "test")).then(|| path.into())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_program_is_not_taken_for_its_tests() {
        let message = |kind: &str, test: bool| {
            json!({
                "reason": "compiler-artifact",
                "target": { "kind": [kind], "name": "codegen" },
                "profile": { "test": test },
                "executable": "/target/debug/codegen",
            })
        };
        let found = |kind, test| executable(&message(kind, test), "bin", "codegen");
        assert_eq!(found("bin", true), None);
        assert_eq!(found("lib", false), None);
        assert_eq!(found("bin", false), Some("/target/debug/codegen".into()));
        assert_eq!(executable(&message("bin", false), "bin", "other"), None);
        assert_eq!(executable(&json!({ "reason": "build-finished" }), "bin", "codegen"), None);
    }
}
