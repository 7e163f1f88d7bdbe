//! From text to values, and whether they fit together. Nothing is opened here.
//!
//! All problems are found before any is told.

mod http;

use confluence_setup::{Checked, Found, Problems};
use tracing_subscriber::filter::LevelFilter;

use super::{
    Config, Face,
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
    let (face, confluence, log) = match &cli.face {
        FaceArguments::Stdio { confluence, log } => (
            Ok(Face::Stdio),
            found.confluence(confluence),
            found.log(log, LevelFilter::WARN, silenced),
        ),
        FaceArguments::Serve { confluence, http, log } => (
            http::serve(found, http).map(Face::Serve),
            found.confluence(confluence),
            found.log(log, LevelFilter::INFO, silenced),
        ),
    };
    Ok(Config { face: face?, confluence: confluence?, log: log? })
}
