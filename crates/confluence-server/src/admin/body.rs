//! Bodies of requests: JSON, of which what is wrong is told without repeating any of it.

use std::sync::Arc;

use axum::extract::{FromRequest, Request};
use confluence_connector::SecretChange;
use http::header;
use secrecy::SecretString;
use serde::{Deserialize, Deserializer, de::DeserializeOwned};

use super::{AdminState, failed::Failed};

/// A body that is a `T`.
#[derive(Debug)]
pub(super) struct Body<T>(pub(super) T);

impl<T: DeserializeOwned> FromRequest<Arc<AdminState>> for Body<T> {
    type Rejection = Failed;

    async fn from_request(request: Request, state: &Arc<AdminState>) -> Result<Self, Failed> {
        let (parts, body) = request.into_parts();
        let kind = parts.headers.get(header::CONTENT_TYPE);
        let is_json = kind.is_some_and(|it| {
            let kind = it.as_bytes().split(|it| *it == b';').next().unwrap_or_default();
            kind.trim_ascii().eq_ignore_ascii_case(b"application/json")
        });
        if !is_json {
            let text = "send JSON, with `Content-Type: application/json`";
            return Err(Failed::new(http::StatusCode::UNSUPPORTED_MEDIA_TYPE, "invalid", text));
        }
        let held = state.bodies.read(&parts.headers, body).await.map_err(|refusal| {
            let (status, reason) = refusal.told();
            Failed::new(status, "invalid", reason)
        })?;
        let parser = &mut serde_json::Deserializer::from_slice(&held.bytes);
        let parsed = serde_path_to_error::deserialize(&mut *parser);
        let parsed = parsed.map_err(|error| {
            let path = error.path().to_string();
            Failed::invalid(told(&path, error.inner()))
        })?;
        parser.end().map_err(|_more| Failed::invalid("the body is more than one JSON value"))?;
        Ok(Self(parsed))
    }
}

/// What is wrong with a body. The parser's text may repeat what it read, a secret perhaps: only what
/// names fields, and what was expected, is told.
fn told(path: &str, error: &serde_json::Error) -> String {
    if !error.is_data() {
        return format!("the body is no JSON, at line {}", error.line());
    }
    let text = error.to_string();
    let text = text.split(" at line ").next().unwrap_or_default();
    let at = if matches!(path, "." | "?") { "the body" } else { &format!("`{path}`") };
    if text.starts_with("missing field `") {
        return text.to_owned();
    }
    let is_unknown = text.starts_with("unknown field ");
    match text.rfind("expected ").map(|begin| &text[begin..]) {
        Some(expected) if is_unknown => format!("a field of {at} is unknown: {expected}"),
        Some(expected) => format!("{at}: {expected}"),
        None => format!("{at} is not what it should be"),
    }
}

/// What a request says about a secret: left out, it stays; `null` stands for none.
pub(super) fn secret<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SecretChange, D::Error> {
    let said = Option::<SecretString>::deserialize(deserializer)?;
    Ok(said.map_or(SecretChange::Clear, SecretChange::Set))
}

#[cfg(test)]
mod tests {
    use confluence_connector::{UserId, WorkspaceSlug};
    use secrecy::SecretString;
    use serde::Deserialize;

    use super::told;

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    struct Form {
        #[expect(dead_code, reason = "only read")]
        slug: WorkspaceSlug,
        #[expect(dead_code, reason = "only read")]
        secret: Option<SecretString>,
        #[expect(dead_code, reason = "only read")]
        user: Option<UserId>,
    }

    #[track_caller]
    fn check(body: &str, expected: &str) {
        let parser = &mut serde_json::Deserializer::from_str(body);
        let error = serde_path_to_error::deserialize::<_, Form>(parser).unwrap_err();
        assert_eq!(told(&error.path().to_string(), error.inner()), expected);
    }

    #[test]
    fn what_is_wrong_is_told_and_nothing_is_repeated() {
        check("{", "the body is no JSON, at line 1");
        check("planted", "the body is no JSON, at line 1");
        check("{}", "missing field `slug`");
        check("[1]", "`[0]`: expected a string");
        check(
            r#"{"slug":"PLANTED"}"#,
            "`slug`: expected 1 to 63 lower-case ASCII letters, digits or `-`",
        );
        check(r#"{"slug":"a","secret":5}"#, "`secret`: expected a string");
        check(
            r#"{"slug":"a","planted":5}"#,
            "a field of `planted` is unknown: expected one of `slug`, `secret`, `user`",
        );
    }
}
