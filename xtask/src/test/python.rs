//! The official Python SDK, at the version in `xtask/tools`, in an environment of its own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};

use crate::workspace::Workspace;
use crate::{process, tools};

/// The oldest Python that the list of packages was made for.
const OLDEST: (u32, u32) = (3, 11);

/// What is installed: versions, and the digests that the files must have.
const REQUIREMENTS: &str = "requirements.txt";

/// How long pip may take to fetch everything.
const PATIENCE: Duration = Duration::from_mins(10);

/// What is not installed, `None` when all is.
pub(super) fn missing(workspace: &Workspace) -> Option<String> {
    let folder = folder(workspace);
    let wanted = fs::read(workspace.join("xtask/tools").join(REQUIREMENTS));
    let found = fs::read(folder.join(REQUIREMENTS));
    let current = wanted.is_ok_and(|wanted| found.is_ok_and(|found| wanted == found));
    let runs = process::version(python(&folder)).is_some();
    (!current || !runs).then(|| "the MCP SDK for Python is not installed".to_owned())
}

/// Installs it.
///
/// # Errors
///
/// When there is no Python and none can be installed, or pip fails.
pub(super) fn install(workspace: &Workspace) -> Result<()> {
    let folder = folder(workspace);
    let environment = || {
        let mut command = process::program(workspace, "python3");
        process::run_within(command.args(["-m", "venv", "--clear"]).arg(&folder), PATIENCE)
    };
    // On Debian, Python comes without what makes an environment.
    let found = process::version("python3").is_some_and(|it| process::is_at_least(&it, OLDEST));
    if !found || environment().is_err() {
        tools::install_debian(workspace, &["python3", "python3-venv"])?;
        environment()?;
    }
    let requirements = workspace.join("xtask/tools").join(REQUIREMENTS);
    let mut command = process::program(workspace, python(&folder));
    command.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
    // Nothing is built, so that no package runs a script of its own.
    command.args(["--require-hashes", "--only-binary", ":all:", "--requirement"]);
    process::run_within(command.arg(&requirements), PATIENCE)?;
    // Written last, so that it stands for a whole installation.
    fs::copy(&requirements, folder.join(REQUIREMENTS)).map(drop).context("cannot copy the list")
}

/// Python, about to run the script at `path` of this checkout with the SDK.
pub(super) fn script(workspace: &Workspace, path: &str) -> Command {
    let mut command = process::program(workspace, python(&folder(workspace)));
    // Compiled files would lie in the checkout.
    command.arg("-B").arg(workspace.join(path));
    command
}

fn folder(workspace: &Workspace) -> PathBuf {
    workspace.tools().join("python")
}

fn python(folder: &Path) -> PathBuf {
    folder.join("bin/python")
}
