//! Why the server does not serve.

use std::io;

/// Why serving could not begin, or ended early.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// Anybody who reaches the address could act as the configured user.
    #[error("a workspace key is needed, because {reason}")]
    KeyNeeded {
        /// What makes the server reachable from elsewhere.
        reason: String,
    },
    /// An option has a value that cannot work.
    #[error("`{value}` cannot be used as {option}: {reason}")]
    Option {
        /// What the value was meant for, in words.
        option: &'static str,
        /// The value; never a secret.
        value: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The workspace key cannot be sent in a header.
    #[error("the workspace key is empty or has characters that cannot be sent in a header")]
    UnusableKey,
    /// The operating system refused.
    #[error("the connection to clients failed")]
    Io(#[source] io::Error),
}
