//! From a configuration to a running server: credentials, transport, client, face.

use std::{
    io::{self, Write},
    sync::Arc,
};

use anyhow::{Context, anyhow};
use confluence_server::{ClientForCaller, ServeError, SingleUser};
use confluence_setup::Connection;
use confluence_tools::{Options, Surface};
use tokio::runtime::{Builder, Runtime};
use tokio_util::sync::CancellationToken;

use crate::{
    banner::Content,
    config::{Config, Confluence, Face, Source},
    signals::Signals,
    web::{self, Web},
};

/// Why the server does not run, or no longer.
#[derive(Debug)]
pub(crate) enum Failure {
    /// A setting has to be corrected.
    Configuration(anyhow::Error),
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
        Face::Stdio => Builder::new_current_thread(),
        Face::Serve(_) => Builder::new_multi_thread(),
    };
    builder.enable_all().build()
}

async fn serve(config: Config) -> Result<(), Failure> {
    let Config { face, confluence, log: _ } = config;
    let signals = Signals::catch().context("cannot catch signals").map_err(Failure::Run)?;
    let wired = wire(&confluence).map_err(Failure::Configuration)?;
    let shutdown = CancellationToken::new();
    match face {
        Face::Stdio => {
            if let Content::Sandbox(sandbox) = wired.content {
                // Whoever calls first waits for it, and is told should it fail.
                tokio::spawn(async move { sandbox.running().await.map(drop) });
            }
            let serving = confluence_server::serve_stdio(wired.clients, shutdown.clone());
            until_signal(serving, signals, &shutdown).await
        }
        Face::Serve(given) => {
            let Web { listener, options, banner } =
                web::open(&given, &confluence, &wired.content).await?;
            // It is for people: nobody reads it if it is closed.
            let _ = io::stdout().lock().write_all(banner.to_string().as_bytes());
            let stop = shutdown.clone();
            let serving = confluence_server::serve_http(listener, wired.clients, options, stop);
            until_signal(serving, signals, &shutdown).await
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

/// What all faces need.
struct Wired {
    clients: Arc<dyn ClientForCaller>,
    content: Content,
}

fn wire(confluence: &Confluence) -> anyhow::Result<Wired> {
    let Connection { client, credential, sandbox } = confluence_setup::connect(confluence)?;
    let content = match &confluence.source {
        Source::Account(account) => Content::of(account),
        Source::Sandbox { .. } => Content::Sandbox(sandbox.expect("it was asked for")),
    };
    let surface = Surface { read_only: confluence.read_only, ..Surface::default() };
    let options = Options { surface, credential, ..Options::default() };
    Ok(Wired { clients: Arc::new(SingleUser::new(client, options)), content })
}
