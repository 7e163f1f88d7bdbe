//! Checks that take too long for every change: `cargo xtask ci --full`.

use anyhow::Result;

use super::Step;
use crate::console;
use crate::process::{self, cargo};
use crate::workspace::Workspace;
use crate::{bench, fuzz};

/// How many inputs each property is tried with, instead of 256.
const PROPERTY_CASES: &str = "20000";

/// How often the integration tests run; a race that shows once in ten is found nearly always.
const REPETITIONS: usize = 25;

pub(super) const STEPS: &[Step] = &[
    Step { name: "release", run: release },
    Step { name: "bench", run: bench::check },
    Step { name: "properties", run: properties },
    Step { name: "fuzz", run: fuzz::long },
    Step { name: "races", run: races },
];

/// Builds the binaries as they ship.
fn release(workspace: &Workspace) -> Result<()> {
    for binary in workspace.packages_in("bins")? {
        process::run(&mut cargo(workspace, ["build", "--release", "--package", &binary]))?;
    }
    Ok(())
}

/// Runs all tests again, with many more inputs for each property.
fn properties(workspace: &Workspace) -> Result<()> {
    let mut command = cargo(workspace, ["test", "--workspace", "--all-features", "--no-fail-fast"]);
    process::run(command.env("PROPTEST_CASES", PROPERTY_CASES))
}

/// Runs the integration tests many times, as what depends on timing fails rarely.
fn races(workspace: &Workspace) -> Result<()> {
    for package in workspace.packages_with_integration_tests()? {
        for repetition in 1..=REPETITIONS {
            console::line(&format!("{package}: run {repetition} of {REPETITIONS}"));
            let arguments = ["test", "--all-features", "--test", "it", "--package", &package];
            process::run(&mut cargo(workspace, arguments))?;
        }
    }
    Ok(())
}
