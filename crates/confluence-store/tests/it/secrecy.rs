//! What somebody learns, or can do, who gets at the database.

use std::fmt::Write as _;

use confluence_auth::store::{ConnectionStore, Precondition, SignInStore as _, StoreError};
use confluence_connector::{CentralClientStore, InstanceStore, KeyStore as _};
use confluence_store::Store;
use secrecy::ExposeSecret as _;

use crate::database::{Database, on_each_database};
use crate::suite::sign_ins::pending;
use crate::suite::{PLANTED, connection, key, key_in, tenants};

on_each_database!(
    a_dump_holds_no_secret,
    a_changed_row_does_not_open,
    a_row_moved_to_another_key_does_not_open,
    a_row_moved_to_another_table_does_not_open,
    nothing_shows_a_secret,
);

/// Everything that has a secret.
async fn plant(store: &Store) -> Vec<String> {
    store.replace(&key("ada"), Precondition::Any, &connection("ada")).await.unwrap();
    let pending = pending("planted-state", key("ada"));
    store.begin(&pending).await.unwrap();
    tenants::save_central_client(store).await;
    let instance = tenants::instance_with_secrets("acme", "Secretive");
    InstanceStore::save(store, &instance, None).await.unwrap();
    let made = tenants::platform_key("acme");
    assert!(store.add(&made.key).await.unwrap());
    let token = tenants::begin_session(store, &made.key).await;
    [PLANTED, "planted-state", made.secret.expose_secret(), token.secret().expose_secret()]
        .map(str::to_owned)
        .into()
}

async fn a_dump_holds_no_secret(database: Database) {
    let store = database.open_filled().await;
    let secrets = plant(&store).await;
    // Old versions of a row, too.
    store.replace(&key("ada"), Precondition::Any, &connection("later")).await.unwrap();
    store.close().await;
    let dump = database.dump();
    let holds = |text: &[u8]| dump.windows(text.len()).any(|it| it == text);
    assert!(holds(b"acme") && holds(b"Secretive"), "the dump is one");
    for secret in secrets {
        assert!(!holds(secret.as_bytes()), "{secret}");
        // As PostgreSQL shows bytes.
        let hexadecimal = secret.bytes().fold(String::new(), |mut text, byte| {
            write!(text, "{byte:02x}").unwrap();
            text
        });
        assert!(!holds(hexadecimal.as_bytes()), "{secret}, in hexadecimal");
    }
    // What is encrypted is more than the tokens.
    assert!(!holds(b"5b10ac8d82e05b22cc7d4ef5"), "the account");
}

#[track_caller]
fn assert_corrupt<T: std::fmt::Debug>(result: Result<T, StoreError>) {
    let error = result.unwrap_err();
    assert!(matches!(error, StoreError::Corrupt { .. }), "{error:?}");
}

async fn a_changed_row_does_not_open(database: Database) {
    let store = database.open_filled().await;
    plant(&store).await;
    // Cuts the last byte off.
    for table in ["connection", "sign_in", "instance", "central_client"] {
        let cut = "UPDATE {} SET sealed = substr(sealed, 1, length(sealed) - 1)";
        assert!(database.execute(cut.replace("{}", table)).await > 0);
    }
    assert_corrupt(ConnectionStore::load(&store, &key("ada")).await);
    assert_corrupt(store.take(&pending("planted-state", key("ada")).state).await);
    let secretive = tenants::instance_with_secrets("acme", "Secretive").key;
    assert_corrupt(InstanceStore::load(&store, &secretive).await);
    assert_corrupt(CentralClientStore::load(&store).await);
}

async fn a_row_moved_to_another_key_does_not_open(database: Database) {
    let store = database.open_filled().await;
    let keys = [key("ada"), key("eve"), key_in("globex", "ConfluenceNext", "ada")];
    for key in &keys {
        store.replace(key, Precondition::Any, &connection("ada")).await.unwrap();
    }
    let sql = "UPDATE connection SET sealed = (SELECT sealed FROM connection \
        WHERE workspace = 'acme' AND user_id = 'ada')";
    assert_eq!(database.execute(sql).await, 3);
    assert!(ConnectionStore::load(&store, &keys[0]).await.is_ok());
    assert_corrupt(ConnectionStore::load(&store, &keys[1]).await);
    assert_corrupt(ConnectionStore::load(&store, &keys[2]).await);
}

async fn a_row_moved_to_another_table_does_not_open(database: Database) {
    let store = database.open_filled().await;
    store.replace(&key("ada"), Precondition::Any, &connection("ada")).await.unwrap();
    let secretive = tenants::instance_with_secrets("acme", "Secretive");
    InstanceStore::save(&store, &secretive, None).await.unwrap();
    let sql = "UPDATE instance SET sealed = (SELECT sealed FROM connection)";
    assert!(database.execute(sql).await > 0);
    assert_corrupt(InstanceStore::load(&store, &secretive.key).await);
}

async fn nothing_shows_a_secret(database: Database) {
    let store = database.open_filled().await;
    let secrets = plant(&store).await;
    let stored = ConnectionStore::load(&store, &key("ada")).await.unwrap();
    let taken = store.take(&pending("planted-state", key("ada")).state).await.unwrap();
    database.execute("UPDATE connection SET key_id = 'another'").await;
    let error = ConnectionStore::load(&store, &key("ada")).await.unwrap_err();
    let shown = format!("{stored:?} {taken:?} {store:?} {error:?} {error}");
    for secret in secrets {
        assert!(!shown.contains(&secret), "{shown}");
    }
    assert!(shown.contains(database.key.id().as_str()), "which key is used, may be known");
}
