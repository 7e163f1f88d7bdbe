//! Workspaces and their instances: made, shown, removed.

use jiff::Timestamp;

use super::{AdminError, Administration, Administrator, Page, Range, label};
use crate::{Instance, InstanceKey, InstanceName, MAX_INSTANCES, Saved, Workspace, WorkspaceSlug};

impl Administration {
    /// Creates a workspace with its first instance, which nobody may call yet.
    ///
    /// # Errors
    ///
    /// For maintainers only. Fails when there is one with that slug.
    pub async fn create_workspace(
        &self,
        who: &Administrator,
        slug: WorkspaceSlug,
        name: &str,
        now: Timestamp,
    ) -> Result<Workspace, AdminError> {
        who.may_maintain(None)?;
        let name = label(name, "the name of a workspace")?.to_owned();
        let first = InstanceKey { workspace: slug.clone(), name: InstanceName::default() };
        let workspace = Workspace { slug, name, created_at: now };
        if self.parts.workspaces.create(&workspace, &Instance::new(first)).await? {
            tracing::info!(workspace = %workspace.slug, by = %who.key(), "a workspace was created");
            Ok(workspace)
        } else {
            let text = format!("there is a workspace `{}` already", workspace.slug);
            Err(AdminError::conflict("exists", text))
        }
    }

    /// The workspaces, by slug: all of them for maintainers, its own for an editor.
    ///
    /// # Errors
    ///
    /// Fails when the store does.
    pub async fn workspaces(
        &self,
        who: &Administrator,
        range: Range<'_>,
    ) -> Result<Page<Workspace>, AdminError> {
        let after = range.after::<WorkspaceSlug>()?;
        let rows = match who.workspace() {
            Some(own) => {
                let is_next = after.is_none_or(|after| after < *own);
                let own = self.parts.workspaces.load(own).await?;
                own.into_iter().filter(|_| is_next).collect()
            }
            None => self.parts.workspaces.list(after.as_ref(), range.rows() + 1).await?,
        };
        Ok(Page::cut(rows, range.rows(), |it| it.slug.to_string()))
    }

    /// A workspace, and the names of its instances.
    ///
    /// # Errors
    ///
    /// Fails when it is not there.
    pub async fn workspace(
        &self,
        who: &Administrator,
        slug: &WorkspaceSlug,
    ) -> Result<(Workspace, Vec<InstanceName>), AdminError> {
        who.may_configure(slug)?;
        let workspace = self.parts.workspaces.load(slug).await?;
        let workspace = workspace.ok_or(AdminError::NO_WORKSPACE)?;
        Ok((workspace, self.parts.instances.names(slug).await?))
    }

    /// Removes a workspace with all that belongs to it, but for its audit.
    ///
    /// # Errors
    ///
    /// For maintainers only. Fails for the core, and for what the server's configuration would make
    /// anew.
    pub async fn delete_workspace(
        &self,
        who: &Administrator,
        slug: &WorkspaceSlug,
    ) -> Result<(), AdminError> {
        who.may_maintain(Some(slug))?;
        if slug.is_core() {
            let text = "the core belongs to the deployment and cannot be deleted";
            return Err(AdminError::conflict("core", text));
        }
        if self.is_configured(slug) {
            let text = format!(
                "workspace `{slug}` comes from the server's own configuration, which would make it \
                 anew: take the account out of the configuration first"
            );
            return Err(AdminError::conflict("configured", text));
        }
        if !self.parts.workspaces.delete(slug).await? {
            return Err(AdminError::NO_WORKSPACE);
        }
        tracing::info!(workspace = %slug, by = %who.key(), "a workspace was deleted");
        Ok(())
    }

    /// Adds an instance to a workspace, which nobody may call yet.
    ///
    /// # Errors
    ///
    /// Fails when there is one with that name, or no room for one more.
    pub async fn create_instance(
        &self,
        who: &Administrator,
        key: InstanceKey,
    ) -> Result<Instance, AdminError> {
        self.enter(who, &key.workspace).await?;
        let names = self.parts.instances.names(&key.workspace).await?;
        if names.len() >= MAX_INSTANCES {
            let text = format!("a workspace has at most {MAX_INSTANCES} instances");
            return Err(AdminError::conflict("too_many", text));
        }
        let instance = Instance::new(key);
        match self.parts.instances.save(&instance, None).await? {
            Saved::Done(_) => {
                tracing::info!(instance = %instance.key, by = %who.key(), "an instance was created");
                Ok(instance)
            }
            Saved::Moved => {
                let text = format!("there is an instance `{}` already", instance.key.name);
                Err(AdminError::conflict("exists", text))
            }
        }
    }

    /// An instance with its settings.
    ///
    /// # Errors
    ///
    /// Fails when it is not there.
    pub async fn instance(
        &self,
        who: &Administrator,
        key: &InstanceKey,
    ) -> Result<Instance, AdminError> {
        who.may_configure(&key.workspace)?;
        let stored = self.parts.instances.load(key).await?;
        stored.map(|it| it.value).ok_or(AdminError::NO_INSTANCE)
    }

    /// Removes an instance with its connections and its personal keys.
    ///
    /// # Errors
    ///
    /// Fails for the only instance of a workspace, and for the default one of a workspace that the
    /// server itself needs.
    pub async fn delete_instance(
        &self,
        who: &Administrator,
        key: &InstanceKey,
    ) -> Result<(), AdminError> {
        self.enter(who, &key.workspace).await?;
        let names = self.parts.instances.names(&key.workspace).await?;
        if !names.contains(&key.name) {
            return Err(AdminError::NO_INSTANCE);
        }
        let is_needed = key.workspace.is_core() || self.is_configured(&key.workspace);
        if names.len() == 1 || (is_needed && key.name == InstanceName::default()) {
            let text =
                format!("workspace `{}` cannot be without instance `{}`", key.workspace, key.name);
            return Err(AdminError::conflict("in_use", text));
        }
        if !self.parts.instances.remove(key).await? {
            return Err(AdminError::NO_INSTANCE);
        }
        tracing::info!(instance = %key, by = %who.key(), "an instance was deleted");
        Ok(())
    }
}
