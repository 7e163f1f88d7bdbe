//! Which master keys a database is encrypted with, and proof of having them.

use sqlx::{AnyConnection, AnyPool, Row as _};

use super::OpenError;
use super::dialect::Dialect;
use crate::seal::{Place, Sealed, Sealer, Unopened};

/// What is sealed to try a key on.
const CHECK: &[u8] = b"a master key opens this";

const TABLE: &str = "master_key";

/// Fails if something may be encrypted with a key that is not there. Changes nothing.
pub(super) async fn check(
    connection: &mut AnyConnection,
    dialect: Dialect,
    sealer: &Sealer,
) -> Result<(), OpenError> {
    let found = sqlx::query(dialect.find_table()).bind(TABLE).fetch_optional(&mut *connection);
    let found: Option<String> = found.await?.map(|it| it.try_get(0)).transpose()?.flatten();
    if found.is_none() {
        return Ok(());
    }
    let known = sqlx::query("SELECT id, sealed FROM master_key").fetch_all(connection).await?;
    for row in known {
        let check = Sealed { key: row.try_get("id")?, bytes: row.try_get("sealed")? };
        match sealer.open(place(&[&check.key]), &check) {
            Ok(plaintext) if *plaintext == CHECK => {}
            Ok(_) | Err(Unopened::Forged) => return Err(OpenError::Tampered(check.key)),
            Err(Unopened::OtherKey(needed)) => {
                return Err(OpenError::WrongMasterKey {
                    needed,
                    given: sealer.keys().cloned().collect(),
                });
            }
        }
    }
    Ok(())
}

/// Enters the current key, if it is new, and checks again.
///
/// Of several processes that bring different keys to an empty database, one is let in.
pub(super) async fn enter(
    pool: &AnyPool,
    dialect: Dialect,
    sealer: &Sealer,
) -> Result<(), OpenError> {
    let mut transaction = pool.begin_with(dialect.begin()).await?;
    let connection = &mut *transaction;
    if dialect == Dialect::Postgres {
        sqlx::query("LOCK TABLE master_key IN EXCLUSIVE MODE").execute(&mut *connection).await?;
    }
    check(connection, dialect, sealer).await?;
    let id = sealer.current().as_str();
    let check = sealer.seal(place(&[id]), CHECK);
    sqlx::query("INSERT INTO master_key (id, sealed) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING")
        .bind(id)
        .bind(check.bytes)
        .execute(connection)
        .await?;
    Ok(transaction.commit().await?)
}

fn place<'a>(key: &'a [&'a str]) -> Place<'a> {
    Place { table: TABLE, key, column: "sealed" }
}
