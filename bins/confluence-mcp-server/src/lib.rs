//! The program `confluence-mcp-server` as a library: what `main.rs` runs, and the definition of its
//! command line, from which documents are made.

pub mod config;

mod banner;
mod deployment;
mod healthcheck;
mod signals;
mod single_user;
mod start;
mod web;
mod wiring;

pub use start::run;
