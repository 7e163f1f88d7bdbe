//! Asking before something is deleted.

use std::io::{self, BufRead, IsTerminal, Read, Write};

use crate::{exit::Exit, failed::Failed};

/// The longest answer that is read, in bytes.
const LONGEST_ANSWER: u64 = 100;

/// Asks on the terminal whether to send `request`. Without a terminal, `--yes` has to be given.
pub(crate) fn ask(request: &str) -> Result<(), Failed> {
    let (stdin, mut stderr) = (io::stdin(), io::stderr());
    if !stdin.is_terminal() || !stderr.is_terminal() {
        return Err(Failed::usage(format!(
            "{request} deletes, and there is no terminal to ask on: give --yes to go on"
        )));
    }
    let _ = write!(stderr, "{request}\nThis deletes. Go on? [y/N] ");
    let _ = stderr.flush();
    let mut answer = String::new();
    let read = stdin.lock().take(LONGEST_ANSWER).read_line(&mut answer);
    let yes = matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes");
    if read.is_ok() && yes { Ok(()) } else { Err(Failed::new(Exit::Error, "nothing was deleted")) }
}
