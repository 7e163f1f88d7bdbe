//! Programs from npm, at the versions in `xtask/tools`, and a node to run them.
//!
//! They are installed together below `target/tools`: one lock file is enough to look after.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};

use crate::workspace::Workspace;
use crate::{process, tools};

/// The oldest node that all of them run on: the Inspector asks for it.
const OLDEST_NODE: (u32, u32) = (22, 19);

/// What describes an installation; it is current while both files are as they are here.
const MANIFESTS: [&str; 2] = ["package.json", "package-lock.json"];

/// How long npm may take to fetch everything.
const PATIENCE: Duration = Duration::from_mins(10);

/// What is not installed, `None` when all is.
pub(super) fn missing(workspace: &Workspace) -> Option<String> {
    let folder = folder(workspace);
    let current = MANIFESTS.iter().all(|name| {
        let wanted = fs::read(workspace.join("xtask/tools").join(name));
        let found = fs::read(folder.join("node_modules").join(name));
        wanted.is_ok_and(|wanted| found.is_ok_and(|found| wanted == found))
    });
    if !current {
        return Some("what `xtask/tools/package.json` names is not installed".to_owned());
    }
    node(workspace).is_none().then(|| {
        let (major, minor) = OLDEST_NODE;
        format!("node {major}.{minor} or newer is not installed; npm has none for this system")
    })
}

/// Installs everything.
///
/// # Errors
///
/// When there is no npm and none can be installed, or npm fails.
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
    process::run_within(command.current_dir(&folder), PATIENCE)?;
    // Written last, and inside of what `npm ci` removes first, so that they stand for a whole one.
    copy(folder.join("node_modules"))
}

/// Node, about to run the file at `path` of the installed packages.
///
/// # Errors
///
/// When there is no node that is new enough.
pub(super) fn package(workspace: &Workspace, path: &str) -> Result<Command> {
    run(workspace, &folder(workspace).join("node_modules").join(path))
}

/// Node, about to run the script at `path` of this checkout, which finds the packages.
///
/// # Errors
///
/// When there is no node that is new enough, or the script cannot be copied.
pub(super) fn script(workspace: &Workspace, path: &str) -> Result<Command> {
    let source = workspace.join(path);
    let name = source.file_name().context("a script has a name")?;
    // Node looks for packages beside the script.
    let copy = folder(workspace).join(name);
    fs::copy(&source, &copy).with_context(|| source.display().to_string())?;
    run(workspace, &copy)
}

fn run(workspace: &Workspace, script: &Path) -> Result<Command> {
    let node = node(workspace).context("there is no node that is new enough")?;
    let mut command = process::program(workspace, node);
    command.arg(script);
    Ok(command)
}

fn folder(workspace: &Workspace) -> PathBuf {
    workspace.tools().join("npm")
}

/// A node that is new enough: the installed one, else the system's.
fn node(workspace: &Workspace) -> Option<PathBuf> {
    let own = folder(workspace).join("node_modules/.bin/node");
    [own, "node".into()]
        .into_iter()
        .find(|it| process::version(it).is_some_and(|it| process::is_at_least(&it, OLDEST_NODE)))
}
