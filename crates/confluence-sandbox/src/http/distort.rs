//! Faults at work: answers replaced before a request is carried out, and spoilt after.

use std::{convert::Infallible, io::Write, time::Duration};

use axum::{
    body::{Body, to_bytes},
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};
use futures::{StreamExt, stream};
use serde_json::{Value, json};

use crate::faults::Fault;

use super::{connection::CutSwitch, failure::Failure};

/// No answer of the sandbox is larger; an attachment of the demo comes nowhere near.
const LARGEST_BODY: usize = 64 * 1024 * 1024;

/// What an endless body is made of.
const ENDLESS_CHUNK: &[u8] = &[b' '; 64 * 1024];

/// The answer that a fault gives in place of carrying out the request.
pub(super) fn instead(fault: &Fault, connection: &CutSwitch) -> Option<Response> {
    match fault {
        Fault::TooManyRequests { retry_after } => {
            let failure =
                Failure::gateway(StatusCode::TOO_MANY_REQUESTS, "Rate limit exceeded. Try later.");
            Some(with_retry_after(failure.into_response(), *retry_after))
        }
        Fault::Status { status, retry_after } => {
            let status = known(*status);
            let message = status.canonical_reason().unwrap_or("Error");
            let body = json!({ "statusCode": status.as_u16(), "message": message });
            let mut response = Response::new(Body::from(body.to_string()));
            *response.status_mut() = status;
            set(&mut response, header::CONTENT_TYPE, "application/json");
            Some(with_retry_after(response, *retry_after))
        }
        Fault::HtmlPage { status } => {
            let status = known(*status);
            let name = status.canonical_reason().unwrap_or("Error");
            let code = status.as_u16();
            let page = format!(
                "<html><head><title>{code} {name}</title></head><body><center><h1>{code} {name}\
                 </h1></center><hr><center>nginx</center></body></html>"
            );
            let mut response = Response::new(Body::from(page));
            *response.status_mut() = status;
            set(&mut response, header::CONTENT_TYPE, "text/html");
            Some(response)
        }
        Fault::Disconnect => {
            connection.cut();
            Some(broken())
        }
        Fault::Redirect { location } => {
            let mut response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::FOUND;
            set(&mut response, header::LOCATION, location);
            Some(response)
        }
        Fault::EndlessBody => {
            let chunks =
                stream::repeat_with(|| Ok::<_, Infallible>(Bytes::from_static(ENDLESS_CHUNK)));
            let mut response = Response::new(Body::from_stream(chunks));
            set(&mut response, header::CONTENT_TYPE, "application/json");
            Some(response)
        }
        Fault::Latency(_)
        | Fault::LateAnswer(_)
        | Fault::LostResponse
        | Fault::CutBody
        | Fault::SlowBody { .. }
        | Fault::TruncatedJson
        | Fault::Gzip
        | Fault::ForeignNextLink { .. }
        | Fault::EmptyPage => None,
    }
}

/// The answer after a fault has had its way with it.
pub(super) async fn after(fault: &Fault, response: Response, connection: &CutSwitch) -> Response {
    match fault {
        Fault::LateAnswer(by) => {
            tokio::time::sleep(*by).await;
            response
        }
        Fault::LostResponse => {
            connection.cut();
            broken()
        }
        Fault::CutBody => {
            let (mut parts, bytes) = taken_apart(response).await;
            parts.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(bytes.len()));
            let half = bytes.slice(..bytes.len() / 2);
            // The pause lets the first half out before the connection goes.
            let chunks = stream::once(async move { Ok(half) }).chain(stream::once(async {
                tokio::time::sleep(Duration::from_millis(20)).await;
                Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset))
            }));
            Response::from_parts(parts, Body::from_stream(chunks))
        }
        Fault::SlowBody { chunk, pause } => {
            let (parts, bytes) = taken_apart(response).await;
            let (chunk, pause) = ((*chunk).max(1), *pause);
            let chunks = stream::unfold(bytes, move |mut rest| async move {
                if rest.is_empty() {
                    return None;
                }
                tokio::time::sleep(pause).await;
                let next = rest.split_to(chunk.min(rest.len()));
                Some((Ok::<_, Infallible>(next), rest))
            });
            Response::from_parts(parts, Body::from_stream(chunks))
        }
        Fault::TruncatedJson => {
            let (parts, bytes) = taken_apart(response).await;
            Response::from_parts(parts, Body::from(bytes.slice(..bytes.len() / 2)))
        }
        Fault::Gzip => {
            let (mut parts, bytes) = taken_apart(response).await;
            let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
            match encoder.write_all(&bytes).and_then(|()| encoder.finish()) {
                Ok(packed) => {
                    let encoding = HeaderValue::from_static("gzip");
                    parts.headers.insert(header::CONTENT_ENCODING, encoding);
                    Response::from_parts(parts, Body::from(packed))
                }
                Err(error) => {
                    tracing::error!(%error, "writing gzip to memory failed");
                    Response::from_parts(parts, Body::from(bytes))
                }
            }
        }
        Fault::ForeignNextLink { origin } => {
            rewritten(response, |body| {
                let links = body.get_mut("_links").and_then(Value::as_object_mut);
                if let Some(links) = links {
                    let next = links.get("next").and_then(Value::as_str).unwrap_or("/wiki/stolen");
                    let next = format!("{origin}{next}");
                    links.insert("next".to_owned(), Value::String(next));
                }
            })
            .await
        }
        Fault::EmptyPage
        | Fault::Latency(_)
        | Fault::TooManyRequests { .. }
        | Fault::Status { .. }
        | Fault::HtmlPage { .. }
        | Fault::Disconnect
        | Fault::Redirect { .. }
        | Fault::EndlessBody => response,
    }
}

async fn taken_apart(response: Response) -> (axum::http::response::Parts, Bytes) {
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, LARGEST_BODY).await.unwrap_or_default();
    (parts, bytes)
}

async fn rewritten(response: Response, change: impl FnOnce(&mut Value)) -> Response {
    let (mut parts, bytes) = taken_apart(response).await;
    let Ok(mut body) = serde_json::from_slice(&bytes) else {
        return Response::from_parts(parts, Body::from(bytes));
    };
    change(&mut body);
    // The header would give the true link away.
    parts.headers.remove(header::LINK);
    Response::from_parts(parts, Body::from(body.to_string()))
}

/// For callers in process, who have no connection that could be cut: a body that fails.
fn broken() -> Response {
    let failure = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
    Response::new(Body::from_stream(stream::once(async { Err::<Bytes, _>(failure) })))
}

fn known(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

fn with_retry_after(mut response: Response, seconds: Option<u64>) -> Response {
    if let Some(seconds) = seconds {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

fn set(response: &mut Response, name: header::HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}
