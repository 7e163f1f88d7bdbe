//! The store in a database: SQLite or PostgreSQL, with one set of statements for both.
//!
//! Every method is one statement or one short transaction. A pooled connection is never held for
//! longer than that, and each wait ends after [`DEADLINE`] at the latest.

mod audit;
mod central;
mod columns;
mod connections;
mod dialect;
mod directory;
mod error;
mod instances;
mod key_kind;
mod keys;
mod master_keys;
mod migrations;
mod open;
mod rotation;
mod sealed;
mod seen_agents;
mod sessions;
mod sign_ins;
mod start_lock;
mod time;
mod workspaces;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use confluence_auth::store::StoreError;
use sqlx::AnyPool;
use tokio::sync::Semaphore;

pub use self::error::OpenError;
pub use self::open::{DatabaseUrl, InvalidDatabaseUrl, Settings};
pub use self::rotation::Rotated;

use self::dialect::Dialect;
use self::error::{out_of_time, store_error};
use crate::seal::Sealer;

/// The longest that a caller waits for the database, with all that is waited for on the way.
const DEADLINE: Duration = Duration::from_secs(20);

/// The longest wait for a connection of the pool.
const ACQUIRE: Duration = Duration::from_secs(10);

/// The longest that the database works on a statement, or waits for a lock.
const STATEMENT: Duration = Duration::from_secs(5);

/// A statement with parameters, for either database.
type Query<'q> = sqlx::query::Query<'q, sqlx::Any, sqlx::any::AnyArguments>;

/// A database with everything that has to survive the process.
///
/// Cheap to clone. The ports of `confluence-auth` and `confluence-connector` are implemented on it.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    pool: AnyPool,
    dialect: Dialect,
    sealer: Sealer,
    /// Lets one task of this process write to SQLite at a time, in the order they came: its own
    /// lock is polled, and fair to nobody.
    writers: Semaphore,
}

impl Store {
    fn pool(&self) -> &AnyPool {
        &self.inner.pool
    }

    fn dialect(&self) -> Dialect {
        self.inner.dialect
    }

    fn sealer(&self) -> &Sealer {
        &self.inner.sealer
    }

    /// Waits for what reads, within [`DEADLINE`].
    async fn read<T>(&self, work: impl Future<Output = sqlx::Result<T>>) -> Result<T, StoreError> {
        let done = tokio::time::timeout(DEADLINE, work).await;
        done.unwrap_or_else(|_| Err(out_of_time())).map_err(store_error)
    }

    /// Waits for what writes, within [`DEADLINE`].
    async fn write<T>(&self, work: impl Future<Output = sqlx::Result<T>>) -> Result<T, StoreError> {
        self.read(async {
            let _writer = self.inner.writers.acquire().await.expect("it is never closed");
            work.await
        })
        .await
    }

    /// Closes the connections to the database, once their statements are done.
    pub async fn close(&self) {
        self.pool().close().await;
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = formatter.debug_struct("Store");
        shown.field("database", &self.dialect()).field("keys", self.sealer());
        shown.finish_non_exhaustive()
    }
}
