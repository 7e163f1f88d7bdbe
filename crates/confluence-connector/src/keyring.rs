//! Keys at work: checked at every door, made, replaced and revoked.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use secrecy::SecretString;

use crate::{
    Fingerprint, InstanceKey, Key, KeyId, KeyKind, KeyStore, NewKey, StoreError, WorkspaceSlug,
    key::fingerprint,
};

/// What somebody wants to be let into.
#[derive(Debug, Clone, Copy)]
pub enum Door<'a> {
    /// The MCP endpoint of an instance.
    Mcp(&'a InstanceKey),
    /// The instructions of an instance.
    Instructions(&'a InstanceKey),
    /// Whether a user is connected, and whether the settings work.
    Status(&'a InstanceKey),
    /// The configuration of a workspace.
    Configuration(&'a WorkspaceSlug),
    /// The central token exchange.
    TokenExchange,
    /// The admin API, as far as it is about what the key's owner looks after.
    Administration,
    /// The core's settings.
    Maintenance,
    /// The pages for people: what each may see there is another door.
    Pages,
}

/// Why a key does not open a door.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// There is no key, or it is not for this door, or its time is over: HTTP 401, without saying
    /// which.
    #[error("a valid key is required")]
    Unauthorized,
    /// Whether it does cannot be told now.
    #[error("keys cannot be checked")]
    Store(#[from] StoreError),
}

impl KeyKind {
    /// Whether a key of this kind opens `door`.
    pub fn opens(&self, door: Door<'_>) -> bool {
        match (self, door) {
            (
                Self::Maintainer,
                Door::Configuration(_) | Door::Administration | Door::Maintenance | Door::Pages,
            )
            | (Self::Editor { .. }, Door::Administration | Door::Pages)
            | (Self::Personal { .. }, Door::Pages)
            | (Self::Deployment { .. }, Door::TokenExchange) => true,
            (Self::Editor { workspace }, Door::Configuration(of)) => workspace == of,
            (Self::Platform { workspace }, Door::Mcp(of) | Door::Status(of))
            | (Self::Instruction { workspace }, Door::Instructions(of)) => {
                *workspace == of.workspace
            }
            (Self::Personal { instance, .. }, Door::Mcp(of) | Door::Status(of)) => instance == of,
            _ => false,
        }
    }
}

/// Checks and makes keys.
#[derive(Debug, Clone)]
pub struct Keyring {
    store: Arc<dyn KeyStore>,
}

impl Keyring {
    /// The keys in `store`.
    pub fn new(store: Arc<dyn KeyStore>) -> Self {
        Self { store }
    }

    /// The key that somebody showed, if it opens `door`.
    ///
    /// It is found by its hash and compared in constant time, so that neither how long this takes
    /// nor what it answers tells anything about keys that there are.
    ///
    /// # Errors
    ///
    /// See [`KeyError`].
    pub async fn check(
        &self,
        shown: Option<&SecretString>,
        door: Door<'_>,
        now: Timestamp,
    ) -> Result<Key, KeyError> {
        let shown = shown.ok_or(KeyError::Unauthorized)?;
        let hash: Fingerprint = fingerprint(shown);
        let key = self.store.find(&hash).await?;
        key.filter(|key| key.is(shown) && key.is_valid(now) && key.kind.opens(door))
            .ok_or(KeyError::Unauthorized)
    }

    /// Makes a key. Its secret is in the answer and nowhere else.
    ///
    /// `None` if its workspace is not there.
    ///
    /// # Errors
    ///
    /// See [`StoreError`].
    pub async fn issue(
        &self,
        kind: KeyKind,
        label: &str,
        now: Timestamp,
    ) -> Result<Option<NewKey>, StoreError> {
        let new = Key::generate(kind, label, now);
        Ok(self.store.add(&new.key).await?.then_some(new))
    }

    /// Replaces a key by one that opens the same. The old one goes on for `overlap`, so that nobody
    /// is locked out meanwhile.
    ///
    /// `workspace` is where the key has to belong. `None` if there is no such key, or it has ended.
    ///
    /// # Errors
    ///
    /// See [`StoreError`]. The new key is made first: after a failure both may be valid.
    pub async fn rotate(
        &self,
        workspace: Option<&WorkspaceSlug>,
        id: &KeyId,
        overlap: Duration,
        now: Timestamp,
    ) -> Result<Option<NewKey>, StoreError> {
        let keys = self.store.list(workspace).await?;
        let Some(old) = keys.into_iter().find(|it| it.id == *id && it.is_valid(now)) else {
            return Ok(None);
        };
        let new = self.issue(old.kind, &old.label, now).await?;
        if new.is_some() {
            let end = now.saturating_add(overlap).unwrap_or(Timestamp::MAX);
            self.store.end(workspace, id, end).await?;
        }
        Ok(new)
    }

    /// Ends a key now. `false` if there is no such key in `workspace`.
    ///
    /// # Errors
    ///
    /// See [`StoreError`].
    pub async fn revoke(
        &self,
        workspace: Option<&WorkspaceSlug>,
        id: &KeyId,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.store.end(workspace, id, now).await
    }

    /// The keys of a workspace, or those that belong to none, newest first.
    ///
    /// # Errors
    ///
    /// See [`StoreError`].
    pub async fn list(&self, workspace: Option<&WorkspaceSlug>) -> Result<Vec<Key>, StoreError> {
        self.store.list(workspace).await
    }
}
