//! The server that the tests of the commands for operators start.

use std::process::ExitCode;

fn main() -> ExitCode {
    confluence_mcp_server::run()
}
