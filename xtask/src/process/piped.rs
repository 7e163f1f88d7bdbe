//! A program that is spoken with, line by line.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};

use super::{shown, wait};
use crate::console;

/// A program under way. It is ended when this is dropped.
#[derive(Debug)]
pub(crate) struct Piped {
    child: Child,
    /// `None` once it is told that no more follows.
    input: Option<ChildStdin>,
    lines: Receiver<String>,
    patience: Duration,
}

impl Piped {
    /// Starts a program, which may take as long as `patience` for each thing that is waited for.
    ///
    /// # Errors
    ///
    /// When it cannot be started.
    pub(crate) fn start(command: &mut Command, patience: Duration) -> Result<Self> {
        let shown = shown(command);
        console::line(&format!("$ {shown}"));
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start `{shown}`"))?;
        let input = child.stdin.take();
        let stdout = child.stdout.take().context("standard output is a pipe")?;
        let (sender, lines) = mpsc::channel();
        thread::spawn(move || {
            let read = BufReader::new(stdout).lines().map_while(Result::ok);
            // Ends with the program, or with who waits for the lines.
            read.map(|line| sender.send(line)).take_while(Result::is_ok).for_each(drop);
        });
        Ok(Self { child, input, lines, patience })
    }

    /// The next line that it writes; `None` when it writes no more.
    ///
    /// # Errors
    ///
    /// When it takes too long.
    pub(crate) fn line(&self) -> Result<Option<String>> {
        match self.lines.recv_timeout(self.patience) {
            Ok(line) => Ok(Some(line)),
            Err(mpsc::RecvTimeoutError::Disconnected) => Ok(None),
            Err(error @ mpsc::RecvTimeoutError::Timeout) => Err(error).context("it says nothing"),
        }
    }

    /// Writes a line to it.
    ///
    /// # Errors
    ///
    /// When it does not read any more.
    pub(crate) fn say(&mut self, line: &str) -> Result<()> {
        let input = self.input.as_mut().context("it was told that no more follows")?;
        writeln!(input, "{line}").with_context(|| format!("it does not hear {line}"))
    }

    /// Tells it that no more follows, and waits for its end.
    ///
    /// # Errors
    ///
    /// When it takes too long.
    pub(crate) fn end(&mut self) -> Result<ExitStatus> {
        self.input = None;
        wait(&mut self.child, self.patience)
    }
}

impl Drop for Piped {
    fn drop(&mut self) {
        // It has ended by itself where all went well.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
