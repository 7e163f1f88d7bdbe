//! Commands for operators: they talk to a server's admin API, and to no other host.

mod agents;
mod arguments;
mod audit;
mod auth_mode;
mod connections;
mod follow;
mod keys;
mod pages;
mod server;
mod table;
mod workspace;

use serde_json::Value;

pub use arguments::{OperatorCommand, ServerGiven};
pub(crate) use arguments::{SERVER_KEY, ServerArguments};

use crate::{
    config::{Config, Format},
    failed::Failed,
    output::Output,
};
use server::Server;

/// What a command works with.
struct Operator {
    server: Server,
    format: Format,
    output: Output,
}

/// Does what the command says.
pub(crate) async fn perform(config: &Config, command: OperatorCommand) -> Result<(), Failed> {
    let server = config.server.as_ref().map_err(Failed::from)?;
    let server = Server::open(server)?;
    let mut operator = Operator { server, format: config.format, output: Output::open() };
    match command {
        OperatorCommand::Workspace(command) => workspace::perform(&mut operator, command).await,
        OperatorCommand::Agents(command) => agents::perform(&mut operator, command).await,
        OperatorCommand::Connections(command) => connections::perform(&mut operator, command).await,
        OperatorCommand::Keys(command) => keys::perform(&mut operator, command).await,
        OperatorCommand::Audit(command) => audit::perform(&mut operator, command).await,
        OperatorCommand::AuthMode(command) => auth_mode::perform(&mut operator, command).await,
    }
}

impl Operator {
    /// Writes JSON, or the text that says the same.
    fn show(&mut self, json: &Value, text: impl FnOnce(&Value) -> String) -> Result<(), Failed> {
        match self.format {
            Format::Json => Ok(self.output.json(json.to_string().as_bytes())?),
            Format::Text => Ok(self.output.text(&text(json))?),
        }
    }
}

/// A text in JSON; nothing if there is none.
fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_default()
}
