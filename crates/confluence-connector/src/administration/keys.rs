//! Keys: listed, made, replaced, ended. For maintainers only, as whoever has an agent platform's key
//! acts for every user of its workspace.

use std::time::Duration;

use jiff::Timestamp;

use super::{AdminError, Administration, Administrator, Page, Range, label, range::not_a_position};
use crate::{
    Instance, InstanceKey, Key, KeyId, KeyKind, NewKey, Versioned, WorkspaceSlug,
    key::CONFIGURED_MAINTAINER,
};

/// The longest time that a replaced key goes on: some thirty days.
const LONGEST_OVERLAP: Duration = Duration::from_hours(31 * 24);

impl Administration {
    /// The keys of a workspace, or those that belong to none, newest first. Ended ones are among them.
    ///
    /// # Errors
    ///
    /// For maintainers only. Fails when the workspace is not there.
    pub async fn keys(
        &self,
        who: &Administrator,
        workspace: Option<&WorkspaceSlug>,
        range: Range<'_>,
    ) -> Result<Page<Key>, AdminError> {
        let after = range.after::<KeyId>()?;
        self.maintain(who, workspace).await?;
        let keys = self.parts.keyring.list(workspace).await?;
        let begin = match after {
            None => 0,
            Some(after) => {
                keys.iter().position(|it| it.id == after).ok_or_else(not_a_position)? + 1
            }
        };
        let rows = keys.into_iter().skip(begin).take(range.rows() + 1).collect();
        Ok(Page::cut(rows, range.rows(), |it: &Key| it.id.to_string()))
    }

    /// Makes a key. Its secret is in the answer and nowhere else.
    ///
    /// # Errors
    ///
    /// For maintainers only. Fails when its workspace or its instance is not there.
    pub async fn issue_key(
        &self,
        who: &Administrator,
        kind: KeyKind,
        text: &str,
        now: Timestamp,
    ) -> Result<NewKey, AdminError> {
        self.maintain(who, kind.workspace()).await?;
        let text = label(text, "the label of a key")?;
        if text == CONFIGURED_MAINTAINER {
            let text = "this label is for the key of the server's own configuration";
            return Err(AdminError::Invalid(text.to_owned()));
        }
        if let KeyKind::Personal { instance, .. } = &kind {
            self.find(instance).await?;
        }
        let new = self.parts.keyring.issue(kind, text, now).await?;
        let new = new.ok_or(AdminError::NO_WORKSPACE)?;
        tracing::info!(key = %new.key.id, by = %who.key(), "a key was made");
        Ok(new)
    }

    /// Replaces a key by one that opens the same. The old one goes on for `overlap`.
    ///
    /// # Errors
    ///
    /// For maintainers only. Fails when the key is not there or has ended, and for the one of the
    /// server's own configuration.
    pub async fn rotate_key(
        &self,
        who: &Administrator,
        workspace: Option<&WorkspaceSlug>,
        id: &KeyId,
        overlap: Duration,
        now: Timestamp,
    ) -> Result<NewKey, AdminError> {
        if overlap > LONGEST_OVERLAP {
            let text = "a replaced key goes on for 31 days at most";
            return Err(AdminError::Invalid(text.to_owned()));
        }
        self.own(who, workspace, id).await?;
        let new = self.parts.keyring.rotate(workspace, id, overlap, now).await?;
        let new = new.ok_or(AdminError::NO_KEY)?;
        tracing::info!(key = %id, new = %new.key.id, by = %who.key(), "a key was replaced");
        Ok(new)
    }

    /// Ends a key now.
    ///
    /// # Errors
    ///
    /// For maintainers only. Fails when the key is not there, for the one that `who` has shown, and
    /// for the one of the server's own configuration.
    pub async fn revoke_key(
        &self,
        who: &Administrator,
        workspace: Option<&WorkspaceSlug>,
        id: &KeyId,
        now: Timestamp,
    ) -> Result<(), AdminError> {
        self.own(who, workspace, id).await?;
        if id == who.key() {
            let text = "this is the key that was shown: show another one to revoke it";
            return Err(AdminError::conflict("in_use", text));
        }
        if !self.parts.keyring.revoke(workspace, id, now).await? {
            return Err(AdminError::NO_KEY);
        }
        tracing::info!(key = %id, by = %who.key(), "a key was revoked");
        Ok(())
    }

    /// Makes sure that a key is there, and not the configuration's to look after.
    async fn own(
        &self,
        who: &Administrator,
        workspace: Option<&WorkspaceSlug>,
        id: &KeyId,
    ) -> Result<(), AdminError> {
        self.maintain(who, workspace).await?;
        let keys = self.parts.keyring.list(workspace).await?;
        let key = keys.into_iter().find(|it| it.id == *id).ok_or(AdminError::NO_KEY)?;
        if key.kind == KeyKind::Maintainer && key.label == CONFIGURED_MAINTAINER {
            let text = "this key comes from the server's own configuration: set another one there \
                        and start the server anew, and it ends";
            return Err(AdminError::conflict("configured", text));
        }
        Ok(())
    }

    async fn maintain(
        &self,
        who: &Administrator,
        workspace: Option<&WorkspaceSlug>,
    ) -> Result<(), AdminError> {
        who.may_maintain(workspace)?;
        match workspace {
            Some(workspace) => self.enter(who, workspace).await,
            None => Ok(()),
        }
    }

    async fn find(&self, key: &InstanceKey) -> Result<Instance, AdminError> {
        let found = self.parts.instances.load(key).await?;
        found.map(|Versioned { value, .. }| value).ok_or(AdminError::NO_INSTANCE)
    }
}
