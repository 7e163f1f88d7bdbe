//! The public API of the libraries, as text: a changed signature is a changed line.
//!
//! It is read from rustdoc's pages, so it is the compiler's own view, with macros expanded and derived
//! traits listed, from the pinned toolchain. rustdoc's JSON, which other tools read, needs nightly.

mod page;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::process;
use crate::workspace::Workspace;

/// The crates whose users are others than ourselves.
const CRATES: &[&str] = &["confluence-api", "confluence-auth"];

/// A listing, and the file that it is kept in.
#[derive(Debug)]
pub(super) struct Listing {
    /// Relative to the root of the checkout.
    pub(super) path: String,
    pub(super) text: String,
}

/// Lists the public items of each library.
///
/// # Errors
///
/// When the documentation does not build, or its pages are not as this module knows them.
pub(super) fn listings(workspace: &Workspace) -> Result<Vec<Listing>> {
    let mut command = process::cargo(workspace, ["doc", "--quiet", "--no-deps", "--all-features"]);
    for name in CRATES {
        command.args(["--package", name]);
    }
    // As the step of CI builds it, so that neither builds it again.
    process::run(command.env("RUSTDOCFLAGS", "-D warnings"))?;
    let folder = target_folder(workspace)?.join("doc");
    let listing = |name: &&str| {
        let text = listing(&folder.join(name.replace('-', "_")))
            .with_context(|| format!("cannot read the documentation of {name}"))?;
        let head = format!(
            "# Public items of {name}, written by `cargo xtask codegen`.\n\
             # A line that changes or goes breaks somebody's build: say so in the changelog.\n\n"
        );
        Ok(Listing { path: format!("crates/{name}/public-api.txt"), text: head + &text })
    };
    CRATES.iter().map(listing).collect()
}

fn target_folder(workspace: &Workspace) -> Result<PathBuf> {
    let mut command = process::cargo(workspace, ["metadata", "--no-deps", "--format-version", "1"]);
    let metadata: Value = serde_json::from_str(&process::output(&mut command)?)?;
    let folder = metadata.get("target_directory").and_then(Value::as_str);
    folder.map(PathBuf::from).context("`cargo metadata` names no target directory")
}

/// The items below the documentation of one crate.
///
/// Pages of items that are gone stay there, so only those that the index names are read.
fn listing(folder: &Path) -> Result<String> {
    let read = |path: &str| {
        let file = folder.join(path);
        fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))
    };
    let items = page::items(&read("all.html")?);
    ensure!(!items.is_empty(), "rustdoc's index names no items: its form has changed");
    let mut blocks = Vec::new();
    for module in items.iter().map(page::Item::module).chain([""]).collect::<BTreeSet<_>>() {
        for reexport in page::reexports(&read(&format!("{module}index.html"))?) {
            blocks.push(format!("{}{reexport}", module.replace('/', "::")));
        }
    }
    for item in &items {
        let lines = page::lines(&read(&item.page)?);
        ensure!(!lines.is_empty(), "{} declares nothing: rustdoc's form has changed", item.page);
        blocks.push(format!("\n## {}", item.name));
        blocks.extend(lines);
    }
    Ok(blocks.join("\n") + "\n")
}

#[cfg(test)]
mod tests;
