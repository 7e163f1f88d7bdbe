//! Confluence Cloud from the terminal.

use std::process::ExitCode;

fn main() -> ExitCode {
    confluence_cli::run()
}
