//! Why the database did not do it.

use std::io;
use std::path::PathBuf;

use confluence_api::BoxError;
use confluence_auth::store::StoreError;

use crate::KeyId;
use crate::master_key::KeyFileError;

/// Why a store cannot be opened. What is stored stays as it is.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// PostgreSQL is shared by several processes, so its master key has to be given to each.
    #[error(
        "a PostgreSQL database needs a master key, the same for every process: 32 random bytes in \
         base64"
    )]
    NoMasterKey,
    /// The file that keeps the master key does not give it.
    #[error(transparent)]
    KeyFile(#[from] KeyFileError),
    /// The database is encrypted with a key that was not given.
    #[error(
        "the database is encrypted with the master key `{needed}`, and the key given is `{}`; \
         nothing was changed",
        list(given)
    )]
    WrongMasterKey {
        /// The key that is needed.
        needed: String,
        /// The keys that were given.
        given: Vec<KeyId>,
    },
    /// What shows that a master key is the right one, was changed.
    #[error("the check value of the master key `{0}` in the database was changed")]
    Tampered(String),
    /// A file cannot be created, or kept from other users.
    #[error("cannot use `{}` for the database", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A newer version has changed the database's structure.
    #[error("the database was written by a newer version of this program, with migration {0}")]
    Newer(i64),
    /// The structure cannot be brought up to date.
    #[error("cannot bring the database's structure up to date")]
    Migration(#[source] BoxError),
    /// It may work later.
    #[error("the database is unavailable")]
    Unavailable(#[source] BoxError),
}

impl From<sqlx::Error> for OpenError {
    fn from(error: sqlx::Error) -> Self {
        Self::Unavailable(error.into())
    }
}

fn list(keys: &[KeyId]) -> String {
    keys.iter().map(KeyId::as_str).collect::<Vec<_>>().join("` and `")
}

/// The error of a statement that took too long.
pub(super) fn out_of_time() -> sqlx::Error {
    sqlx::Error::Io(io::Error::new(io::ErrorKind::TimedOut, "the database took too long"))
}

pub(super) fn store_error(error: sqlx::Error) -> StoreError {
    let is_content = matches!(
        error,
        sqlx::Error::ColumnDecode { .. }
            | sqlx::Error::Decode(_)
            | sqlx::Error::ColumnNotFound(_)
            | sqlx::Error::ColumnIndexOutOfBounds { .. }
            | sqlx::Error::TypeNotFound { .. }
    );
    if is_content { corrupt("a row", error) } else { StoreError::Unavailable(error.into()) }
}

pub(super) fn corrupt(what: &'static str, source: impl Into<BoxError>) -> StoreError {
    StoreError::Corrupt { what, source: source.into() }
}

/// Whether a row was refused because what it belongs to is gone.
pub(super) fn lacks_owner(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(sqlx::error::DatabaseError::is_foreign_key_violation)
}
