//! The program as a process, started as people start it.
#![expect(clippy::unwrap_used, reason = "a helper that fails is a test that fails")]

mod addresses;
mod api;
mod doctor;
mod exits;
mod generated;
mod operations;
mod operator;
mod paging;
mod process;
mod pty;
mod secrets;
mod session;
mod terminal;
mod writes;
