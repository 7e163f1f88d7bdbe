//! From text to values, and whether they fit together. Nothing is opened here.
//!
//! All problems are found before any is told.

mod deployment;
mod http;

use confluence_setup::{Checked, Found, Problems};
use tracing_subscriber::filter::LevelFilter;

use super::{
    Config, Face, Serve, Task,
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
    let (face, log) = match cli.task {
        TaskArguments::Stdio { confluence, profile, oauth, log } => (
            found.confluence(&confluence, &profile, &oauth).map(|it| Face::Stdio(Box::new(it))),
            found.log(&log, LevelFilter::WARN, silenced),
        ),
        TaskArguments::Serve { confluence, http, deployment, oauth, log } => {
            let served = found.served(&confluence);
            let http = http::check(found, &http, served.as_ref().ok());
            let deployment = deployment::check(found, &deployment, &oauth, served.as_ref().ok());
            let serve = |confluence| Ok(Serve { http: http?, deployment: deployment?, confluence });
            (
                served.and_then(serve).map(|it| Face::Serve(Box::new(it))),
                found.log(&log, LevelFilter::INFO, silenced),
            )
        }
        TaskArguments::RotateMasterKey { store, log } => {
            let kept = deployment::kept(found, &store, false);
            let log = found.log(&log, LevelFilter::WARN, silenced);
            return Ok(Task::RotateMasterKey(Box::new(kept?), log?));
        }
        TaskArguments::Healthcheck { listen } => {
            return http::healthcheck(found, &listen).map(Task::Healthcheck);
        }
        TaskArguments::Completions { shell } => return Ok(Task::Completions(shell)),
        TaskArguments::Man { folder } => return Ok(Task::Man(folder)),
    };
    Ok(Task::Serve(Box::new(Config { face: face?, log: log? })))
}
