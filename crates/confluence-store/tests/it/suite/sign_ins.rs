//! What every `SignInStore` does.

use std::sync::Arc;

use confluence_auth::Fingerprint;
use confluence_auth::connection::ConnectionKey;
use confluence_auth::pending::PendingSignIn;
use confluence_auth::store::{MAX_PENDING, SignInStore, TicketId};
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use secrecy::ExposeSecret as _;

use super::{PLANTED, key, key_in};

type Store = Arc<dyn SignInStore>;

/// All of it. Leaves sign-ins behind.
pub(crate) async fn all(store: Store) {
    what_began_is_taken_once(&store).await;
    of_many_one_takes_it(&store).await;
    an_unknown_state_gives_nothing(&store).await;
    what_has_expired_is_given_or_swept(&store).await;
    the_oldest_gives_way(&store).await;
    a_ticket_is_spent_once(&store).await;
    of_many_one_spends_a_ticket(&store).await;
    a_ticket_is_forgotten_after_its_end(&store).await;
}

fn now() -> Timestamp {
    // As databases keep it.
    Timestamp::now().round(jiff::Unit::Microsecond).unwrap()
}

pub(crate) fn pending(state: &str, key: ConnectionKey) -> PendingSignIn {
    PendingSignIn {
        state: Fingerprint::of(state),
        browser: Fingerprint::of(format!("browser of {state}")),
        code_verifier: format!("{PLANTED}-verifier-{state}").into(),
        redirect_uri: "https://example.com/callback?a=b%20c".parse().unwrap(),
        key,
        agent: Some("agent-7".parse().unwrap()),
        client: Fingerprint::of("client"),
        created_at: now(),
        expires_at: now() + 10.minutes(),
    }
}

#[track_caller]
fn assert_same(found: &PendingSignIn, expected: &PendingSignIn) {
    assert_eq!(found.code_verifier.expose_secret(), expected.code_verifier.expose_secret());
    let prints = |it: &PendingSignIn| (it.state, it.browser, it.client);
    assert_eq!(prints(found), prints(expected));
    assert_eq!(format!("{found:?}"), format!("{expected:?}"));
}

async fn what_began_is_taken_once(store: &Store) {
    let first = pending("first", key_in("acme", "Second", "ada"));
    let second = PendingSignIn { agent: None, ..pending("second", first.key.clone()) };
    store.begin(&first).await.unwrap();
    store.begin(&second).await.unwrap();
    assert_same(&store.take(&first.state).await.unwrap().unwrap(), &first);
    assert!(store.take(&first.state).await.unwrap().is_none(), "a replay");
    assert_same(&store.take(&second.state).await.unwrap().unwrap(), &second);
}

async fn of_many_one_takes_it(store: &Store) {
    let pending = pending("wanted", key("wanted"));
    store.begin(&pending).await.unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..16 {
        let (store, state) = (Arc::clone(store), pending.state);
        tasks.spawn(async move { store.take(&state).await.unwrap().is_some() });
    }
    assert_eq!(tasks.join_all().await.into_iter().filter(|it| *it).count(), 1);
}

async fn an_unknown_state_gives_nothing(store: &Store) {
    store.begin(&pending("known", key("known"))).await.unwrap();
    assert!(store.take(&Fingerprint::of("unknown")).await.unwrap().is_none());
    assert!(store.take(&Fingerprint::of("known")).await.unwrap().is_some());
}

async fn what_has_expired_is_given_or_swept(store: &Store) {
    let ended = now() - SignedDuration::from_secs(1);
    let expired = |state| PendingSignIn { expires_at: ended, ..pending(state, key("expired")) };
    let (one, two) = (expired("one"), expired("two"));
    store.begin(&one).await.unwrap();
    assert_same(&store.take(&one.state).await.unwrap().unwrap(), &one);
    store.begin(&two).await.unwrap();
    store.begin(&pending("valid", key("somebody"))).await.unwrap();
    assert!(store.take(&two.state).await.unwrap().is_none(), "the next one swept it");
}

async fn the_oldest_gives_way(store: &Store) {
    let begun = |index: i64, user| {
        let mut pending = pending(&format!("{user} {index}"), key(user));
        pending.created_at = now() - 1.minute() + index.seconds();
        pending
    };
    let all: Vec<_> =
        (0..=i64::try_from(MAX_PENDING).unwrap()).map(|it| begun(it, "busy")).collect();
    let another = begun(-10, "calm");
    store.begin(&another).await.unwrap();
    for pending in &all {
        store.begin(pending).await.unwrap();
    }
    // One that seems older than all, as its process's clock is late, is still the newest.
    let late = begun(-20, "busy");
    store.begin(&late).await.unwrap();
    for (index, pending) in all.iter().enumerate() {
        let found = store.take(&pending.state).await.unwrap();
        assert_eq!(found.is_some(), index >= 2, "{index}");
    }
    assert!(store.take(&late.state).await.unwrap().is_some());
    assert!(store.take(&another.state).await.unwrap().is_some(), "others are left alone");
}

async fn a_ticket_is_spent_once(store: &Store) {
    let [one, two] = [(); 2].map(|()| TicketId::random());
    let until = now() + 10.minutes();
    assert!(store.spend(&one, until).await.unwrap());
    assert!(!store.spend(&one, until).await.unwrap());
    assert!(store.spend(&two, until).await.unwrap());
}

async fn of_many_one_spends_a_ticket(store: &Store) {
    let (ticket, until) = (TicketId::random(), now() + 10.minutes());
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..16 {
        let store = Arc::clone(store);
        tasks.spawn(async move { store.spend(&ticket, until).await.unwrap() });
    }
    assert_eq!(tasks.join_all().await.into_iter().filter(|it| *it).count(), 1);
}

/// What is remembered is bounded by time: a ticket that has ended is refused for that.
async fn a_ticket_is_forgotten_after_its_end(store: &Store) {
    let ticket = TicketId::random();
    let ended = now() - SignedDuration::from_secs(1);
    assert!(store.spend(&ticket, ended).await.unwrap());
    assert!(store.spend(&ticket, ended).await.unwrap());
}
