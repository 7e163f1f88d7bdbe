//! `POST …/instructions/<instance>.<instruction>`: an operation by its canonical name, with JSON in
//! and Confluence's own JSON out, for automations.

use std::sync::Arc;

use axum::{
    Extension, Router,
    body::Body,
    extract::{Path, Request, State, rejection::PathRejection},
    response::{IntoResponse, Response},
    routing::any,
};
use bytes::Bytes;
use confluence_connector::{Door, InstanceKey};
use confluence_tools::{Failure, FailureKind, Operation, Success, take_injected};
use http::{HeaderValue, Method, StatusCode, header, request::Parts};
use serde_json::{Map, Value, json};

use crate::{
    CallContext, Deployment, Refused, RequestId,
    call::{LogLine, Turns},
    message,
    web::{answer, body::Bodies, cross_origin, gate::Gate, key::Bearer, said, webhooks::workspace},
};

/// How a caller without a valid key is asked for one.
const CHALLENGE: &str = "Bearer realm=\"confluence-next-instructions\"";

/// Carries the cursor of the next page, where Confluence told it outside of the JSON.
const NEXT_CURSOR: &str = "x-confluence-next-cursor";

/// What instructions need.
pub(crate) struct InstructionsState {
    pub(crate) deployment: Arc<Deployment>,
    pub(crate) gate: Arc<Gate>,
    pub(crate) bodies: Arc<Bodies>,
    pub(crate) turns: Arc<Turns>,
}

/// The instructions of all workspaces, to be put below `/workspaces/{workspace}/instructions`.
pub(crate) fn router<S: Clone + Send + Sync + 'static>(state: InstructionsState) -> Router<S> {
    Router::new().route("/{instruction}", any(serve)).with_state(Arc::new(state))
}

/// A failed instruction, as it is answered.
struct Failed {
    status: StatusCode,
    text: String,
}

impl Failed {
    fn new(status: StatusCode, text: impl Into<String>) -> Self {
        Self { status, text: text.into() }
    }
}

impl From<Failure> for Failed {
    fn from(failure: Failure) -> Self {
        Self { status: status(failure.kind), text: failure.text }
    }
}

impl IntoResponse for Failed {
    fn into_response(self) -> Response {
        let content = json!([{ "type": "text", "text": self.text }]);
        let body = json!({ "error": { "isError": true, "content": content } });
        let mut response = answer::json(self.status, &body);
        let headers = response.headers_mut();
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(CHALLENGE));
        }
        if self.status == StatusCode::METHOD_NOT_ALLOWED {
            headers.insert(header::ALLOW, HeaderValue::from_static("POST"));
        }
        response
    }
}

/// The status that says the same as a failure.
fn status(kind: FailureKind) -> StatusCode {
    match kind {
        FailureKind::Arguments => StatusCode::BAD_REQUEST,
        FailureKind::NotAvailable | FailureKind::Forbidden => StatusCode::FORBIDDEN,
        FailureKind::Unauthenticated => StatusCode::UNAUTHORIZED,
        FailureKind::NotFound => StatusCode::NOT_FOUND,
        FailureKind::Conflict => StatusCode::CONFLICT,
        FailureKind::Throttled => StatusCode::TOO_MANY_REQUESTS,
        FailureKind::Timeout => StatusCode::GATEWAY_TIMEOUT,
        FailureKind::Upstream => StatusCode::BAD_GATEWAY,
    }
}

async fn serve(
    State(state): State<Arc<InstructionsState>>,
    Extension(id): Extension<RequestId>,
    // Fails for names that are not UTF-8.
    path: Result<Path<(String, String)>, PathRejection>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let admitted = match state.gate.knock(&parts) {
        Ok((_, admitted)) => admitted,
        Err(refusal) => {
            let (status, reason) = refusal.told();
            return Failed::new(status, reason).into_response();
        }
    };
    let mut response = if cross_origin::is_preflight(&parts) {
        cross_origin::preflight(&parts)
    } else {
        let path = path.ok().and_then(|Path((workspace, name))| target(&workspace, &name));
        let answered = match path {
            Some((instance, name)) => state.answer(instance, &name, id, parts, body).await,
            None => Err(no_such_instruction()),
        };
        answered.unwrap_or_else(IntoResponse::into_response)
    };
    cross_origin::show(&mut response, admitted.origin);
    response
}

fn no_such_instruction() -> Failed {
    Failed::new(StatusCode::NOT_FOUND, "There is no such instruction: check the address.")
}

/// The instance and the name of the instruction in a path.
fn target(workspace_segment: &str, name: &str) -> Option<(InstanceKey, String)> {
    let workspace = workspace(workspace_segment)?;
    let (instance, name) = name.split_once('.')?;
    Some((InstanceKey { workspace, name: instance.parse().ok()? }, name.to_owned()))
}

impl InstructionsState {
    async fn answer(
        &self,
        instance: InstanceKey,
        name: &str,
        id: RequestId,
        parts: Parts,
        body: Body,
    ) -> Result<Response, Failed> {
        let headers = &parts.headers;
        let Bearer::Token(shown) = Bearer::of(headers) else { return Err(unauthorized()) };
        let key = self.deployment.unlock(&shown, Door::Instructions(&instance)).await;
        let key = Arc::new(key.map_err(refused)?);
        self.deployment.find(&instance).await.map_err(refused)?;
        let Some(operation) = Operation::by_instruction(name) else {
            return Err(no_such_instruction());
        };
        if parts.method != Method::POST {
            let text = "Send a POST request, with the arguments as a JSON object.";
            return Err(Failed::new(StatusCode::METHOD_NOT_ALLOWED, text));
        }
        let held = self.bodies.read(headers, body).await.map_err(|refusal| {
            let (status, reason) = refusal.told();
            Failed::new(status, reason)
        })?;
        let mut arguments = arguments(&held.bytes)?;
        let injected = take_injected(&mut arguments);
        let mut asserted = said::asserted_user(headers);
        asserted.user_argument = injected.user_id;
        let context = CallContext {
            key: Some(key),
            asserted,
            conversation: injected.context_id,
            limits: said::limits(headers),
            request: Some(id),
            ..CallContext::new(instance)
        };
        let mut line = LogLine::new(&context, Some(operation));
        let result = self.perform(&context, name, arguments).await;
        line.finish(result.as_ref().map_or_else(|failure| failure.kind.as_str(), |_| "ok"));
        Ok(raw(result?))
    }

    async fn perform(
        &self,
        context: &CallContext,
        name: &str,
        arguments: Map<String, Value>,
    ) -> Result<Success, Failure> {
        let _turn = self.turns.take().await?;
        self.deployment.call_instruction(context, name, arguments).await
    }
}

fn unauthorized() -> Failed {
    let text = "A valid key for the instructions of this workspace is needed: send it as `Authorization: Bearer …`.";
    Failed::new(StatusCode::UNAUTHORIZED, text)
}

fn refused(refused: Refused) -> Failed {
    match refused {
        Refused::Unauthorized => unauthorized(),
        Refused::NoInstance => no_such_instruction(),
        Refused::Unavailable => {
            let text = "The connector is temporarily unavailable: keys cannot be checked. Nothing was sent to Confluence. Retry in a minute.";
            Failed::new(StatusCode::SERVICE_UNAVAILABLE, text)
        }
    }
}

/// The arguments; none are needed where none are sent.
fn arguments(body: &Bytes) -> Result<Map<String, Value>, Failed> {
    if body.trim_ascii().is_empty() {
        return Ok(Map::new());
    }
    let invalid = |reason: &str| {
        let text =
            format!("Bad request: the body must be a JSON object with the arguments: {reason}.");
        Failed::new(StatusCode::BAD_REQUEST, text)
    };
    message::check_bounds(body).map_err(|fault| invalid(&fault.reason))?;
    match serde_json::from_slice(body) {
        Ok(Value::Object(arguments)) => Ok(arguments),
        Ok(_) => Err(invalid("it is JSON, but no object")),
        Err(_) => Err(invalid("it is no JSON")),
    }
}

/// Confluence's answer as it came.
fn raw(success: Success) -> Response {
    let body = success.raw.unwrap_or_default();
    let mut response = if body.is_empty() {
        StatusCode::NO_CONTENT.into_response()
    } else {
        let kind = HeaderValue::from_static("application/json");
        ([(header::CONTENT_TYPE, kind)], body).into_response()
    };
    if let Some(next) = success.next.and_then(|it| HeaderValue::from_str(&it).ok()) {
        response.headers_mut().insert(NEXT_CURSOR, next);
    }
    response
}
