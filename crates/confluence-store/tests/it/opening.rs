//! Opening: again, together, with the wrong key, and when something is not as it should be.

use std::fs;
use std::sync::Arc;

use confluence_auth::store::{ConnectionStore as _, Precondition, SignInStore as _, StoreError};
use confluence_store::{DatabaseUrl, KeyFileError, MasterKey, OpenError, Settings, Store};
use secrecy::ExposeSecret as _;
use sqlx::Executor as _;

use crate::database::{Database, on_each_database};
use crate::suite::sign_ins::pending;
use crate::suite::{connection, key};

on_each_database!(
    what_was_written_survives,
    a_wrong_key_is_refused_and_changes_nothing,
    starting_together_works,
    of_two_keys_that_start_together_one_is_let_in,
    a_changed_check_value_is_refused,
    a_newer_database_is_refused,
    a_store_that_is_closed_says_so,
    a_locked_database_is_waited_for_and_not_for_ever,
    a_connection_needs_its_instance,
);

async fn what_was_written_survives(database: Database) {
    let store = database.open_filled().await;
    let pending = pending("survivor", key("survivor"));
    let made = connection("survivor");
    store.replace(&key("survivor"), Precondition::Any, &made).await.unwrap();
    store.begin(&pending).await.unwrap();
    // Not closed: as after a crash.
    drop(store);
    let store = database.open().await;
    let found = store.load(&key("survivor")).await.unwrap().unwrap();
    let token = found.connection.grant.access_token.expose_secret().to_owned();
    assert_eq!(token, connection("survivor").grant.access_token.expose_secret());
    assert!(store.take(&pending.state).await.unwrap().is_some());
}

/// The content of every table.
async fn content(database: &Database) -> Vec<String> {
    let mut content = Vec::new();
    for table in ["master_key", "instance", "connection", "_sqlx_migrations"] {
        let id = if table == "_sqlx_migrations" { "version" } else { "1" };
        let column = if table == "_sqlx_migrations" { "checksum" } else { "sealed" };
        let rows = database.rows(format!("SELECT {column} FROM {table} ORDER BY {id}")).await;
        content.extend(rows.iter().map(|it| format!("{:?}", sqlx::Row::get::<Vec<u8>, _>(it, 0))));
    }
    content
}

async fn a_wrong_key_is_refused_and_changes_nothing(database: Database) {
    let store = database.open_filled().await;
    store.replace(&key("ada"), Precondition::Any, &connection("ada")).await.unwrap();
    store.close().await;
    // What a newer version would still have to do must not be done either.
    database.execute("DROP TABLE audit").await;
    let migrated = "UPDATE _sqlx_migrations SET version = version WHERE version = 1";
    assert_eq!(database.execute(migrated).await, 1);
    let before = content(&database).await;

    let wrong = MasterKey::generate();
    for previous in [None, Some(MasterKey::generate())] {
        let error = database.open_with(&wrong, previous.as_ref()).await.unwrap_err();
        let OpenError::WrongMasterKey { needed, given } = &error else { panic!("{error:?}") };
        assert_eq!(needed, database.key.id().as_str());
        assert_eq!(given.first(), Some(wrong.id()));
        let text = error.to_string();
        assert!(text.contains(needed.as_str()) && text.contains(wrong.id().as_str()), "{text}");
    }
    assert_eq!(content(&database).await, before);
    let store = database.open().await;
    assert!(store.load(&key("ada")).await.unwrap().is_some());
}

async fn starting_together_works(database: Database) {
    let database = Arc::new(database);
    let mut starts = tokio::task::JoinSet::new();
    for _ in 0..6 {
        let database = Arc::clone(&database);
        starts.spawn(async move { database.open().await });
    }
    let stores = starts.join_all().await;
    crate::database::fill(&stores[0]).await;
    stores[0].replace(&key("ada"), Precondition::Any, &connection("ada")).await.unwrap();
    for store in &stores {
        assert!(store.load(&key("ada")).await.unwrap().is_some());
    }
}

async fn of_two_keys_that_start_together_one_is_let_in(database: Database) {
    let database = Arc::new(database);
    let mut starts = tokio::task::JoinSet::new();
    for _ in 0..4 {
        let database = Arc::clone(&database);
        starts.spawn(async move { database.open_with(&MasterKey::generate(), None).await });
    }
    let starts = starts.join_all().await;
    assert_eq!(starts.iter().filter(|it| it.is_ok()).count(), 1, "{starts:?}");
    for refused in starts.iter().filter_map(|it| it.as_ref().err()) {
        assert!(matches!(refused, OpenError::WrongMasterKey { .. }), "{refused:?}");
    }
}

async fn a_changed_check_value_is_refused(database: Database) {
    database.open().await.close().await;
    let zeros = if database.is_postgres() { "'\\x00'" } else { "x'00'" };
    database.execute(format!("UPDATE master_key SET sealed = {zeros}")).await;
    let error = database.open_with(&database.key, None).await.unwrap_err();
    assert!(matches!(error, OpenError::Tampered(_)), "{error:?}");
}

async fn a_newer_database_is_refused(database: Database) {
    database.open().await.close().await;
    let sql = "INSERT INTO _sqlx_migrations \
        (version, description, installed_on, success, checksum, execution_time) \
        SELECT 999, 'later', installed_on, success, checksum, 0 FROM _sqlx_migrations LIMIT 1";
    database.execute(sql).await;
    let error = database.open_with(&database.key, None).await.unwrap_err();
    assert!(matches!(error, OpenError::Newer(999)), "{error:?}");
}

async fn a_store_that_is_closed_says_so(database: Database) {
    let store = database.open().await;
    store.close().await;
    let error = store.load(&key("ada")).await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
}

async fn a_locked_database_is_waited_for_and_not_for_ever(database: Database) {
    let store = database.open_filled().await;
    let mut other = database.connect().await;
    let lock = if database.is_postgres() {
        "BEGIN; LOCK TABLE connection IN ACCESS EXCLUSIVE MODE"
    } else {
        "BEGIN IMMEDIATE"
    };
    other.execute(lock).await.unwrap();
    let error = store.replace(&key("ada"), Precondition::Any, &connection("ada")).await;
    let error = error.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
    other.execute("ROLLBACK").await.unwrap();
    store.replace(&key("ada"), Precondition::Any, &connection("ada")).await.unwrap();
}

/// Otherwise whoever makes an instance anew would inherit connections.
async fn a_connection_needs_its_instance(database: Database) {
    let store = database.open().await;
    let replaced = store.replace(&key("ada"), Precondition::Any, &connection("ada")).await;
    assert_eq!(replaced.unwrap(), confluence_auth::store::Replaced::Moved);
    assert!(store.load(&key("ada")).await.unwrap().is_none());
    let error = store.begin(&pending("early", key("ada"))).await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
}

#[tokio::test]
async fn a_key_is_made_and_kept_for_sqlite() {
    let database = Database::sqlite();
    let settings = Settings { master_key: None, ..database.settings() };
    let store = Store::open(&settings).await.unwrap();
    crate::database::fill(&store).await;
    store.replace(&key("ada"), Precondition::Any, &connection("ada")).await.unwrap();
    store.close().await;
    let store = Store::open(&settings).await.unwrap();
    assert!(store.load(&key("ada")).await.unwrap().is_some());
    store.close().await;

    let kept = fs::read(database.key_file()).unwrap();
    fs::remove_file(database.key_file()).unwrap();
    let error = Store::open(&settings).await.unwrap_err();
    assert!(matches!(error, OpenError::KeyFile(KeyFileError::Missing(_))), "{error:?}");
    assert!(!database.key_file().exists(), "a new key would open nothing");
    fs::write(database.key_file(), kept).unwrap();
    let store = Store::open(&settings).await.unwrap();
    assert!(store.load(&key("ada")).await.unwrap().is_some());
}

#[tokio::test]
async fn postgres_needs_a_key_before_it_is_asked() {
    let settings = Settings {
        url: "postgres://ada:planted-secret@127.0.0.1:1/none".parse().unwrap(),
        master_key: None,
        ..Database::sqlite().settings()
    };
    let error = Store::open(&settings).await.unwrap_err();
    assert!(matches!(error, OpenError::NoMasterKey), "{error:?}");
    assert!(!format!("{settings:?}").contains("planted-secret"));
}

#[tokio::test]
async fn a_database_that_is_away_is_unavailable() {
    let settings = Settings {
        url: "postgres://ada:planted-secret@127.0.0.1:1/none".parse().unwrap(),
        ..Database::sqlite().settings()
    };
    let error = Store::open(&settings).await.unwrap_err();
    assert!(matches!(error, OpenError::Unavailable(_)), "{error:?}");
    assert!(!format!("{error:?}").contains("planted-secret"));
}

#[tokio::test]
async fn what_is_no_database_is_left_alone() {
    let database = Database::sqlite();
    fs::create_dir_all(database.file().parent().unwrap()).unwrap();
    fs::write(database.file(), "a letter to somebody, longer than a hundred bytes".repeat(9))
        .unwrap();
    let before = fs::read(database.file()).unwrap();
    let error = database.open_with(&database.key, None).await.unwrap_err();
    assert!(matches!(error, OpenError::Unavailable(_)), "{error:?}");
    assert_eq!(fs::read(database.file()).unwrap(), before);
}

#[test]
fn urls_say_where_a_database_is() {
    for (text, expected) in [
        ("sqlite:data/a b.db", "File(\"data/a b.db\")"),
        ("sqlite:///var/lib/a.db", "File(\"/var/lib/a.db\")"),
        ("sqlite::memory:", "Memory"),
        ("postgres://ada:planted-secret@db.example.com/a", "Postgres(…)"),
        ("postgresql://db.example.com/a?sslmode=verify-full", "Postgres(…)"),
    ] {
        assert_eq!(format!("{:?}", text.parse::<DatabaseUrl>().unwrap()), expected);
    }
    for text in ["", "sqlite:", "sqlite:data/", "mysql://a/b", "data/a.db", "postgres"] {
        assert!(text.parse::<DatabaseUrl>().is_err(), "{text}");
    }
}

#[cfg(unix)]
mod permissions {
    use std::os::unix::fs::PermissionsExt as _;
    use std::path::Path;

    use super::*;

    fn mode(file: &Path) -> u32 {
        fs::metadata(file).unwrap().permissions().mode() & 0o777
    }

    /// Writes something, so that all files are there; returns them.
    async fn files(database: &Database, store: &Store) -> Vec<std::path::PathBuf> {
        store.replace(&key("ada"), Precondition::Any, &connection("ada")).await.unwrap();
        let folder = database.file().parent().map(Path::to_owned).unwrap();
        fs::read_dir(folder).unwrap().map(|it| it.unwrap().path()).collect()
    }

    #[tokio::test]
    async fn all_files_are_the_owners_alone() {
        let database = Database::sqlite();
        let settings = Settings { master_key: None, ..database.settings() };
        let store = Store::open(&settings).await.unwrap();
        crate::database::fill(&store).await;
        let files = files(&database, &store).await;
        assert!(files.len() >= 4, "database, its log, key and lock: {files:?}");
        for file in files {
            assert_eq!(mode(&file), 0o600, "{}", file.display());
        }
        assert_eq!(mode(database.file().parent().unwrap()), 0o700);
    }

    #[tokio::test]
    async fn files_that_others_can_read_are_taken_from_them() {
        let database = Database::sqlite();
        let settings = Settings { master_key: None, ..database.settings() };
        let store = Store::open(&settings).await.unwrap();
        crate::database::fill(&store).await;
        let files = files(&database, &store).await;
        for file in &files {
            fs::set_permissions(file, fs::Permissions::from_mode(0o644)).unwrap();
        }
        let again = Store::open(&settings).await.unwrap();
        assert!(again.load(&key("ada")).await.unwrap().is_some());
        for file in files.iter().filter(|it| !it.to_string_lossy().ends_with("-start")) {
            assert_eq!(mode(file), 0o600, "{}", file.display());
        }
    }
}
