//! From the command line to an exit code.

use std::{
    io::{self, Write},
    process::ExitCode,
};

use crate::{
    config::{self, Stop},
    wiring::{self, Failure},
};

/// Something went wrong while starting or serving.
const FAILED: u8 = 1;

/// The command line or a setting has to be corrected.
const MISCONFIGURED: u8 = 2;

/// Does what the command line and the environment say, until the end.
pub fn run() -> ExitCode {
    let config = match config::read() {
        Ok(config) => config,
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
    confluence_setup::start_log(&config.log);
    let (code, error) = match wiring::run(config) {
        Ok(()) => return ExitCode::SUCCESS,
        Err(Failure::Configuration(error)) => (MISCONFIGURED, error),
        Err(Failure::Run(error)) => (FAILED, error),
    };
    tell(&format!("error: {error:#}"));
    code.into()
}

fn tell(text: &str) {
    // Nobody is left to tell if it is closed.
    let _ = writeln!(io::stderr().lock(), "{text}");
}
