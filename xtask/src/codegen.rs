//! `cargo xtask codegen`: documents that are written from code.
//!
//! Writing them needs the crates that they describe, so it is a program of its own. Only the listings of
//! public items are made here: what they need is rustdoc.

mod public_api;

use std::fs;

use anyhow::{Context, Result, bail};

use crate::console;
use crate::workspace::Workspace;
use crate::{built, process};

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
    // Both, as one run should say all that is stale.
    let listed = public_api(workspace, options.check);
    let mut command = process::program(workspace, built::program(workspace, "codegen")?);
    if options.check {
        command.arg("--check");
    }
    process::run(&mut command)?;
    listed
}

fn public_api(workspace: &Workspace, check: bool) -> Result<()> {
    let mut stale = Vec::new();
    for listing in public_api::listings(workspace)? {
        let file = workspace.join(&listing.path);
        if fs::read_to_string(&file).is_ok_and(|it| it == listing.text) {
            continue;
        }
        if !check {
            fs::write(&file, &listing.text)
                .with_context(|| format!("cannot write {}", listing.path))?;
        }
        stale.push(listing.path);
    }
    match stale.join(", ") {
        stale if stale.is_empty() => {}
        stale if check => bail!(
            "the public API has changed: run `cargo xtask codegen`, and review the difference of {stale}"
        ),
        stale => console::line(&format!("wrote: {stale}")),
    }
    Ok(())
}

/// Compares the documents with what the code says.
///
/// # Errors
///
/// As [`run`].
pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    run(workspace, &Options { check: true })
}
