#![doc = include_str!("../README.md")]

mod call;
mod caller;
#[cfg(feature = "conformance")]
pub mod conformance;
mod error;
mod handler;
mod listing;
mod message;
mod stdio;
mod web;

pub use caller::{Access, Caller, ClientForCaller, SingleUser};
pub use error::ServeError;
pub use listing::tools_list;
pub use stdio::{serve_io, serve_stdio};
pub use web::{HttpOptions, router, serve_http};

/// What a log filter must contain, whatever else it says.
///
/// Below `warn`, the MCP library logs whole messages, and with them page content.
pub const LOG_DIRECTIVE: &str = "rmcp=warn";

/// What the server calls itself.
const NAME: &str = "confluence-next-mcp";
