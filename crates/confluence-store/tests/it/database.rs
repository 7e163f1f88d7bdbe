//! The databases under test: SQLite files, and a PostgreSQL server of our own.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use confluence_connector::{Instance, InstanceKey, InstanceStore, Workspace, WorkspaceStore};
use confluence_store::{DatabaseUrl, MasterKey, OpenError, Settings, Store};
use jiff::Timestamp;
use private_postgres::Server;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe, Connection as _, Row as _};
use tempfile::TempDir;
use url::Url;

use crate::suite::{INSTANCES, WORKSPACES};

/// Tests that are functions of a [`Database`], for each sort of it.
macro_rules! on_each_database {
    ($($name:ident),* $(,)?) => {
        mod sqlite {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    super::$name($crate::database::Database::sqlite()).await;
                }
            )*
        }

        mod postgres {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    let Some(database) = $crate::database::Database::postgres() else { return };
                    super::$name(database).await;
                }
            )*
        }
    };
}

pub(crate) use on_each_database;

/// An empty database, which can be opened any number of times.
#[derive(Debug)]
pub(crate) struct Database {
    pub(crate) folder: TempDir,
    pub(crate) key: MasterKey,
    /// The database on the server, for PostgreSQL.
    server: Option<(&'static Server, String)>,
}

impl Database {
    pub(crate) fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { folder, key: MasterKey::generate(), server: None }
    }

    /// `None` where there is no PostgreSQL, which has been said.
    pub(crate) fn postgres() -> Option<Self> {
        // Never dropped; it ends with this process.
        static SERVER: OnceLock<Option<Server>> = OnceLock::new();
        let server = SERVER.get_or_init(|| Server::start().unwrap()).as_ref()?;
        let url = server.database().unwrap();
        Some(Self { server: Some((server, url)), ..Self::sqlite() })
    }

    pub(crate) fn is_postgres(&self) -> bool {
        self.server.is_some()
    }

    /// The file of SQLite: in a folder that is not there yet, with a name that a URL has to encode.
    pub(crate) fn file(&self) -> PathBuf {
        self.folder.path().join("data/store 100%?.db")
    }

    pub(crate) fn key_file(&self) -> PathBuf {
        self.folder.path().join("data/master.key")
    }

    pub(crate) fn settings(&self) -> Settings {
        let url = match &self.server {
            Some((_, url)) => url.parse().unwrap(),
            None => DatabaseUrl::File(self.file()),
        };
        Settings {
            url,
            master_key: Some(self.key.clone()),
            previous_master_key: None,
            key_file: self.key_file(),
        }
    }

    pub(crate) async fn open(&self) -> Store {
        Store::open(&self.settings()).await.unwrap()
    }

    pub(crate) async fn open_with(
        &self,
        key: &MasterKey,
        previous: Option<&MasterKey>,
    ) -> Result<Store, OpenError> {
        let settings = Settings {
            master_key: Some(key.clone()),
            previous_master_key: previous.cloned(),
            ..self.settings()
        };
        Store::open(&settings).await
    }

    /// Opens it, with the workspaces and instances of the suite.
    pub(crate) async fn open_filled(&self) -> Store {
        let store = self.open().await;
        fill(&store).await;
        store
    }

    /// A connection of its own, past the store.
    pub(crate) async fn connect(&self) -> AnyConnection {
        sqlx::any::install_default_drivers();
        let of_file = || format!("sqlite://{}", Url::from_file_path(self.file()).unwrap().path());
        let url = self.server.as_ref().map_or_else(of_file, |(_, url)| url.clone());
        AnyConnection::connect(&url).await.unwrap()
    }

    /// Runs a statement past the store.
    pub(crate) async fn execute(&self, sql: impl Into<String>) -> u64 {
        let mut connection = self.connect().await;
        let done = sqlx::query(AssertSqlSafe(sql.into())).execute(&mut connection).await.unwrap();
        done.rows_affected()
    }

    pub(crate) async fn rows(&self, sql: impl Into<String>) -> Vec<AnyRow> {
        let mut connection = self.connect().await;
        sqlx::query(AssertSqlSafe(sql.into())).fetch_all(&mut connection).await.unwrap()
    }

    /// The tables that have a column.
    pub(crate) async fn tables_with(&self, column: &str) -> Vec<String> {
        let sql = if self.is_postgres() {
            format!(
                "SELECT CAST(table_name AS TEXT) FROM information_schema.columns \
                 WHERE table_schema = 'public' AND column_name = '{column}' ORDER BY 1"
            )
        } else {
            format!(
                "SELECT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) c \
                 WHERE m.type = 'table' AND c.name = '{column}' ORDER BY 1"
            )
        };
        self.rows(sql).await.iter().map(|it| it.get(0)).collect()
    }

    /// Everything that is stored, as an attacker would find it.
    pub(crate) fn dump(&self) -> Vec<u8> {
        if let Some((server, url)) = &self.server {
            return server.dump(url).unwrap().into_bytes();
        }
        let folder = self.file().parent().map(Path::to_owned).unwrap();
        let files = std::fs::read_dir(folder).unwrap().map(|it| it.unwrap().path());
        let files = files.filter(|it| *it != self.key_file());
        files.flat_map(|it| std::fs::read(it).unwrap()).collect()
    }
}

/// Makes what connections belong to.
pub(crate) async fn fill(store: &Store) {
    for slug in WORKSPACES {
        let slug: confluence_auth::ids::WorkspaceSlug = slug.parse().unwrap();
        let workspace =
            Workspace { slug: slug.clone(), name: slug.to_string(), created_at: Timestamp::now() };
        let [first, second] = INSTANCES.map(|it| {
            let name = it.parse().unwrap();
            Instance::new(InstanceKey { workspace: slug.clone(), name })
        });
        assert!(store.create(&workspace, &first).await.unwrap());
        store.save(&second, None).await.unwrap();
    }
}

mod ports {
    //! The shared suite.

    use std::sync::Arc;

    use super::Database;
    use crate::suite;

    on_each_database!(it_keeps_connections, it_keeps_sign_ins, it_keeps_tenants);

    async fn it_keeps_connections(database: Database) {
        suite::connections::all(Arc::new(database.open_filled().await)).await;
    }

    async fn it_keeps_sign_ins(database: Database) {
        suite::sign_ins::all(Arc::new(database.open_filled().await)).await;
    }

    async fn it_keeps_tenants(database: Database) {
        suite::tenants::all(&suite::tenants::Ports::of(&database.open().await)).await;
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_database_in_memory_is_one_as_well() {
        let settings = confluence_store::Settings {
            url: "sqlite::memory:".parse().unwrap(),
            master_key: None,
            ..Database::sqlite().settings()
        };
        let store = confluence_store::Store::open(&settings).await.unwrap();
        suite::tenants::all(&suite::tenants::Ports::of(&store)).await;
        let store = confluence_store::Store::open(&settings).await.unwrap();
        super::fill(&store).await;
        suite::connections::all(Arc::new(store.clone())).await;
        suite::sign_ins::all(Arc::new(store)).await;
        assert!(!settings.key_file.exists(), "nothing is written");
    }
}
