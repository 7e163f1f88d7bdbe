//! The program as a process, started as people start it.
#![expect(clippy::unwrap_used, reason = "a helper that fails is a test that fails")]
#![expect(clippy::panic, reason = "a helper that fails is a test that fails")]

mod clients;
mod deployment;
mod generated;
mod healthcheck;
mod http;
mod oauth;
mod packaging;
mod process;
mod secrets;
mod signals;
mod starts;
