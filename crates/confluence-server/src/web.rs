//! MCP over HTTP, and what goes with it: who may come in, probes, connections.

use std::{net::SocketAddr, sync::Arc};

use axum::{Router, routing::any};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::{ClientForCaller, ServeError};

mod answer;
mod body;
mod connection;
mod cross_origin;
mod endpoint;
mod gate;
mod host;
mod key;
mod options;
mod origin;
mod probe;

use endpoint::McpEndpoint;
pub use options::HttpOptions;

/// Serves `listener` until `shutdown` is cancelled; calls under way are answered first.
///
/// # Errors
///
/// Refuses to start where anybody could act as the configured user, and with options that cannot
/// work. Fails if the listener does.
pub async fn serve_http(
    listener: TcpListener,
    clients: Arc<dyn ClientForCaller>,
    options: HttpOptions,
    shutdown: CancellationToken,
) -> Result<(), ServeError> {
    let address = listener.local_addr().map_err(ServeError::Io)?;
    let router = router(clients, &options, address)?;
    connection::serve(listener, router, &options, &shutdown).await;
    Ok(())
}

/// Everything that is served, for a listener at `address`.
///
/// # Errors
///
/// As [`serve_http`].
pub fn router(
    clients: Arc<dyn ClientForCaller>,
    options: &HttpOptions,
    address: SocketAddr,
) -> Result<Router, ServeError> {
    let endpoint = Arc::new(McpEndpoint::new(clients, options, address)?);
    let mut router = Router::new();
    for base in options.bases()? {
        // `slug:default` is the workspace of a single user, `ConfluenceNext` its instance.
        router = router
            .route(&format!("{base}/mcp"), any(endpoint::serve))
            .route(
                &format!("{base}/workspaces/{{workspace}}/webhooks/{{webhook}}"),
                any(endpoint::serve_instance),
            )
            .route(&format!("{base}/healthz"), any(probe::health))
            .route(&format!("{base}/readyz"), any(probe::readiness));
    }
    Ok(router.fallback(answer::not_found).with_state(endpoint))
}
