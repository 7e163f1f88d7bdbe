//! Connections, and the leases of their refreshes.

use std::time::Duration;

use async_trait::async_trait;
use confluence_auth::connection::{Connection, ConnectionKey};
use confluence_auth::store::{
    ConnectionStore, Lease, LeaseHolder, Precondition, Replaced, Revision, StoreError, Stored,
};
use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::error::{corrupt, lacks_owner};
use super::sealed::{CONNECTION, sealed};
use super::{Query, Store};
use crate::record::ConnectionRecord;

const LOAD: &str = "SELECT revision, key_id, sealed FROM connection \
    WHERE workspace = $1 AND instance = $2 AND user_id = $3";

const LEASE: &str = "UPDATE connection \
    SET lease_holder = $5, lease_until = (SELECT now_us FROM clock) + $6 \
    WHERE workspace = $1 AND instance = $2 AND user_id = $3 AND revision = $4 \
    AND (lease_holder IS NULL OR lease_holder = $5 \
        OR lease_until <= (SELECT now_us FROM clock))";

/// A lease that has run out is given back as well: its end is what it would say anyway.
const GIVE_BACK: &str = "UPDATE connection SET lease_holder = NULL, lease_until = NULL \
    WHERE workspace = $1 AND instance = $2 AND user_id = $3 AND revision = $4 \
    AND lease_holder = $5";

const LEASED: &str = "SELECT lease_until - (SELECT now_us FROM clock) AS rest \
    FROM connection \
    WHERE workspace = $1 AND instance = $2 AND user_id = $3 AND revision = $4";

/// Only for an instance that is there: see the foreign key.
const WRITE: &str = "INSERT INTO connection \
    (workspace, instance, user_id, revision, key_id, sealed) VALUES ($1, $2, $3, $4, $5, $6) \
    ON CONFLICT (workspace, instance, user_id) DO UPDATE \
    SET revision = excluded.revision, key_id = excluded.key_id, sealed = excluded.sealed, \
        lease_holder = NULL, lease_until = NULL";

const WRITE_LEASED: &str = "UPDATE connection \
    SET revision = $4, key_id = $5, sealed = $6, lease_holder = NULL, lease_until = NULL \
    WHERE workspace = $1 AND instance = $2 AND user_id = $3 \
    AND revision = $7 AND lease_holder = $8";

const REMOVE: &str =
    "DELETE FROM connection WHERE workspace = $1 AND instance = $2 AND user_id = $3";

const REMOVE_LEASED: &str = "DELETE FROM connection \
    WHERE workspace = $1 AND instance = $2 AND user_id = $3 \
    AND revision = $4 AND lease_holder = $5";

#[async_trait]
impl ConnectionStore for Store {
    async fn load(&self, key: &ConnectionKey) -> Result<Option<Stored>, StoreError> {
        let row = bind(LOAD, key).fetch_optional(self.pool());
        let row = self.read(row).await?;
        row.map(|it| self.stored(key, &it)).transpose()
    }

    async fn lease(
        &self,
        key: &ConnectionKey,
        revision: &Revision,
        holder: &LeaseHolder,
        ttl: Duration,
    ) -> Result<Lease, StoreError> {
        let changed = if ttl.is_zero() {
            bind(GIVE_BACK, key).bind(revision.to_string()).bind(holder.to_string())
        } else {
            let micros = i64::try_from(ttl.as_micros()).unwrap_or(i64::MAX / 2);
            bind(LEASE, key).bind(revision.to_string()).bind(holder.to_string()).bind(micros)
        };
        if self.write(changed.execute(self.pool())).await?.rows_affected() > 0 {
            return Ok(Lease::Granted);
        }
        let row = bind(LEASED, key).bind(revision.to_string()).fetch_optional(self.pool());
        let Some(row) = self.read(row).await? else { return Ok(Lease::Moved) };
        let rest: Option<i64> = self.read(async { row.try_get("rest") }).await?;
        // One that ended just now is still reported as held: asking again costs nothing.
        let rest = rest.and_then(|it| u64::try_from(it).ok()).unwrap_or(0);
        Ok(Lease::Held { for_another: Duration::from_micros(rest) })
    }

    async fn replace(
        &self,
        key: &ConnectionKey,
        when: Precondition<'_>,
        connection: &Connection,
    ) -> Result<Replaced, StoreError> {
        let next = Revision::random();
        let record = ConnectionRecord::from(connection);
        let sealed = CONNECTION.seal(self.sealer(), &place(key), &record);
        let statement = match when {
            Precondition::Any => WRITE,
            Precondition::Leased { .. } => WRITE_LEASED,
        };
        let mut query =
            bind(statement, key).bind(next.to_string()).bind(sealed.key).bind(sealed.bytes);
        if let Precondition::Leased { revision, holder } = when {
            query = query.bind(revision.to_string()).bind(holder.to_string());
        }
        let written = self.write(async {
            match query.execute(self.pool()).await {
                Err(error) if lacks_owner(&error) => Ok(0),
                written => Ok(written?.rows_affected()),
            }
        });
        Ok(if written.await? > 0 { Replaced::Done(next) } else { Replaced::Moved })
    }

    async fn remove(
        &self,
        key: &ConnectionKey,
        when: Precondition<'_>,
    ) -> Result<bool, StoreError> {
        let query = match when {
            Precondition::Any => bind(REMOVE, key),
            Precondition::Leased { revision, holder } => {
                bind(REMOVE_LEASED, key).bind(revision.to_string()).bind(holder.to_string())
            }
        };
        Ok(self.write(query.execute(self.pool())).await?.rows_affected() > 0)
    }
}

impl Store {
    /// The connection in a row with its revision and ciphertext.
    pub(super) fn stored(&self, key: &ConnectionKey, row: &AnyRow) -> Result<Stored, StoreError> {
        let failed = |it| corrupt(CONNECTION.holds, it);
        let revision: String = row.try_get("revision").map_err(failed)?;
        let revision = revision.parse().map_err(|it| corrupt(CONNECTION.holds, it))?;
        let sealed = sealed(row).map_err(failed)?;
        let record: ConnectionRecord = CONNECTION.open(self.sealer(), &place(key), &sealed)?;
        let connection = record.try_into().map_err(|it| corrupt(CONNECTION.holds, it))?;
        Ok(Stored { connection, revision })
    }
}

/// The primary key of a connection.
pub(super) fn place(key: &ConnectionKey) -> [&str; 3] {
    [key.workspace.as_str(), key.instance.as_str(), key.user.as_str()]
}

/// A statement whose first parameters are the primary key.
fn bind<'q>(statement: &'static str, key: &ConnectionKey) -> Query<'q> {
    let query = sqlx::query(statement);
    place(key).into_iter().fold(query, |query, it| query.bind(it.to_owned()))
}
