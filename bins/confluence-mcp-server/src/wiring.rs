//! From a configuration to a running server: credentials, transport, client, face.

use std::{
    io::{self, Write},
    sync::Arc,
};

use anyhow::{Context, anyhow};
use confluence_server::{ServeError, Served, SingleUser};
use confluence_setup::{Connection, ProfileError};
use confluence_tools::{Options, Surface};
use tokio::runtime::{Builder, Runtime};
use tokio_util::sync::CancellationToken;

use crate::{
    config::{Config, Confluence, Face, Problems},
    signals::Signals,
    web::{self, Web},
};

/// Why the server does not run, or no longer.
#[derive(Debug)]
pub(crate) enum Failure {
    /// A setting has to be corrected.
    Configuration(anyhow::Error),
    /// Settings have to be corrected, or there are none.
    Problems(Problems),
    /// Something else.
    Run(anyhow::Error),
}

/// Serves as `config` says, until the client or a signal ends it.
pub(crate) fn run(config: Config) -> Result<(), Failure> {
    let runtime = runtime(&config.face).context("cannot start").map_err(Failure::Run)?;
    let result = runtime.block_on(serve(config));
    // A read from a terminal cannot be cancelled; waiting for it would take for ever.
    runtime.shutdown_background();
    result
}

/// A single client is served by a single thread: less memory, and a faster start.
fn runtime(face: &Face) -> io::Result<Runtime> {
    let mut builder = match face {
        Face::Stdio(_) => Builder::new_current_thread(),
        Face::Serve(_) => Builder::new_multi_thread(),
    };
    builder.enable_all().build()
}

async fn serve(config: Config) -> Result<(), Failure> {
    let signals = Signals::catch().context("cannot catch signals").map_err(Failure::Run)?;
    let shutdown = CancellationToken::new();
    match config.face {
        Face::Stdio(confluence) => {
            let connection = connect(&confluence).await?;
            let user = single_user(&connection, &confluence);
            let serving = confluence_server::serve_stdio(Arc::new(user), shutdown.clone());
            let ended = until_signal(serving, signals, &shutdown).await;
            // Whoever called may be gone; a token that is being renewed must not be.
            connection.settled().await;
            ended
        }
        Face::Serve(given) => {
            let Web { listener, options, banner, running, sandbox: _sandbox } =
                web::open(&given).await?;
            // It is for people: nobody reads it if it is closed.
            let _ = io::stdout().lock().write_all(banner.to_string().as_bytes());
            let served = Served::Deployment(Arc::clone(&running.deployment));
            let stop = shutdown.clone();
            let serving = confluence_server::serve_http(listener, served, options, stop);
            let ended = until_signal(serving, signals, &shutdown).await;
            let closed = running.close().await.map_err(Failure::Run);
            ended.and(closed)
        }
    }
}

/// The first signal lets calls under way finish, the second does not wait for them.
async fn until_signal(
    serving: impl Future<Output = Result<(), ServeError>>,
    mut signals: Signals,
    shutdown: &CancellationToken,
) -> Result<(), Failure> {
    tokio::pin!(serving);
    let served = tokio::select! {
        served = &mut serving => served,
        () = signals.next() => {
            tracing::info!("stopping; calls under way are finished first");
            shutdown.cancel();
            tokio::select! {
                served = &mut serving => served,
                () = signals.next() => {
                    return Err(Failure::Run(anyhow!("stopped before every call was answered")));
                }
            }
        }
    };
    served.map_err(|error| match error {
        ServeError::Io(_) => Failure::Run(error.into()),
        ServeError::KeyNeeded { .. } | ServeError::Option { .. } | ServeError::UnusableKey => {
            Failure::Configuration(error.into())
        }
    })
}

/// The account of the one user, from the settings or from a profile.
async fn connect(confluence: &Confluence) -> Result<Connection, Failure> {
    let chosen = confluence.choose().await.map_err(|error| match error {
        ProfileError::Problems(problems) => Failure::Problems(problems),
        ProfileError::Store(_) => Failure::Run(error.into()),
        ProfileError::Unknown { .. }
        | ProfileError::OtherMode { .. }
        | ProfileError::Incomplete { .. }
        | ProfileError::Secret(_) => Failure::Configuration(error.into()),
    })?;
    confluence_setup::connect(confluence, &chosen).map_err(Failure::Configuration)
}

/// The one user of a client that speaks over standard input and output.
fn single_user(connection: &Connection, confluence: &Confluence) -> SingleUser {
    if let Some(sandbox) = connection.sandbox.clone() {
        // Whoever calls first waits for it, and is told should it fail.
        tokio::spawn(async move { sandbox.running().await.map(drop) });
    }
    let surface = Surface { read_only: confluence.read_only, ..Surface::default() };
    let options = Options { surface, credential: connection.credential, ..Options::default() };
    SingleUser::new(connection.client.clone(), options)
}
