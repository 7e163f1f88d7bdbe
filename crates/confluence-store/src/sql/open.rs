//! Opening a database: files, master key, structure, pool.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use sqlx::any::AnyPoolOptions;
use sqlx::{AnyConnection, AnyPool, Executor as _};
use tokio::sync::Semaphore;
use url::Url;

use super::dialect::Dialect;
use super::error::out_of_time;

use super::{ACQUIRE, Inner, OpenError, STATEMENT, Store, master_keys, migrations, start_lock};
use crate::seal::Sealer;
use crate::{MasterKey, MasterKeys, master_key, private_file};

/// The longest that opening waits for the database, the work of migrations included.
const OPENING: Duration = Duration::from_mins(2);

/// Connections to PostgreSQL per process: its default is 100 for all replicas together.
const POSTGRES_CONNECTIONS: u32 = 10;

/// Connections to SQLite: one that writes, and readers beside it.
const SQLITE_CONNECTIONS: u32 = 4;

/// Where a database is. Shows no password.
#[derive(Clone)]
pub enum DatabaseUrl {
    /// `sqlite:<path>`: a file, made if there is none.
    File(PathBuf),
    /// `sqlite::memory:`: gone with the [`Store`].
    Memory,
    /// `postgres://…` with what its driver understands, such as `sslmode=verify-full`.
    Postgres(SecretString),
}

/// A text does not say where a database is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected `sqlite:<path of a file>` or `postgres://<user>:<password>@<host>/<database>`")]
pub struct InvalidDatabaseUrl;

/// Which database to open, with which keys.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where it is.
    pub url: DatabaseUrl,
    /// The key that encrypts; with SQLite, the one in `key_file` where there is none.
    pub master_key: Option<MasterKey>,
    /// Another key that decrypts, while keys are rotated.
    pub previous_master_key: Option<MasterKey>,
    /// Where a master key is made and kept that nobody configured. Never for PostgreSQL.
    pub key_file: PathBuf,
}

impl Store {
    /// Opens a database: creates what is missing, and brings the structure up to date.
    ///
    /// Any number of processes may do so at the same time.
    ///
    /// # Errors
    ///
    /// See [`OpenError`]. Without the right master key nothing is changed.
    pub async fn open(settings: &Settings) -> Result<Self, OpenError> {
        let opening = async {
            match &settings.url {
                DatabaseUrl::Postgres(url) => open_postgres(settings, url).await,
                DatabaseUrl::File(file) => open_file(settings, file).await,
                DatabaseUrl::Memory => open_memory(settings).await,
            }
        };
        let opened = tokio::time::timeout(OPENING, opening).await;
        opened.unwrap_or_else(|_| Err(out_of_time().into()))
    }
}

async fn open_postgres(settings: &Settings, url: &SecretString) -> Result<Store, OpenError> {
    let keys = keys(settings, |_| Err(OpenError::NoMasterKey))?;
    connect(Dialect::Postgres, url.expose_secret(), POSTGRES_CONNECTIONS, &keys).await
}

async fn open_memory(settings: &Settings) -> Result<Store, OpenError> {
    let keys = keys(settings, |_| Ok(MasterKey::generate()))?;
    connect(Dialect::Sqlite, "sqlite::memory:", 1, &keys).await
}

async fn open_file(settings: &Settings, file: &Path) -> Result<Store, OpenError> {
    let failed = |source| OpenError::File { path: file.to_owned(), source };
    // A URL has no place for a relative path, and the working folder may change.
    let file = std::path::absolute(file).map_err(failed)?;
    let failed = |source| OpenError::File { path: file.clone(), source };
    let _lock = start_lock::take(&file).await?;
    let is_new = std::fs::metadata(&file).map_or(true, |it| it.len() == 0);
    let keys = keys(settings, |key_file| {
        // A key made now could not open what is there.
        let found =
            if is_new { master_key::load_or_create(key_file) } else { master_key::load(key_file) };
        Ok(found?)
    })?;
    private_file::ensure(&file).map_err(failed)?;
    for suffix in ["-wal", "-shm"] {
        let mut name = file.clone().into_os_string();
        name.push(suffix);
        match private_file::protect(Path::new(&name)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(failed(error));
            }
            _ => {}
        }
    }
    let url = sqlite_url(&file).map_err(failed)?;
    connect(Dialect::Sqlite, &url, SQLITE_CONNECTIONS, &keys).await
}

/// The keys of the settings, with `kept` in the place of one that is not set.
fn keys(
    settings: &Settings,
    kept: impl FnOnce(&Path) -> Result<MasterKey, OpenError>,
) -> Result<MasterKeys, OpenError> {
    let current = settings.master_key.clone().map_or_else(|| kept(&settings.key_file), Ok)?;
    let previous = settings.previous_master_key.clone().filter(|it| it.id() != current.id());
    Ok(MasterKeys { current, previous })
}

/// A path as the driver decodes it.
fn sqlite_url(file: &Path) -> std::io::Result<String> {
    let url = Url::from_file_path(file).map_err(|()| std::io::ErrorKind::InvalidFilename)?;
    Ok(format!("sqlite://{}", url.path()))
}

async fn connect(
    dialect: Dialect,
    url: &str,
    connections: u32,
    keys: &MasterKeys,
) -> Result<Store, OpenError> {
    sqlx::any::install_default_drivers();
    let sealer = Sealer::new(keys);
    let in_memory = dialect == Dialect::Sqlite && connections == 1;
    let mut pool = AnyPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(ACQUIRE)
        .after_connect(move |connection, _| Box::pin(prepare(connection, dialect)));
    if in_memory {
        // The database is gone with its connection.
        pool = pool.min_connections(1).idle_timeout(None).max_lifetime(None);
    }
    let pool = pool.connect(url).await?;
    if in_memory {
        update(&pool, dialect, &sealer).await?;
    } else {
        // Of its own: migrations take their time, and what they set is not for others.
        let opening = AnyPoolOptions::new()
            .max_connections(1)
            .acquire_timeout(ACQUIRE)
            .after_connect(move |connection, _| {
                Box::pin(async move {
                    match dialect {
                        Dialect::Sqlite => prepare(connection, dialect).await,
                        Dialect::Postgres => Ok(()),
                    }
                })
            });
        let opening = opening.connect(url).await?;
        update(&opening, dialect, &sealer).await?;
        opening.close().await;
    }
    let writers = match dialect {
        Dialect::Sqlite => 1,
        Dialect::Postgres => Semaphore::MAX_PERMITS,
    };
    let inner = Inner { pool, dialect, sealer, writers: Semaphore::new(writers) };
    Ok(Store { inner: Arc::new(inner) })
}

/// The key first: with a wrong one, nothing is changed.
async fn update(pool: &AnyPool, dialect: Dialect, sealer: &Sealer) -> Result<(), OpenError> {
    let mut connection = pool.acquire().await?;
    master_keys::check(&mut connection, dialect, sealer).await?;
    drop(connection);
    migrations::run(pool, dialect).await?;
    master_keys::enter(pool, dialect, sealer).await
}

/// Sets what holds for one connection.
async fn prepare(connection: &mut AnyConnection, dialect: Dialect) -> sqlx::Result<()> {
    let milliseconds = STATEMENT.as_millis();
    let settings = match dialect {
        // FULL: what was committed survives a power failure.
        Dialect::Sqlite => format!(
            "PRAGMA busy_timeout = {milliseconds}; PRAGMA journal_mode = WAL; \
             PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF"
        ),
        Dialect::Postgres => format!(
            "SET statement_timeout = {milliseconds}; SET lock_timeout = {milliseconds}; \
             SET idle_in_transaction_session_timeout = {milliseconds}"
        ),
    };
    connection.execute(sqlx::AssertSqlSafe(settings)).await.map(drop)
}

impl FromStr for DatabaseUrl {
    type Err = InvalidDatabaseUrl;

    fn from_str(text: &str) -> Result<Self, InvalidDatabaseUrl> {
        if text == "sqlite::memory:" {
            return Ok(Self::Memory);
        }
        if let Some(path) = text.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            let is_file = !path.is_empty() && !path.ends_with(['/', '\\']);
            return is_file.then(|| Self::File(path.into())).ok_or(InvalidDatabaseUrl);
        }
        let url: Url = text.parse().map_err(|_error| InvalidDatabaseUrl)?;
        let is_postgres = matches!(url.scheme(), "postgres" | "postgresql");
        is_postgres.then(|| Self::Postgres(text.into())).ok_or(InvalidDatabaseUrl)
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(file) => formatter.debug_tuple("File").field(file).finish(),
            Self::Memory => formatter.write_str("Memory"),
            Self::Postgres(_) => formatter.write_str("Postgres(…)"),
        }
    }
}
