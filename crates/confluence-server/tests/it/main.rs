//! The server as its clients see it, in front of an embedded Confluence.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests may fail as tests may, but Clippy knows only `#[test]` functions"
)]
#![expect(clippy::needless_pass_by_value, reason = "literals read better without `&`")]

mod actions;
mod admin;
mod app;
mod calls;
mod cancellation;
mod chromium;
mod clients;
#[cfg(feature = "conformance")]
mod conformance;
mod connecting;
mod connections;
mod denials;
mod eras;
mod faulty;
mod gate;
mod instructions;
mod logs;
mod oauth;
mod paths;
mod rig;
mod stdio;
mod support;
mod tenants;
mod traps;
