//! Packs the programs for those who do not build them; `cargo xtask dist` builds everything and runs
//! this.
//!
//! What is packed is looked at first: that it is static, that it starts, and what it says it is.

mod archive;
mod bill;
mod checksums;
mod contents;
mod linkage;
mod pack;
mod program;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;

/// Pack the programs.
#[derive(Debug, Parser)]
#[command(bin_name = "cargo xtask dist")]
pub(crate) struct Arguments {
    /// What they were built for.
    #[arg(long, value_name = "TRIPLE")]
    pub(crate) target: String,
    /// The commit that they were built from, as they tell it.
    #[arg(long, value_name = "ID")]
    pub(crate) commit: Option<String>,
    /// The time that everything in the archives bears, in seconds since 1970.
    #[arg(long, value_name = "SECONDS")]
    pub(crate) time: u64,
    /// The folder with the programs, their raw bills of materials, and the lists of their parts.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) from: PathBuf,
    /// The folder to write to.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) to: PathBuf,
}

fn main() -> ExitCode {
    match pack::run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
