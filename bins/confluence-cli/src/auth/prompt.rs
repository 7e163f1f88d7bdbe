//! Asking on a terminal for what it must not show.

use std::io::{self, BufRead, Read, Write};

use secrecy::SecretString;

/// Shows `prompt` on standard error and reads a line that is not shown.
#[cfg(unix)]
pub(super) async fn ask(prompt: String, longest: u64) -> io::Result<SecretString> {
    let silence = Silence::begin()?;
    // Only now: whoever answers at once is not to see the answer.
    let _ = write!(io::stderr().lock(), "{prompt}");
    let line = tokio::task::spawn_blocking(move || {
        let mut line = String::new();
        io::stdin().lock().take(longest).read_line(&mut line).map(|_| SecretString::from(line))
    });
    let answered = tokio::select! {
        line = line => line.map_err(io::Error::other)?,
        // The terminal would stay silent.
        interrupted = tokio::signal::ctrl_c() => {
            Err(interrupted.err().unwrap_or_else(|| io::ErrorKind::Interrupted.into()))
        }
    };
    drop(silence);
    answered
}

/// Shows `prompt` on standard error and reads a line that is not shown.
#[cfg(not(unix))]
pub(super) async fn ask(prompt: String, _longest: u64) -> io::Result<SecretString> {
    rpassword::prompt_password(prompt).map(Into::into)
}

/// A terminal that does not show what is typed, until it is dropped.
#[cfg(unix)]
struct Silence(rustix::termios::Termios);

#[cfg(unix)]
impl Silence {
    fn begin() -> io::Result<Self> {
        use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};

        let before = tcgetattr(io::stdin())?;
        let mut silent = before.clone();
        silent.local_modes.remove(LocalModes::ECHO);
        // The line break at the end is shown.
        silent.local_modes.insert(LocalModes::ECHONL);
        tcsetattr(io::stdin(), OptionalActions::Flush, &silent)?;
        Ok(Self(before))
    }
}

#[cfg(unix)]
impl Drop for Silence {
    fn drop(&mut self) {
        // Nothing is left to do about it if that fails.
        let _ =
            rustix::termios::tcsetattr(io::stdin(), rustix::termios::OptionalActions::Now, &self.0);
    }
}
