//! A program that was built, and what it shows of itself.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;
use tokio::runtime::Builder;
use tokio::time::timeout;

use crate::contents::Package;
use crate::linkage;

/// No answer takes longer, on however busy a machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// How often a start is timed.
const STARTS: usize = 41;

/// A program on the disk.
#[derive(Debug)]
pub(crate) struct Program {
    path: PathBuf,
}

/// What there is to tell of a program that is as it should be.
#[derive(Debug)]
pub(crate) struct Found {
    bytes: u64,
    largest: u64,
    start: Duration,
}

impl fmt::Display for Found {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { bytes, largest, start } = self;
        let milliseconds = start.as_secs_f64() * 1000.0;
        write!(
            formatter,
            "static, {bytes} bytes of {largest} at most, `--version` in {milliseconds:.1} ms"
        )
    }
}

impl Program {
    /// The program at this path.
    ///
    /// # Errors
    ///
    /// When it cannot be found.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let path = path.canonicalize().with_context(|| path.display().to_string())?;
        Ok(Self { path })
    }

    /// What it consists of.
    ///
    /// # Errors
    ///
    /// When it cannot be read.
    pub(crate) fn bytes(&self) -> Result<Vec<u8>> {
        fs::read(&self.path).with_context(|| self.path.display().to_string())
    }

    /// Looks at it, and tries it out.
    ///
    /// # Errors
    ///
    /// When it is not what may be given away: says why.
    pub(crate) fn examine(
        &self,
        package: &Package,
        target: &str,
        commit: Option<&str>,
    ) -> Result<Found> {
        let program = self.bytes()?;
        linkage::check_static(&program)?;
        let bytes = program.len().try_into()?;
        let largest = package.largest;
        ensure!(bytes <= largest, "it has {bytes} bytes, of {largest} at most");

        let version = self.output(&["--version"], "")?;
        check_version(&version, package.name, target, commit)
            .with_context(|| format!("`--version` says:\n{version}"))?;
        let answer = self.output(package.try_out.arguments, package.try_out.input)?;
        ensure!(answer.contains(package.try_out.answer), "its first answer is:\n{answer}");

        let mut starts = Vec::with_capacity(STARTS);
        for _ in 0..STARTS {
            let started = Instant::now();
            self.output(&["--version"], "")?;
            starts.push(started.elapsed());
        }
        starts.sort();
        let start = starts.get(STARTS / 2).copied().unwrap_or_default();
        Ok(Found { bytes, largest, start })
    }

    /// What it writes to standard output, in an empty environment, given something to read.
    ///
    /// # Errors
    ///
    /// When it cannot be started, fails, or takes too long.
    pub(crate) fn output(&self, arguments: &[&str], input: &str) -> Result<String> {
        let shown = || format!("`{}`", arguments.join(" "));
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let output = runtime.block_on(async {
            let mut command = Command::new(&self.path);
            command.env_clear().args(arguments).kill_on_drop(true);
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
            let mut child = command.spawn().with_context(|| format!("cannot start {}", shown()))?;
            let stdin = child.stdin.take();
            let answer = async {
                if let Some(mut stdin) = stdin {
                    // What ends without reading has its reasons, which its exit code tells.
                    let _ = stdin.write_all(input.as_bytes()).await;
                }
                child.wait_with_output().await.with_context(shown)
            };
            timeout(PATIENCE, answer).await.with_context(|| format!("{} does not end", shown()))?
        })?;
        let stderr = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "{} ended with {}: {stderr}", shown(), output.status);
        String::from_utf8(output.stdout).with_context(shown)
    }
}

/// Whether a program says that it is what is packed.
fn check_version(version: &str, name: &str, target: &str, commit: Option<&str>) -> Result<()> {
    let first = format!("{name} {}", env!("CARGO_PKG_VERSION"));
    ensure!(version.lines().next() == Some(&first), "it is not `{first}`");
    let line = |start: &str| version.lines().find_map(|it| it.strip_prefix(start));
    ensure!(line("target: ") == Some(target), "it was not built for `{target}`");
    if let Some(commit) = commit {
        let told = line("commit: ").and_then(|it| it.split(' ').next()).unwrap_or_default();
        let same = told.len() >= 12 && commit.starts_with(told);
        ensure!(same, "it was not built from the commit {commit}");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TARGET: &str = "x86_64-unknown-linux-musl";
    const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

    fn told(commit: &str) -> String {
        let version = env!("CARGO_PKG_VERSION");
        format!("program {version}\ncommit: {commit}\ntarget: {TARGET}\nrustc: 1.95.0\n")
    }

    fn refused(name: &str, target: &str, told: &str) -> String {
        check_version(told, name, target, Some(COMMIT)).unwrap_err().to_string()
    }

    #[test]
    fn another_program_is_not_packed_by_mistake() {
        let right = told("0123456789ab (2026-01-31)");
        let version = env!("CARGO_PKG_VERSION");
        assert_eq!(refused("other", TARGET, &right), format!("it is not `other {version}`"));
        let other = "x86_64-unknown-linux-gnu";
        assert_eq!(refused("program", other, &right), format!("it was not built for `{other}`"));
        for commit in ["", "0", "ba9876543210 (2026-01-31)", "unknown, as this is a debug build"] {
            let error = refused("program", TARGET, &told(commit));
            assert_eq!(error, format!("it was not built from the commit {COMMIT}"), "{commit}");
        }
        check_version(&right, "program", TARGET, Some(COMMIT)).unwrap();
    }

    #[test]
    fn what_a_program_says_when_it_fails_is_told() {
        let program = Program::open(Path::new("/bin/sh")).unwrap();
        let error = program.output(&["-c", "echo broken >&2; exit 3"], "").unwrap_err();
        assert!(error.to_string().ends_with("exit status: 3: broken\n"), "{error}");
    }

    #[test]
    fn a_program_reads_and_writes() {
        let program = Program::open(Path::new("/bin/sh")).unwrap();
        assert_eq!(program.output(&["-c", "cat; env | grep HOME"], "abc").ok(), None);
        assert_eq!(program.output(&["-c", "cat"], "abc").unwrap(), "abc");
    }
}
