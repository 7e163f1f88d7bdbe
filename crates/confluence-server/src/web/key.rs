//! The workspace key, shown as a bearer token.

use http::{HeaderMap, header};
use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;

use crate::ServeError;

/// What a request shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    Nothing,
    WrongKey,
    RightKey,
}

/// The key that opens the workspace.
#[derive(Debug)]
pub(super) struct WorkspaceKey(SecretString);

impl WorkspaceKey {
    pub(super) fn new(key: &SecretString) -> Result<Self, ServeError> {
        let text = key.expose_secret();
        if text.is_empty() || !text.bytes().all(|it| it.is_ascii_graphic()) {
            return Err(ServeError::UnusableKey);
        }
        Ok(Self(key.clone()))
    }

    pub(super) fn check(&self, headers: &HeaderMap) -> Shown {
        let mut values = headers.get_all(header::AUTHORIZATION).iter();
        let Some(value) = values.next() else { return Shown::Nothing };
        let bearer = value.as_bytes().split_at_checked(b"Bearer ".len());
        let Some((scheme, token)) = bearer else { return Shown::WrongKey };
        let is_bearer = scheme.eq_ignore_ascii_case(b"Bearer ");
        // Takes the same time wherever the first difference is.
        let same = token.trim_ascii().ct_eq(self.0.expose_secret().as_bytes());
        if is_bearer && bool::from(same) && values.next().is_none() {
            Shown::RightKey
        } else {
            Shown::WrongKey
        }
    }
}
