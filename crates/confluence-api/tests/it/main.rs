//! The client against servers as they are: what goes out, what comes back, what goes wrong.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a helper that fails is a test that fails")]

mod any;
mod bodies;
mod credentials;
mod deadlines;
mod errors;
mod lenient;
mod paging;
mod rate_limit;
mod retries;
mod support;
mod wire;
