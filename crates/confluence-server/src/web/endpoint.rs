//! The MCP endpoint: everything around the MCP library that it does not do, or does not do well.

use std::{sync::Arc, time::Duration};

use axum::{
    Extension, Router,
    body::Body,
    extract::{Request, State},
    response::{IntoResponse, Response},
    routing::any,
};
use confluence_connector::{InstanceKey, Key};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header, request::Parts};
use http_body_util::Full;
use rmcp::{
    ServerHandler,
    model::ErrorCode,
    transport::{
        StreamableHttpServerConfig, StreamableHttpService,
        streamable_http_server::session::never::NeverSessionManager,
    },
};
use tokio::time::timeout;

use super::{
    HttpOptions,
    answer::{self, Refusal},
    body::Bodies,
    cross_origin,
    gate::{Entrance, Gate},
    host::HostName,
    probe::Readiness,
    said,
};
use crate::{
    CallContext, Refused, RequestId,
    call::BoundedCalls,
    message::{self, Message},
    single_user_instance,
};

/// Answers MCP requests over HTTP, those of MCP itself by `H`.
pub(super) struct McpEndpoint<H> {
    calls: Arc<BoundedCalls>,
    readiness: Readiness,
    service: StreamableHttpService<H, NeverSessionManager>,
    gate: Arc<Gate>,
    bodies: Arc<Bodies>,
    patience: Duration,
}

impl<H: ServerHandler + Clone> McpEndpoint<H> {
    pub(super) fn new(
        calls: Arc<BoundedCalls>,
        handler: H,
        (gate, bodies): (Arc<Gate>, Arc<Bodies>),
        options: &HttpOptions,
    ) -> Self {
        // Stateless, so that any replica answers any call, and nothing is kept for clients that
        // never come back. Hosts and origins are checked twice: the gate must not be bypassed.
        let config = StreamableHttpServerConfig::default()
            .with_legacy_session_mode(false)
            .with_json_response(true)
            .with_allowed_hosts(gate.hosts().to_strings())
            .with_allowed_origins(gate.origins().to_strings())
            .enforce_origin_validation()
            .with_max_request_body_bytes(options.max_body_bytes);
        let sessions = Arc::new(NeverSessionManager::default());
        let service = StreamableHttpService::new(move || Ok(handler.clone()), sessions, config);
        let (patience, readiness) = (options.request_timeout, Readiness::default());
        Self { calls, readiness, service, gate, bodies, patience }
    }

    pub(super) async fn is_ready(&self) -> bool {
        self.readiness.of(self.calls.calls()).await
    }

    async fn serve(&self, instance: InstanceKey, request: Request) -> Response {
        let (mut parts, body) = request.into_parts();
        let (host, admitted) = match self.gate.knock(&parts) {
            Ok(admitted) => admitted,
            Err(refusal) => return refusal.into_response(),
        };
        let mut response = if cross_origin::is_preflight(&parts) {
            // A browser shows no key with this question.
            cross_origin::preflight(&parts)
        } else {
            match self.admit(&instance, &host, &parts.headers).await {
                Ok(key) => {
                    parts.extensions.insert(CallContext {
                        key,
                        asserted: said::asserted(&parts.headers),
                        limits: said::limits(&parts.headers),
                        request: parts.extensions.get::<RequestId>().cloned(),
                        ..CallContext::new(instance)
                    });
                    self.answer(parts, body).await.unwrap_or_else(Refusal::into_response)
                }
                Err(response) => response,
            }
        };
        cross_origin::show(&mut response, admitted.origin);
        response
    }

    /// The key that lets a request in, if it needs one.
    async fn admit(
        &self,
        instance: &InstanceKey,
        host: &HostName,
        headers: &HeaderMap,
    ) -> Result<Option<Arc<Key>>, Response> {
        let entrance = self.gate.entrance(instance, host, headers);
        let entrance = entrance.map_err(Refusal::into_response)?;
        let (shown, known) = match &entrance {
            Entrance::Free => (None, None),
            Entrance::WorkspaceKey(key) => (None, Some(Arc::clone(key))),
            Entrance::Key(shown) => (Some(shown), None),
        };
        match self.calls.calls().admit(instance, shown).await {
            Ok(key) => Ok(known.or(key)),
            Err(Refused::Unauthorized) => Err(Gate::wrong_key().into_response()),
            Err(Refused::NoInstance) => Err(answer::not_found().await),
            Err(Refused::Unavailable) => {
                let reason = "keys cannot be checked now; try again in a minute";
                let status = StatusCode::SERVICE_UNAVAILABLE;
                Err(Refusal::unserved(status, None, reason).into_response())
            }
        }
    }

    async fn answer(&self, mut parts: Parts, body: Body) -> Result<Response, Refusal> {
        // GET would open a stream of the server's own messages, DELETE end a session: it has
        // neither.
        if parts.method != Method::POST {
            return Err(Refusal::method("POST"));
        }
        if !is_json(&parts.headers) {
            let reason = "the content type must be application/json";
            return Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, reason));
        }
        let held = self.bodies.read(&parts.headers, body).await?;
        let message = match message::read(&held.bytes) {
            Ok(message) => message,
            // The request itself was understood: clients look into a 200 only.
            Err(fault) if fault.code == ErrorCode::INVALID_PARAMS => {
                return Err(Refusal::of(StatusCode::OK, fault));
            }
            Err(fault) => return Err(Refusal::of(StatusCode::BAD_REQUEST, fault)),
        };
        let id = message.id().cloned();
        widen_accept(&mut parts.headers);
        // Handlers get the headers, and the MCP library logs what it likes.
        parts.headers.remove(header::AUTHORIZATION);
        parts.headers.remove(header::COOKIE);
        let request = Request::from_parts(parts, Full::new(held.bytes.clone()));
        match timeout(self.patience, self.service.handle(request)).await {
            Ok(response) if is_unread(&response) && message == Message::Notification => {
                // Nobody waits for an answer.
                Ok(StatusCode::ACCEPTED.into_response())
            }
            Ok(response) => Ok(answer::normalized(response.map(Body::new), id).await),
            Err(_elapsed) => {
                let reason = "the request took too long; whether it had an effect is not known";
                Err(Refusal::unserved(StatusCode::GATEWAY_TIMEOUT, id, reason))
            }
        }
    }
}

/// Whether the MCP library could not read the message: the content type has been checked.
fn is_unread<B>(response: &http::Response<B>) -> bool {
    response.status() == StatusCode::UNSUPPORTED_MEDIA_TYPE
}

/// The MCP endpoint of an instance, and that of the core.
pub(super) fn router<H: ServerHandler + Clone>(endpoint: Arc<McpEndpoint<H>>) -> Router {
    Router::new()
        .route("/instance/mcp", any(serve::<H>))
        .route("/core/mcp", any(serve::<H>))
        .with_state(endpoint)
}

/// The MCP endpoint of the single user, at its short path.
pub(super) async fn serve_single_user<H: ServerHandler + Clone>(
    State(endpoint): State<Arc<McpEndpoint<H>>>,
    request: Request,
) -> Response {
    endpoint.serve(single_user_instance(), request).await
}

async fn serve<H: ServerHandler + Clone>(
    State(endpoint): State<Arc<McpEndpoint<H>>>,
    Extension(instance): Extension<InstanceKey>,
    request: Request,
) -> Response {
    endpoint.serve(instance, request).await
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|it| it.to_str().ok());
    let essence = kind.and_then(|it| it.split(';').next()).unwrap_or_default();
    essence.trim().eq_ignore_ascii_case("application/json")
}

/// Lets clients that take JSON pass: the MCP library demands that they name two types.
fn widen_accept(headers: &mut HeaderMap) {
    let mut ranges = headers
        .get_all(header::ACCEPT)
        .iter()
        .flat_map(|it| it.to_str().unwrap_or_default().split(','))
        .filter(|it| !it.trim().is_empty())
        .peekable();
    if ranges.peek().is_none() || ranges.any(takes_json) {
        let both = HeaderValue::from_static("application/json, text/event-stream");
        headers.insert(header::ACCEPT, both);
    }
}

fn takes_json(range: &str) -> bool {
    let mut parts = range.split(';').map(str::trim);
    let essence = parts.next().unwrap_or_default().to_ascii_lowercase();
    let refused = parts.any(|it| {
        let quality = it.strip_prefix("q=").or(it.strip_prefix("Q="));
        quality.and_then(|it| it.trim().parse::<f32>().ok()).is_some_and(|it| it <= 0.0)
    });
    matches!(essence.as_str(), "application/json" | "application/*" | "*/*") && !refused
}
