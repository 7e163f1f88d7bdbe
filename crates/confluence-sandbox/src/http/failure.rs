//! The ways in which Atlassian says no: four shapes, depending on who refuses.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::site::Refusal;

/// An answer other than success.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) status: StatusCode,
    pub(crate) body: FailureBody,
}

/// What a failure looks like on the wire.
#[derive(Debug)]
pub(crate) enum FailureBody {
    Json(Value),
    Html(String),
    Empty,
}

impl Failure {
    /// An error of REST v2.
    pub(crate) fn v2(status: StatusCode, code: &str, title: &str) -> Self {
        let error = json!({
            "status": status.as_u16(), "code": code, "title": title, "detail": null
        });
        Self { status, body: FailureBody::Json(json!({ "errors": [error] })) }
    }

    /// A parameter or body that REST v2 does not take.
    pub(crate) fn parameter(title: &str) -> Self {
        Self::v2(StatusCode::BAD_REQUEST, "INVALID_REQUEST_PARAMETER", title)
    }

    /// A value of the wrong type, in the words of REST v2.
    pub(crate) fn wrong_type(value: &str, name: &str, expected: &str) -> Self {
        Self::parameter(&format!(
            "Provided value {{{value}}} for '{name}' is not the correct type. Expected type is {expected}"
        ))
    }

    /// A thing that does not exist or must not be known, in REST v2.
    pub(crate) fn not_found(title: &str) -> Self {
        Self::v2(StatusCode::NOT_FOUND, "NOT_FOUND", title)
    }

    pub(crate) fn no_page(id: impl std::fmt::Display) -> Self {
        Self::not_found(&format!("Cannot find a page with id [{id}]"))
    }

    pub(crate) fn no_content(id: impl std::fmt::Display) -> Self {
        Self::not_found(&format!("Content with id: [{id}] not found"))
    }

    /// The bare 404 by which REST v2 turns down a credential, too.
    pub(crate) fn bare() -> Self {
        Self::not_found("Not Found")
    }

    /// An error of REST v1 with the exception it came from.
    pub(crate) fn v1(status: StatusCode, exception: &str, message: &str) -> Self {
        let package = "com.atlassian.confluence.api.service.exceptions";
        Self::v1_raw(status, &format!("{package}.{exception}: {message}"))
    }

    /// An error of REST v1 as it is.
    pub(crate) fn v1_raw(status: StatusCode, message: &str) -> Self {
        let body = json!({
            "statusCode": status.as_u16(),
            "data": { "authorized": true, "valid": true, "errors": [], "successful": true },
            "message": message,
        });
        Self { status, body: FailureBody::Json(body) }
    }

    /// The 403 by which REST v1 turns down a credential.
    pub(crate) fn v1_forbidden(message: &str) -> Self {
        let body = json!({ "message": message, "statusCode": 403 });
        Self { status: StatusCode::FORBIDDEN, body: FailureBody::Json(body) }
    }

    /// A refusal of the gateway, before any product has seen the request.
    pub(crate) fn gateway(status: StatusCode, message: &str) -> Self {
        let body = json!({ "code": status.as_u16(), "message": message });
        Self { status, body: FailureBody::Json(body) }
    }

    /// The page that the site's servlet container answers with.
    pub(crate) fn tomcat(status: StatusCode) -> Self {
        let name = status.canonical_reason().unwrap_or("Error");
        let code = status.as_u16();
        let html = format!(
            "<!doctype html><html lang=\"en\"><head><title>HTTP Status {code} – {name}</title>\
             <style type=\"text/css\">body {{font-family:Tahoma,Arial,sans-serif;}} h1, h2, h3, b \
             {{color:white;background-color:#525D76;}}</style></head><body><h1>HTTP Status {code} – \
             {name}</h1><hr class=\"line\" /><p><b>Type</b> Status Report</p><p><b>Description</b> \
             The request has not been applied to the target resource because it lacks valid \
             authentication credentials for that resource.</p><hr class=\"line\" /><h3>Apache \
             Tomcat</h3></body></html>"
        );
        Self { status, body: FailureBody::Html(html) }
    }

    pub(crate) fn empty(status: StatusCode) -> Self {
        Self { status, body: FailureBody::Empty }
    }

    /// What REST v2 makes of a refused change of the page `id`.
    pub(crate) fn from_refusal(refusal: Refusal, id: impl std::fmt::Display) -> Self {
        match refusal {
            // REST v2 documents no 403 for pages: whoever may not write finds nothing.
            Refusal::Missing | Refusal::Forbidden => Self::no_page(id),
            Refusal::MissingReference { what, id } => Self::not_found(&match what {
                "page" | "parent" => format!("Cannot find a page with id [{id}]"),
                _ => format!("Cannot find [{what}] entity with id [{id}]"),
            }),
            Refusal::Invalid(message) => Self::parameter(&message),
            Refusal::TitleTaken => Self::parameter(
                "A page with this title already exists: A page already exists with the same TITLE in this space",
            ),
            Refusal::StaleVersion { current, provided } => Self::v2(
                StatusCode::CONFLICT,
                "CONFLICT",
                &format!(
                    "Version must be incremented when updating a page. Current Version: [{current}]. Provided version: [{provided}]"
                ),
            ),
        }
    }
}
