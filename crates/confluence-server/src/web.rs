//! MCP over HTTP, and what goes with it: who may come in, probes, connections.

use std::{net::SocketAddr, sync::Arc};

use axum::{Router, middleware, routing::any};
use rmcp::ServerHandler;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::{
    Calls, Deployment, ServeError,
    admin::{self, AdminState},
    app::{self, AppState},
    call::{BoundedCalls, Capacity, Turns},
    connecting::Connecting,
    handler::McpHandler,
    instructions::{self, InstructionsState},
    oauth::{self, OAuthState},
    pages, request_id,
};

pub(crate) mod answer;
pub(crate) mod body;
pub(crate) mod connection;
pub(crate) mod cross_origin;
mod endpoint;
pub(crate) mod gate;
mod host;
pub(crate) mod key;
mod options;
mod origin;
mod probe;
pub(crate) mod said;
pub(crate) mod webhooks;

use body::Bodies;
use endpoint::McpEndpoint;
use gate::Gate;
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

    fn deployment(&self) -> Option<&Arc<Deployment>> {
        match self {
            Self::SingleUser(_) => None,
            Self::Deployment(deployment) => Some(deployment),
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
    serve_http_with(listener, served, options, shutdown, |handler| handler).await
}

/// As [`serve_http`], with what `wrap` makes of the handler of MCP.
pub(crate) async fn serve_http_with<H: ServerHandler + Clone>(
    listener: TcpListener,
    served: Served,
    options: HttpOptions,
    shutdown: CancellationToken,
    wrap: impl FnOnce(McpHandler) -> H,
) -> Result<(), ServeError> {
    let address = listener.local_addr().map_err(ServeError::Io)?;
    let router = router_with(&served, &options, address, wrap)?;
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
    router_with(served, options, address, |handler| handler)
}

fn router_with<H: ServerHandler + Clone>(
    served: &Served,
    options: &HttpOptions,
    address: SocketAddr,
    wrap: impl FnOnce(McpHandler) -> H,
) -> Result<Router, ServeError> {
    let gate = Arc::new(Gate::new(options, address)?);
    let bodies = Arc::new(Bodies::new(options.max_body_bytes, options.body_timeout));
    let connecting = served.deployment().map(|it| Connecting::new(&it.request_states));
    let capacity = Capacity { calls: options.max_concurrent_calls, patience: options.busy_timeout };
    let turns = Arc::new(Turns::new(capacity));
    let calls = Arc::new(BoundedCalls::new(served.calls(), Arc::clone(&turns)));
    let endpoint = Arc::new(McpEndpoint::new(
        Arc::clone(&calls),
        wrap(McpHandler::new(calls, connecting)),
        (Arc::clone(&gate), Arc::clone(&bodies)),
        options,
    ));
    // Each area of a deployment adds its own.
    let mut named = endpoint::router(Arc::clone(&endpoint));
    if let Some(deployment) = served.deployment() {
        let (gate, bodies) = (Arc::clone(&gate), Arc::clone(&bodies));
        let state = OAuthState::new(Arc::clone(deployment), gate, bodies);
        named = named.merge(oauth::router(Arc::new(state)));
    }
    let webhooks = webhooks::router(named);
    let app = served.deployment().map(|deployment| {
        let (gate, bodies) = (Arc::clone(&gate), Arc::clone(&bodies));
        Arc::new(AppState::new(Arc::clone(deployment), gate, bodies))
    });
    let admin = served.deployment().map(|deployment| {
        let (gate, bodies) = (Arc::clone(&gate), Arc::clone(&bodies));
        Arc::new(AdminState::new(Arc::clone(deployment), gate, bodies))
    });
    let instructions = served.deployment().map(|deployment| {
        let deployment = Arc::clone(deployment);
        instructions::router(InstructionsState { deployment, gate, bodies, turns })
    });
    let mut router = Router::new();
    for base in options.bases()? {
        if let Some(instructions) = &instructions {
            let path = format!("{base}/workspaces/{{workspace}}/instructions");
            router = router.nest(&path, instructions.clone());
        }
        if let Some(app) = &app {
            router = router.nest(&format!("{base}/apps"), app::router(Arc::clone(app)));
        }
        if let Some(admin) = &admin {
            router = router.nest(&format!("{base}/admin/v1"), admin::router(Arc::clone(admin)));
        }
        router = router
            .route(&format!("{base}/mcp"), any(endpoint::serve_single_user::<H>))
            .route(&format!("{base}/healthz"), any(probe::health))
            .route(&format!("{base}/readyz"), any(probe::readiness::<H>))
            .nest(&format!("{base}/assets"), pages::assets())
            .nest(&format!("{base}/workspaces/{{workspace}}/webhooks"), webhooks.clone());
    }
    let router = router.fallback(answer::not_found).with_state(endpoint);
    Ok(router.layer(middleware::from_fn(request_id::name)))
}
