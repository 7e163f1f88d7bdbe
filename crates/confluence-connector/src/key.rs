//! Keys: what callers and people show to be let in.
//!
//! A key is made from 32 random bytes, so that its hash needs no salt and no slowness: nobody can
//! guess what is hashed. It is shown once and stored as its SHA-256.

use std::{fmt, str::FromStr};

use async_trait::async_trait;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use confluence_auth::BaseUrl;
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;

use crate::{AgentId, Fingerprint, InstanceKey, StoreError, UserId, WorkspaceSlug};

/// What every key begins with, so that scanners for leaked secrets can know it.
const PREFIX: &str = "cnx_";

/// The label of the maintainer key that a server's own configuration gives. That configuration makes
/// it and ends it; nobody else has this label to give.
pub const CONFIGURED_MAINTAINER: &str = "maintainer key of the configuration";

/// Names a key to people: in lists, and in the audit log. No secret.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyId(Box<str>);

/// The text is no key id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a key id")]
pub struct InvalidKeyId;

/// What a key opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyKind {
    /// Everything: the core's settings and the admin API.
    Maintainer,
    /// The configuration of one workspace.
    Editor {
        /// Which one.
        workspace: WorkspaceSlug,
    },
    /// The MCP endpoints of a workspace, for an agent platform that says itself who calls.
    Platform {
        /// Which one.
        workspace: WorkspaceSlug,
    },
    /// The MCP endpoint of an instance, for one user with one agent.
    Personal {
        /// Which instance.
        instance: InstanceKey,
        /// On whose behalf.
        user: UserId,
        /// Through which agent.
        agent: AgentId,
    },
    /// The instructions of a workspace.
    Instruction {
        /// Which one.
        workspace: WorkspaceSlug,
    },
    /// The central token exchange, for another deployment.
    Deployment {
        /// That deployment's public address.
        api: BaseUrl,
    },
}

/// A key as it is stored.
#[derive(Debug, Clone)]
pub struct Key {
    /// Its name.
    pub id: KeyId,
    /// What it opens.
    pub kind: KeyKind,
    /// Finds it by what a caller shows.
    pub hash: Fingerprint,
    /// What people call it.
    pub label: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// From when on it opens nothing. Set when it is revoked, or replaced with some overlap.
    pub not_after: Option<Timestamp>,
}

/// A key that was made just now.
#[derive(Debug)]
pub struct NewKey {
    /// What to store.
    pub key: Key,
    /// What to show, once.
    pub secret: SecretString,
}

impl KeyKind {
    /// The workspace that the key belongs to, if it belongs to one.
    pub fn workspace(&self) -> Option<&WorkspaceSlug> {
        match self {
            Self::Maintainer | Self::Deployment { .. } => None,
            Self::Editor { workspace }
            | Self::Platform { workspace }
            | Self::Instruction { workspace } => Some(workspace),
            Self::Personal { instance, .. } => Some(&instance.workspace),
        }
    }
}

impl Key {
    /// Makes a key from the operating system's random numbers.
    pub fn generate(kind: KeyKind, label: impl Into<String>, now: Timestamp) -> NewKey {
        let secret = RandomText::<32>::new(PREFIX).into_secret();
        let key = Self::from_secret(&secret, kind, label, now);
        NewKey { key, secret }
    }

    /// A key whose secret the operator chose.
    pub fn from_secret(
        secret: &SecretString,
        kind: KeyKind,
        label: impl Into<String>,
        now: Timestamp,
    ) -> Self {
        // A letter first: on a command line, nothing else is sure to be no flag.
        let id = KeyId(RandomText::<12>::new("k").0.into());
        let hash = fingerprint(secret);
        Self { id, kind, hash, label: label.into(), created_at: now, not_after: None }
    }

    /// Whether `secret` is this key's. It takes the same time wherever they differ.
    pub fn is(&self, secret: &SecretString) -> bool {
        fingerprint(secret).as_bytes().ct_eq(self.hash.as_bytes()).into()
    }

    /// Whether it opens anything at `now`.
    pub fn is_valid(&self, now: Timestamp) -> bool {
        self.not_after.is_none_or(|end| now < end)
    }
}

impl KeyId {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for KeyId {
    type Err = InvalidKeyId;

    fn from_str(text: &str) -> Result<Self, InvalidKeyId> {
        let safe = |it: u8| it.is_ascii_alphanumeric() || it == b'-' || it == b'_';
        let fits = (1..=64).contains(&text.len()) && text.bytes().all(safe);
        if fits { Ok(Self(text.into())) } else { Err(InvalidKeyId) }
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What is stored in place of a secret that was made from random bytes.
pub(crate) fn fingerprint(secret: &SecretString) -> Fingerprint {
    Fingerprint::of(secret.expose_secret())
}

/// `BYTES` random bytes as text that is safe in addresses and headers.
pub(crate) struct RandomText<const BYTES: usize>(String);

impl<const BYTES: usize> RandomText<BYTES> {
    pub(crate) fn new(prefix: &str) -> Self {
        let mut bytes = [0; BYTES];
        getrandom::fill(&mut bytes).expect("the operating system gives random numbers");
        Self(format!("{prefix}{}", URL_SAFE_NO_PAD.encode(bytes)))
    }

    pub(crate) fn into_secret(self) -> SecretString {
        self.0.into()
    }
}

/// Keeps keys.
#[async_trait]
pub trait KeyStore: Send + Sync + fmt::Debug {
    /// Adds a key. `false` if one with its id or its hash is there, or its workspace is not.
    ///
    /// # Errors
    ///
    /// See [`StoreError`].
    async fn add(&self, key: &Key) -> Result<bool, StoreError>;

    /// The key with that hash, valid or not.
    ///
    /// # Errors
    ///
    /// See [`StoreError`].
    async fn find(&self, hash: &Fingerprint) -> Result<Option<Key>, StoreError>;

    /// The keys of a workspace, or those that belong to none, newest first.
    ///
    /// # Errors
    ///
    /// See [`StoreError`].
    async fn list(&self, workspace: Option<&WorkspaceSlug>) -> Result<Vec<Key>, StoreError>;

    /// Lets a key end at `at`, or earlier if it did so before: it is never prolonged.
    ///
    /// `workspace` is where the key has to belong. `false` if there is no such key.
    ///
    /// # Errors
    ///
    /// See [`StoreError`].
    async fn end(
        &self,
        workspace: Option<&WorkspaceSlug>,
        id: &KeyId,
        at: Timestamp,
    ) -> Result<bool, StoreError>;
}
