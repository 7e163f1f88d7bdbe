//! Sessions of the configuration app, and failed attempts to start one.

use std::fmt;

use async_trait::async_trait;
use jiff::Timestamp;
use secrecy::SecretString;

use crate::{
    Fingerprint, KeyId, KeyKind, StoreError,
    key::{RandomText, fingerprint},
};

/// What a browser shows to prove its session. Only its hash is stored.
#[derive(Debug, Clone)]
pub struct SessionToken(SecretString);

/// A person who signed in to the configuration app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Finds it by the token.
    pub hash: Fingerprint,
    /// What the person may do: a maintainer's or an editor's key, or a personal one.
    pub kind: KeyKind,
    /// The key that was shown. When it ends, so does the session.
    pub key: KeyId,
    /// Since when.
    pub created_at: Timestamp,
    /// Until when.
    pub expires_at: Timestamp,
}

impl SessionToken {
    /// Makes one from 32 random bytes.
    pub fn random() -> Self {
        Self(RandomText::<32>::new("").into_secret())
    }

    /// What a browser showed.
    pub fn shown(text: SecretString) -> Self {
        Self(text)
    }

    /// The token itself, for the cookie.
    pub fn secret(&self) -> &SecretString {
        &self.0
    }

    /// What is stored in its place.
    pub fn hash(&self) -> Fingerprint {
        fingerprint(&self.0)
    }
}

/// Keeps web sessions.
#[async_trait]
pub trait SessionStore: Send + Sync + fmt::Debug {
    /// Adds a session.
    ///
    /// # Errors
    ///
    /// See [`StoreError`].
    async fn begin(&self, session: &Session) -> Result<(), StoreError>;

    /// The session with that hash, unless it has expired.
    ///
    /// # Errors
    ///
    /// See [`StoreError`].
    async fn find(&self, hash: &Fingerprint, now: Timestamp)
    -> Result<Option<Session>, StoreError>;

    /// Lets a session end at `until`, if that is later than it would: it is in use. One that is not
    /// there stays away.
    ///
    /// # Errors
    ///
    /// See [`StoreError`].
    async fn prolong(&self, hash: &Fingerprint, until: Timestamp) -> Result<(), StoreError>;

    /// Ends a session.
    ///
    /// # Errors
    ///
    /// See [`StoreError`].
    async fn end(&self, hash: &Fingerprint) -> Result<(), StoreError>;

    /// Removes those that have expired; how many these were.
    ///
    /// # Errors
    ///
    /// See [`StoreError`].
    async fn sweep(&self, now: Timestamp) -> Result<u64, StoreError>;
}

/// Counts failed sign-ins, for all replicas together.
#[async_trait]
pub trait LoginFailures: Send + Sync + fmt::Debug {
    /// Notes a failure of `source`, such as a network address.
    ///
    /// # Errors
    ///
    /// See [`StoreError`].
    async fn note(&self, source: &str, at: Timestamp) -> Result<(), StoreError>;

    /// How many failures of `source` there were after `since`.
    ///
    /// # Errors
    ///
    /// See [`StoreError`].
    async fn count(&self, source: &str, since: Timestamp) -> Result<u64, StoreError>;

    /// Forgets what `source` did: it signed in.
    ///
    /// # Errors
    ///
    /// See [`StoreError`].
    async fn forget(&self, source: &str) -> Result<(), StoreError>;

    /// Removes failures before `before`; how many these were.
    ///
    /// # Errors
    ///
    /// See [`StoreError`].
    async fn sweep(&self, before: Timestamp) -> Result<u64, StoreError>;
}
