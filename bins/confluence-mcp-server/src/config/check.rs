//! From text to values, and whether they fit together. Nothing is opened here.
//!
//! All problems are found before any is told.

mod http;

use confluence_setup::{Checked, Found, Problems};
use tracing_subscriber::filter::LevelFilter;

use super::{
    Config, Face, Task,
    arguments::{Cli, TaskArguments},
};

/// The task, if there is nothing wrong with its settings.
pub(super) fn check(cli: Cli) -> Result<Task, Problems> {
    let mut found = Found::default();
    let task = task(&mut found, cli);
    found.finish(task)
}

fn task(found: &mut Found, cli: Cli) -> Checked<Task> {
    // The library that logs whole messages, and with them the text of pages.
    let silenced = Some(confluence_server::LOG_DIRECTIVE);
    let (face, confluence, log) = match cli.task {
        TaskArguments::Stdio { confluence, log } => (
            Ok(Face::Stdio),
            found.confluence(&confluence),
            found.log(&log, LevelFilter::WARN, silenced),
        ),
        TaskArguments::Serve { confluence, http, log } => (
            http::serve(found, &http).map(Face::Serve),
            found.confluence(&confluence),
            found.log(&log, LevelFilter::INFO, silenced),
        ),
        TaskArguments::Healthcheck { listen } => {
            return http::healthcheck(found, &listen).map(Task::Healthcheck);
        }
        TaskArguments::Completions { shell } => return Ok(Task::Completions(shell)),
        TaskArguments::Man { folder } => return Ok(Task::Man(folder)),
    };
    let config = Config { face: face?, confluence: confluence?, log: log? };
    Ok(Task::Serve(Box::new(config)))
}
