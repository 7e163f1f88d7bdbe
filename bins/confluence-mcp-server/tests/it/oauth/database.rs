//! What servers keep connections in.

use std::{path::PathBuf, sync::OnceLock};

use private_postgres::Server;
use tempfile::TempDir;
use tokio::process::Command;

/// 32 bytes; secrets in the database are worth as much as this.
pub(crate) const MASTER_KEY: &str =
    "706c616e7465642d6d61737465722d6b65792d706c616e7465642d6d61737465";

/// A database, and the folder that servers share.
pub(crate) struct Database {
    pub(crate) folder: TempDir,
    postgres: Option<(&'static Server, String)>,
}

impl Database {
    pub(crate) fn sqlite() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), postgres: None }
    }

    /// `None` where there is no PostgreSQL, which has been said.
    pub(crate) fn postgres() -> Option<Self> {
        // Never dropped; it ends with this process.
        static SERVER: OnceLock<Option<Server>> = OnceLock::new();
        let server = SERVER.get_or_init(|| Server::start().unwrap()).as_ref()?;
        let url = server.database().unwrap();
        Some(Self { postgres: Some((server, url)), ..Self::sqlite() })
    }

    pub(crate) fn file(&self) -> PathBuf {
        self.folder.path().join("connector.db")
    }

    pub(crate) fn url(&self) -> String {
        match &self.postgres {
            Some((_, url)) => url.clone(),
            None => format!("sqlite:{}", self.file().display()),
        }
    }

    /// Tells a server of it.
    pub(crate) fn give<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        command
            .env("CONFLUENCE_DATA_DIR", self.folder.path())
            .env("CONFLUENCE_DATABASE_URL", self.url())
            .env("CONFLUENCE_MASTER_KEY", MASTER_KEY)
    }

    /// The store, past the servers.
    pub(crate) async fn open(&self) -> confluence_store::Store {
        let settings = confluence_store::Settings {
            url: self.url().parse().unwrap(),
            master_key: Some(confluence_store::MasterKey::parse(&MASTER_KEY.into()).unwrap()),
            previous_master_key: None,
            key_file: self.folder.path().join("unused"),
        };
        confluence_store::Store::open(&settings).await.unwrap()
    }

    /// All that it holds, deleted rows of a file included.
    pub(crate) fn dump(&self) -> Vec<u8> {
        if let Some((server, url)) = &self.postgres {
            return server.dump(url).unwrap().into_bytes();
        }
        let entries = std::fs::read_dir(self.folder.path()).unwrap().map(|it| it.unwrap().path());
        let files = entries.filter(|it| {
            let name = it.file_name().unwrap().to_string_lossy();
            name.starts_with("connector.db")
        });
        files.flat_map(|it| std::fs::read(it).unwrap()).collect()
    }
}
