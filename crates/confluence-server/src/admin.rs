//! `/admin/v1`: what programs do for whoever looks after a deployment or a workspace.
//!
//! Every request shows a maintainer's or an editor's key. What it may do with it, and whether what it
//! asks for is there, is decided by `confluence-connector`'s `Administration`; here it is carried over
//! HTTP. No web page of another origin reads the answers.

mod agents;
mod audit;
mod auth;
mod body;
mod central;
mod connections;
mod failed;
mod instances;
mod keys;
mod query;
mod shown;
mod who;
mod workspaces;

use std::sync::Arc;

use axum::{
    Router,
    extract::{Request, State},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post, put},
};
use confluence_connector::Administration;
use http::{HeaderValue, StatusCode, header};

use crate::{
    Deployment,
    web::{body::Bodies, gate::Gate},
};
use failed::Failed;

/// What the admin API needs.
#[derive(Debug)]
pub(crate) struct AdminState {
    deployment: Arc<Deployment>,
    gate: Arc<Gate>,
    bodies: Arc<Bodies>,
}

/// What a request is answered with.
type Answered = Result<Response, Failed>;

impl AdminState {
    pub(crate) fn new(deployment: Arc<Deployment>, gate: Arc<Gate>, bodies: Arc<Bodies>) -> Self {
        Self { deployment, gate, bodies }
    }

    fn administration(&self) -> &Administration {
        &self.deployment.administration
    }
}

/// The routes, to be put below `/admin/v1`.
pub(crate) fn router<S: Clone + Send + Sync + 'static>(state: Arc<AdminState>) -> Router<S> {
    let instance = Router::new()
        .route("/", get(instances::show).delete(instances::delete))
        .route("/auth", get(auth::show).put(auth::change))
        .route("/policies", get(instances::policies).put(instances::change_policies))
        .route("/agents", get(agents::list))
        .route("/agents/allow", post(agents::allow))
        .route("/agents/revoke", post(agents::revoke))
        .route("/agents/allow-all", post(agents::allow_all))
        .route("/connections/revoke", post(connections::revoke));
    let workspace = Router::new()
        .route("/", get(workspaces::show).delete(workspaces::delete))
        .route("/instances", get(instances::list).post(instances::create))
        .nest("/instances/{instance}", instance)
        .route("/connections", get(connections::list))
        .route("/users/remove", post(connections::remove_user))
        .route("/keys", get(keys::of_workspace).post(keys::issue_in_workspace))
        .route("/keys/{key}", axum::routing::delete(keys::revoke_in_workspace))
        .route("/keys/{key}/rotate", post(keys::rotate_in_workspace));
    Router::new()
        .route("/whoami", get(who::show))
        .route("/workspaces", get(workspaces::list).post(workspaces::create))
        .nest("/workspaces/{workspace}", workspace)
        .route("/keys", get(keys::of_deployment).post(keys::issue_in_deployment))
        .route("/keys/{key}", axum::routing::delete(keys::revoke_in_deployment))
        .route("/keys/{key}/rotate", post(keys::rotate_in_deployment))
        .route("/audit", get(audit::list))
        .route("/central-client", put(central::change).get(central::show))
        .fallback(nowhere)
        .method_not_allowed_fallback(wrong_method)
        .layer(middleware::from_fn_with_state(Arc::clone(&state), guard))
        .with_state(state)
}

/// Checks host and origin, and keeps answers out of caches.
async fn guard(State(state): State<Arc<AdminState>>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let mut response = match state.gate.knock(&parts) {
        Ok(_) => next.run(Request::from_parts(parts, body)).await,
        Err(refusal) => {
            let (status, reason) = refusal.told();
            Failed::new(status, "forbidden", reason).into_response()
        }
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

async fn nowhere() -> Failed {
    Failed::new(StatusCode::NOT_FOUND, "not_found", "there is nothing at this path")
}

async fn wrong_method() -> Failed {
    let text = "this path takes other methods: see the header `Allow`";
    Failed::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", text)
}
