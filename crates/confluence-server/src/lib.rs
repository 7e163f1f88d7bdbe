#![doc = include_str!("../README.md")]

mod admin;
mod app;
mod browser;
mod call;
mod calls;
mod capability;
#[cfg(feature = "conformance")]
pub mod conformance;
mod connecting;
mod deployment;
mod error;
mod handler;
mod instructions;
mod listing;
mod message;
mod oauth;
mod pages;
mod platform;
mod probe;
mod request_id;
mod sessions;
mod stdio;
mod web;

pub use calls::{CallContext, Calls, Refused, SingleUser, single_user_instance};
pub use deployment::Deployment;
pub use error::ServeError;
pub use listing::tools_list;
pub use platform::{AgentPlatform, UnusableToken};
pub use request_id::RequestId;
pub use stdio::{serve_io, serve_stdio};
pub use web::{HttpOptions, Served, router, serve_http};

/// What a log filter must contain, whatever else it says.
///
/// Below `warn`, the MCP library logs whole messages, and with them page content.
pub const LOG_DIRECTIVE: &str = "rmcp=warn";

/// What the server calls itself.
const NAME: &str = "confluence-next-mcp";
