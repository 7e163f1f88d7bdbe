//! `cargo xtask ci`: everything that must hold before a change lands.
//!
//! All steps run even when one fails, so that one run shows all there is to mend.

mod disk;
mod long;

use anyhow::{Result, bail};

use crate::console;
use crate::process::{self, cargo};
use crate::summary::{Row, Summary};
use crate::workspace::Workspace;
use crate::{codegen, deny, test, tidy};

/// How much to run.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Run the long checks too.
    #[arg(long)]
    full: bool,
    /// Only these steps, long or not, by name.
    #[arg(long, value_name = "NAME", value_delimiter = ',', conflicts_with = "full")]
    step: Vec<String>,
}

/// One thing that must hold.
#[derive(Debug)]
struct Step {
    name: &'static str,
    run: fn(&Workspace) -> Result<()>,
}

const STEPS: &[Step] = &[
    Step { name: "format", run: format },
    Step { name: "tidy", run: tidy::run },
    Step { name: "clippy", run: clippy },
    Step { name: "test", run: tests },
    Step { name: "documentation", run: documentation },
    Step { name: "packages", run: packages },
    Step { name: "codegen", run: codegen::check },
    Step { name: "deny", run: deny::offline },
];

/// Runs the steps and shows how each ended and how long it took.
///
/// # Errors
///
/// The first step that failed; or there is no room on the disk.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let all = || STEPS.iter().chain(long::STEPS);
    if let Some(unknown) = options.step.iter().find(|name| all().all(|it| it.name != **name)) {
        let known: Vec<_> = all().map(|it| it.name).collect();
        bail!("there is no step `{unknown}`; the steps are: {}", known.join(", "));
    }
    disk::check(workspace.root())?;
    let chosen = all().take(if options.full { usize::MAX } else { STEPS.len() });
    let named = all().filter(|it| options.step.iter().any(|name| name == it.name));
    let steps: Vec<_> = if options.step.is_empty() { chosen.collect() } else { named.collect() };
    let mut summary = Summary::default();
    for step in steps {
        console::heading(step.name);
        summary.push(Row::of(step.name, || (step.run)(workspace)));
    }
    console::heading("ci");
    console::line(&summary.table());
    summary.into_result()
}

fn format(workspace: &Workspace) -> Result<()> {
    process::run(&mut cargo(workspace, ["fmt", "--all", "--check"]))
}

fn clippy(workspace: &Workspace) -> Result<()> {
    let mut command =
        cargo(workspace, ["clippy", "--workspace", "--all-targets", "--all-features"]);
    process::run(command.args(["--", "-D", "warnings"]))
}

fn tests(workspace: &Workspace) -> Result<()> {
    let require = test::installable();
    test::run(workspace, &test::Options { install: true, require, ..test::Options::default() })
}

fn documentation(workspace: &Workspace) -> Result<()> {
    let mut command = cargo(workspace, ["doc", "--workspace", "--all-features", "--no-deps"]);
    process::run(command.env("RUSTDOCFLAGS", "-D warnings"))
}

/// Compiles alone what is used alone.
///
/// A build of the whole workspace turns on the features that any package asks for, and so hides that
/// another forgot to ask.
fn packages(workspace: &Workspace) -> Result<()> {
    process::run(&mut cargo(workspace, ["check", "--package", "confluence-api"]))?;
    for binary in workspace.packages_in("bins")? {
        process::run(&mut cargo(workspace, ["check", "--package", &binary]))?;
    }
    Ok(())
}
