//! Connections: how many, how slow, and how they end.
//!
//! `axum::serve` has no deadline for request heads and no bound on connections.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use axum::Router;
use hyper::{Request, body::Incoming, server::conn::http1};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
    task::JoinSet,
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use super::HttpOptions;

/// How long the listener rests when the operating system has no connection to give.
const ACCEPT_PAUSE: Duration = Duration::from_millis(200);

/// What a connection buffers of a request head.
const HEAD_BYTES: usize = 64 * 1024;

/// Who is at the other end of a connection: an extension of each request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer(pub(crate) SocketAddr);

/// Serves every connection of `listener` until `shutdown`, and then those that are busy.
pub(super) async fn serve(
    listener: TcpListener,
    router: Router,
    options: &HttpOptions,
    shutdown: &CancellationToken,
) {
    let places = options.max_connections.clamp(1, Semaphore::MAX_PERMITS);
    let places = Arc::new(Semaphore::new(places));
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(options.header_timeout)
        .max_buf_size(HEAD_BYTES);
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            biased;
            () = shutdown.cancelled() => break,
            Some(_) = connections.join_next(), if !connections.is_empty() => {}
            (stream, peer, place) = accept(&listener, &places) => {
                let (http, router, shutdown) = (http.clone(), router.clone(), shutdown.clone());
                connections.spawn(async move {
                    converse(&http, stream, peer, router, &shutdown).await;
                    drop(place);
                });
            }
        }
    }
    // From here on, new connections are refused.
    drop(listener);
    let finished = async { while connections.join_next().await.is_some() {} };
    if timeout(options.shutdown_grace, finished).await.is_err() {
        tracing::warn!(
            connections = connections.len(),
            "stopped before every request was answered"
        );
        connections.shutdown().await;
    }
}

/// Waits for a place and a connection to take it.
async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> (TcpStream, Peer, OwnedSemaphorePermit) {
    let place = Arc::clone(places).acquire_owned().await.expect("the places are never closed");
    loop {
        match listener.accept().await {
            Ok((stream, address)) => {
                // Else the second packet of an answer waits some 40 ms for a delayed ACK.
                if let Err(error) = stream.set_nodelay(true) {
                    tracing::debug!(%error, "a connection keeps Nagle's algorithm");
                }
                return (stream, Peer(address), place);
            }
            Err(error) if is_one_connections(&error) => {}
            Err(error) => {
                // Out of file descriptors, for one: others may give some back.
                tracing::error!(%error, "cannot accept connections");
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

/// Whether the error is about a connection that went away again.
fn is_one_connections(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

async fn converse(
    http: &http1::Builder,
    stream: TcpStream,
    peer: Peer,
    router: Router,
    shutdown: &CancellationToken,
) {
    let service = router.map_request(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(peer);
        request
    });
    let service = TowerToHyperService::new(service);
    let mut connection = std::pin::pin!(http.serve_connection(TokioIo::new(stream), service));
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = shutdown.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        // Clients come and go as they please.
        tracing::debug!(%error, "a connection ended early");
    }
}

#[cfg(test)]
mod tests;
