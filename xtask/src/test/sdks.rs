//! The official SDKs' clients against our server, over stdio and over HTTP, in both eras.

use std::process::Command;

use anyhow::{Context, Result};

use super::client::Client;
use super::server::{self, Served};
use super::session;
use super::{npm, python};
use crate::workspace::Workspace;

/// The newest revisions with `initialize` and without, and what the clients call them.
const LEGACY: (&str, &str) = ("legacy", "2025-11-25");
const MODERN: (&str, &str) = ("modern", "2026-07-28");

/// Version 1 of the TypeScript SDK, which knows no other era than the first, and version 2.
///
/// # Errors
///
/// When a session does not go as it must.
pub(super) fn typescript(workspace: &Workspace) -> Result<()> {
    let program = server::shipped(workspace)?;
    for (generation, era) in [("1", LEGACY), ("2", LEGACY), ("2", MODERN)] {
        let client = || {
            let mut command = npm::script(workspace, "xtask/tools/clients/client.mjs")?;
            command.arg(generation);
            Ok(command)
        };
        sessions(workspace, &program, &format!("TypeScript SDK {generation}"), era, client)?;
    }
    Ok(())
}

/// The Python SDK.
///
/// # Errors
///
/// When a session does not go as it must.
pub(super) fn python(workspace: &Workspace) -> Result<()> {
    let program = server::shipped(workspace)?;
    for era in [LEGACY, MODERN] {
        let client = || Ok(python::script(workspace, "xtask/tools/clients/client.py"));
        sessions(workspace, &program, "Python SDK", era, client)?;
    }
    Ok(())
}

/// A session over each transport, with a server of its own.
fn sessions(
    workspace: &Workspace,
    program: &str,
    sdk: &str,
    (era, revision): (&str, &str),
    client: impl Fn() -> Result<Command>,
) -> Result<()> {
    let served = Served::start(workspace, program, &server::SANDBOX_OVER_HTTP)?;
    let targets: [(&str, &[&str]); 2] =
        [("stdio", &[program, "stdio", "--sandbox"]), ("http", &[&served.endpoint])];
    for (transport, target) in targets {
        let mut command = client()?;
        server::without_settings(&mut command);
        command.args([era, transport]).args(target);
        let mut converse = || {
            let mut client = Client::start(&mut command)?;
            session::run(&mut client, revision)?;
            client.finish()
        };
        converse().with_context(|| format!("{sdk}, {era}, {transport}"))?;
    }
    Ok(())
}
