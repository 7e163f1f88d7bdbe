//! Settings of an instance: changes of what is stored now, made again if somebody else was faster.

use super::{ATTEMPTS, AdminError, Administration, Administrator};
use crate::{AuthChange, AuthSettings, Instance, InstanceKey, Policies, Saved, SecretChange};

impl Administration {
    /// Changes how an instance signs in. Secrets of another mode, client, account or site are
    /// forgotten; connections that were made with another client or for other scopes are of no use
    /// any more, and users have to connect again.
    ///
    /// # Errors
    ///
    /// Fails where the server's own configuration says it.
    pub async fn change_auth(
        &self,
        who: &Administrator,
        key: &InstanceKey,
        change: AuthChange,
    ) -> Result<Instance, AdminError> {
        let is_default = key.name == crate::InstanceName::default();
        let by_configuration = self.is_configured(&key.workspace) && is_default;
        let changed = self.change(who, key, |instance| {
            if by_configuration {
                let text = format!(
                    "how `{key}` signs in is set by the server's own configuration, at each start: \
                     change it there"
                );
                return Err(AdminError::conflict("configured", text));
            }
            instance.auth = changed(&instance.auth, change.clone())?;
            Ok(())
        });
        let instance = changed.await?;
        let mode = instance.auth.mode();
        tracing::info!(instance = %key, by = %who.key(), %mode, "the sign-in was changed");
        Ok(instance)
    }

    /// Replaces what the agents of an instance may do.
    ///
    /// # Errors
    ///
    /// Fails when there is too much of it to be kept.
    pub async fn change_policies(
        &self,
        who: &Administrator,
        key: &InstanceKey,
        policies: Policies,
    ) -> Result<Instance, AdminError> {
        policies.check().map_err(|error| AdminError::Invalid(error.to_string()))?;
        let changed = self.change(who, key, |instance| {
            instance.policies = policies.clone();
            Ok(())
        });
        let instance = changed.await?;
        tracing::info!(instance = %key, by = %who.key(), "the policies were changed");
        Ok(instance)
    }

    /// Changes an instance that `who` may configure, and tells what it is now.
    pub(super) async fn change(
        &self,
        who: &Administrator,
        key: &InstanceKey,
        change: impl Fn(&mut Instance) -> Result<(), AdminError>,
    ) -> Result<Instance, AdminError> {
        who.may_configure(&key.workspace)?;
        for _ in 0..ATTEMPTS {
            let stored = self.parts.instances.load(key).await?.ok_or(AdminError::NO_INSTANCE)?;
            let mut instance = stored.value;
            change(&mut instance)?;
            let saved = self.parts.instances.save(&instance, Some(&stored.revision)).await?;
            if saved != Saved::Moved {
                return Ok(instance);
            }
        }
        Err(AdminError::moved())
    }
}

/// The settings after a change. A client's id is kept only together with its secret, so one without
/// would be lost without a word.
fn changed(before: &AuthSettings, change: AuthChange) -> Result<AuthSettings, AdminError> {
    let is_new_client = matches!(
        &change,
        AuthChange::OAuth { client_id: Some(_), client_secret: SecretChange::Keep, .. }
    );
    let after = before.changed(change);
    if is_new_client && matches!(after, AuthSettings::OAuth { client: None, .. }) {
        let text = "a new OAuth client needs its secret";
        return Err(AdminError::Invalid(text.to_owned()));
    }
    Ok(after)
}
