//! MCP server for Confluence Cloud.

use std::process::ExitCode;

fn main() -> ExitCode {
    confluence_mcp_server::run()
}
