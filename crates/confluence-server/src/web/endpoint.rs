//! The MCP endpoint: everything around the MCP library that it does not do, or does not do well.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    body::Body,
    extract::{Path, Request, State, rejection::PathRejection},
    response::{IntoResponse, Response},
};
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
    gate::Gate,
};
use crate::{
    ClientForCaller, ServeError,
    call::{Calls, Capacity},
    handler::McpHandler,
    message::{self, Message},
};

/// Path segments of the single user's workspace and of the endpoint of its instance.
const WORKSPACE: &str = "slug:default";
const WEBHOOK: &str = "ConfluenceNext.mcp";

/// Answers MCP requests over HTTP, those of MCP itself by `H`.
pub(super) struct McpEndpoint<H> {
    clients: Arc<dyn ClientForCaller>,
    service: StreamableHttpService<H, NeverSessionManager>,
    gate: Gate,
    bodies: Bodies,
    patience: Duration,
}

impl<H: ServerHandler + Clone> McpEndpoint<H> {
    pub(super) fn new(
        clients: Arc<dyn ClientForCaller>,
        options: &HttpOptions,
        address: SocketAddr,
        wrap: impl FnOnce(McpHandler) -> H,
    ) -> Result<Self, ServeError> {
        let gate = Gate::new(options, address)?;
        let capacity =
            Capacity { calls: options.max_concurrent_calls, patience: options.busy_timeout };
        let calls = Arc::new(Calls::new(Arc::clone(&clients), capacity));
        let handler = wrap(McpHandler::new(calls));
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
        let bodies = Bodies::new(options.max_body_bytes, options.body_timeout);
        Ok(Self { clients, service, gate, bodies, patience: options.request_timeout })
    }

    pub(super) fn clients(&self) -> &dyn ClientForCaller {
        self.clients.as_ref()
    }

    async fn serve(&self, request: Request) -> Response {
        let (parts, body) = request.into_parts();
        let (host, admitted) = match self.gate.knock(&parts) {
            Ok(admitted) => admitted,
            Err(refusal) => return refusal.into_response(),
        };
        let mut response = if cross_origin::is_preflight(&parts) {
            // A browser shows no key with this question.
            cross_origin::preflight(&parts)
        } else if let Err(refusal) = self.gate.unlock(&host, &parts.headers) {
            refusal.into_response()
        } else {
            self.answer(parts, body).await.unwrap_or_else(Refusal::into_response)
        };
        cross_origin::show(&mut response, admitted.origin);
        response
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

/// The MCP endpoint at its short path.
pub(super) async fn serve<H: ServerHandler + Clone>(
    State(endpoint): State<Arc<McpEndpoint<H>>>,
    request: Request,
) -> Response {
    endpoint.serve(request).await
}

/// The MCP endpoint of an instance.
pub(super) async fn serve_instance<H: ServerHandler + Clone>(
    State(endpoint): State<Arc<McpEndpoint<H>>>,
    // Fails for names that are not UTF-8.
    path: Result<Path<(String, String)>, PathRejection>,
    request: Request,
) -> Response {
    match path {
        Ok(Path((workspace, webhook))) if workspace == WORKSPACE && webhook == WEBHOOK => {
            endpoint.serve(request).await
        }
        Ok(_) | Err(_) => answer::not_found().await,
    }
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
