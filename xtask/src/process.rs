//! Starting other programs.

use std::ffi::OsStr;
use std::fmt;
use std::io::Read;
use std::process::{Child, Command, ExitCode, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::console;
use crate::workspace::Workspace;

mod piped;

pub(crate) use piped::Piped;

/// A program ended, and not well.
#[derive(Debug)]
pub(crate) struct Failed {
    program: String,
    /// `None` when a signal ended it.
    code: Option<i32>,
}

impl fmt::Display for Failed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.code {
            Some(code) => write!(formatter, "`{}` ended with exit code {code}", self.program),
            None => write!(formatter, "`{}` was ended by a signal", self.program),
        }
    }
}

impl std::error::Error for Failed {}

/// The exit code that tells about `error`: that of the program which failed, else 1.
pub(crate) fn exit_code(error: &anyhow::Error) -> ExitCode {
    let code = error.chain().find_map(|it| it.downcast_ref::<Failed>()).and_then(|it| it.code);
    match code.and_then(|it| u8::try_from(it).ok()) {
        Some(code) if code != 0 => ExitCode::from(code),
        _ => ExitCode::FAILURE,
    }
}

/// `cargo` with these arguments, in the workspace.
pub(crate) fn cargo<I: AsRef<OsStr>>(
    workspace: &Workspace,
    arguments: impl IntoIterator<Item = I>,
) -> Command {
    let mut command = program(workspace, "cargo");
    command.args(arguments);
    command
}

/// A program that runs in the workspace, with nothing to read from standard input.
pub(crate) fn program(workspace: &Workspace, name: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(name);
    command.current_dir(workspace.root()).stdin(Stdio::null());
    // `cargo run` describes xtask in these. Build scripts that watch them (ring's does) would run
    // again each time a build alternates between `cargo` and `cargo xtask`.
    for (name, _) in std::env::vars_os() {
        let of_this_package = name.to_str().is_some_and(|it| {
            it.starts_with("CARGO_PKG_") || it.starts_with("CARGO_MANIFEST_") || it == "OUT_DIR"
        });
        if of_this_package {
            command.env_remove(name);
        }
    }
    command
}

/// Runs a program whose output the reader sees.
///
/// # Errors
///
/// When the program cannot be started, or does not end with success.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let shown = shown(command);
    console::line(&format!("$ {shown}"));
    let status = command.status().with_context(|| format!("cannot start `{shown}`"))?;
    if status.success() {
        return Ok(());
    }
    Err(Failed { program: shown, code: status.code() }.into())
}

/// Runs a program and returns what it wrote to standard output; the reader sees standard error.
///
/// # Errors
///
/// When the program cannot be started, does not end with success, or writes something that is not
/// UTF-8.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let shown = shown(command);
    console::line(&format!("$ {shown}"));
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("cannot start `{shown}`"))?;
    if !output.status.success() {
        console::line(&String::from_utf8_lossy(&output.stdout));
        return Err(Failed { program: shown, code: output.status.code() }.into());
    }
    String::from_utf8(output.stdout).with_context(|| format!("`{shown}` wrote no UTF-8"))
}

/// As [`run`], but ends a program that takes longer than `limit`.
///
/// # Errors
///
/// As [`run`], and when the time is up.
pub(crate) fn run_within(command: &mut Command, limit: Duration) -> Result<()> {
    let shown = shown(command);
    console::line(&format!("$ {shown}"));
    let mut child = command.spawn().with_context(|| format!("cannot start `{shown}`"))?;
    let status = wait(&mut child, limit).with_context(|| shown.clone())?;
    if status.success() {
        return Ok(());
    }
    Err(Failed { program: shown, code: status.code() }.into())
}

/// Runs a program and returns how it ended and what it wrote to standard output, if it does not take
/// longer than `limit`; the reader sees standard error.
///
/// # Errors
///
/// When the program cannot be started, the time is up, or it writes something that is not UTF-8.
pub(crate) fn output_within(
    command: &mut Command,
    limit: Duration,
) -> Result<(ExitStatus, String)> {
    let started = Instant::now();
    let shown = shown(command);
    console::line(&format!("$ {shown}"));
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start `{shown}`"))?;
    let mut stdout = child.stdout.take().context("standard output is a pipe")?;
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let read = stdout.read_to_end(&mut bytes).map(|_| bytes);
        // Nobody waits for it once the time is up.
        let _ = sender.send(read);
    });
    let status = wait(&mut child, limit).with_context(|| shown.clone())?;
    // What it has started may hold the pipe open.
    let left = limit.saturating_sub(started.elapsed());
    let output =
        receiver.recv_timeout(left).with_context(|| format!("`{shown}` left others behind"))?;
    let output = String::from_utf8(output?).with_context(|| format!("`{shown}` wrote no UTF-8"))?;
    Ok((status, output))
}

/// Waits for the end of a program, and ends it itself when `limit` is over.
///
/// # Errors
///
/// When the time is up.
fn wait(child: &mut Child, limit: Duration) -> Result<ExitStatus> {
    /// How often it is asked; the standard library cannot wait with a limit.
    const INTERVAL: Duration = Duration::from_millis(10);
    let started = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        if started.elapsed() >= limit {
            child.kill()?;
            child.wait()?;
            bail!("ended, as it took longer than {} s", limit.as_secs());
        }
        thread::sleep(INTERVAL);
    }
}

/// The last word of what `program --version` prints, `None` when there is no such program.
pub(crate) fn version(program: impl AsRef<OsStr>) -> Option<String> {
    version_of(Command::new(program).arg("--version"))
}

/// The last word of the first line of what a command prints, `None` when it cannot be run.
pub(crate) fn version_of(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).output().ok()?;
    if !output.status.success() {
        return None;
    }
    let text = String::from_utf8(output.stdout).ok()?;
    text.lines().next()?.split_whitespace().last().map(str::to_owned)
}

/// Whether a version such as `v22.19.0` is `oldest` (major and minor) or newer.
pub(crate) fn is_at_least(version: &str, oldest: (u32, u32)) -> bool {
    let mut numbers = version.trim_start_matches('v').split('.').map_while(|it| it.parse().ok());
    numbers.next().zip(numbers.next()).is_some_and(|it| it >= oldest)
}

/// A command line as a person in its folder would type it.
fn shown(command: &Command) -> String {
    let variables = command.get_envs().filter_map(|(name, value)| {
        Some(format!("{}={}", name.to_string_lossy(), quoted(&value?.to_string_lossy())))
    });
    let folder = command.get_current_dir().map(|it| format!("{}/", it.display()));
    let words = std::iter::once(command.get_program()).chain(command.get_args()).map(|it| {
        let word = it.to_string_lossy();
        let inside = folder.as_deref().and_then(|folder| word.strip_prefix(folder));
        quoted(inside.unwrap_or(&word))
    });
    variables.chain(words).collect::<Vec<_>>().join(" ")
}

fn quoted(word: &str) -> String {
    if word.is_empty() || word.contains(|it: char| it.is_whitespace() || "'\"{}".contains(it)) {
        format!("'{}'", word.replace('\'', r"'\''"))
    } else {
        word.to_owned()
    }
}

#[cfg(test)]
mod tests;
