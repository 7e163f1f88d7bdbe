//! What went wrong, with the exit code that tells it.

use std::io;

use confluence_api::{ApiErrorKind, CredentialsError, Error};
use confluence_auth::store::StoreError;
use confluence_setup::{Problems, ProfileError};
use confluence_tools::{Failure, FailureKind, OPERATIONS, cli::command_name};
use serde_json::json;

use crate::{config::Format, exit::Exit};

/// Why the program did not do what it was told.
#[derive(Debug)]
pub(crate) enum Failed {
    /// Something to tell.
    Told {
        /// How it ends.
        exit: Exit,
        /// What is told.
        text: String,
    },
    /// Nobody reads any more, which is no failure.
    Unread,
}

/// How texts of failures before a request begin.
const NOT_SENT: &str = "Confluence request build failed for ";

/// What introduces a part of a body.
const BODY: &str = "body.";

impl Failed {
    /// A failure with its text.
    pub(crate) fn new(exit: Exit, text: impl Into<String>) -> Self {
        Self::Told { exit, text: text.into() }
    }

    /// The command line has to be corrected.
    pub(crate) fn usage(text: impl Into<String>) -> Self {
        Self::new(Exit::Usage, text)
    }

    /// The same failure, with something to add.
    pub(crate) fn with_note(self, note: &str) -> Self {
        match self {
            Self::Told { exit, text } => Self::Told { exit, text: format!("{text}; {note}") },
            Self::Unread => Self::Unread,
        }
    }

    /// The same failure as something that is told on standard error.
    pub(crate) fn shown(&self, format: Format) -> Option<(Exit, String)> {
        let Self::Told { exit, text } = self else { return None };
        let text = match format {
            Format::Text => format!("error: {text}"),
            Format::Json => json!({
                "error": { "kind": exit.word(), "exitCode": exit.number(), "message": text },
            })
            .to_string(),
        };
        Some((*exit, text))
    }
}

impl From<&Problems> for Failed {
    fn from(problems: &Problems) -> Self {
        let texts: Vec<_> = problems.0.iter().map(ToString::to_string).collect();
        Self::usage(texts.join("\nerror: "))
    }
}

impl From<Problems> for Failed {
    fn from(problems: Problems) -> Self {
        Self::from(&problems)
    }
}

impl From<ProfileError> for Failed {
    fn from(error: ProfileError) -> Self {
        match error {
            ProfileError::Problems(problems) => problems.into(),
            ProfileError::Store(_) => Self::new(Exit::Error, chain(&error)),
            ProfileError::Unknown { .. }
            | ProfileError::OtherMode { .. }
            | ProfileError::Incomplete { .. }
            | ProfileError::Secret(_) => Self::usage(chain(&error)),
        }
    }
}

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Self {
        ProfileError::from(error).into()
    }
}

impl From<anyhow::Error> for Failed {
    fn from(error: anyhow::Error) -> Self {
        Self::usage(format!("{error:#}"))
    }
}

impl From<io::Error> for Failed {
    /// For standard output.
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self::Unread;
        }
        Self::new(Exit::Error, format!("cannot write to standard output: {error}"))
    }
}

impl From<Failure> for Failed {
    fn from(failure: Failure) -> Self {
        let Failure { kind, text, login: _ } = failure;
        let exit = match kind {
            FailureKind::Arguments if text.starts_with(NOT_SENT) => Exit::Usage,
            FailureKind::Arguments | FailureKind::Timeout | FailureKind::Upstream => Exit::Error,
            FailureKind::NotAvailable | FailureKind::Forbidden => Exit::Forbidden,
            FailureKind::Unauthenticated => Exit::Authentication,
            FailureKind::NotFound => Exit::NotFound,
            FailureKind::Conflict => Exit::Conflict,
            FailureKind::Throttled => Exit::RateLimited,
        };
        Self::new(exit, for_people(&text))
    }
}

impl From<&Error> for Failed {
    fn from(error: &Error) -> Self {
        let exit = match error {
            Error::Api(error) => match error.kind {
                ApiErrorKind::Unauthorized => Exit::Authentication,
                ApiErrorKind::MissingScope | ApiErrorKind::Forbidden | ApiErrorKind::Blocked => {
                    Exit::Forbidden
                }
                ApiErrorKind::NotFound => Exit::NotFound,
                ApiErrorKind::Conflict => Exit::Conflict,
                ApiErrorKind::RateLimited => Exit::RateLimited,
                ApiErrorKind::Invalid | ApiErrorKind::Server | ApiErrorKind::Other | _ => {
                    Exit::Error
                }
            },
            Error::Credentials(CredentialsError::LoginRequired { .. }) => Exit::Authentication,
            Error::InvalidRequest { .. } => Exit::Usage,
            Error::Credentials(_)
            | Error::Transport { .. }
            | Error::Deadline { .. }
            | Error::Decode { .. }
            | _ => Exit::Error,
        };
        Self::new(exit, chain(error))
    }
}

/// The error and its causes on one line.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

/// A text for models in the words of the command line.
fn for_people(text: &str) -> String {
    let mut text = text.to_owned();
    for operation in OPERATIONS {
        let command = command_name(operation.action);
        if command != operation.action {
            let (tool, action) = (operation.tool, operation.action);
            text = text.replace(&format!("{tool} {action}"), &format!("{tool} {command}"));
        }
    }
    if text.starts_with(NOT_SENT) { with_flags(&text) } else { text }
}

/// Replaces the parts of a body (`body.spaceId`) by the flags that set them.
fn with_flags(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(BODY) {
        let end = after.find(|it: char| !it.is_ascii_alphanumeric() && it != '.');
        let (name, after) = after.split_at(end.unwrap_or(after.len()));
        let (name, stop) = name.strip_suffix('.').map_or((name, ""), |name| (name, "."));
        out.push_str(before);
        // The content of a body is a `body` again.
        match name.strip_prefix(BODY).unwrap_or(name) {
            "body" | "value" => out.push_str("--body or --body-file"),
            "version" => out.push_str("--version-number"),
            name => {
                out.push_str("--");
                out.push_str(&command_name(&name.replace('.', "-")));
            }
        }
        out.push_str(stop);
        rest = after;
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::for_people;

    #[test]
    fn texts_name_what_can_be_typed() {
        let check = |text: &str, expected: &str| {
            let not_sent = |text: &str| format!("{}{text}", super::NOT_SENT);
            assert_eq!(for_people(&not_sent(text)), not_sent(expected));
        };
        check("x: Missing body.spaceId.", "x: Missing --space-id.");
        check("body.version.number; (pages getBody)", "--version-number; (pages get-body)");
        check("`body.version`: leave it out", "`--version-number`: leave it out");
        check("body.body (or body.pageId)", "--body or --body-file (or --page-id)");
        check("`body.body.representation`: got", "`--representation`: got");
        check("nothing of the kind", "nothing of the kind");
        assert_eq!(for_people("body.of Confluence's"), "body.of Confluence's");
    }
}
