//! From the command line to an exit code.

use std::process::ExitCode;

use clap::error::ErrorKind;
use tokio::runtime::Builder;

use crate::{
    api, call,
    config::{self, Config, Stop, Task},
    doctor,
    exit::Exit,
    failed::Failed,
    generate, operator,
    output::tell,
};

/// Does what the command line and the environment say.
pub fn run() -> ExitCode {
    let config = match config::read() {
        Ok(config) => config,
        Err(Stop::Usage(error)) if !error.use_stderr() => {
            // Help goes to standard output; nobody is left to tell if it is closed.
            let _ = error.print();
            return ExitCode::SUCCESS;
        }
        Err(Stop::Usage(error)) => {
            let format = config::wanted_format();
            let text = error.to_string();
            let text = text.trim_end().trim_start_matches("error: ");
            // Without a command there is nothing wrong yet that could be named.
            let is_help = error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand;
            if is_help && format == config::Format::Text {
                tell(text);
                return Exit::Usage.into();
            }
            return ended(&Failed::usage(text), format);
        }
        Err(Stop::Problems(problems)) => {
            return ended(&problems.into(), config::wanted_format());
        }
    };
    let format = config.format;
    confluence_setup::start_log(&config.log);
    match perform(config) {
        Ok(exit) => exit.into(),
        Err(failed) => ended(&failed, format),
    }
}

fn perform(mut config: Config) -> Result<Exit, Failed> {
    let task = std::mem::replace(&mut config.task, Task::Doctor);
    let work = async {
        match task {
            Task::Completions(shell) => generate::completions(shell)?,
            Task::Man(folder) => generate::manual(&folder)?,
            Task::Call(call) => call::perform(&config, *call).await?,
            Task::Api(arguments) => api::send(&config, &arguments).await?,
            Task::Operator(command) => operator::perform(&config, *command).await?,
            Task::Doctor => return doctor::examine(&config).await,
        }
        Ok(Exit::Ok)
    };
    // A single thread: there is one thing to do.
    let runtime = Builder::new_current_thread().enable_all().build();
    let runtime =
        runtime.map_err(|error| Failed::new(Exit::Error, format!("cannot start: {error}")))?;
    let result = runtime.block_on(work);
    runtime.shutdown_background();
    result
}

/// Tells what went wrong.
fn ended(failed: &Failed, format: config::Format) -> ExitCode {
    match failed.shown(format) {
        Some((exit, text)) => {
            tell(&text);
            exit.into()
        }
        None => ExitCode::SUCCESS,
    }
}
