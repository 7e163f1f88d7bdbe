//! From the command line to an exit code.

use std::{
    io::{self, Write},
    process::ExitCode,
};

use anyhow::Context;
use confluence_setup::generate;
use tokio::runtime::Builder;

use crate::{
    config::{self, Stop, Task},
    deployment, healthcheck,
    wiring::{self, Failure},
};

/// Something went wrong while starting or serving.
const FAILED: u8 = 1;

/// The command line or a setting has to be corrected.
const MISCONFIGURED: u8 = 2;

/// Does what the command line and the environment say, until the end.
pub fn run() -> ExitCode {
    let task = match config::read() {
        Ok(task) => task,
        Err(Stop::Usage(error)) => {
            // Help goes to standard output; nobody is left to tell if it is closed.
            let _ = error.print();
            return if error.use_stderr() { MISCONFIGURED.into() } else { ExitCode::SUCCESS };
        }
        Err(Stop::Problems(problems)) => {
            tell(&problems.to_string());
            return MISCONFIGURED.into();
        }
    };
    let (code, error) = match perform(task) {
        Ok(()) => return ExitCode::SUCCESS,
        Err(Failure::Problems(problems)) => {
            tell(&problems.to_string());
            return MISCONFIGURED.into();
        }
        Err(Failure::Configuration(error)) => (MISCONFIGURED, error),
        Err(Failure::Run(error)) => (FAILED, error),
    };
    tell(&format!("error: {error:#}"));
    code.into()
}

fn perform(task: Task) -> Result<(), Failure> {
    let done = match task {
        Task::Serve(config) => {
            confluence_setup::start_log(&config.log);
            return wiring::run(*config);
        }
        Task::RotateMasterKey(kept, log) => {
            confluence_setup::start_log(&log);
            let runtime = Builder::new_current_thread().enable_all().build();
            let runtime = runtime.context("cannot start").map_err(Failure::Run)?;
            let told = runtime.block_on(deployment::rotate(&kept))?;
            // It is done, whether or not anybody is left to be told.
            let _ = writeln!(io::stdout().lock(), "{told}");
            return Ok(());
        }
        Task::Healthcheck(listen) => Builder::new_current_thread()
            .enable_all()
            .build()
            .context("cannot start")
            .and_then(|runtime| runtime.block_on(healthcheck::ask(listen))),
        Task::Completions(shell) => {
            let script = generate::completions(config::command(), shell);
            io::stdout().lock().write_all(&script).context("cannot write the script")
        }
        Task::Man(folder) => generate::manual(config::command(), &folder)
            .with_context(|| format!("cannot write manual pages to `{}`", folder.display())),
    };
    done.map_err(Failure::Run)
}

fn tell(text: &str) {
    // Nobody is left to tell if it is closed.
    let _ = writeln!(io::stderr().lock(), "{text}");
}
