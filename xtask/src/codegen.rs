//! `cargo xtask codegen`: documents that are written from code.

#[cfg(test)]
mod env;

use std::fs;

use anyhow::{Context, Result, bail};

use crate::console;
use crate::workspace::Workspace;

/// Write, or compare.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Write nothing; fail when a document is not what the code says.
    #[arg(long)]
    check: bool,
}

/// A document and where it is kept.
#[derive(Debug)]
struct Document {
    path: &'static str,
    text: String,
}

/// Every generated document: this is the place to add one.
fn documents() -> Vec<Document> {
    Vec::new()
}

/// Writes the documents, or compares them.
///
/// # Errors
///
/// As [`check`]; or a file cannot be written.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    if options.check {
        return check(workspace);
    }
    for Document { path, text } in documents() {
        let file = workspace.join(path);
        if fs::read_to_string(&file).is_ok_and(|it| it == text) {
            continue;
        }
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)
                .with_context(|| format!("cannot create the folder of {path}"))?;
        }
        fs::write(&file, text).with_context(|| format!("cannot write {path}"))?;
        console::line(&format!("wrote {path}"));
    }
    Ok(())
}

/// Compares the documents with what the code says.
///
/// # Errors
///
/// When one differs or is missing.
pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    let is_stale = |it: &Document| {
        fs::read_to_string(workspace.join(it.path)).map_or(true, |text| text != it.text)
    };
    let stale: Vec<_> = documents().iter().filter(|it| is_stale(it)).map(|it| it.path).collect();
    if !stale.is_empty() {
        bail!("not what the code says: {}; run `cargo xtask codegen`", stale.join(", "));
    }
    Ok(())
}
