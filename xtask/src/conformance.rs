//! `cargo xtask conformance`: what others have to say about our MCP, and nothing else.

use anyhow::Result;

use crate::test;
use crate::workspace::Workspace;

/// Whether to fetch what is missing.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Fetch the suites and the SDKs where they are missing.
    #[arg(long)]
    install: bool,
}

/// Runs those parts of the tests that are programs of others speaking MCP with our server.
///
/// # Errors
///
/// When one of them fails or is not installed.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let parts = test::speaking_mcp();
    let require = parts.clone();
    let install = options.install;
    test::run(workspace, &test::Options { install, require, parts, ..test::Options::default() })
}
