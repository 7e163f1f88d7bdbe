//! Changing the master key, also while servers work.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use confluence_auth::store::{
    ConnectionStore as _, Lease, LeaseHolder, Precondition, Replaced, SignInStore as _, StoreError,
};
use confluence_store::{MasterKey, OpenError, Rotated};
use sqlx::Row as _;

use crate::database::{Database, on_each_database};
use crate::suite::sign_ins::pending;
use crate::suite::{connection, key, tenants};

on_each_database!(
    everything_is_encrypted_again,
    a_rotation_that_was_interrupted_goes_on,
    nothing_is_lost_while_servers_work,
    a_key_cannot_be_retired_early,
);

const ROWS: usize = 250;

async fn everything_is_encrypted_again(database: Database) {
    let store = database.open_filled().await;
    tenants::save_central_client(&store).await;
    store.begin(&pending("pending", key("pending"))).await.unwrap();
    for index in 0..ROWS {
        let key = key(&index.to_string());
        store.replace(&key, Precondition::Any, &connection("same")).await.unwrap();
    }
    let before = store.load(&key("0")).await.unwrap().unwrap().revision;
    let holder = LeaseHolder::random();
    let lease = store.lease(&key("0"), &before, &holder, Duration::from_hours(1)).await.unwrap();
    assert_eq!(lease, Lease::Granted);
    store.close().await;

    let new = MasterKey::generate();
    let both = database.open_with(&new, Some(&database.key)).await.unwrap();
    let rotated = both.rotate().await.unwrap();
    // Six instances, a client and a sign-in.
    assert_eq!(rotated, Rotated { rows: 250 + 6 + 1 + 1, complete: true });
    assert_eq!(both.rotate().await.unwrap(), Rotated { rows: 0, complete: true });
    both.close().await;
    let tables = database.tables_with("key_id").await;
    assert_eq!(tables, ["central_client", "connection", "instance", "sign_in"]);
    for table in tables {
        let sql = format!("SELECT 1 FROM {table} WHERE key_id <> '{}'", new.id());
        assert_eq!(database.rows(sql).await.len(), 0, "{table}");
    }

    let error = database.open_with(&database.key, None).await.unwrap_err();
    assert!(matches!(error, OpenError::WrongMasterKey { .. }), "{error:?}");
    let store = database.open_with(&new, None).await.unwrap();
    assert_eq!(store.load(&key("0")).await.unwrap().unwrap().revision, before);
    let leased = Precondition::Leased { revision: &before, holder: &holder };
    let replaced = store.replace(&key("0"), leased, &connection("refreshed")).await.unwrap();
    assert!(matches!(replaced, Replaced::Done(_)), "a refresh under way is not disturbed");
    assert!(store.take(&pending("pending", key("pending")).state).await.unwrap().is_some());
}

async fn a_rotation_that_was_interrupted_goes_on(database: Database) {
    let store = database.open_filled().await;
    for user in ["a", "b", "c"] {
        store.replace(&key(user), Precondition::Any, &connection(user)).await.unwrap();
    }
    store.close().await;
    let zeros = if database.is_postgres() { "'\\x00'" } else { "x'00'" };
    let saved = database.rows("SELECT sealed FROM connection WHERE user_id = 'b'").await;
    let saved: Vec<u8> = saved[0].get(0);
    database.execute(format!("UPDATE connection SET sealed = {zeros} WHERE user_id = 'b'")).await;

    let new = MasterKey::generate();
    let both = database.open_with(&new, Some(&database.key)).await.unwrap();
    let error = both.rotate().await.unwrap_err();
    assert!(matches!(error, StoreError::Corrupt { what: "a connection", .. }), "{error:?}");
    let error = database.open_with(&new, None).await.unwrap_err();
    assert!(matches!(error, OpenError::WrongMasterKey { .. }), "the old key is still needed");

    let mut connection = database.connect().await;
    sqlx::query("UPDATE connection SET sealed = $1 WHERE user_id = 'b'")
        .bind(saved)
        .execute(&mut connection)
        .await
        .unwrap();
    assert!(both.rotate().await.unwrap().complete);
    let store = database.open_with(&new, None).await.unwrap();
    for user in ["a", "b", "c"] {
        assert!(store.load(&key(user)).await.unwrap().is_some(), "{user}");
    }
}

/// Two servers refresh while a third process rotates; every server has both keys.
async fn nothing_is_lost_while_servers_work(database: Database) {
    let store = database.open_filled().await;
    let users: Vec<String> = (0..40).map(|it| format!("user-{it}")).collect();
    for user in &users {
        store.replace(&key(user), Precondition::Any, &connection("0")).await.unwrap();
    }
    let new = MasterKey::generate();
    let old = database.key.clone();
    let servers = [
        database.open_with(&old, Some(&new)).await.unwrap(),
        database.open_with(&new, Some(&old)).await.unwrap(),
    ];
    let done = Arc::new(AtomicBool::new(false));
    let mut work = tokio::task::JoinSet::new();
    for (index, server) in servers.into_iter().enumerate() {
        let (users, done) = (users.clone(), Arc::clone(&done));
        work.spawn(async move {
            let mut rounds = 0;
            while !done.load(Ordering::Relaxed) || rounds == 0 {
                for user in &users {
                    let key = key(user);
                    let stored = server.load(&key).await.unwrap().expect("never lost");
                    let holder = LeaseHolder::random();
                    let ttl = Duration::from_secs(30);
                    let lease = server.lease(&key, &stored.revision, &holder, ttl).await.unwrap();
                    if lease == Lease::Granted {
                        let leased =
                            Precondition::Leased { revision: &stored.revision, holder: &holder };
                        let next = connection(&format!("{index} {rounds}"));
                        let replaced = server.replace(&key, leased, &next).await.unwrap();
                        assert!(matches!(replaced, Replaced::Done(_)), "the lease is its own");
                    }
                }
                rounds += 1;
            }
        });
    }
    let rotating = database.open_with(&new, Some(&old)).await.unwrap();
    for _ in 0..3 {
        rotating.rotate().await.unwrap();
    }
    done.store(true, Ordering::Relaxed);
    work.join_all().await;
    // The server that encrypts with the old key has ended.
    assert!(rotating.rotate().await.unwrap().complete);
    let store = database.open_with(&new, None).await.unwrap();
    for user in &users {
        assert!(store.load(&key(user)).await.unwrap().is_some(), "{user}");
    }
}

async fn a_key_cannot_be_retired_early(database: Database) {
    let store = database.open_filled().await;
    store.replace(&key("ada"), Precondition::Any, &connection("ada")).await.unwrap();
    let new = MasterKey::generate();
    // Learns about the new key, and goes on to encrypt with the old one.
    let both = database.open_with(&database.key, Some(&new)).await.unwrap();
    assert_eq!(both.rotate().await.unwrap(), Rotated { rows: 0, complete: true });
    database.open_with(&new, Some(&database.key)).await.unwrap().close().await;
    for lonely in [&new, &database.key] {
        let error = database.open_with(lonely, None).await.unwrap_err();
        assert!(matches!(error, OpenError::WrongMasterKey { .. }), "{error:?}");
    }
}
