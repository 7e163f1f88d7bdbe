//! Completion scripts and manual pages, for whoever packs the program.

use std::{fs, path::Path};

use clap::Command;
use clap_complete::Shell;

use crate::{config, exit::Exit, failed::Failed, output::Output};

/// Writes the completion script for a shell to standard output.
pub(crate) fn completions(shell: Shell) -> Result<(), Failed> {
    let mut command = config::command();
    let name = command.get_name().to_owned();
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, name, &mut script);
    // The scripts are our own, and some shells' have control characters in them.
    Ok(Output::open().script(&script)?)
}

/// Writes a manual page for the program and for each of its sub-commands.
pub(crate) fn manual(folder: &Path) -> Result<(), Failed> {
    let failed = |error| {
        let folder = folder.display();
        Failed::new(Exit::Error, format!("cannot write manual pages to `{folder}`: {error}"))
    };
    fs::create_dir_all(folder).map_err(failed)?;
    let command: Command = config::command();
    clap_mangen::generate_to(command, folder).map_err(failed)
}
