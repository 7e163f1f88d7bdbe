//! Development tasks, run as `cargo xtask <task>`.
//!
//! Everything that CI checks is a task here, so that a red build is reproduced by the command it names.

mod bench;
mod built;
mod ci;
mod codegen;
mod conformance;
mod console;
mod deny;
mod dist;
mod fuzz;
mod process;
mod summary;
mod test;
mod tidy;
mod tools;
mod workspace;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::workspace::Workspace;

/// Development tasks of the Confluence connector.
#[derive(Debug, Parser)]
#[command(bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Run every test that this machine can run, then say what it could not, and why.
    Test(test::Options),
    /// Run everything that CI runs.
    Ci(ci::Options),
    /// Check the rules of the source tree that compilers do not know.
    Tidy,
    /// Write the generated documents.
    Codegen(codegen::Options),
    /// Measure the server: speed, memory, lengths of answers.
    Bench(bench::Options),
    /// Let the official MCP suite, the Inspector and the SDKs' clients speak with the server.
    Conformance(conformance::Options),
    /// Look for inputs that break a rule.
    Fuzz(fuzz::Options),
    /// Build static programs and pack them.
    Dist(dist::Options),
    /// Check licences, sources and the direction of dependencies with `cargo deny`.
    Deny(deny::Options),
}

fn main() -> ExitCode {
    let task = Arguments::parse().task;
    match run(&task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            console::error(&format!("{error:#}"));
            process::exit_code(&error)
        }
    }
}

fn run(task: &Task) -> Result<()> {
    let workspace = Workspace::this();
    match task {
        Task::Test(options) => test::run(&workspace, options),
        Task::Ci(options) => ci::run(&workspace, options),
        Task::Tidy => tidy::run(&workspace),
        Task::Codegen(options) => codegen::run(&workspace, options),
        Task::Bench(options) => bench::run(&workspace, options),
        Task::Conformance(options) => conformance::run(&workspace, options),
        Task::Fuzz(options) => fuzz::run(&workspace, options),
        Task::Dist(options) => dist::run(&workspace, options),
        Task::Deny(options) => deny::run(&workspace, options),
    }
}
