//! The stores against a PostgreSQL server, which the tests start and end themselves.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::workspace::Workspace;
use crate::{built, process, tools};

/// Names the folder with the programs to the tests.
pub(super) const VARIABLE: &str = "CONFLUENCE_POSTGRES_BIN";

/// Where Debian puts them, below a folder per version, and not on the search path.
const DEBIAN: &str = "/usr/lib/postgresql";

/// What the tests run.
const PROGRAMS: [&str; 4] = ["initdb", "postgres", "psql", "pg_dump"];

/// Whether the environment says that they are there.
pub(super) fn is_named() -> bool {
    named().is_some()
}

/// The folder with the programs: the one that the environment names, else the newest that there is.
pub(super) fn folder() -> Option<PathBuf> {
    named().or_else(|| {
        let path = variable("PATH").unwrap_or_default();
        find(Path::new(DEBIAN), std::env::split_paths(&path))
    })
}

fn named() -> Option<PathBuf> {
    variable(VARIABLE).filter(|it| !it.is_empty()).map(PathBuf::from)
}

fn variable(name: &str) -> Option<OsString> {
    #[expect(clippy::disallowed_methods, reason = "`ci` runs the tests without their options")]
    std::env::var_os(name)
}

fn find(debian: &Path, mut path: impl Iterator<Item = PathBuf>) -> Option<PathBuf> {
    let versions = fs::read_dir(debian).into_iter().flatten().flatten().map(|it| it.path());
    let mut versions: Vec<_> =
        versions.map(|it| it.join("bin")).filter(|it| lacking(it).is_none()).collect();
    versions.sort_by_key(|it| version(it));
    versions.pop().or_else(|| path.find(|it| lacking(it).is_none()))
}

/// The number in `…/15/bin`.
fn version(folder: &Path) -> Option<u32> {
    folder.parent()?.file_name()?.to_str()?.parse().ok()
}

/// The first program that is not in a folder.
fn lacking(folder: &Path) -> Option<&'static str> {
    PROGRAMS.into_iter().find(|it| !folder.join(it).is_file())
}

pub(super) fn missing() -> Option<String> {
    let Some(folder) = folder() else {
        return Some("PostgreSQL is not installed".to_owned());
    };
    lacking(&folder).map(|it| format!("there is no `{it}` in {}", folder.display()))
}

pub(super) fn install(workspace: &Workspace) -> Result<()> {
    tools::install_debian(workspace, &["postgresql", "postgresql-client"])
}

pub(super) fn run(workspace: &Workspace) -> Result<()> {
    let folder = folder().context("it was there a moment ago")?;
    let mut command = process::cargo(workspace, ["test", "--no-fail-fast"]);
    command.args(built::EVERYTHING).args(["--lib", "--test", "it", "postgres"]);
    process::run(command.env(VARIABLE, folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn install(folder: &Path, programs: &[&str]) {
        fs::create_dir_all(folder).unwrap();
        for program in programs {
            fs::write(folder.join(program), "").unwrap();
        }
    }

    #[test]
    fn the_newest_complete_version_is_taken() {
        let folder = tempfile::tempdir().unwrap();
        let bin = |version: &str| folder.path().join(version).join("bin");
        let path = || [bin("path")].into_iter();
        assert_eq!(find(folder.path(), path()), None);
        install(&bin("path"), &PROGRAMS);
        let nowhere = folder.path().join("nowhere");
        assert_eq!(find(&nowhere, path()), Some(bin("path")));
        install(&bin("9"), &PROGRAMS);
        install(&bin("15"), &PROGRAMS);
        install(&bin("16"), &PROGRAMS[1..]);
        assert_eq!(find(folder.path(), path()), Some(bin("15")));
    }
}
