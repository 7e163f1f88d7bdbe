//! What every `ConnectionStore` does.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use confluence_auth::connection::{Connection, ConnectionKey};
use confluence_auth::store::{
    ConnectionStore, Lease, LeaseHolder, Precondition, Replaced, Revision, Stored,
};
use secrecy::ExposeSecret as _;

use super::{connection, key, key_in};

/// Longer than any test runs.
const LONG: Duration = Duration::from_hours(1);

/// Over before anybody looks.
const SHORT: Duration = Duration::from_micros(1);

/// How many want the same thing at the same time.
const CROWD: usize = 16;

type Store = Arc<dyn ConnectionStore>;

/// All of it. Leaves connections behind.
pub(crate) async fn all(store: Store) {
    what_was_written_is_read(&store).await;
    what_may_be_absent_may_be_absent(&store).await;
    nothing_is_there_before(&store).await;
    connections_are_separate(&store).await;
    every_write_is_a_new_revision(&store).await;
    a_lease_keeps_others_out(&store).await;
    a_lease_can_be_prolonged_and_given_back(&store).await;
    a_lease_is_for_one_revision(&store).await;
    a_lease_that_ran_out_is_taken_over(&store).await;
    a_late_holder_may_still_write(&store).await;
    only_the_holder_writes(&store).await;
    a_sign_in_ends_a_lease(&store).await;
    only_the_holder_removes(&store).await;
    a_lease_writes_nothing_back_after_a_removal(&store).await;
    of_many_one_gets_the_lease(&store).await;
    of_many_one_takes_a_lease_over(&store).await;
    many_write_and_the_last_one_stays(&store).await;
}

fn tokens(connection: &Connection) -> (String, Option<String>) {
    let grant = &connection.grant;
    let refresh = grant.refresh_token.as_ref().map(|it| it.expose_secret().to_owned());
    (grant.access_token.expose_secret().to_owned(), refresh)
}

#[track_caller]
fn assert_same(found: &Connection, expected: &Connection) {
    assert_eq!(tokens(found), tokens(expected));
    // The rest is in what it shows of itself.
    assert_eq!(format!("{found:?}"), format!("{expected:?}"));
}

async fn stored(store: &Store, key: &ConnectionKey) -> Stored {
    store.load(key).await.unwrap().expect("there is a connection")
}

/// Signs in; returns the revision.
async fn sign_in(store: &Store, key: &ConnectionKey, name: &str) -> Revision {
    match store.replace(key, Precondition::Any, &connection(name)).await.unwrap() {
        Replaced::Done(revision) => revision,
        Replaced::Moved => panic!("a sign-in has no precondition"),
    }
}

async fn lease(
    store: &Store,
    key: &ConnectionKey,
    revision: &Revision,
    holder: &LeaseHolder,
    ttl: Duration,
) -> Lease {
    store.lease(key, revision, holder, ttl).await.unwrap()
}

#[track_caller]
fn assert_held(lease: Lease) {
    match lease {
        Lease::Held { for_another } => assert!(for_another <= LONG, "{for_another:?}"),
        Lease::Granted | Lease::Moved => panic!("expected a lease that another holds: {lease:?}"),
    }
}

async fn what_was_written_is_read(store: &Store) {
    let key = key("reader@example.com");
    let revision = sign_in(store, &key, "reader").await;
    let found = stored(store, &key).await;
    assert_eq!(found.revision, revision);
    assert_same(&found.connection, &connection("reader"));
}

async fn what_may_be_absent_may_be_absent(store: &Store) {
    let key = key("sparse");
    let mut sparse = connection("sparse");
    sparse.grant.refresh_token = None;
    sparse.grant.scopes = Vec::new();
    sparse.other_sites = Vec::new();
    (sparse.account, sparse.agent) = (None, None);
    store.replace(&key, Precondition::Any, &sparse).await.unwrap();
    assert_same(&stored(store, &key).await.connection, &sparse);
}

async fn nothing_is_there_before(store: &Store) {
    let key = key("nobody");
    let (revision, holder) = (Revision::random(), LeaseHolder::random());
    let leased = Precondition::Leased { revision: &revision, holder: &holder };
    assert!(store.load(&key).await.unwrap().is_none());
    assert_eq!(lease(store, &key, &revision, &holder, LONG).await, Lease::Moved);
    assert_eq!(lease(store, &key, &revision, &holder, Duration::ZERO).await, Lease::Moved);
    let replaced = store.replace(&key, leased, &connection("nobody")).await.unwrap();
    assert_eq!(replaced, Replaced::Moved);
    assert!(!store.remove(&key, leased).await.unwrap());
    assert!(!store.remove(&key, Precondition::Any).await.unwrap());
    assert!(store.load(&key).await.unwrap().is_none());
}

async fn connections_are_separate(store: &Store) {
    let keys = [
        key_in("acme", "ConfluenceNext", "same"),
        key_in("acme", "Second", "same"),
        key_in("globex", "ConfluenceNext", "same"),
        key_in("acme", "ConfluenceNext", "Same"),
        key_in("acme", "ConfluenceNext", "same%"),
    ];
    for (index, key) in keys.iter().enumerate() {
        sign_in(store, key, &index.to_string()).await;
    }
    assert!(store.remove(&keys[4], Precondition::Any).await.unwrap());
    for (index, key) in keys.iter().take(4).enumerate() {
        assert_same(&stored(store, key).await.connection, &connection(&index.to_string()));
    }
}

async fn every_write_is_a_new_revision(store: &Store) {
    let key = key("revisions");
    let mut seen = HashSet::new();
    for _ in 0..3 {
        assert!(seen.insert(sign_in(store, &key, "same").await));
        let revision = stored(store, &key).await.revision;
        let holder = LeaseHolder::random();
        assert_eq!(lease(store, &key, &revision, &holder, LONG).await, Lease::Granted);
        assert_eq!(stored(store, &key).await.revision, revision, "a lease is no write");
        let leased = Precondition::Leased { revision: &revision, holder: &holder };
        let replaced = store.replace(&key, leased, &connection("same")).await.unwrap();
        let Replaced::Done(next) = replaced else { panic!("the lease holds") };
        assert!(seen.insert(next));
        assert!(store.remove(&key, Precondition::Any).await.unwrap());
    }
}

async fn a_lease_keeps_others_out(store: &Store) {
    let key = key("lease");
    let revision = sign_in(store, &key, "lease").await;
    let [one, two] = [(); 2].map(|()| LeaseHolder::random());
    assert_eq!(lease(store, &key, &revision, &one, LONG).await, Lease::Granted);
    let held = lease(store, &key, &revision, &two, LONG).await;
    assert_held(held);
    let Lease::Held { for_another } = held else { unreachable!("it is held") };
    assert!(for_another > LONG / 2, "{for_another:?}");
    assert_held(lease(store, &key, &revision, &two, Duration::ZERO).await);
    assert_held(lease(store, &key, &revision, &two, LONG).await);
}

async fn a_lease_can_be_prolonged_and_given_back(store: &Store) {
    let key = key("prolonged");
    let revision = sign_in(store, &key, "prolonged").await;
    let [one, two] = [(); 2].map(|()| LeaseHolder::random());
    assert_held_by_nobody(lease(store, &key, &revision, &one, Duration::ZERO).await);
    assert_eq!(lease(store, &key, &revision, &one, SHORT).await, Lease::Granted);
    assert_eq!(lease(store, &key, &revision, &one, LONG).await, Lease::Granted);
    assert_held(lease(store, &key, &revision, &two, LONG).await);
    assert_eq!(lease(store, &key, &revision, &one, Duration::ZERO).await, Lease::Granted);
    assert_eq!(lease(store, &key, &revision, &two, LONG).await, Lease::Granted);
    let leased = Precondition::Leased { revision: &revision, holder: &one };
    let replaced = store.replace(&key, leased, &connection("late")).await.unwrap();
    assert_eq!(replaced, Replaced::Moved, "what was given back is over");
}

/// To give back what one does not have, changes nothing.
#[track_caller]
fn assert_held_by_nobody(lease: Lease) {
    assert_eq!(lease, Lease::Held { for_another: Duration::ZERO });
}

async fn a_lease_is_for_one_revision(store: &Store) {
    let key = key("moved");
    let old = sign_in(store, &key, "old").await;
    let new = sign_in(store, &key, "new").await;
    let holder = LeaseHolder::random();
    assert_eq!(lease(store, &key, &old, &holder, LONG).await, Lease::Moved);
    assert_eq!(lease(store, &key, &old, &holder, Duration::ZERO).await, Lease::Moved);
    assert_eq!(lease(store, &key, &new, &holder, LONG).await, Lease::Granted);
}

/// Asks until the lease before has run out.
async fn take_over(store: &Store, key: &ConnectionKey, revision: &Revision, holder: &LeaseHolder) {
    for _ in 0..10_000 {
        match lease(store, key, revision, holder, LONG).await {
            Lease::Granted => return,
            Lease::Held { .. } => tokio::time::sleep(Duration::from_millis(1)).await,
            Lease::Moved => panic!("nobody wrote"),
        }
    }
    panic!("the lease does not end");
}

async fn a_lease_that_ran_out_is_taken_over(store: &Store) {
    let key = key("taken-over");
    let revision = sign_in(store, &key, "taken-over").await;
    let [one, two] = [(); 2].map(|()| LeaseHolder::random());
    assert_eq!(lease(store, &key, &revision, &one, SHORT).await, Lease::Granted);
    take_over(store, &key, &revision, &two).await;
    assert_held(lease(store, &key, &revision, &one, LONG).await);
    let by = |holder| Precondition::Leased { revision: &revision, holder };
    let replaced = store.replace(&key, by(&one), &connection("older")).await.unwrap();
    assert_eq!(replaced, Replaced::Moved, "the newer token is not overwritten");
    let replaced = store.replace(&key, by(&two), &connection("newer")).await.unwrap();
    assert!(matches!(replaced, Replaced::Done(_)));
    assert_same(&stored(store, &key).await.connection, &connection("newer"));
}

async fn a_late_holder_may_still_write(store: &Store) {
    let key = key("late");
    let revision = sign_in(store, &key, "late").await;
    let holder = LeaseHolder::random();
    assert_eq!(lease(store, &key, &revision, &holder, SHORT).await, Lease::Granted);
    tokio::time::sleep(Duration::from_millis(5)).await;
    let leased = Precondition::Leased { revision: &revision, holder: &holder };
    let replaced = store.replace(&key, leased, &connection("rotated")).await.unwrap();
    assert!(matches!(replaced, Replaced::Done(_)), "the token exists nowhere else");
}

async fn only_the_holder_writes(store: &Store) {
    let key = key("holder");
    let revision = sign_in(store, &key, "holder").await;
    let [one, two] = [(); 2].map(|()| LeaseHolder::random());
    let by = |holder| Precondition::Leased { revision: &revision, holder };
    let replaced = store.replace(&key, by(&one), &connection("nobody's")).await.unwrap();
    assert_eq!(replaced, Replaced::Moved, "without a lease");
    assert_eq!(lease(store, &key, &revision, &one, LONG).await, Lease::Granted);
    let replaced = store.replace(&key, by(&two), &connection("another's")).await.unwrap();
    assert_eq!(replaced, Replaced::Moved);
    assert_same(&stored(store, &key).await.connection, &connection("holder"));
    let replaced = store.replace(&key, by(&one), &connection("one")).await.unwrap();
    let Replaced::Done(next) = replaced else { panic!("the lease holds") };
    let replaced = store.replace(&key, by(&one), &connection("twice")).await.unwrap();
    assert_eq!(replaced, Replaced::Moved, "a lease is for one write");
    assert_eq!(lease(store, &key, &next, &two, LONG).await, Lease::Granted, "it is over");
}

async fn a_sign_in_ends_a_lease(store: &Store) {
    let key = key("again");
    let revision = sign_in(store, &key, "before").await;
    let [one, two] = [(); 2].map(|()| LeaseHolder::random());
    assert_eq!(lease(store, &key, &revision, &one, LONG).await, Lease::Granted);
    let next = sign_in(store, &key, "after").await;
    let leased = Precondition::Leased { revision: &revision, holder: &one };
    let replaced = store.replace(&key, leased, &connection("refreshed")).await.unwrap();
    assert_eq!(replaced, Replaced::Moved);
    assert!(!store.remove(&key, leased).await.unwrap());
    assert_same(&stored(store, &key).await.connection, &connection("after"));
    assert_eq!(lease(store, &key, &next, &two, LONG).await, Lease::Granted);
}

async fn only_the_holder_removes(store: &Store) {
    let key = key("removed");
    let revision = sign_in(store, &key, "removed").await;
    let [one, two] = [(); 2].map(|()| LeaseHolder::random());
    let by = |holder| Precondition::Leased { revision: &revision, holder };
    assert!(!store.remove(&key, by(&one)).await.unwrap());
    assert_eq!(lease(store, &key, &revision, &one, LONG).await, Lease::Granted);
    assert!(!store.remove(&key, by(&two)).await.unwrap());
    assert!(store.load(&key).await.unwrap().is_some());
    assert!(store.remove(&key, by(&one)).await.unwrap());
    assert!(store.load(&key).await.unwrap().is_none());
}

async fn a_lease_writes_nothing_back_after_a_removal(store: &Store) {
    let key = key("disconnected");
    let revision = sign_in(store, &key, "disconnected").await;
    let holder = LeaseHolder::random();
    assert_eq!(lease(store, &key, &revision, &holder, LONG).await, Lease::Granted);
    assert!(store.remove(&key, Precondition::Any).await.unwrap(), "a user who disconnects");
    let leased = Precondition::Leased { revision: &revision, holder: &holder };
    let replaced = store.replace(&key, leased, &connection("back")).await.unwrap();
    assert_eq!(replaced, Replaced::Moved);
    sign_in(store, &key, "again").await;
    let replaced = store.replace(&key, leased, &connection("back")).await.unwrap();
    assert_eq!(replaced, Replaced::Moved, "nor after the user connected again");
    assert_same(&stored(store, &key).await.connection, &connection("again"));
}

/// How many of a crowd are granted the lease.
async fn granted(store: &Store, key: &ConnectionKey, revision: Revision) -> usize {
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..CROWD {
        let (store, key) = (Arc::clone(store), key.clone());
        tasks.spawn(async move {
            lease(&store, &key, &revision, &LeaseHolder::random(), LONG).await == Lease::Granted
        });
    }
    tasks.join_all().await.into_iter().filter(|it| *it).count()
}

async fn of_many_one_gets_the_lease(store: &Store) {
    let key = key("crowd");
    let revision = sign_in(store, &key, "crowd").await;
    assert_eq!(granted(store, &key, revision).await, 1);
}

async fn of_many_one_takes_a_lease_over(store: &Store) {
    let key = key("heirs");
    let revision = sign_in(store, &key, "heirs").await;
    let dead = LeaseHolder::random();
    assert_eq!(lease(store, &key, &revision, &dead, SHORT).await, Lease::Granted);
    tokio::time::sleep(Duration::from_millis(5)).await;
    assert_eq!(granted(store, &key, revision).await, 1);
}

async fn many_write_and_the_last_one_stays(store: &Store) {
    let key = key("writers");
    let mut tasks = tokio::task::JoinSet::new();
    for index in 0..CROWD {
        let (store, key) = (Arc::clone(store), key.clone());
        tasks.spawn(async move {
            let name = index.to_string();
            (sign_in(&store, &key, &name).await, name)
        });
    }
    let written = tasks.join_all().await;
    let last = stored(store, &key).await;
    let writer = written.iter().find(|(revision, _)| *revision == last.revision);
    let (_, name) = writer.expect("somebody wrote it");
    assert_same(&last.connection, &connection(name));
}
