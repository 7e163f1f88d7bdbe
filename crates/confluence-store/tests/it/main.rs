//! Every store against one suite, and what only databases have to show.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a helper that fails is a test that fails")]

mod database;
mod memory;
mod opening;
mod profiles;
mod rotation;
mod secrecy;
mod suite;
