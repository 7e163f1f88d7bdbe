//! Installing programs that only development needs.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::process;
use crate::workspace::Workspace;

/// Installs Debian packages; on other systems says what to install by hand.
///
/// # Errors
///
/// When this is no Debian-like system, or its package manager fails.
pub(crate) fn install_debian(workspace: &Workspace, packages: &[&str]) -> Result<()> {
    let by_hand = || format!("install {} by hand", packages.join(" and "));
    let apt = |arguments: &[&str]| {
        let mut command = process::program(workspace, "apt-get");
        command.env("DEBIAN_FRONTEND", "noninteractive").args(arguments);
        process::run(&mut command)
    };
    apt(&["update", "-q"]).with_context(by_hand)?;
    let mut arguments = vec!["install", "-y", "-q", "--no-install-recommends"];
    arguments.extend(packages);
    apt(&arguments).with_context(by_hand)
}

/// A program that cargo can install, where there is one: in `target/tools`, else on the search path.
pub(crate) fn find_cargo_program(
    workspace: &Workspace,
    name: &str,
    version: &str,
) -> Option<PathBuf> {
    let own = workspace.tools().join("bin").join(name);
    if cargo_program_version(&own, name).is_some_and(|it| it == version) {
        return Some(own);
    }
    // Another version on the search path serves as well: what it does is in our configuration.
    cargo_program_version(name.as_ref(), name).is_some().then(|| name.into())
}

/// Some tell their version only as a sub-command of cargo, which starts them with their own name.
fn cargo_program_version(program: &Path, name: &str) -> Option<String> {
    let subcommand = name.strip_prefix("cargo-").unwrap_or(name);
    process::version(program)
        .or_else(|| process::version_of(Command::new(program).args([subcommand, "--version"])))
}

/// A program that cargo can install: from `target/tools`, else from the search path, else built now.
///
/// It is built without optimisation: it runs for a second or two, and building it fast costs minutes.
///
/// # Errors
///
/// When it cannot be built.
pub(crate) fn cargo_program(workspace: &Workspace, name: &str, version: &str) -> Result<PathBuf> {
    if let Some(found) = find_cargo_program(workspace, name, version) {
        return Ok(found);
    }
    let folder = workspace.tools();
    let mut install =
        process::cargo(workspace, ["install", name, "--locked", "--debug", "--force"]);
    install.args(["--version", version, "--root"]).arg(&folder);
    let build = folder.join("build");
    install.env("CARGO_TARGET_DIR", &build).env("CARGO_PROFILE_DEV_DEBUG", "0");
    process::run(&mut install)?;
    // Hundreds of megabytes that only the next version would read.
    fs::remove_dir_all(&build).with_context(|| build.display().to_string())?;
    Ok(folder.join("bin").join(name))
}
