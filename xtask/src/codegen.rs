//! `cargo xtask codegen`: documents that are written from code.
//!
//! Writing them needs the crates that they describe, so it is a program of its own.

use anyhow::Result;

use crate::process;
use crate::workspace::Workspace;

/// Write, or compare.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Write nothing; fail when a document is not what the code says.
    #[arg(long)]
    check: bool,
}

/// Writes the documents, or compares them.
///
/// # Errors
///
/// When the crates do not build, a file cannot be written, or, with `--check`, one is stale.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let mut command = process::cargo(workspace, ["run", "--quiet", "--package", "codegen", "--"]);
    if options.check {
        command.arg("--check");
    }
    process::run(&mut command)
}

/// Compares the documents with what the code says.
///
/// # Errors
///
/// As [`run`].
pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    run(workspace, &Options { check: true })
}
