//! `cargo xtask test`: every test that this machine can run.
//!
//! With only the Rust toolchain installed, all Rust tests run. What needs more is a [`Part`]: it says
//! how it is found, installed and run, and what could not run is named at the end, never passed over.

mod browser;
mod client;
mod inspector;
mod npm;
mod openapi;
mod packaging;
mod parts;
mod postgres;
mod python;
mod sdks;
mod server;
mod session;
mod suite;

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use self::parts::{PARTS, Part, Run};
use crate::console;
use crate::summary::{Row, Summary};
use crate::workspace::Workspace;

/// What to run, and what must not be skipped.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct Options {
    /// Fetch what a part needs and does not find.
    #[arg(long)]
    pub(crate) install: bool,
    /// Parts that must run, by name, or `all`: to skip one of them is a failure.
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub(crate) require: Vec<String>,
    /// Run only these parts.
    #[arg(long = "part", value_name = "NAME", value_delimiter = ',')]
    pub(crate) parts: Vec<String>,
    /// Run only the Rust tests whose names contain this, and no other part.
    #[arg(long, value_name = "TEXT")]
    pub(crate) filter: Option<String>,
    /// Folder with Atlassian's `OpenAPI` documents; by default what `CONFLUENCE_OPENAPI_DIR` names.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) openapi: Option<PathBuf>,
}

/// Names of the parts that every machine can run, if need be after an installation.
pub(crate) fn installable() -> Vec<String> {
    PARTS.iter().filter(|it| it.install.is_some()).map(|it| it.name.to_owned()).collect()
}

/// Tells tests where PostgreSQL is; they skip what needs it where nobody tells them.
///
/// # Errors
///
/// When it is not installed.
pub(crate) fn name_postgres(command: &mut Command) -> Result<&mut Command> {
    let folder =
        postgres::folder().context("there is no PostgreSQL: `cargo xtask test --install`")?;
    Ok(command.env(postgres::VARIABLE, folder))
}

/// Names of the parts in which programs of others speak MCP with the server.
pub(crate) fn speaking_mcp() -> Vec<String> {
    PARTS.iter().filter(|it| it.speaks_mcp).map(|it| it.name.to_owned()).collect()
}

/// Runs the tests, then says what ran and what could not.
///
/// # Errors
///
/// When a test fails, or a required part could not run.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let required = options.require.iter().filter(|it| *it != "all");
    for name in required.chain(&options.parts) {
        if !PARTS.iter().any(|it| it.name == name) {
            let known: Vec<_> = PARTS.iter().map(|it| it.name).collect();
            bail!("there is no part `{name}`; the parts are: {}", known.join(", "));
        }
    }
    let openapi = openapi::folder(options.openapi.as_deref())?;
    let run = Run { workspace, filter: options.filter.as_deref(), openapi: openapi.as_deref() };
    let named =
        |it: &Part| options.parts.is_empty() || options.parts.iter().any(|name| name == it.name);
    let asked_for = |it: &&Part| named(it) && (run.filter.is_none() || it.takes_filter);
    let mut summary = Summary::default();
    for part in PARTS.iter().filter(asked_for) {
        console::heading(&format!("test: {}", part.name));
        summary.push(outcome(part, &run, options));
    }
    console::heading("tests");
    console::line(&summary.table());
    for part in PARTS.iter().filter(asked_for).filter(|_| run.filter.is_none()) {
        console::line(&format!("{}: {}", part.name, part.proves));
    }
    console::line(&format!("\nparts: {}", summary.counts()));
    summary.into_result()
}

/// Runs `part` if what it needs is there, or can be installed and may be.
fn outcome(part: &Part, run: &Run<'_>, options: &Options) -> Row {
    let mut missing = (part.missing)(run);
    if let Some(install) = part.install
        && options.install
        && missing.is_some()
    {
        if let Err(error) = install(run.workspace) {
            return Row::of(part.name, || Err(error.context("cannot install what is missing")));
        }
        missing = (part.missing)(run);
    }
    let named = options.require.iter().any(|it| it == "all" || it == part.name);
    let required = named || (part.is_promised)(run);
    match missing {
        None => Row::of(part.name, || (part.run)(run)),
        Some(missing) => {
            let installable = part.install.is_some() && !options.install;
            let advice = if installable { ": run `cargo xtask test --install`" } else { "" };
            let why = format!("{missing}{advice}");
            if !required {
                return Row::skipped(part.name, why);
            }
            Row::of(part.name, || bail!("required, but could not run: {why}"))
        }
    }
}

#[cfg(test)]
mod tests;
