//! What the programs tell of their making: the commit, the target and the compiler.

use std::{env, process::Command};

fn main() {
    tell("rerun-if-changed=build.rs");
    tell(&format!("rustc-env=BUILD_TARGET={}", given("TARGET")));
    let compiler = output(Command::new(given("RUSTC")).arg("--version"));
    let compiler = compiler.as_deref().and_then(|it| it.split(' ').nth(1)).unwrap_or("unknown");
    tell(&format!("rustc-env=BUILD_RUSTC={compiler}"));
    tell(&format!("rustc-env=BUILD_COMMIT={}", commit()));
}

/// The commit and its day, where that can be said.
fn commit() -> String {
    // Whoever develops would build the programs again with every commit, for a line that is wrong by
    // the next change.
    if given("PROFILE") != "release" {
        return "unknown, as this is a debug build".to_owned();
    }
    let unknown = || "unknown, as this was not built from Git".to_owned();
    // The repository around may be another one's, into which an archive of this one was unpacked.
    if git(&["ls-files", "--error-unmatch", "build.rs"]).is_none() {
        return unknown();
    }
    for file in ["HEAD", "logs/HEAD"] {
        let path = git(&["rev-parse", "--git-path", file]);
        // A file that is not there would count as changed each time.
        if let Some(path) = path.filter(|it| std::fs::exists(it).unwrap_or(false)) {
            tell(&format!("rerun-if-changed={path}"));
        }
    }
    git(&["log", "-1", "--abbrev=12", "--format=%h (%cs)"]).unwrap_or_else(unknown)
}

fn git(arguments: &[&str]) -> Option<String> {
    output(Command::new("git").args(arguments))
}

/// The first line of what a program writes, if it can be started and ends well.
fn output(command: &mut Command) -> Option<String> {
    let output = command.output().ok().filter(|it| it.status.success())?;
    Some(String::from_utf8(output.stdout).ok()?.lines().next()?.to_owned())
}

#[expect(clippy::disallowed_methods, reason = "it is how cargo speaks to build scripts")]
fn given(name: &str) -> String {
    env::var(name).unwrap_or_default()
}

/// How build scripts speak to cargo.
fn tell(instruction: &str) {
    println!("cargo::{instruction}");
}
