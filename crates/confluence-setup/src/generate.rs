//! Completion scripts and manual pages, for whoever packs a program.

use std::{fs, io, path::Path};

use clap::Command;
use clap_complete::Shell;

/// The script by which a shell completes a program's command line.
pub fn completions(mut program: Command, shell: Shell) -> Vec<u8> {
    let name = program.get_name().to_owned();
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut program, name, &mut script);
    script
}

/// Writes a manual page for a program, and for each of its sub-commands.
///
/// # Errors
///
/// When the folder cannot be made, or a page cannot be written.
pub fn manual(program: Command, folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    // What a build is made from is not in its manual.
    clap_mangen::generate_to(program.long_version(None::<&str>), folder)
}
