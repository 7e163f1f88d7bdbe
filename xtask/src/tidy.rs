//! Rules of the source tree that compilers do not know.
//!
//! A rule is a function from the [`Tree`] to a [`Report`]: it reads no files itself, so its tests
//! need none.

mod arrows;
mod fixtures;
mod links;
mod manifests;
mod rust_files;
mod source;
mod tree;
mod unused;

use std::fmt;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use self::tree::Tree;
use crate::console;
use crate::workspace::Workspace;

/// Checks the whole tree and shows what it finds.
///
/// # Errors
///
/// When a rule is broken, or the tree cannot be read.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let report = check(&Tree::read(workspace.root())?);
    for warning in &report.warnings {
        console::line(&format!("warning: {warning}"));
    }
    for error in &report.errors {
        console::line(&format!("error: {error}"));
    }
    match report.errors.len() {
        0 => Ok(()),
        1 => bail!("1 rule of the source tree is broken"),
        many => bail!("{many} rules of the source tree are broken"),
    }
}

fn check(tree: &Tree) -> Report {
    let mut report = Report::default();
    let rules = [
        rust_files::check,
        manifests::check,
        arrows::check,
        unused::check,
        fixtures::check,
        links::check,
    ];
    for rule in rules {
        rule(tree, &mut report);
    }
    report
}

/// What the rules found.
#[derive(Debug, Default)]
struct Report {
    errors: Vec<Finding>,
    warnings: Vec<Finding>,
}

impl Report {
    fn error(&mut self, path: &Path, line: Option<usize>, message: impl Into<String>) {
        self.errors.push(Finding { path: path.to_owned(), line, message: message.into() });
    }

    fn warning(&mut self, path: &Path, message: impl Into<String>) {
        self.warnings.push(Finding { path: path.to_owned(), line: None, message: message.into() });
    }
}

/// One broken rule, shown so that editors make it a link.
#[derive(Debug)]
struct Finding {
    path: PathBuf,
    line: Option<usize>,
    message: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.path.display())?;
        if let Some(line) = self.line {
            write!(formatter, ":{line}")?;
        }
        write!(formatter, ": {}", self.message)
    }
}

#[cfg(test)]
mod tests;
