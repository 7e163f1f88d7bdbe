//! Connections as they may be shown.

use async_trait::async_trait;
use confluence_api::BoxError;
use confluence_auth::connection::ConnectionKey;
use confluence_connector::{
    ConnectionDirectory, ConnectionSummary, InstanceKey, InstanceName, StoreError, UserId,
    WorkspaceSlug,
};
use sqlx::any::AnyRow;

use super::Store;
use super::columns::{count, limit, parsed};
use super::error::corrupt;
use super::sealed::CONNECTION;

const LIST: &str = "SELECT instance, user_id, revision, key_id, sealed FROM connection \
    WHERE workspace = $1 AND (instance, user_id) > ($2, $3) \
    ORDER BY instance, user_id LIMIT $4";

const COUNT: &str = "SELECT COUNT(*) FROM connection WHERE workspace = $1 AND instance = $2";

const REMOVE_CONNECTIONS: &str = "DELETE FROM connection WHERE workspace = $1 AND user_id = $2";

const REMOVE_SIGN_INS: &str = "DELETE FROM sign_in WHERE workspace = $1 AND user_id = $2";

const REMOVE_KEYS: &str = "DELETE FROM access_key \
    WHERE workspace = $1 AND user_id = $2 AND kind = 'personal'";

#[async_trait]
impl ConnectionDirectory for Store {
    async fn list(
        &self,
        workspace: &WorkspaceSlug,
        after: Option<(&InstanceName, &UserId)>,
        rows: usize,
    ) -> Result<Vec<ConnectionSummary>, StoreError> {
        let (instance, user) = after.map_or(("", ""), |it| (it.0.as_str(), it.1.as_str()));
        let query = sqlx::query(LIST)
            .bind(workspace.to_string())
            .bind(instance.to_owned())
            .bind(user.to_owned())
            .bind(limit(rows));
        let rows = self.read(query.fetch_all(self.pool())).await?;
        rows.iter().map(|it| self.summary(workspace, it)).collect()
    }

    async fn count(&self, instance: &InstanceKey) -> Result<u64, StoreError> {
        let query =
            sqlx::query(COUNT).bind(instance.workspace.to_string()).bind(instance.name.to_string());
        self.read(async { count(&query.fetch_one(self.pool()).await?) }).await
    }

    async fn remove_user(
        &self,
        workspace: &WorkspaceSlug,
        user: &UserId,
    ) -> Result<u64, StoreError> {
        let removed = self.write(async {
            let mut transaction = self.pool().begin_with(self.dialect().begin()).await?;
            let mut connections = 0;
            // A sign-in that is under way would connect the user again.
            for statement in [REMOVE_SIGN_INS, REMOVE_KEYS, REMOVE_CONNECTIONS] {
                let query = sqlx::query(statement).bind(workspace.to_string());
                let query = query.bind(user.to_string());
                connections = query.execute(&mut *transaction).await?.rows_affected();
            }
            transaction.commit().await?;
            Ok(connections)
        });
        removed.await
    }
}

impl Store {
    fn summary(
        &self,
        workspace: &WorkspaceSlug,
        row: &AnyRow,
    ) -> Result<ConnectionSummary, StoreError> {
        let key = || -> Result<ConnectionKey, BoxError> {
            Ok(ConnectionKey {
                workspace: workspace.clone(),
                instance: parsed(row, "instance")?,
                user: parsed(row, "user_id")?,
            })
        };
        let key = key().map_err(|it| corrupt(CONNECTION.holds, it))?;
        let connection = self.stored(&key, row)?.connection;
        Ok(ConnectionSummary::of(key, connection))
    }
}
