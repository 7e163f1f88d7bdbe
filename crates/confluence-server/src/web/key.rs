//! Keys, shown as bearer tokens; and the one that the configuration gives the single user's
//! workspace.

use std::sync::Arc;

use confluence_connector::{Fingerprint, Key, KeyKind, WorkspaceSlug};
use http::{HeaderMap, header};
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;

use crate::ServeError;

/// The name of the configured key, for the audit.
const CONFIGURED: &str = "workspace-key";

/// What a request shows.
#[derive(Debug)]
pub(crate) enum Bearer {
    None,
    Token(SecretString),
    /// Several, or something else.
    Unreadable,
}

impl Bearer {
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let mut values = headers.get_all(header::AUTHORIZATION).iter();
        let Some(value) = values.next() else { return Self::None };
        let Some((scheme, token)) = value.as_bytes().split_at_checked(b"Bearer ".len()) else {
            return Self::Unreadable;
        };
        let token = std::str::from_utf8(token).map(str::trim);
        match token {
            Ok(token)
                if scheme.eq_ignore_ascii_case(b"Bearer ")
                    && !token.is_empty()
                    && values.next().is_none() =>
            {
                Self::Token(token.into())
            }
            Ok(_) | Err(_) => Self::Unreadable,
        }
    }
}

/// The key that the configuration gives the single user's workspace. Whoever shows it is believed
/// who calls, like an agent platform.
#[derive(Debug)]
pub(super) struct WorkspaceKey {
    secret: SecretString,
    key: Arc<Key>,
}

impl WorkspaceKey {
    pub(super) fn new(secret: &SecretString) -> Result<Self, ServeError> {
        let text = secret.expose_secret();
        if text.is_empty() || !text.bytes().all(|it| it.is_ascii_graphic()) {
            return Err(ServeError::UnusableKey);
        }
        let key = Key {
            id: CONFIGURED.parse().expect("the literal is a key id"),
            kind: KeyKind::Platform { workspace: WorkspaceSlug::default() },
            hash: Fingerprint::of(text),
            label: String::new(),
            created_at: Timestamp::now(),
            not_after: None,
        };
        Ok(Self { secret: secret.clone(), key: Arc::new(key) })
    }

    pub(super) fn is(&self, shown: &SecretString) -> bool {
        // Takes the same time wherever the first difference is.
        shown.expose_secret().as_bytes().ct_eq(self.secret.expose_secret().as_bytes()).into()
    }

    pub(super) fn key(&self) -> Arc<Key> {
        Arc::clone(&self.key)
    }
}
