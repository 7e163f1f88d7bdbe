//! Signing in and out, and looking after profiles.
//!
//! What comes of signing in is kept in a profile, which `confluence-mcp-server stdio` uses as well.

mod browser;
mod callback;
mod login;
mod loopback;
mod profile;
mod prompt;
mod shown;
mod status;
mod token;

use confluence_setup::SigningIn;

use crate::{
    config::{AuthCommand, AuthTask, Config},
    exit::Exit,
    failed::Failed,
};

/// Does what the command says.
pub(crate) async fn perform(config: &Config, task: AuthTask) -> Result<Exit, Failed> {
    let AuthTask { command, token, signing_in } = task;
    let signing_in = signing_in?;
    match command {
        AuthCommand::Login(arguments) => match token {
            Some(token) => token::log_in(config, &signing_in, token).await,
            None => login::log_in(config, &signing_in, &arguments).await,
        },
        AuthCommand::Status => {
            refuse_sandbox(&signing_in)?;
            status::show(config, &signing_in).await
        }
        AuthCommand::Logout => {
            refuse_sandbox(&signing_in)?;
            profile::remove(config, &signing_in).await
        }
        AuthCommand::Switch { profile_name } => {
            refuse_sandbox(&signing_in)?;
            profile::switch(config, &signing_in, &profile_name).await
        }
    }
}

/// The sandbox ends with the command: there is nothing to look after.
fn refuse_sandbox(signing_in: &SigningIn) -> Result<(), Failed> {
    match signing_in.sandbox {
        Some(_) => Err(Failed::usage(
            "with --sandbox (CONFLUENCE_SANDBOX) no profile is used: the sandbox ends with each command",
        )),
        None => Ok(()),
    }
}
