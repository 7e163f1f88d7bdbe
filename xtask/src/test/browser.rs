//! The configuration app in Chromium, which the tests start and end themselves.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};

use crate::workspace::Workspace;
use crate::{built, console, process, tools};

/// Names the program that drives the browser to the tests.
pub(super) const VARIABLE: &str = "CONFLUENCE_CHROMEDRIVER";

/// Names the folder for pictures to the tests.
const PICTURES: &str = "CONFLUENCE_SCREENSHOTS";

/// What drives it, on the search path.
const DRIVER: &str = "chromedriver";

/// How the browser is called on various systems. The driver finds it by itself.
const BROWSERS: [&str; 4] = ["chromium", "google-chrome", "chromium-browser", "chrome"];

/// The driver, if there is one.
pub(super) fn driver() -> Option<PathBuf> {
    process::version(DRIVER).map(|_| DRIVER.into())
}

pub(super) fn missing() -> Option<String> {
    if driver().is_none() {
        return Some("chromedriver is not installed".to_owned());
    }
    let is_there = BROWSERS.iter().any(|it| process::version(it).is_some());
    (!is_there).then(|| "Chromium is not installed".to_owned())
}

pub(super) fn install(workspace: &Workspace) -> Result<()> {
    tools::install_debian(workspace, &["chromium", "chromium-driver"])
}

pub(super) fn run(workspace: &Workspace) -> Result<()> {
    let driver = driver().context("it was there a moment ago")?;
    let pictures = workspace.join("target").join("screenshots");
    if pictures.exists() {
        fs::remove_dir_all(&pictures).with_context(|| pictures.display().to_string())?;
    }
    let mut command = process::cargo(workspace, ["test", "--no-fail-fast"]);
    command.args(built::EVERYTHING).args(["--test", "it", "chromium::"]);
    let ran = process::run(command.env(VARIABLE, driver).env(PICTURES, &pictures));
    // Also after a failure: they show what was there instead.
    let taken = fs::read_dir(&pictures).map(Iterator::count).unwrap_or_default();
    console::line(&format!("{taken} screenshots are in {}", pictures.display()));
    ran?;
    ensure!(taken > 0, "no test has taken a picture: did any run?");
    Ok(())
}
