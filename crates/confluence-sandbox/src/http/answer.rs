//! What a handler gives back, and how it becomes a response.

use axum::{
    body::Body,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::Response,
};
use serde_json::Value;

use super::failure::{Failure, FailureBody};

/// A success: status, headers, content.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) content: Content,
    /// How many points of the quota the answer costs beyond the request itself.
    pub(crate) points: u64,
}

/// The body of a success.
#[derive(Debug)]
pub(crate) enum Content {
    Nothing,
    Json(Value),
    Html(String),
    Css(&'static str),
    File { media_type: String, bytes: &'static [u8] },
}

impl Answer {
    /// One entity.
    pub(crate) fn json(value: Value) -> Self {
        Self::new(StatusCode::OK, Content::Json(value))
    }

    pub(crate) fn new(status: StatusCode, content: Content) -> Self {
        Self { status, headers: HeaderMap::new(), content, points: 1 }
    }

    pub(crate) fn with_header(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.insert(name, value);
        }
        self
    }

    pub(crate) fn with_points(mut self, points: usize) -> Self {
        self.points = points as u64;
        self
    }

    pub(crate) fn into_response(self) -> Response {
        let (media_type, body) = match self.content {
            Content::Nothing => (None, Body::empty()),
            Content::Json(value) => (Some(JSON.to_owned()), Body::from(value.to_string())),
            Content::Html(html) => (Some(HTML.to_owned()), Body::from(html)),
            Content::Css(css) => (Some("text/css;charset=UTF-8".to_owned()), Body::from(css)),
            Content::File { media_type, bytes } => (Some(media_type), Body::from(bytes)),
        };
        response(self.status, self.headers, media_type.as_deref(), body)
    }
}

impl Failure {
    pub(crate) fn into_response(self) -> Response {
        let (media_type, body) = match self.body {
            FailureBody::Json(value) => (Some(JSON), Body::from(value.to_string())),
            FailureBody::Html(html) => (Some("text/html;charset=utf-8"), Body::from(html)),
            FailureBody::Empty => (None, Body::empty()),
        };
        response(self.status, HeaderMap::new(), media_type, body)
    }
}

const JSON: &str = "application/json";
const HTML: &str = "text/html;charset=UTF-8";

fn response(
    status: StatusCode,
    headers: HeaderMap,
    media_type: Option<&str>,
    body: Body,
) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    if let Some(value) = media_type.and_then(|it| HeaderValue::from_str(it).ok()) {
        response.headers_mut().insert(header::CONTENT_TYPE, value);
    }
    response
}
