//! What an answer that is not a 2xx means.

use std::time::Duration;

use bytes::Bytes;
use http::{Method, StatusCode};
use jiff::Timestamp;

use crate::{
    Answer, ApiError, ApiErrorKind, RejectedAnswer,
    answer::trace_id,
    error::{is_bare_not_found, is_html, is_unknown_caller, message},
    rate_limit::{RateLimit, retry_after},
};

/// Header of an answer that an organization's app-access rule blocked.
const POLICY_HEADER: &str = "atlassian-datasecuritypolicy";

/// A refusal, and whether it may be about the credential.
pub(crate) struct Refusal {
    pub(crate) error: Box<ApiError>,
    pub(crate) suspect: Option<RejectedAnswer>,
}

/// Sorts an answer into success and refusal.
pub(crate) fn check(
    method: Method,
    path: String,
    response: http::Response<Bytes>,
) -> Result<Answer, Refusal> {
    let (parts, body) = response.into_parts();
    let rate_limit = RateLimit::read(&parts.headers);
    if parts.status.is_success() {
        return Ok(Answer::new(parts.status, &parts.headers, body, rate_limit));
    }
    let html = is_html(&parts.headers);
    let message = if html { None } else { message(&body) };
    let blocked = parts.headers.contains_key(POLICY_HEADER);
    let (kind, suspect) = if blocked {
        (ApiErrorKind::Blocked, None)
    } else {
        classify(parts.status, &path, message.as_deref(), html, &body)
    };
    let error = ApiError {
        kind,
        status: parts.status,
        method,
        path,
        message,
        retry_after: retry_after(&parts.headers).or_else(|| until_reset(kind, rate_limit.as_ref())),
        rate_limit,
        trace_id: trace_id(&parts.headers),
    };
    Err(Refusal { error: Box::new(error), suspect })
}

/// How long a throttled caller has to wait where only the reset of a used-up quota tells it.
fn until_reset(kind: ApiErrorKind, rate_limit: Option<&RateLimit>) -> Option<Duration> {
    let used_up =
        |rate: &&RateLimit| kind == ApiErrorKind::RateLimited && rate.remaining == Some(0);
    let reset = rate_limit.filter(used_up)?.reset?;
    Duration::try_from(reset.duration_since(Timestamp::now())).ok()
}

fn classify(
    status: StatusCode,
    path: &str,
    message: Option<&str>,
    html: bool,
    body: &Bytes,
) -> (ApiErrorKind, Option<RejectedAnswer>) {
    let v2 = path.starts_with("/wiki/api/v2/");
    match status {
        StatusCode::BAD_REQUEST => (ApiErrorKind::Invalid, None),
        StatusCode::UNAUTHORIZED
            if message.is_some_and(|it| it.contains("scope does not match")) =>
        {
            (ApiErrorKind::MissingScope, None)
        }
        StatusCode::UNAUTHORIZED if html => {
            (ApiErrorKind::Unauthorized, Some(RejectedAnswer::UnauthorizedPage))
        }
        StatusCode::UNAUTHORIZED => {
            (ApiErrorKind::Unauthorized, Some(RejectedAnswer::Unauthorized))
        }
        StatusCode::FORBIDDEN if message.is_some_and(is_unknown_caller) => {
            (ApiErrorKind::Forbidden, Some(RejectedAnswer::NotPermitted))
        }
        StatusCode::FORBIDDEN => (ApiErrorKind::Forbidden, None),
        StatusCode::NOT_FOUND if v2 && is_bare_not_found(body) => {
            (ApiErrorKind::NotFound, Some(RejectedAnswer::BareNotFound))
        }
        StatusCode::NOT_FOUND => (ApiErrorKind::NotFound, None),
        StatusCode::CONFLICT => (ApiErrorKind::Conflict, None),
        StatusCode::TOO_MANY_REQUESTS => (ApiErrorKind::RateLimited, None),
        _ if status.is_server_error() => (ApiErrorKind::Server, None),
        _ => (ApiErrorKind::Other, None),
    }
}

/// The refusal of a request that is not sent, because the server asked to wait for longer than
/// the call may take.
pub(crate) fn throttled(method: Method, path: String, wait: Duration) -> ApiError {
    ApiError {
        kind: ApiErrorKind::RateLimited,
        status: StatusCode::TOO_MANY_REQUESTS,
        method,
        path,
        message: None,
        retry_after: Some(wait),
        rate_limit: None,
        trace_id: None,
    }
}
