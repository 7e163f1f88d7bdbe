//! `cargo xtask bench`: how fast the server is, how much it takes, and how long its answers are.
//!
//! The load and its figures are a program of their own, in `xtask/bench`. All programs are built as
//! they ship, each alone: what another package needs must not be in the server.

use std::path::PathBuf;

use anyhow::Result;

use crate::process::{self, cargo};
use crate::workspace::Workspace;

/// How much to measure.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Take less than two minutes, and write no document.
    #[arg(long)]
    quick: bool,
    /// Only check the figures that do not depend on the machine's speed.
    #[arg(long, conflicts_with = "quick")]
    check: bool,
    /// Another build of the server to measure in the same run, turn by turn.
    #[arg(long, value_name = "PROGRAM")]
    against: Option<PathBuf>,
}

/// Builds everything and measures it.
///
/// # Errors
///
/// When something does not build, a call fails, or a figure does not hold its bound.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    for binary in workspace.packages_in("bins")? {
        process::run(&mut cargo(workspace, ["build", "--release", "--package", &binary]))?;
    }
    let sandbox = ["build", "--release", "--package", "confluence-sandbox", "--example", "serve"];
    process::run(&mut cargo(workspace, sandbox))?;
    let mut bench = cargo(workspace, ["run", "--release", "--package", "bench", "--"]);
    let flags = [("--quick", options.quick), ("--check", options.check)];
    bench.args(flags.iter().filter(|(_, given)| *given).map(|(flag, _)| flag));
    if let Some(program) = &options.against {
        bench.arg("--against").arg(std::path::absolute(program)?);
    }
    process::run(&mut bench)
}

/// Checks the figures that do not depend on the machine's speed.
///
/// # Errors
///
/// As [`run`].
pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    run(workspace, &Options { quick: false, check: true, against: None })
}
