//! Changing the master key: what another key encrypted is encrypted again with the current one.

use confluence_auth::store::StoreError;
use sqlx::any::AnyRow;
use sqlx::{AssertSqlSafe, Row as _};

use super::Store;
use super::error::{corrupt, store_error};
use super::sealed::{SEALED_TABLES, SealedTable, sealed};

/// Rows that are read at a time.
const BATCH: i64 = 100;

/// What a rotation did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rotated {
    /// Rows that were encrypted again.
    pub rows: u64,
    /// Whether other keys are needed no more. Not so if a process that still encrypts with another
    /// one was at work meanwhile: rotate again once it has the new key.
    pub complete: bool,
}

impl Store {
    /// Encrypts with the current master key whatever is encrypted with another one.
    ///
    /// Row by row, each only if nobody changed it meanwhile: servers that have both keys go on
    /// working, leases and revisions stay, and a rotation that was interrupted goes on where it
    /// was when it is started again.
    ///
    /// # Errors
    ///
    /// [`StoreError::Corrupt`] at a row that no key opens; those before it are done.
    pub async fn rotate(&self) -> Result<Rotated, StoreError> {
        let mut rotated = Rotated::default();
        for table in SEALED_TABLES {
            loop {
                let rows = self.outdated(table).await?;
                if rows.is_empty() {
                    break;
                }
                for row in &rows {
                    rotated.rows += self.reseal(table, row).await?;
                }
            }
        }
        rotated.complete = self.retire().await?;
        Ok(rotated)
    }

    async fn outdated(&self, table: &SealedTable) -> Result<Vec<AnyRow>, StoreError> {
        let sql = format!(
            "SELECT {}, key_id, sealed FROM {} WHERE key_id <> $1 LIMIT $2",
            table.key.join(", "),
            table.name,
        );
        let query = sqlx::query(AssertSqlSafe(sql));
        let query = query.bind(self.sealer().current().as_str().to_owned()).bind(BATCH);
        self.read(query.fetch_all(self.pool())).await
    }

    async fn reseal(&self, table: &SealedTable, row: &AnyRow) -> Result<u64, StoreError> {
        let key: sqlx::Result<Vec<String>> = table.key.iter().map(|it| row.try_get(*it)).collect();
        let key = key.map_err(store_error)?;
        let old = sealed(row).map_err(store_error)?;
        let parts: Vec<&str> = key.iter().map(String::as_str).collect();
        let place = table.place(&parts);
        let plaintext = self.sealer().open(place, &old).map_err(|it| corrupt(table.holds, it))?;
        let new = self.sealer().seal(place, &plaintext);
        let is_row: Vec<_> =
            (5..).zip(table.key).map(|(index, column)| format!("{column} = ${index}")).collect();
        let sql = format!(
            "UPDATE {} SET key_id = $1, sealed = $2 WHERE key_id = $3 AND sealed = $4 AND {}",
            table.name,
            is_row.join(" AND "),
        );
        let query = sqlx::query(AssertSqlSafe(sql));
        let query = query.bind(new.key).bind(new.bytes).bind(old.key).bind(old.bytes);
        let query = key.into_iter().fold(query, sqlx::query::Query::bind);
        Ok(self.write(query.execute(self.pool())).await?.rows_affected())
    }

    /// Strikes the other keys off the list, unless something is still encrypted with one.
    async fn retire(&self) -> Result<bool, StoreError> {
        let unused: Vec<_> = SEALED_TABLES
            .iter()
            .map(|it| format!("NOT EXISTS (SELECT 1 FROM {} WHERE key_id <> $1)", it.name))
            .collect();
        let sql = format!("DELETE FROM master_key WHERE id <> $1 AND {}", unused.join(" AND "));
        let current = self.sealer().current().as_str().to_owned();
        let left = self.write(async {
            sqlx::query(AssertSqlSafe(sql)).bind(current.clone()).execute(self.pool()).await?;
            let others = sqlx::query("SELECT id FROM master_key WHERE id <> $1").bind(current);
            others.fetch_optional(self.pool()).await
        });
        Ok(left.await?.is_none())
    }
}
