//! The sandbox over loopback HTTP, as a client sees it.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests may fail as tests may, but Clippy knows only `#[test]` functions"
)]

mod attachments;
mod auth;
mod comments;
mod faults;
mod generated;
mod identity;
mod labels;
mod limits;
mod lists;
mod page_writes;
mod pages;
mod parameters;
mod requests;
mod search;
mod spaces;
mod support;
mod tree;
mod users;
mod versions;
mod web;
