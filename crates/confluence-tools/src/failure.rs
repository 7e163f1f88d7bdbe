//! What went wrong, in words that a model can act on, each with its next step.

use std::{fmt::Write as _, time::Duration};

use confluence_api::{
    ApiError, ApiErrorKind, CredentialsError, Error, LoginLink, scope::Scope, text::excerpt,
};

use crate::{
    action::{Options, catalog},
    arguments::refuse,
    call::Call,
    operation::{Exclusion, OPERATIONS, Operation, Surface},
    render::Reader,
};

mod advice;

pub(crate) use advice::perhaps_done;

/// Longest text about a failure, in characters; what it is made of is bounded closer.
const MAX_TEXT: usize = 3_000;

/// A failed call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// What sort of failure it is, for exit codes, HTTP statuses and metrics.
    pub kind: FailureKind,
    /// What a model is told.
    pub text: String,
    /// Where the user can log in, for clients that can open a page. It is in the text as well.
    pub login: Option<LoginLink>,
}

/// Sorts of failures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureKind {
    /// The call itself is wrong; nothing was sent, or Confluence said so.
    Arguments,
    /// The operation exists but is not available to the caller.
    NotAvailable,
    /// The credential is missing, expired or revoked.
    Unauthenticated,
    /// The account or the credential may not do this.
    Forbidden,
    /// It does not exist, or is not visible.
    NotFound,
    /// Somebody else changed it meanwhile.
    Conflict,
    /// Too many requests.
    Throttled,
    /// No answer within the call's deadline.
    Timeout,
    /// Confluence failed, or could not be reached.
    Upstream,
}

impl FailureKind {
    /// Its name in logs, metrics and the audit.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Arguments => "arguments",
            Self::NotAvailable => "not_available",
            Self::Unauthenticated => "unauthenticated",
            Self::Forbidden => "forbidden",
            Self::NotFound => "not_found",
            Self::Conflict => "conflict",
            Self::Throttled => "throttled",
            Self::Timeout => "timeout",
            Self::Upstream => "upstream",
        }
    }
}

impl Failure {
    /// A failure with its text, from which everything is removed that could disturb a reader: whoever
    /// writes one repeats what others sent.
    pub fn new(kind: FailureKind, text: impl Into<String>) -> Self {
        Self { kind, text: excerpt(&text.into(), MAX_TEXT), login: None }
    }

    /// A user has to log in; `link` is where that is possible.
    pub fn log_in(reason: &str, link: Option<LoginLink>) -> Self {
        let text = match &link {
            Some(link) => format!("{reason} {}", advice::log_in(link)),
            None => reason.to_owned(),
        };
        Self { login: link, ..Self::new(FailureKind::Unauthenticated, text) }
    }
}

/// The call names no tool.
pub(crate) fn unknown_tool(name: &str) -> Failure {
    let mut tools: Vec<_> = catalog().iter().map(|tool| tool.name).collect();
    tools.sort_unstable();
    let text = format!("Unknown entity: {}. Available: {}", shown(name), tools.join(", "));
    Failure::new(FailureKind::Arguments, text)
}

/// The call names no instruction.
pub(crate) fn unknown_instruction(name: &str) -> Failure {
    let names: Vec<_> = OPERATIONS.iter().map(|operation| operation.instruction).collect();
    let text = format!("Unknown instruction: {}. Available: {}", shown(name), names.join(", "));
    Failure::new(FailureKind::Arguments, text)
}

/// The call names no action.
pub(crate) fn missing_action(tool: &str, surface: &Surface) -> Failure {
    let actions = available(tool, surface);
    let text =
        format!("Missing required argument `action` for {tool}. Available actions: {actions}");
    Failure::new(FailureKind::Arguments, text)
}

/// The call names an action that the tool does not have.
pub(crate) fn unknown_action(tool: &str, action: &str, surface: &Surface) -> Failure {
    let actions = available(tool, surface);
    let action = shown(action);
    let text =
        format!("Unknown action `{action}` for entity `{tool}`. Available actions: {actions}");
    Failure::new(FailureKind::Arguments, text)
}

/// The operation is not on the caller's surface.
pub(crate) fn excluded(operation: &Operation, exclusion: Exclusion, options: &Options) -> Failure {
    let Operation { tool, action, instruction, .. } = operation;
    let text = match exclusion {
        Exclusion::ReadOnly if options.reader == Reader::Person => {
            format!("{instruction} is refused: it writes, and read-only is set")
        }
        Exclusion::ReadOnly => format!(
            "{instruction} is not available: this connector is read-only. Do not try other ways to change Confluence; tell the user that `{tool} {action}` needs write access."
        ),
        Exclusion::Policy => format!(
            "{instruction} is not available: the connector's policy closes `{tool} {action}` to this agent. Do not try other ways to do it, and tell the user that whoever configures the connector can change it."
        ),
        Exclusion::Scope(scope) => format!(
            "Forbidden while {instruction}: the connection lacks a scope. {}",
            advice::missing_scope(&[scope], options.credential)
        ),
    };
    Failure::new(FailureKind::NotAvailable, text)
}

fn available(tool: &str, surface: &Surface) -> String {
    let mut actions: Vec<_> = surface.operations(tool).map(|it| it.action).collect();
    actions.sort_unstable();
    actions.join(", ")
}

/// A caller's word as it may be repeated.
fn shown(text: &str) -> String {
    excerpt(text, 60)
}

/// An error of a parser, which may repeat megabytes of what it read.
pub(crate) fn told(error: &impl std::fmt::Display) -> String {
    excerpt(&error.to_string(), 300)
}

/// Explains why a call failed.
pub(crate) fn explain(call: &Call<'_>, error: &Error) -> Failure {
    let operation = call.operation;
    let name = operation.instruction;
    match error {
        Error::Api(error) => refused(call, error),
        Error::InvalidRequest { reason } => refuse(operation, reason),
        Error::Credentials(CredentialsError::LoginRequired { reason, link }) => {
            Failure::log_in(reason, link.clone())
        }
        Error::Credentials(other) => {
            let text = format!(
                "Authentication is temporarily unavailable while {name}: {}. Retry in a minute; no reconnection needed.",
                chain(other)
            );
            Failure::new(FailureKind::Upstream, text)
        }
        Error::Transport { source, .. } => {
            let text = format!(
                "Confluence could not be reached while {name}: {source}. {}",
                again(operation, error)
            );
            Failure::new(FailureKind::Upstream, text)
        }
        Error::Deadline { timeout, .. } => {
            let text = format!(
                "No answer from Confluence within {} while {name}. {}",
                seconds(*timeout),
                again(operation, error)
            );
            Failure::new(FailureKind::Timeout, text)
        }
        other @ (Error::Decode { .. } | _) => {
            let text = format!("Unexpected answer from Confluence while {name}: {}.", chain(other));
            Failure::new(FailureKind::Upstream, text)
        }
    }
}

/// The error and its causes on one line.
fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(|it| told(&it)).collect::<Vec<_>>().join(": ")
}

fn again(operation: &Operation, error: &Error) -> &'static str {
    if error.may_have_acted() {
        perhaps_done(operation)
    } else {
        "Transient: retry shortly, no reconnection needed."
    }
}

fn seconds(time: Duration) -> String {
    // Rounded up: a wait that is a little too long works, one too short does not.
    let seconds = time.as_millis().div_ceil(1000);
    if seconds == 1 { "1 second".to_owned() } else { format!("{seconds} seconds") }
}

fn refused(call: &Call<'_>, error: &ApiError) -> Failure {
    let operation = call.operation;
    let (kind, meaning, fallback) = match error.kind {
        ApiErrorKind::Invalid => (FailureKind::Arguments, "Bad request".to_owned(), None),
        ApiErrorKind::Unauthorized => {
            (FailureKind::Unauthenticated, "Authentication failed".to_owned(), None)
        }
        ApiErrorKind::MissingScope | ApiErrorKind::Forbidden | ApiErrorKind::Blocked => {
            (FailureKind::Forbidden, "Forbidden".to_owned(), None)
        }
        ApiErrorKind::NotFound => (FailureKind::NotFound, "Resource not found".to_owned(), None),
        ApiErrorKind::Conflict => (FailureKind::Conflict, "Error 409".to_owned(), Some("conflict")),
        ApiErrorKind::RateLimited => {
            (FailureKind::Throttled, "Throttled by Confluence".to_owned(), None)
        }
        ApiErrorKind::Server if error.status == 500 => {
            (FailureKind::Upstream, "Confluence server error".to_owned(), None)
        }
        ApiErrorKind::Server | ApiErrorKind::Other | _ => {
            (FailureKind::Upstream, format!("Error {}", error.status.as_u16()), None)
        }
    };
    let mut text = format!("{meaning} while {}", operation.instruction);
    // "Authentication failed: Not Found" would say two things at once.
    let misleading = error.kind == ApiErrorKind::Unauthorized && error.status == 404;
    if let Some(message) = error.message.as_deref().filter(|_| !misleading).or(fallback) {
        let conflict = if error.kind == ApiErrorKind::Conflict && fallback != Some(message) {
            "conflict: "
        } else {
            ""
        };
        let _ = write!(text, ": {conflict}{}", message.trim_end_matches('.'));
    }
    let _ = write!(text, ". {}", next_step(call, error));
    if let Some(trace) = error.trace_id.as_deref().filter(|_| kind == FailureKind::Upstream) {
        let _ = write!(text, " (Atlassian trace id {trace})");
    }
    Failure::new(kind, text)
}

fn next_step(call: &Call<'_>, error: &ApiError) -> String {
    let operation = call.operation;
    match error.kind {
        ApiErrorKind::Invalid => advice::invalid(operation, error.message.as_deref(), call.reader),
        ApiErrorKind::Unauthorized => advice::unauthenticated(call.credential, call.reader).to_owned(),
        ApiErrorKind::MissingScope => advice::missing_scope(operation.scopes, call.credential),
        ApiErrorKind::Forbidden => advice::forbidden(operation, call.credential),
        ApiErrorKind::Blocked => "The organization's data security policy blocks apps from this content. Retrying will not help; an administrator can change it.".to_owned(),
        ApiErrorKind::NotFound => advice::not_found(operation).to_owned(),
        ApiErrorKind::Conflict => advice::conflict().to_owned(),
        ApiErrorKind::RateLimited => match error.retry_after {
            Some(wait) => format!("Wait {}, then repeat the call.", seconds(wait)),
            None => "Confluence did not say how long to wait: wait about 60 seconds, then repeat the call.".to_owned(),
        },
        ApiErrorKind::Server if !operation.is_read() => format!(
            "Transient, no reconnection needed. {}",
            perhaps_done(operation)
        ),
        ApiErrorKind::Server => match error.retry_after {
            Some(wait) => format!("Transient: retry in {}, no reconnection needed.", seconds(wait)),
            None => "Transient: retry shortly, no reconnection needed.".to_owned(),
        },
        _ if error.status.is_redirection() => "Confluence pointed to another address, which is never followed with credentials. Check the configured site.".to_owned(),
        ApiErrorKind::Other | _ => advice::other(error.status.as_u16()).to_owned(),
    }
}

/// Scope names in backticks.
fn named(scopes: &[Scope]) -> String {
    let names: Vec<_> = scopes.iter().map(|scope| format!("`{scope}`")).collect();
    names.join(" and ")
}
