//! Users who are connected, and users who leave.

use confluence_auth::connection::ConnectionKey;

use super::{AdminError, Administration, Administrator, Page, Range, range::not_a_position};
use crate::{ConnectionSummary, InstanceKey, InstanceName, UserId, WorkspaceSlug};

/// Stands in no name of an instance.
const BETWEEN: char = '/';

impl Administration {
    /// The connections of a workspace, by instance and user, without their tokens.
    ///
    /// # Errors
    ///
    /// Fails when the workspace is not there.
    pub async fn connections(
        &self,
        who: &Administrator,
        workspace: &WorkspaceSlug,
        range: Range<'_>,
    ) -> Result<Page<ConnectionSummary>, AdminError> {
        let after = range.after.map(position).transpose()?;
        self.enter(who, workspace).await?;
        let after = after.as_ref().map(|(instance, user)| (instance, user));
        let rows = self.parts.connections.list(workspace, after, range.rows() + 1).await?;
        Ok(Page::cut(rows, range.rows(), |it| {
            format!("{}{BETWEEN}{}", it.key.instance, it.key.user)
        }))
    }

    /// Deletes a user's tokens of one instance.
    ///
    /// # Errors
    ///
    /// Fails when the user is not connected there.
    pub async fn disconnect(
        &self,
        who: &Administrator,
        instance: &InstanceKey,
        user: &UserId,
    ) -> Result<(), AdminError> {
        who.may_configure(&instance.workspace)?;
        let key = ConnectionKey {
            workspace: instance.workspace.clone(),
            instance: instance.name.clone(),
            user: user.clone(),
        };
        if !self.parts.refresher.disconnect(&key).await? {
            return Err(AdminError::NotFound("connection"));
        }
        tracing::info!(%instance, by = %who.key(), "a user was disconnected");
        Ok(())
    }

    /// Removes a user who leaves from a workspace: connections, personal keys and sign-ins that are
    /// under way, in all instances. How many connections these were.
    ///
    /// # Errors
    ///
    /// Fails when the workspace is not there. That there was nothing to remove is no failure.
    pub async fn remove_user(
        &self,
        who: &Administrator,
        workspace: &WorkspaceSlug,
        user: &UserId,
    ) -> Result<u64, AdminError> {
        self.enter(who, workspace).await?;
        let removed = self.parts.connections.remove_user(workspace, user).await?;
        tracing::info!(%workspace, by = %who.key(), connections = removed, "a user was removed");
        Ok(removed)
    }
}

fn position(text: &str) -> Result<(InstanceName, UserId), AdminError> {
    let parsed = text
        .split_once(BETWEEN)
        .and_then(|(instance, user)| Some((instance.parse().ok()?, user.parse().ok()?)));
    parsed.ok_or_else(not_a_position)
}
