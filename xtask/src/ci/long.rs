//! Checks that take too long for every change: `cargo xtask ci --full`.

use std::thread;

use anyhow::{Result, bail};

use super::Step;
use crate::console;
use crate::process::{self, cargo};
use crate::workspace::Workspace;
use crate::{bench, built, fuzz, test};

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
    Step { name: "refreshes", run: refreshes },
];

/// Makes the tests of the programs take the time for all that is promised of refreshes.
const LONG_TESTS: &str = "CONFLUENCE_LONG_TESTS";

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

/// Runs the integration tests many times, as what depends on timing fails rarely; two at a time, as
/// it fails sooner when somebody else has the processor.
fn races(workspace: &Workspace) -> Result<()> {
    for (test, folder) in built::tests(workspace, "it")? {
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        for pair in 1..=REPETITIONS.div_ceil(2) {
            console::line(&format!("{name}: pair {pair} of {}", REPETITIONS.div_ceil(2)));
            let run = || {
                let mut command = process::program(workspace, &test);
                process::output(command.arg("--quiet").current_dir(&folder)).map(drop)
            };
            thread::scope(|scope| {
                let other = scope.spawn(run);
                let this = run();
                let other = other.join().unwrap_or_else(|_panic| bail!("a thread panicked"));
                this.and(other)
            })?;
        }
    }
    Ok(())
}

/// Lets processes race for refreshes, and kills them meanwhile, in the numbers that are promised:
/// 200 calls at once, 200 refreshes under way.
fn refreshes(workspace: &Workspace) -> Result<()> {
    for (program, folder) in built::tests(workspace, "it")? {
        if folder.parent().is_some_and(|it| it.ends_with("bins")) {
            let mut command = process::program(workspace, &program);
            command.args(["--nocapture", "refresh"]).current_dir(&folder).env(LONG_TESTS, "1");
            process::run(test::name_postgres(&mut command)?)?;
        }
    }
    Ok(())
}
