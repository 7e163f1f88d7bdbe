//! Connecting users to Atlassian: pages for people, and what platforms and other deployments ask.
//!
//! What makes this safe is `confluence-auth`'s: states, tickets and the browser's secret. Here they
//! are carried over HTTP.

mod browser;
mod callback;
mod client;
mod core;
mod exchange;
mod outcome;
mod probe;
mod status;
mod visit;

use std::sync::Arc;

use axum::{
    Router,
    extract::{Request, State},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use confluence_auth::{BaseUrl, Hosts};
use http::{HeaderValue, header};
use serde_json::json;

use crate::{
    Deployment,
    browser::Cookies,
    pages::Pages,
    sessions::Sessions,
    web::{answer, body::Bodies, cross_origin, gate::Gate},
};
use exchange::ExchangeRates;
use visit::Purpose;

/// What these areas need.
#[derive(Debug)]
pub(crate) struct OAuthState {
    deployment: Arc<Deployment>,
    gate: Arc<Gate>,
    bodies: Arc<Bodies>,
    pages: Pages,
    /// The public address, if browsers keep secure cookies for it.
    base: Option<BaseUrl>,
    cookies: Cookies,
    sessions: Sessions,
    rates: ExchangeRates,
}

impl OAuthState {
    pub(crate) fn new(deployment: Arc<Deployment>, gate: Arc<Gate>, bodies: Arc<Bodies>) -> Self {
        let api = deployment.addresses.api();
        let pages = Pages::new(api, deployment.endpoints.auth.as_ref());
        let base = BaseUrl::parse(api.as_str(), Hosts::Any).ok();
        let cookies = Cookies::at(api);
        let sessions = Sessions::new(Arc::clone(&deployment.sessions), cookies);
        let rates = ExchangeRates::default();
        Self { deployment, gate, bodies, pages, base, cookies, sessions, rates }
    }
}

/// The routes, below the names that `web::webhooks` gives them.
pub(crate) fn router(state: Arc<OAuthState>) -> Router {
    let visit = |purpose| {
        get(move |state, instance, request| visit::page(purpose, state, instance, request))
            .post(move |state, instance, request| visit::submit(purpose, state, instance, request))
    };
    let people = Router::new()
        .route("/instance/oauthConnect", visit(Purpose::Connect))
        .route("/instance/oauthDisconnect", visit(Purpose::Disconnect))
        .route("/instance/oauthCallback", get(callback::of_instance))
        .route("/core/oauthCallback", get(callback::of_core));
    let machines = Router::new()
        .route("/instance/oauthStatus", get(status::serve))
        .route("/instance/testAuth", post(probe::serve))
        .route("/core/getOAuthClientPublic", get(core::public))
        .route("/core/setOAuthClient", post(core::set))
        .route("/core/maintainerStatus", get(core::maintainer))
        .route("/core/centralTokenExchange", post(exchange::serve));
    people
        .merge(machines.layer(middleware::from_fn(cross)))
        .layer(middleware::from_fn_with_state(Arc::clone(&state), guard))
        .with_state(state)
}

/// Checks host and origin, and keeps answers out of caches and addresses to ourselves.
async fn guard(State(state): State<Arc<OAuthState>>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let mut response = match state.gate.knock(&parts) {
        Ok((_, admitted)) => {
            let mut request = Request::from_parts(parts, body);
            request.extensions_mut().insert(Origin(admitted.origin));
            next.run(request).await
        }
        Err(refusal) => {
            let (status, reason) = refusal.told();
            answer::json(status, &json!({ "error": reason }))
        }
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.entry(header::REFERRER_POLICY).or_insert(HeaderValue::from_static("no-referrer"));
    response
}

/// The web origin that a request comes from, which is allowed.
#[derive(Debug, Clone)]
struct Origin(Option<HeaderValue>);

/// Lets pages of allowed origins read the answers.
async fn cross(request: Request, next: Next) -> Response {
    let origin = request.extensions().get::<Origin>().and_then(|it| it.0.clone());
    let (parts, body) = request.into_parts();
    let mut response = if cross_origin::is_preflight(&parts) {
        cross_origin::preflight(&parts)
    } else {
        next.run(Request::from_parts(parts, body)).await.into_response()
    };
    cross_origin::show(&mut response, origin);
    response
}
