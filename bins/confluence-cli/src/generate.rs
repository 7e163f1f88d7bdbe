//! Completion scripts and manual pages, for whoever packs the program.

use std::path::Path;

use clap_complete::Shell;
use confluence_setup::generate;

use crate::{config, exit::Exit, failed::Failed, output::Output};

/// Writes the completion script for a shell to standard output.
pub(crate) fn completions(shell: Shell) -> Result<(), Failed> {
    // The scripts are our own, and some shells' have control characters in them.
    Ok(Output::open().script(&generate::completions(config::command(), shell))?)
}

/// Writes a manual page for the program and for each of its sub-commands.
pub(crate) fn manual(folder: &Path) -> Result<(), Failed> {
    generate::manual(config::command(), folder).map_err(|error| {
        let folder = folder.display();
        Failed::new(Exit::Error, format!("cannot write manual pages to `{folder}`: {error}"))
    })
}
