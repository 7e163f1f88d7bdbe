//! Answers that are not the MCP library's: JSON in every case.

use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use confluence_api::text::excerpt;
use http::{HeaderValue, StatusCode, header};
use http_body_util::BodyExt;
use rmcp::model::{ErrorCode, JsonRpcError, RequestId};
use serde::Serialize;
use serde_json::json;

use crate::message::Fault;

/// Longest text of the MCP library that is read.
const MAX_TEXT_BYTES: usize = 4096;

/// How much of it is repeated, in characters.
const MAX_MESSAGE: usize = 300;

/// A JSON body with a status.
pub(crate) fn json(status: StatusCode, body: &impl Serialize) -> Response {
    let body = serde_json::to_vec(body).expect("answers have only text as keys");
    let kind = HeaderValue::from_static("application/json");
    (status, [(header::CONTENT_TYPE, kind)], body).into_response()
}

/// A request that is not served, with the reason as a JSON-RPC error.
#[derive(Debug)]
pub(crate) struct Refusal {
    status: StatusCode,
    fault: Fault,
    hint: Hint,
}

/// What a refusal says in a header of its own.
#[derive(Debug, Clone, Copy)]
enum Hint {
    None,
    /// The methods that are served.
    Allow(&'static str),
    /// How to authenticate.
    Challenge(&'static str),
}

impl Refusal {
    /// The request cannot be accepted.
    pub(crate) fn new(status: StatusCode, reason: &str) -> Self {
        Self::of(status, Fault::invalid(None, reason))
    }

    /// The message cannot be dealt with.
    pub(crate) fn of(status: StatusCode, fault: Fault) -> Self {
        Self { status, fault, hint: Hint::None }
    }

    /// The request is fine, but cannot be served.
    pub(crate) fn unserved(status: StatusCode, id: Option<RequestId>, reason: &str) -> Self {
        let code = ErrorCode::INTERNAL_ERROR;
        Self::of(status, Fault { id, code, reason: reason.to_owned() })
    }

    /// The status and the reason, for answers that are no JSON-RPC.
    pub(crate) fn told(self) -> (StatusCode, String) {
        (self.status, self.fault.reason)
    }

    /// The method is not one of `allowed`.
    pub(crate) fn method(allowed: &'static str) -> Self {
        let reason = format!("send {allowed} requests here");
        let hint = Hint::Allow(allowed);
        Self { hint, ..Self::new(StatusCode::METHOD_NOT_ALLOWED, &reason) }
    }

    /// The key is missing or wrong.
    pub(crate) fn unauthorized(challenge: &'static str, reason: &str) -> Self {
        let hint = Hint::Challenge(challenge);
        Self { hint, ..Self::new(StatusCode::UNAUTHORIZED, reason) }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let Self { status, fault, hint } = self;
        let mut response = json(status, &JsonRpcError::from(fault));
        let (name, value) = match hint {
            Hint::None => return response,
            Hint::Allow(methods) => (header::ALLOW, methods),
            Hint::Challenge(challenge) => (header::WWW_AUTHENTICATE, challenge),
        };
        response.headers_mut().insert(name, HeaderValue::from_static(value));
        response
    }
}

/// Nothing is served there.
pub(crate) async fn not_found() -> Response {
    json(StatusCode::NOT_FOUND, &json!({ "error": "not found" }))
}

/// Turns the MCP library's texts into JSON-RPC errors.
pub(crate) async fn normalized(response: Response, id: Option<RequestId>) -> Response {
    let status = response.status();
    let is_text = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_none_or(|kind| kind.as_bytes().starts_with(b"text/plain"));
    if status.is_success() {
        return response;
    }
    if !is_text {
        return shortened(response).await;
    }
    if status.is_server_error() {
        // Its text tells about the inside.
        return Refusal::unserved(status, id, "Internal error").into_response();
    }
    if status == StatusCode::UNSUPPORTED_MEDIA_TYPE {
        // The content type has been checked: the library means the message.
        let fault = Fault::invalid(id, "not a message of MCP");
        return Refusal::of(StatusCode::BAD_REQUEST, fault).into_response();
    }
    let text = text(response.into_body()).await;
    let fault = Fault::invalid(id, text.trim_start_matches("Bad Request: "));
    Refusal::of(status, fault).into_response()
}

/// The error with a message that can be shown: the MCP library puts whole headers and names there.
async fn shortened(response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    let Ok(body) = body.collect().await else {
        return Refusal::unserved(parts.status, None, "Internal error").into_response();
    };
    let body = body.to_bytes();
    let Ok(mut error) = serde_json::from_slice::<JsonRpcError>(&body) else {
        return Response::from_parts(parts, Body::from(body));
    };
    error.error.message = excerpt(&error.error.message, MAX_MESSAGE).into();
    let shortened = json(parts.status, &error);
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, shortened.into_body())
}

async fn text(body: Body) -> String {
    let bytes = match http_body_util::Limited::new(body, MAX_TEXT_BYTES).collect().await {
        Ok(body) => body.to_bytes(),
        Err(_too_long) => return "refused".to_owned(),
    };
    excerpt(&String::from_utf8_lossy(&bytes), MAX_MESSAGE)
}
