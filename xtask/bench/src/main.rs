//! Measures the server as its users run it; `cargo xtask bench` builds everything and runs this.
//!
//! Three processes take part, each with its own account of processor time and memory: the server
//! as it ships, the sandbox as its Confluence, and this one, which makes the load. What depends on
//! the machine is written to `docs/performance.md`; what does not is held to `bounds.toml`.

mod answers;
mod bounds;
mod connection;
mod document;
mod goals;
mod http_load;
mod latency;
mod machine;
mod measure;
mod memory;
mod pages;
mod plan;
mod programs;
mod recorder;
mod report;
mod rounds;
mod running;
mod start;
mod stdio;
mod usage;
mod workload;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::Parser;

use crate::bounds::Bounds;
use crate::plan::Plan;
use crate::programs::Programs;

/// Measure the server.
#[derive(Debug, Parser)]
#[command(bin_name = "cargo xtask bench")]
struct Arguments {
    /// Take less than two minutes: fewer repetitions, no million calls, no document.
    #[arg(long)]
    quick: bool,
    /// Only check the figures that do not depend on the machine's speed; write nothing.
    #[arg(long, conflicts_with = "quick")]
    check: bool,
    /// Another build of the server to measure in the same run, turn by turn.
    #[arg(long, value_name = "PROGRAM")]
    against: Option<PathBuf>,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap_or(Path::new("."));
    let bounds = Bounds::read(&root.join("xtask/bench/bounds.toml"))?;
    let programs = Programs::beside_this(arguments.against.clone())?;
    let plan = match (arguments.check, arguments.quick) {
        (true, _) => Plan::check(),
        (false, true) => Plan::quick(),
        (false, false) => Plan::full(),
    };
    let measured = measure::all(&programs, &plan)?;
    let verdicts = bounds.judge(&measured.figures());
    let text = report::markdown(&measured, &verdicts);
    if plan.writes_document {
        document::write(&root.join("docs/performance.md"), &text)?;
    } else if !arguments.check {
        line(&text);
    }
    line(&bounds::table(&verdicts));
    let broken = verdicts.iter().filter(|it| !it.holds()).count();
    if broken > 0 {
        bail!("{broken} figures do not hold what `xtask/bench/bounds.toml` says");
    }
    Ok(())
}

/// Tells the person who waits.
fn line(text: &str) {
    // A reader that went away must not spoil a measurement.
    let _ = writeln!(std::io::stdout(), "{text}");
}
