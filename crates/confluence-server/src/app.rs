//! The configuration app: pages on which people set up workspaces, with plain forms.
//!
//! Everybody signs in with a key before seeing anything. What a session may not open looks like
//! something that is not there. A form is taken only from a page of the session that sends it.

mod agent;
mod agents;
mod authentication;
mod form;
mod frame;
mod keys;
mod lists;
mod lockout;
mod maintainer;
mod person;
mod refused;
mod scopes;
mod settings;
mod sign_in;
mod submit;
mod workspace;

use std::sync::Arc;

use axum::{
    Router,
    extract::{Request, State},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use confluence_connector::{InstanceKey, InstanceName, KeyKind, WorkspaceSlug};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use jiff::Timestamp;

use crate::{
    Deployment,
    browser::Cookies,
    pages::Pages,
    sessions::{Sessions, Visitor},
    web::{body::Bodies, gate::Gate},
};
use form::Query;
use frame::Frame;
use lockout::Lockout;
use refused::Refused;
use submit::Action;

/// What a page comes to.
type Shown = Result<Response, Refused>;

/// Browsers say `Origin: null` for forms of pages with `no-referrer`. This one also keeps addresses
/// from all other hosts.
const REFERRER_POLICY: HeaderValue = HeaderValue::from_static("same-origin");

/// What the app needs.
#[derive(Debug)]
pub(crate) struct AppState {
    deployment: Arc<Deployment>,
    gate: Arc<Gate>,
    bodies: Arc<Bodies>,
    pages: Pages,
    sessions: Sessions,
    lockout: Lockout,
    /// The path of the app.
    at: String,
    /// Where forms come from.
    origin: String,
}

impl AppState {
    pub(crate) fn new(deployment: Arc<Deployment>, gate: Arc<Gate>, bodies: Arc<Bodies>) -> Self {
        let api = deployment.addresses.api();
        let pages = Pages::with_script(api, deployment.endpoints.auth.as_ref());
        let sessions = Sessions::new(Arc::clone(&deployment.sessions), Cookies::at(api));
        let lockout = Lockout::new(Arc::clone(&deployment.login_failures));
        let at = format!("{}/apps/{}", api.path().trim_end_matches('/'), WorkspaceSlug::CORE);
        let origin = api.origin().ascii_serialization();
        Self { deployment, gate, bodies, pages, sessions, lockout, at, origin }
    }

    /// Who sent a request.
    async fn visitor(&self, headers: &HeaderMap) -> Result<Option<Visitor>, Refused> {
        Ok(self.sessions.visitor(headers, Timestamp::now()).await?)
    }

    /// Where the app is about an instance.
    fn here(&self, instance: &InstanceKey) -> String {
        format!("{}{}", self.at, frame::query(instance))
    }

    /// A frame about an instance.
    fn frame(&self, instance: Option<&InstanceKey>, visitor: &Visitor) -> Frame {
        Frame::new(&self.at, instance, visitor)
    }
}

/// The app, to be put below `/apps`.
pub(crate) fn router<S: Clone + Send + Sync + 'static>(state: Arc<AppState>) -> Router<S> {
    let app = format!("/{}", WorkspaceSlug::CORE);
    let below = |path: &str| format!("{app}/{path}");
    let mut router = Router::new()
        .route(&app, get(view))
        .route(&below("agent"), get(view_agent))
        .route(&below("sign-in"), post(sign_in::submit))
        .route(&below("sign-out"), post(sign_in::leave));
    for action in Action::ALL {
        let act = move |state, request| submit::submit(action, state, request);
        router = router.route(&below(action.path()), post(act));
    }
    router
        .fallback(nowhere)
        .method_not_allowed_fallback(nowhere)
        .layer(middleware::from_fn_with_state(Arc::clone(&state), guard))
        .with_state(state)
}

/// Checks the host, and keeps answers out of caches and addresses to ourselves.
async fn guard(State(state): State<Arc<AppState>>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let mut response = match state.gate.knock(&parts) {
        Ok(_) => next.run(Request::from_parts(parts, body)).await,
        Err(refusal) => {
            let (status, reason) = refusal.told();
            (status, reason).into_response()
        }
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(header::REFERRER_POLICY, REFERRER_POLICY);
    response
}

async fn nowhere(State(state): State<Arc<AppState>>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    Refused::NotFound.show(&state, &parts.headers).await
}

/// Answers the address of the app itself.
async fn view(State(state): State<Arc<AppState>>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let query = Query::parse(parts.uri.query());
    match page(&state, &parts.headers, &query).await {
        Ok(response) => response,
        Err(refused) => refused.show(&state, &parts.headers).await,
    }
}

async fn page(state: &AppState, headers: &HeaderMap, query: &Query) -> Shown {
    let Some(visitor) = state.visitor(headers).await? else {
        return Ok(sign_in::page(state, query, headers));
    };
    let instance = match (&query.instance, visitor.kind()) {
        (Some(Ok(instance)), _) => instance.clone(),
        (None, KeyKind::Maintainer) => return maintainer::page(state, &visitor, query, None).await,
        (None, KeyKind::Personal { instance, .. }) => return Ok(see(&state.here(instance))),
        (None, KeyKind::Editor { workspace }) => {
            let first = InstanceKey { workspace: workspace.clone(), name: InstanceName::default() };
            return Ok(see(&state.here(&first)));
        }
        (Some(Err(_)) | None, _) => return Err(Refused::NotFound),
    };
    if visitor.is_maintainer() && instance.workspace.is_core() && !query.names_instance {
        return maintainer::page(state, &visitor, query, None).await;
    }
    if let Some(user) = visitor.user_of(&instance) {
        return person::page(state, &visitor, &instance, user).await;
    }
    workspace::page(state, &visitor, &instance, query, workspace::Aside::default()).await
}

/// Answers the page of one agent.
async fn view_agent(State(state): State<Arc<AppState>>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let query = Query::parse(parts.uri.query());
    let shown = async {
        let Some(visitor) = state.visitor(&parts.headers).await? else {
            return Ok(sign_in::page(&state, &query, &parts.headers));
        };
        let Some(Ok(instance)) = &query.instance else { return Err(Refused::NotFound) };
        let agent = query.agent.as_deref().and_then(|it| it.parse().ok());
        let agent = agent.ok_or(Refused::NotFound)?;
        agent::page(&state, &visitor, instance, &agent, query.done.as_deref(), None).await
    };
    match shown.await {
        Ok(response) => response,
        Err(refused) => refused.show(&state, &parts.headers).await,
    }
}

/// Sends a browser on with a request of its own.
fn see(to: &str) -> Response {
    let location = HeaderValue::from_str(to).expect("an address is plain ASCII");
    (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response()
}

/// Whether somebody asks for JSON: our script does.
fn wants_json(headers: &HeaderMap) -> bool {
    let accepts = headers.get(header::ACCEPT);
    accepts.is_some_and(|it| it.as_bytes() == b"application/json")
}

/// A time, for people.
fn when(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d %H:%M UTC").to_string()
}
