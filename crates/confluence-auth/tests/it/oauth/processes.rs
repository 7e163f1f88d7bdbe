//! Several processes on one store: leases, take-overs, and who gives way to whom.

use std::time::Duration;

use confluence_auth::{ConnectionError, store::ConnectionStore};
use futures::future::join_all;
use secrecy::ExposeSecret;
use tokio::time::Instant;

use super::{
    identity::{Odd, TOKEN},
    memory::WriteFault,
    rig::Rig,
};

#[tokio::test(start_paused = true)]
async fn four_processes_with_fifty_callers_each_make_one_request() {
    let rig = Rig::stale();
    let processes: Vec<_> = (0..4).map(|_| rig.another_process()).collect();
    let calls = processes.iter().flat_map(|process| {
        (0..50).map(|_| process.current(&rig.key, &rig.client)).collect::<Vec<_>>()
    });
    let calls = join_all(calls).await;
    let token = rig.tokens().unwrap().0;
    for call in calls {
        assert_eq!(call.unwrap().connection.grant.access_token.expose_secret(), token);
    }
    assert_eq!(rig.identity.refreshes(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_lease_of_a_process_that_was_killed_is_taken_over_when_it_has_run_out() {
    let rig = Rig::stale();
    rig.memory.leave_a_lease(&rig.key, Duration::from_secs(30));
    let start = Instant::now();
    rig.current().await.unwrap();
    let elapsed = start.elapsed();
    assert!(elapsed >= Duration::from_secs(30) && elapsed < Duration::from_secs(33), "{elapsed:?}");
    assert_eq!(rig.identity.refreshes(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_process_killed_after_the_rotation_leaves_a_token_that_the_next_one_can_renew() {
    let rig = Rig::stale();
    let (_, old) = rig.tokens().unwrap();
    // What the killed process did: a lease, a rotation, and no commit.
    rig.memory.leave_a_lease(&rig.key, Duration::from_secs(30));
    let killed = rig.client.clone();
    let body = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("grant_type", "refresh_token")
        .append_pair("refresh_token", &old)
        .append_pair("client_id", &killed.id)
        .finish();
    let request = http::Request::post(TOKEN).body(body.into()).unwrap();
    assert_eq!(rig.identity.transport().send(request).await.unwrap().status(), 200);

    rig.another_process().current(&rig.key, &rig.client).await.unwrap();
    let (_, refresh) = rig.tokens().unwrap();
    assert!(refresh != old && rig.identity.honours(&refresh));
}

#[tokio::test(start_paused = true)]
async fn a_lease_that_is_renewed_by_others_for_ever_is_not_waited_for_for_ever() {
    let rig = Rig::stale();
    rig.memory.leave_a_lease(&rig.key, Duration::from_hours(1));
    let start = Instant::now();
    let error = rig.current().await.unwrap_err();
    let elapsed = start.elapsed();
    assert!(matches!(error, ConnectionError::Unavailable(_)), "{error:?}");
    assert!(elapsed > Duration::from_secs(40) && elapsed < Duration::from_mins(1), "{elapsed:?}");
    assert!(rig.memory.get(&rig.key).is_some());
    assert_eq!(rig.identity.refreshes(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_process_that_waits_does_not_hammer_the_store() {
    let rig = Rig::stale();
    rig.memory.leave_a_lease(&rig.key, Duration::from_secs(30));
    rig.current().await.unwrap();
    let writes = *rig.memory.writes.lock().unwrap();
    assert!(writes < 120, "{writes}");
}

#[tokio::test(start_paused = true)]
async fn a_process_that_was_too_slow_does_not_overwrite_its_successors_token() {
    let rig = Rig::stale();
    // Its writes fail for so long that its lease runs out and another one takes over.
    rig.memory.fail_writes(WriteFault::Lost, 12);
    let slow = rig.another_process();
    let successor = async {
        tokio::time::sleep(Duration::from_secs(31)).await;
        let stored = rig.refresher.current(&rig.key, &rig.client).await.unwrap();
        stored.connection.grant.access_token.expose_secret().to_owned()
    };
    let (slow, token) = futures::join!(slow.current(&rig.key, &rig.client), successor);
    let stored = rig.memory.get(&rig.key).unwrap();
    let kept = stored.connection.grant.access_token.expose_secret();
    assert_eq!(kept, slow.unwrap().connection.grant.access_token.expose_secret());
    assert_eq!(kept, token, "both use what is stored");
    assert!(rig.identity.honours(&rig.tokens().unwrap().1));
}

#[tokio::test(start_paused = true)]
async fn a_process_whose_token_is_refused_uses_what_another_one_has_saved() {
    let rig = Rig::stale();
    let other = rig.another_process();
    // The first has the lease and hears that its token is dead; meanwhile a process that took
    // over has saved a good one.
    rig.identity.next([Odd::Answer(403, r#"{"error":"invalid_grant"}"#)]);
    let winner = async {
        tokio::time::sleep(Duration::from_millis(10)).await;
        rig.memory.put(&rig.key, rig.connection(Duration::from_hours(1)));
    };
    let (call, ()) = futures::join!(other.current(&rig.key, &rig.client), winner);
    call.unwrap();
    assert!(rig.memory.load(&rig.key).await.unwrap().is_some());
}

#[tokio::test(start_paused = true)]
async fn a_dead_token_is_not_dropped_while_another_process_has_the_lease() {
    let rig = Rig::stale();
    rig.identity.next([Odd::Answer(403, r#"{"error":"invalid_grant"}"#)]);
    let taken_over = async {
        tokio::time::sleep(Duration::from_millis(10)).await;
        rig.memory.leave_a_lease(&rig.key, Duration::from_secs(5));
    };
    let (call, ()) = futures::join!(rig.current(), taken_over);
    // Its holder was killed in turn, so that the first one gets another try.
    call.unwrap();
    assert_eq!(rig.identity.refreshes(), 2);
}

#[tokio::test(start_paused = true)]
async fn one_of_many_processes_introduces_a_connection_and_the_tokens_stay() {
    let rig = Rig::fresh();
    let before = rig.tokens();
    let processes: Vec<_> = (0..4).map(|_| rig.another_process()).collect();
    let calls = processes.iter().flat_map(|process| {
        (0..10).map(|_| process.introduce(&rig.key, &rig.client)).collect::<Vec<_>>()
    });
    let introduced = join_all(calls).await.into_iter().filter(|it| it.as_ref().unwrap().is_some());
    assert_eq!(introduced.count(), 1);
    assert_eq!(rig.tokens(), before);
    assert!(!rig.memory.is_leased(&rig.key));
    assert!(rig.refresher.introduce(&rig.key, &rig.client).await.unwrap().is_none());
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_is_being_renewed_is_introduced_later_and_once() {
    let rig = Rig::stale();
    rig.memory.leave_a_lease(&rig.key, Duration::from_secs(30));
    let introduce = || rig.refresher.introduce(&rig.key, &rig.client);
    assert!(introduce().await.unwrap().is_none());
    // The lease is left alone, and what it was for is not lost.
    assert!(rig.memory.is_leased(&rig.key));
    rig.current().await.unwrap();
    assert!(introduce().await.unwrap().is_some());
    assert!(introduce().await.unwrap().is_none());
    assert!(rig.identity.honours(&rig.tokens().unwrap().1));
}
