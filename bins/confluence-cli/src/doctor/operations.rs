//! Which operations the credential's scopes allow.
//!
//! The gateway checks scopes before Confluence looks at a request. So each operation is sent in a
//! form that cannot do anything: about a thing with the id 0, and with an empty object where
//! something would be written. A scope that is missing is told; any other refusal means that it is
//! there. Measured on live sites by others: see `confluence-api` on the status of missing scopes.

use bytes::Bytes;
use confluence_api::{ApiErrorKind, Client, Error};
use confluence_tools::{OPERATIONS, Operation};

use super::report::Finding;
use crate::{api::Request, config::Method, exit::Exit, failed::chain};

/// Why an operation is not known to work.
#[derive(Debug, PartialEq, Eq)]
enum Obstacle {
    MissingScope,
    /// Confluence's words.
    Refused(String),
    /// Nobody can tell.
    Unknown(String),
}

/// Tries every operation; the writing ones only where writing is allowed.
pub(super) async fn examine(client: &Client, read_only: bool) -> Vec<Finding> {
    let mut findings = Vec::new();
    let (mut tried, mut allowed) = (0, 0);
    for operation in OPERATIONS.iter().filter(|it| it.is_read() || !read_only) {
        tried += 1;
        match attempt(client, operation).await {
            Ok(()) => allowed += 1,
            Err(obstacle) => findings.push(told(operation, obstacle)),
        }
    }
    let all = if read_only { "read operations" } else { "operations" };
    let text = format!("{allowed} of {tried} {all} are allowed");
    let summary = if allowed == 0 {
        Finding::problem("operations", Exit::Forbidden, text)
            .advising("make a token with the scopes that the documentation lists")
    } else {
        Finding::ok("operations", text)
    };
    findings.insert(0, summary);
    findings
}

fn told(operation: &Operation, obstacle: Obstacle) -> Finding {
    let name = format!("{} ({} {})", operation.instruction, operation.method, operation.path);
    match obstacle {
        Obstacle::MissingScope => {
            let scopes: Vec<_> = operation.scopes.iter().map(|it| it.as_str()).collect();
            Finding::warning(name, "the credential lacks a scope")
                .advising(format!("if it is needed, make a token with {}", scopes.join(" and ")))
        }
        Obstacle::Refused(reason) => Finding::warning(name, reason),
        Obstacle::Unknown(reason) => Finding::warning(name, format!("nobody can tell: {reason}")),
    }
}

async fn attempt(client: &Client, operation: &Operation) -> Result<(), Obstacle> {
    let Some(request) = harmless(operation) else {
        return Err(Obstacle::Unknown("its method is not known".to_owned()));
    };
    match request.send(client).await {
        Ok(_answer) => Ok(()),
        Err(error) => sort(&error),
    }
}

fn sort(error: &Error) -> Result<(), Obstacle> {
    let Some(api) = error.api() else { return Err(Obstacle::Unknown(chain(error))) };
    match api.kind {
        ApiErrorKind::MissingScope => Err(Obstacle::MissingScope),
        ApiErrorKind::Unauthorized | ApiErrorKind::Forbidden | ApiErrorKind::Blocked => {
            Err(Obstacle::Refused(error.to_string()))
        }
        ApiErrorKind::Invalid | ApiErrorKind::NotFound | ApiErrorKind::Conflict => Ok(()),
        ApiErrorKind::Other if api.status.is_client_error() => Ok(()),
        ApiErrorKind::RateLimited | ApiErrorKind::Server | ApiErrorKind::Other | _ => {
            Err(Obstacle::Unknown(error.to_string()))
        }
    }
}

/// A request of that operation which can change nothing.
fn harmless(operation: &Operation) -> Option<Request> {
    let method = match operation.method {
        "GET" => Method::Get,
        "POST" => Method::Post,
        "PUT" => Method::Put,
        "DELETE" => Method::Delete,
        _ => return None,
    };
    let writes = matches!(method, Method::Post | Method::Put);
    let query =
        if method == Method::Get { vec![("limit".to_owned(), "1".to_owned())] } else { Vec::new() };
    let path = operation.path.replace("{id}", "0");
    let body = writes.then(|| Bytes::from_static(b"{}"));
    Some(Request { method, path, query, body })
}

#[cfg(test)]
mod tests {
    use confluence_tools::OPERATIONS;

    use super::harmless;

    #[test]
    fn every_operation_can_be_tried_without_doing_anything() {
        for operation in OPERATIONS {
            let request = harmless(operation).unwrap();
            assert!(!request.path.contains('{'), "{}", request.path);
            let body = request.body.as_deref();
            if operation.is_read() {
                assert_eq!(body, None, "{}", operation.instruction);
            } else {
                let nothing = body == Some(b"{}") || request.path.ends_with("/0");
                assert!(nothing, "{}", operation.instruction);
            }
        }
    }
}
