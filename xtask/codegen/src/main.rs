//! Writes the documents that come from code; `cargo xtask codegen` runs it.
//!
//! A package of its own, so that `cargo xtask` builds in seconds and runs whatever state the crates
//! are in.

mod cli;
mod documents;
mod env;

use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;

use crate::documents::documents;

/// Write, or compare.
#[derive(Debug, Parser)]
struct Options {
    /// Write nothing; fail when a document is not what the code says.
    #[arg(long)]
    check: bool,
}

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(code) => code,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<ExitCode> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = own.ancestors().nth(2).unwrap_or(own);
    let mut stale = Vec::new();
    for document in documents() {
        if document.is_current(root) {
            continue;
        }
        if !options.check {
            document.write(root)?;
        }
        stale.push(document.path);
    }
    let (text, code) = match (options.check, stale.is_empty()) {
        (_, true) => return Ok(ExitCode::SUCCESS),
        (true, false) => ("run `cargo xtask codegen`; not what the code says", ExitCode::FAILURE),
        (false, false) => ("wrote", ExitCode::SUCCESS),
    };
    // Nobody may be reading (`| head`), which is no failure.
    let _ = writeln!(std::io::stdout(), "{text}: {}", stale.join(", "));
    Ok(code)
}
