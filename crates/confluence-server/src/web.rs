//! MCP over HTTP, and what goes with it: who may come in, probes, connections.

use std::{net::SocketAddr, sync::Arc};

use axum::{Router, routing::any};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::{Calls, Deployment, ServeError};

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
mod said;
mod webhooks;

use endpoint::McpEndpoint;
pub use options::HttpOptions;

/// What is served over HTTP.
#[derive(Debug, Clone)]
pub enum Served {
    /// MCP for the workspace of a single user, and nothing else.
    SingleUser(Arc<dyn Calls>),
    /// All workspaces of a deployment.
    Deployment(Arc<Deployment>),
}

impl Served {
    fn calls(&self) -> Arc<dyn Calls> {
        match self {
            Self::SingleUser(calls) => Arc::clone(calls),
            Self::Deployment(deployment) => Arc::<Deployment>::clone(deployment),
        }
    }
}

/// Serves `listener` until `shutdown` is cancelled; calls under way are answered first.
///
/// # Errors
///
/// Refuses to start where anybody could act as the configured user, and with options that cannot
/// work. Fails if the listener does.
pub async fn serve_http(
    listener: TcpListener,
    served: Served,
    options: HttpOptions,
    shutdown: CancellationToken,
) -> Result<(), ServeError> {
    let address = listener.local_addr().map_err(ServeError::Io)?;
    let router = router(&served, &options, address)?;
    connection::serve(listener, router, &options, &shutdown).await;
    Ok(())
}

/// Everything that is served, for a listener at `address`.
///
/// # Errors
///
/// As [`serve_http`].
pub fn router(
    served: &Served,
    options: &HttpOptions,
    address: SocketAddr,
) -> Result<Router, ServeError> {
    let endpoint = Arc::new(McpEndpoint::new(served.calls(), options, address)?);
    // Each area of a deployment adds its own.
    let webhooks = webhooks::router(endpoint::router(Arc::clone(&endpoint)));
    let mut router = Router::new();
    for base in options.bases()? {
        router = router
            .route(&format!("{base}/mcp"), any(endpoint::serve_single_user))
            .route(&format!("{base}/healthz"), any(probe::health))
            .route(&format!("{base}/readyz"), any(probe::readiness))
            .nest(&format!("{base}/workspaces/{{workspace}}/webhooks"), webhooks.clone());
    }
    Ok(router.fallback(answer::not_found).with_state(endpoint))
}
