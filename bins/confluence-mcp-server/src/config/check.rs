//! From text to values, and whether they fit together. Nothing is opened here.
//!
//! All problems are found before any is told.

mod deployment;
mod http;

use confluence_setup::{Checked, Found, Problems};
use tracing_subscriber::filter::LevelFilter;

use super::{
    Config, Face, Serve,
    arguments::{Cli, FaceArguments},
};

/// The configuration, if there is nothing wrong with it.
pub(super) fn check(cli: &Cli) -> Result<Config, Problems> {
    let mut found = Found::default();
    let config = config(&mut found, cli);
    found.finish(config)
}

fn config(found: &mut Found, cli: &Cli) -> Checked<Config> {
    // The library that logs whole messages, and with them the text of pages.
    let silenced = Some(confluence_server::LOG_DIRECTIVE);
    let (face, log) = match &cli.face {
        FaceArguments::Stdio { confluence, log } => (
            found.confluence(confluence).map(Face::Stdio),
            found.log(log, LevelFilter::WARN, silenced),
        ),
        FaceArguments::Serve { confluence, http, deployment, log } => {
            let served = found.served(confluence);
            let http = http::check(found, http, served.as_ref().ok());
            let deployment = deployment::check(found, deployment, served.as_ref().ok());
            let serve = |confluence| Ok(Serve { http: http?, deployment: deployment?, confluence });
            (
                served.and_then(serve).map(|it| Face::Serve(Box::new(it))),
                found.log(log, LevelFilter::INFO, silenced),
            )
        }
    };
    Ok(Config { face: face?, log: log? })
}
