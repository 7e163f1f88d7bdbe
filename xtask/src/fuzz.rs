//! `cargo xtask fuzz`: libFuzzer on the targets of `fuzz`, by way of cargo-fuzz.
//!
//! It runs on the pinned toolchain: none of our code is `unsafe`, so that sanitizers, which need
//! nightly, would watch over other people's. What the corpora hold is replayed by `cargo test`, too.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};

use crate::console;
use crate::workspace::Workspace;
use crate::{process, tools};

/// The version of cargo-fuzz that is installed when there is none.
const VERSION: &str = "0.13.2";

/// Compiles libFuzzer, which is written in C++.
const COMPILER: &str = "c++";

/// How many inputs each target gets with every change, those of its corpus included.
const RUNS: u32 = 10_000;

/// For how long each target runs in the long checks.
const LONG_SECONDS: u32 = 60;

/// Longest input that is tried, in bytes: longer ones cost more than they find.
const MAX_BYTES: u32 = 4096;

/// After this, an input counts as one that never ends.
const TIMEOUT_SECONDS: u32 = 20;

/// What to run, and for how long.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Targets; all of them when none is named.
    #[arg(value_name = "TARGET")]
    targets: Vec<String>,
    /// For how long each target runs.
    #[arg(long, value_name = "N", default_value_t = LONG_SECONDS)]
    seconds: u32,
}

/// Runs targets for a while, from where the last run left off.
///
/// # Errors
///
/// When there is no such target, something is missing, or an input is found that breaks a rule.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let known = targets(workspace)?;
    for target in &options.targets {
        let names = known.join(", ");
        ensure!(known.contains(target), "there is no target `{target}`; the targets are: {names}");
    }
    let targets = if options.targets.is_empty() { &known } else { &options.targets };
    let limit = format!("-max_total_time={}", options.seconds);
    targets.iter().try_for_each(|target| fuzz(workspace, target, &[&limit]))
}

/// Runs each target for as long as the long checks may take.
///
/// # Errors
///
/// As [`run`].
pub(crate) fn long(workspace: &Workspace) -> Result<()> {
    install(workspace)?;
    run(workspace, &Options { targets: Vec::new(), seconds: LONG_SECONDS })
}

/// Runs each target on its corpus and on the same few inputs made from it every time, so that no
/// change turns red by luck.
///
/// # Errors
///
/// As [`run`].
pub(crate) fn short(workspace: &Workspace) -> Result<()> {
    let runs = format!("-runs={RUNS}");
    for target in targets(workspace)? {
        let found = found(workspace, &target);
        if found.exists() {
            fs::remove_dir_all(&found).with_context(|| found.display().to_string())?;
        }
        fuzz(workspace, &target, &[&runs, "-seed=1"])?;
    }
    Ok(())
}

/// What the targets need and do not find.
pub(crate) fn missing(workspace: &Workspace) -> Option<String> {
    if tools::find_cargo_program(workspace, "cargo-fuzz", VERSION).is_none() {
        return Some("cargo-fuzz is not installed".to_owned());
    }
    let compiler = process::version(COMPILER);
    compiler.is_none().then(|| format!("a C++ compiler (`{COMPILER}`) is not installed"))
}

/// Fetches what is missing.
///
/// # Errors
///
/// When it cannot be built or installed.
pub(crate) fn install(workspace: &Workspace) -> Result<()> {
    if process::version(COMPILER).is_none() {
        tools::install_debian(workspace, &["g++"])?;
    }
    tools::cargo_program(workspace, "cargo-fuzz", VERSION).map(drop)
}

/// Builds one target and runs it with these options of libFuzzer.
fn fuzz(workspace: &Workspace, target: &str, options: &[&str]) -> Result<()> {
    console::line(&format!("\n--- {target} ---"));
    // What is fuzzed is what ships, and one lock file is enough to look after.
    fs::copy(workspace.join("Cargo.lock"), workspace.join("fuzz/Cargo.lock"))
        .context("cannot copy the lock file")?;
    let found = found(workspace, target);
    fs::create_dir_all(&found).with_context(|| found.display().to_string())?;
    let program = tools::cargo_program(workspace, "cargo-fuzz", VERSION)?;
    let mut command = process::program(workspace, program);
    command.args(["run", "--sanitizer", "none", "--target-dir"]).arg(folder(workspace));
    // New inputs go to the first folder: what is committed is chosen by people.
    command.arg(target).arg(found).arg(workspace.join("fuzz/corpus").join(target)).arg("--");
    command.args([format!("-max_len={MAX_BYTES}"), format!("-timeout={TIMEOUT_SECONDS}")]);
    command.args(["-print_final_stats=1", "-verbosity=0"]);
    let words = workspace.join("fuzz/dictionaries").join(format!("{target}.dict"));
    if words.is_file() {
        command.arg(format!("-dict={}", words.display()));
    }
    process::run(command.args(options)).with_context(|| {
        format!("`{target}` found an input that breaks a rule, or did not build; see CONTRIBUTING.md, Fuzzing")
    })
}

/// Where everything is built and kept that is not committed.
fn folder(workspace: &Workspace) -> PathBuf {
    workspace.join("target/fuzz")
}

/// The inputs that were found to reach something new.
fn found(workspace: &Workspace, target: &str) -> PathBuf {
    folder(workspace).join("corpus").join(target)
}

/// The names of the targets, which are those of their entry points.
fn targets(workspace: &Workspace) -> Result<Vec<String>> {
    let folder = workspace.join("fuzz/src/bin");
    let mut names = Vec::new();
    for entry in fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        if let Some(name) = path.file_stem() {
            names.push(name.to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_target_is_refused_before_anything_runs() {
        let options = Options { targets: vec!["cqll".to_owned()], seconds: 1 };
        let error = run(&Workspace::this(), &options).unwrap_err().to_string();
        assert!(error.starts_with("there is no target `cqll`"), "{error}");
        assert!(error.contains("cql, documents"), "{error}");
    }
}
