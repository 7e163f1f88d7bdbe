//! `cargo deny`: licences, sources, and who may depend on what.

use anyhow::Result;

use crate::workspace::Workspace;
use crate::{process, tools};

/// The version that is installed when there is none; the newest that builds with our toolchain.
const VERSION: &str = "0.20.2";

/// Checks what needs no network. Advisories need their database: the workflow has a job for them.
///
/// # Errors
///
/// When a check fails, or `cargo-deny` cannot be installed.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let program = tools::cargo_program(workspace, "cargo-deny", VERSION)?;
    let mut command = process::program(workspace, program);
    command.args(["--locked", "check", "--hide-inclusion-graph"]);
    process::run(command.args(["bans", "licenses", "sources"]))
}
