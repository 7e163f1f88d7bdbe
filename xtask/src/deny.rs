//! `cargo xtask deny`: licences, sources, and who may depend on what.

use anyhow::Result;

use crate::workspace::Workspace;
use crate::{process, tools};

/// The version that is installed when there is none.
const VERSION: &str = "0.20.2";

/// What to check.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Checks of `cargo deny`; `advisories` fetches its database.
    #[arg(value_name = "CHECK", default_values = CHECKS)]
    checks: Vec<String>,
}

/// The checks that need nothing but the sources.
const CHECKS: [&str; 3] = ["bans", "licenses", "sources"];

/// Runs the checks that were asked for.
///
/// # Errors
///
/// When a check fails, or `cargo-deny` cannot be installed.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    check(workspace, options.checks.iter().map(String::as_str))
}

/// Runs the checks that need no network, as every change must pass them wherever it is built.
///
/// # Errors
///
/// As [`run`].
pub(crate) fn offline(workspace: &Workspace) -> Result<()> {
    check(workspace, CHECKS)
}

fn check<'a>(workspace: &Workspace, checks: impl IntoIterator<Item = &'a str>) -> Result<()> {
    let program = tools::cargo_program(workspace, "cargo-deny", VERSION)?;
    let mut command = process::program(workspace, program);
    command.args(["--locked", "check", "--hide-inclusion-graph"]);
    // `wrappers` say who may, as `cargo xtask tidy` does, and not who does. What else there is to warn of
    // has to be mended, or nobody reads on.
    command.args(["--allow", "unused-wrapper", "--deny", "warnings"]).args(checks);
    process::run(&mut command)
}
