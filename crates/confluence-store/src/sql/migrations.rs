//! The structure of the database, and bringing it up to date.

use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::{AnyPool, AssertSqlSafe, SqlSafeStr as _};

use super::OpenError;
use super::dialect::Dialect;

/// In the order they are applied. One that was released is never changed.
const MIGRATIONS: &[(i64, &str, &str)] =
    &[(1, "initial", include_str!("../../migrations/0001_initial.sql"))];

/// Applies what is missing. Processes that start at the same time wait for each other: PostgreSQL
/// has a lock for it, SQLite the start lock.
pub(super) async fn run(pool: &AnyPool, dialect: Dialect) -> Result<(), OpenError> {
    let migrations = MIGRATIONS.iter().map(|&(version, name, template)| {
        let sql = AssertSqlSafe(dialect.schema(template)).into_sql_str();
        Migration::new(version, name.into(), MigrationType::Simple, sql, false)
    });
    let migrator = Migrator::with_migrations(migrations.collect());
    let Err(error) = migrator.run(pool).await else { return Ok(()) };
    if let MigrateError::VersionMissing(version) = error {
        return Err(OpenError::Newer(version));
    }
    let is_away = matches!(error, MigrateError::Execute(_));
    let source = Box::new(error);
    Err(if is_away { OpenError::Unavailable(source) } else { OpenError::Migration(source) })
}
