//! MCP over HTTP, and what goes with it: who may come in, probes, connections.

use std::{net::SocketAddr, sync::Arc};

use axum::{Router, routing::any};
use rmcp::ServerHandler;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::{ClientForCaller, ServeError, handler::McpHandler};

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
    serve_http_with(listener, clients, options, shutdown, |handler| handler).await
}

/// As [`serve_http`], with what `wrap` makes of the handler of MCP.
pub(crate) async fn serve_http_with<H: ServerHandler + Clone>(
    listener: TcpListener,
    clients: Arc<dyn ClientForCaller>,
    options: HttpOptions,
    shutdown: CancellationToken,
    wrap: impl FnOnce(McpHandler) -> H,
) -> Result<(), ServeError> {
    let address = listener.local_addr().map_err(ServeError::Io)?;
    let router = router_with(clients, &options, address, wrap)?;
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
    router_with(clients, options, address, |handler| handler)
}

fn router_with<H: ServerHandler + Clone>(
    clients: Arc<dyn ClientForCaller>,
    options: &HttpOptions,
    address: SocketAddr,
    wrap: impl FnOnce(McpHandler) -> H,
) -> Result<Router, ServeError> {
    let endpoint = Arc::new(McpEndpoint::new(clients, options, address, wrap)?);
    let mut router = Router::new();
    for base in options.bases()? {
        // `slug:default` is the workspace of a single user, `ConfluenceNext` its instance.
        router = router
            .route(&format!("{base}/mcp"), any(endpoint::serve::<H>))
            .route(
                &format!("{base}/workspaces/{{workspace}}/webhooks/{{webhook}}"),
                any(endpoint::serve_instance::<H>),
            )
            .route(&format!("{base}/healthz"), any(probe::health))
            .route(&format!("{base}/readyz"), any(probe::readiness::<H>));
    }
    Ok(router.fallback(answer::not_found).with_state(endpoint))
}
