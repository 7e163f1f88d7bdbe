//! What a task says to the person who runs it.
//!
//! Everything goes to standard output, where the test runner's own lines go, so that the two stay in order.

use std::io::Write;

/// Prints one line.
pub(crate) fn line(text: &str) {
    // A reader that went away (`| head`) must not stop the task half-way.
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// Starts a part of the output that is worth finding again.
pub(crate) fn heading(text: &str) {
    line(&format!("\n=== {text} ==="));
}

/// Says that the task failed, and why.
pub(crate) fn error(text: &str) {
    let _ = std::io::stdout().flush();
    let _ = writeln!(std::io::stderr(), "error: {text}");
}
