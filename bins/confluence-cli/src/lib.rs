//! The program `confluence-cli` as a library: what `main.rs` runs, and the definition of its command
//! line, from which documents are made.

pub mod config;

mod all;
mod api;
mod call;
mod confirm;
mod doctor;
mod dry_run;
mod exit;
mod failed;
mod generate;
mod input;
mod operator;
mod output;
mod page_reference;
mod start;

pub use start::run;
