//! Workspaces.

use async_trait::async_trait;
use confluence_api::BoxError;
use confluence_connector::{Instance, StoreError, Workspace, WorkspaceSlug, WorkspaceStore};
use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::Store;
use super::columns::{limit, parsed, time};
use super::error::corrupt;
use super::instances::insert;
use super::time::to_micros;

const CREATE: &str = "INSERT INTO workspace (slug, name, created_at) VALUES ($1, $2, $3) \
    ON CONFLICT (slug) DO NOTHING";

const LOAD: &str = "SELECT slug, name, created_at FROM workspace WHERE slug = $1";

const LIST: &str =
    "SELECT slug, name, created_at FROM workspace WHERE slug > $1 ORDER BY slug LIMIT $2";

/// What belongs to it goes with it: see the foreign keys.
const DELETE: &str = "DELETE FROM workspace WHERE slug = $1";

#[async_trait]
impl WorkspaceStore for Store {
    async fn create(&self, workspace: &Workspace, first: &Instance) -> Result<bool, StoreError> {
        let (_, instance) = insert(self.sealer(), first);
        let create = sqlx::query(CREATE)
            .bind(workspace.slug.to_string())
            .bind(workspace.name.clone())
            .bind(to_micros(workspace.created_at));
        let created = self.write(async {
            let mut transaction = self.pool().begin_with(self.dialect().begin()).await?;
            let is_new = create.execute(&mut *transaction).await?.rows_affected() > 0;
            if is_new {
                instance.execute(&mut *transaction).await?;
            }
            transaction.commit().await?;
            Ok(is_new)
        });
        created.await
    }

    async fn load(&self, slug: &WorkspaceSlug) -> Result<Option<Workspace>, StoreError> {
        let row = sqlx::query(LOAD).bind(slug.to_string()).fetch_optional(self.pool());
        self.read(row).await?.map(|it| workspace(&it)).transpose()
    }

    async fn list(
        &self,
        after: Option<&WorkspaceSlug>,
        rows: usize,
    ) -> Result<Vec<Workspace>, StoreError> {
        let after = after.map(ToString::to_string).unwrap_or_default();
        let query = sqlx::query(LIST).bind(after).bind(limit(rows));
        let rows = self.read(query.fetch_all(self.pool())).await?;
        rows.iter().map(workspace).collect()
    }

    async fn delete(&self, slug: &WorkspaceSlug) -> Result<bool, StoreError> {
        let delete = sqlx::query(DELETE).bind(slug.to_string()).execute(self.pool());
        Ok(self.write(delete).await?.rows_affected() > 0)
    }
}

fn workspace(row: &AnyRow) -> Result<Workspace, StoreError> {
    let read = || -> Result<Workspace, BoxError> {
        Ok(Workspace {
            slug: parsed(row, "slug")?,
            name: row.try_get("name")?,
            created_at: time(row, "created_at")?,
        })
    };
    read().map_err(|it| corrupt("a workspace", it))
}
