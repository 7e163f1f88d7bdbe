//! Keys of callers and people, kept as hashes.

use async_trait::async_trait;
use confluence_api::BoxError;
use confluence_connector::{Fingerprint, Key, KeyId, KeyStore, StoreError, WorkspaceSlug};
use jiff::Timestamp;
use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::columns::{parsed, time};
use super::error::{corrupt, lacks_owner};
use super::time::{from_micros, to_micros};
use super::{Store, key_kind};

const ADD: &str = "INSERT INTO access_key \
    (id, hash, label, created_at, not_after, kind, workspace, instance, user_id, agent, api) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING";

const FIND: &str = "SELECT * FROM access_key WHERE hash = $1";

const LIST: &str = "SELECT * FROM access_key WHERE workspace IS NOT DISTINCT FROM $1 \
    ORDER BY created_at DESC, id LIMIT $2";

const END: &str = "UPDATE access_key \
    SET not_after = CASE WHEN not_after < $3 THEN not_after ELSE $3 END \
    WHERE id = $1 AND workspace IS NOT DISTINCT FROM $2";

/// Keys that a list shows at most: those made last.
const MAX_LISTED: i64 = 10_000;

#[async_trait]
impl KeyStore for Store {
    async fn add(&self, key: &Key) -> Result<bool, StoreError> {
        let query = sqlx::query(ADD)
            .bind(key.id.to_string())
            .bind(key.hash.to_string())
            .bind(key.label.clone())
            .bind(to_micros(key.created_at))
            .bind(key.not_after.map(to_micros));
        let query = key_kind::bind(query, &key.kind);
        let added = self.write(async {
            match query.execute(self.pool()).await {
                Err(error) if lacks_owner(&error) => Ok(0),
                added => Ok(added?.rows_affected()),
            }
        });
        Ok(added.await? > 0)
    }

    async fn find(&self, hash: &Fingerprint) -> Result<Option<Key>, StoreError> {
        let query = sqlx::query(FIND).bind(hash.to_string());
        self.read(query.fetch_optional(self.pool())).await?.map(|it| key(&it)).transpose()
    }

    async fn list(&self, workspace: Option<&WorkspaceSlug>) -> Result<Vec<Key>, StoreError> {
        let query = sqlx::query(LIST).bind(workspace.map(ToString::to_string)).bind(MAX_LISTED);
        self.read(query.fetch_all(self.pool())).await?.iter().map(key).collect()
    }

    async fn end(
        &self,
        workspace: Option<&WorkspaceSlug>,
        id: &KeyId,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let query = sqlx::query(END)
            .bind(id.to_string())
            .bind(workspace.map(ToString::to_string))
            .bind(to_micros(at));
        Ok(self.write(query.execute(self.pool())).await?.rows_affected() > 0)
    }
}

fn key(row: &AnyRow) -> Result<Key, StoreError> {
    let read = || -> Result<Key, BoxError> {
        let not_after: Option<i64> = row.try_get("not_after")?;
        Ok(Key {
            id: parsed(row, "id")?,
            kind: key_kind::read(row)?,
            hash: parsed(row, "hash")?,
            label: row.try_get("label")?,
            created_at: time(row, "created_at")?,
            not_after: not_after.map(from_micros),
        })
    };
    read().map_err(|it| corrupt("a key", it))
}
