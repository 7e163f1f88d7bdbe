//! One process: when a token is renewed, what refusals mean, and what is never lost.

use std::time::Duration;

use confluence_api::transport::TransportErrorKind;
use confluence_auth::ConnectionError;
use futures::future::join_all;
use jiff::Timestamp;
use secrecy::ExposeSecret;
use serde_json::json;
use tokio::time::{Instant, timeout};

use super::{
    identity::{Odd, TOKEN},
    memory::WriteFault,
    rig::{CLIENT_SECRET, Rig},
};

/// Refusals after which nothing but a new sign-in helps. Sources: Atlassian's documentation, and
/// what was measured.
const DEAD: [Odd; 5] = [
    Odd::Answer(
        403,
        r#"{"error":"unauthorized_client","error_description":"refresh_token is invalid"}"#,
    ),
    Odd::Answer(
        403,
        r#"{"error":"invalid_grant","error_description":"Unknown or invalid refresh token."}"#,
    ),
    Odd::Answer(400, r#"{"error":"invalid_grant"}"#),
    Odd::Answer(400, r#"{"error":"unauthorized_client"}"#),
    Odd::Answer(403, r#"{"code":403,"message":"refresh_token is invalid"}"#),
];

/// Answers after which the same token may be good again.
fn passing() -> Vec<Odd> {
    vec![
        Odd::Answer(500, ""),
        Odd::Answer(502, "upstream connect error"),
        Odd::Answer(503, r#"{"error":"temporarily_unavailable"}"#),
        Odd::Answer(503, r#"{"error":"invalid_grant"}"#),
        Odd::Answer(429, r#"{"code":429,"message":"Rate limit exceeded"}"#),
        Odd::Answer(404, ""),
        Odd::Answer(403, ""),
        Odd::Html(403),
        Odd::Html(400),
        Odd::Html(503),
        Odd::Answer(302, ""),
        // Successes that are none.
        Odd::Answer(200, ""),
        Odd::Answer(204, ""),
        Odd::Answer(200, "{"),
        Odd::Answer(200, r#"{"access_token":"s3cret-only"}"#),
        Odd::Answer(200, "[]"),
        Odd::Html(200),
        Odd::Fault(TransportErrorKind::Connect),
        Odd::Fault(TransportErrorKind::Interrupted),
        Odd::Fault(TransportErrorKind::Setup),
        Odd::Fault(TransportErrorKind::TooLarge { limit: 1 }),
        Odd::Hang,
    ]
}

#[tokio::test(start_paused = true)]
async fn a_dead_refresh_token_drops_the_connection_and_says_to_reconnect() {
    for odd in DEAD {
        let rig = Rig::stale();
        rig.identity.always(Some(odd.clone()));
        let error = rig.current().await.unwrap_err();
        let text = error.to_string();
        assert!(matches!(error, ConnectionError::Refused { .. }), "{odd:?}: {error:?}");
        assert!(text.starts_with("Confluence token refresh failed"), "{text}");
        assert!(text.contains("must reconnect"), "{text}");
        assert_eq!(rig.identity.refreshes(), 1, "{odd:?}: repeating it is pointless");
        assert!(rig.memory.get(&rig.key).is_none(), "{odd:?}");
        let again = rig.current().await.unwrap_err();
        assert_eq!(again.to_string(), "Confluence is not connected for this user.");
        assert_eq!(rig.identity.refreshes(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_passing_fault_drops_nothing_and_gives_the_lease_back() {
    for odd in passing() {
        let rig = Rig::stale();
        let before = rig.tokens();
        rig.identity.always(Some(odd.clone()));
        let start = Instant::now();
        let error = rig.current().await.unwrap_err();
        assert!(matches!(error, ConnectionError::Unavailable(_)), "{odd:?}: {error:?}");
        assert!(error.to_string().contains("temporarily unavailable"), "{error}");
        assert!(!error.needs_sign_in());
        assert!(start.elapsed() < Duration::from_secs(22), "{odd:?}: {:?}", start.elapsed());
        assert_eq!(rig.tokens(), before, "{odd:?}");
        assert!(!rig.memory.is_leased(&rig.key), "{odd:?}");
        assert!(rig.identity.refreshes() <= 2, "{odd:?}");

        rig.identity.always(None);
        rig.current().await.unwrap();
        assert_ne!(rig.tokens(), before);
    }
}

#[tokio::test(start_paused = true)]
async fn a_wrong_client_secret_is_the_operators_to_correct_and_drops_nothing() {
    for odd in [
        Odd::Answer(401, r#"{"error":"access_denied","error_description":"Unauthorized"}"#),
        Odd::Answer(401, r#"{"error":"invalid_client"}"#),
        Odd::Answer(401, r#"{"error":"invalid_grant"}"#),
        Odd::Answer(401, ""),
        Odd::Html(401),
        Odd::Answer(400, r#"{"error":"invalid_client"}"#),
        Odd::Answer(400, r#"{"error":"central_client_not_configured"}"#),
    ] {
        let rig = Rig::stale();
        let before = rig.tokens();
        rig.identity.always(Some(odd.clone()));
        let error = rig.current().await.unwrap_err();
        let text = error.to_string();
        assert!(matches!(error, ConnectionError::ClientRefused { .. }), "{odd:?}: {error:?}");
        assert!(text.starts_with("Confluence OAuth is not configured."), "{text}");
        assert!(text.contains("Nobody has to reconnect") && !error.needs_sign_in(), "{text}");
        assert_eq!(rig.tokens(), before);
        assert_eq!(rig.identity.refreshes(), 1, "{odd:?}");
        rig.identity.always(None);
        rig.current().await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_was_lost_after_the_rotation_is_asked_for_again_at_once() {
    let rig = Rig::stale();
    let (_, old) = rig.tokens().unwrap();
    rig.identity.next([Odd::Lost]);
    let stored = rig.current().await.unwrap();
    let asked = rig.identity.asked(TOKEN);
    let sent: Vec<_> = asked.iter().map(|it| it.parameter("refresh_token").unwrap()).collect();
    assert_eq!(sent, [old.clone(), old], "the reuse window is what saves the connection");
    let refresh = stored.connection.grant.refresh_token.as_ref().unwrap().expose_secret();
    assert!(rig.identity.honours(refresh));
    assert_eq!(rig.tokens().unwrap().1, refresh);
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_never_comes_leaves_time_for_another_request() {
    let rig = Rig::stale();
    rig.identity.next([Odd::Hang]);
    let start = Instant::now();
    rig.current().await.unwrap();
    assert!(start.elapsed() < Duration::from_secs(15), "{:?}", start.elapsed());
    assert_eq!(rig.identity.refreshes(), 2);
}

#[tokio::test(start_paused = true)]
async fn two_hundred_callers_with_an_expired_token_make_one_request() {
    let rig = Rig::stale();
    let calls = join_all((0..200).map(|_| rig.current())).await;
    let token = rig.tokens().unwrap().0;
    for call in calls {
        assert_eq!(call.unwrap().connection.grant.access_token.expose_secret(), token);
    }
    assert_eq!(rig.identity.refreshes(), 1);
    assert_eq!(*rig.memory.writes.lock().unwrap(), 2, "a lease and a commit, for all of them");
}

#[tokio::test(start_paused = true)]
async fn two_hundred_callers_share_a_failure_too() {
    let rig = Rig::stale();
    rig.identity.always(Some(DEAD[0].clone()));
    let calls = join_all((0..200).map(|_| rig.current())).await;
    assert!(calls.iter().all(|it| matches!(it, Err(ConnectionError::Refused { .. }))));
    assert_eq!(rig.identity.refreshes(), 1);
}

#[tokio::test(start_paused = true)]
async fn callers_of_different_users_do_not_wait_for_each_other() {
    let rig = Rig::stale();
    let other = super::rig::key("grace@example.com");
    rig.memory.put(&other, rig.connection(Duration::ZERO));
    rig.identity.next([Odd::Hang]);
    let start = Instant::now();
    let slow = rig.current();
    let fast = async {
        tokio::time::sleep(Duration::from_millis(10)).await;
        rig.refresher.current(&other, &rig.client).await.unwrap();
        start.elapsed()
    };
    let (slow, fast) = futures::join!(slow, fast);
    slow.unwrap();
    assert!(fast < Duration::from_secs(1), "{fast:?}");
}

#[tokio::test(start_paused = true)]
async fn a_caller_who_gives_up_does_not_lose_the_rotated_token() {
    // At each moment of a refresh: while loading, leasing, asking and saving.
    for moment in 0..40 {
        let rig = Rig::stale();
        let (_, old) = rig.tokens().unwrap();
        let patience = Duration::from_millis(moment);
        let call = timeout(patience, rig.current()).await;
        rig.refresher.settled().await;
        let (_, refresh) = rig.tokens().unwrap();
        if rig.identity.refreshes() == 0 {
            assert!(call.is_err());
            assert_eq!(refresh, old);
        } else {
            assert_ne!(refresh, old, "after {patience:?}");
            assert!(rig.identity.honours(&refresh), "after {patience:?}");
            assert!(!rig.memory.is_leased(&rig.key));
        }
        rig.current().await.unwrap();
        assert_eq!(rig.identity.refreshes(), 1, "after {patience:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_new_token_is_not_handed_out_before_it_is_durable() {
    let rig = Rig::stale();
    rig.memory.fail_writes(WriteFault::Lost, 5);
    let start = Instant::now();
    let stored = rig.current().await.unwrap();
    assert!(start.elapsed() > Duration::from_secs(1), "{:?}", start.elapsed());
    let token = stored.connection.grant.access_token.expose_secret();
    assert_eq!(rig.tokens().unwrap().0, token);
    assert_eq!(rig.identity.refreshes(), 1, "only the write was repeated");
}

#[tokio::test(start_paused = true)]
async fn a_write_that_succeeded_unheard_is_recognized() {
    let rig = Rig::stale();
    rig.memory.fail_writes(WriteFault::Unheard, 1);
    let stored = rig.current().await.unwrap();
    let kept = rig.memory.get(&rig.key).unwrap();
    assert_eq!(stored.revision, kept.revision);
    assert_eq!(rig.identity.refreshes(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_store_that_stays_away_is_reported_and_not_waited_for_forever() {
    let rig = Rig::stale();
    rig.memory.fail_writes(WriteFault::Lost, 10_000);
    let start = Instant::now();
    let error = rig.current().await.unwrap_err();
    assert!(matches!(error, ConnectionError::Unavailable(_)), "{error:?}");
    let elapsed = start.elapsed();
    assert!(
        elapsed > Duration::from_secs(100) && elapsed < Duration::from_secs(130),
        "{elapsed:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_store_that_is_away_from_the_start_costs_no_token() {
    let rig = Rig::stale();
    *rig.memory.down.lock().unwrap() = true;
    let error = rig.current().await.unwrap_err();
    assert!(matches!(error, ConnectionError::Unavailable(_)), "{error:?}");
    assert_eq!(rig.identity.refreshes(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_store_that_hangs_is_given_up() {
    let rig = Rig::stale();
    *rig.memory.hangs.lock().unwrap() = true;
    let start = Instant::now();
    let error = rig.current().await.unwrap_err();
    assert!(matches!(error, ConnectionError::Unavailable(_)), "{error:?}");
    assert!(start.elapsed() < Duration::from_secs(6), "{:?}", start.elapsed());
    *rig.memory.hangs.lock().unwrap() = false;
    rig.current().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_cannot_be_read_needs_the_operator() {
    let rig = Rig::fresh();
    *rig.memory.corrupt.lock().unwrap() = true;
    let error = rig.current().await.unwrap_err();
    assert!(matches!(error, ConnectionError::Unreadable(_)), "{error:?}");
    assert!(error.to_string().contains("master key") && !error.needs_sign_in());
}

#[tokio::test(start_paused = true)]
async fn a_user_who_disconnects_during_a_refresh_stays_disconnected() {
    let rig = Rig::stale();
    let disconnect = async {
        tokio::time::sleep(Duration::from_millis(10)).await;
        assert!(rig.refresher.disconnect(&rig.key).await.unwrap());
    };
    let (call, ()) = futures::join!(rig.current(), disconnect);
    assert!(matches!(call, Err(ConnectionError::NotConnected)), "{call:?}");
    assert!(rig.memory.get(&rig.key).is_none());
    assert!(!rig.refresher.disconnect(&rig.key).await.unwrap());
}

#[tokio::test(start_paused = true)]
async fn a_user_who_reconnects_during_a_refresh_keeps_the_new_connection() {
    let rig = Rig::stale();
    let reconnect = async {
        tokio::time::sleep(Duration::from_millis(10)).await;
        rig.memory.put(&rig.key, rig.connection(Duration::from_hours(1)));
        rig.tokens()
    };
    let (call, tokens) = futures::join!(rig.current(), reconnect);
    let token = tokens.clone().unwrap().0;
    assert_eq!(call.unwrap().connection.grant.access_token.expose_secret(), token);
    assert_eq!(rig.tokens(), tokens);
}

#[tokio::test(start_paused = true)]
async fn a_refused_token_of_a_user_who_reconnected_meanwhile_is_forgotten() {
    let rig = Rig::stale();
    rig.identity.always(Some(DEAD[0].clone()));
    let reconnect = async {
        tokio::time::sleep(Duration::from_millis(10)).await;
        rig.memory.put(&rig.key, rig.connection(Duration::from_hours(1)));
    };
    let (call, ()) = futures::join!(rig.current(), reconnect);
    call.unwrap();
    assert!(rig.memory.get(&rig.key).is_some());
}

#[tokio::test(start_paused = true)]
async fn a_connection_without_refresh_token_ends_with_its_access_token() {
    let rig = Rig::empty();
    let mut connection = rig.connection(Duration::from_hours(1));
    connection.grant.refresh_token = None;
    rig.memory.put(&rig.key, connection.clone());
    rig.current().await.unwrap();
    connection.grant.expires_at = Timestamp::now();
    rig.memory.put(&rig.key, connection);
    let error = rig.current().await.unwrap_err();
    let text = error.to_string();
    assert!(text.starts_with("Confluence token refresh failed"), "{text}");
    assert!(text.contains("offline_access") && text.contains("must reconnect"), "{text}");
    assert_eq!(rig.identity.refreshes(), 0);
    assert!(rig.memory.get(&rig.key).is_none());
}

#[tokio::test(start_paused = true)]
async fn tokens_of_another_client_or_of_other_scopes_are_not_used() {
    let rig = Rig::fresh();
    let mut other = rig.client.clone();
    other.id = "client-2".to_owned();
    let mut fewer = rig.client.clone();
    fewer.scopes = confluence_auth::scopes::Scopes::read_only();
    for client in [other, fewer] {
        let error = rig.refresher.current(&rig.key, &client).await.unwrap_err();
        assert!(matches!(error, ConnectionError::ClientChanged), "{error:?}");
        assert!(error.to_string().starts_with("Confluence is not connected for this user."));
        assert!(error.needs_sign_in());
    }
    // A replica that has not heard of the change yet must not destroy what the others use.
    rig.current().await.unwrap();
    assert_eq!(rig.identity.all().len(), 0);
}

#[tokio::test(start_paused = true)]
async fn what_atlassian_leaves_out_of_its_answer_stays_as_it_was() {
    let rig = Rig::stale();
    let (_, refresh) = rig.tokens().unwrap();
    rig.identity.token_extra(json!({ "refresh_token": null, "scope": null, "expires_in": null }));
    let stored = rig.current().await.unwrap();
    let grant = &stored.connection.grant;
    assert_eq!(grant.refresh_token.as_ref().unwrap().expose_secret(), refresh);
    assert_eq!(grant.scopes, ["read:page:confluence"]);
    let left = grant.expires_at.duration_since(Timestamp::now());
    assert!((3_500..=3_600).contains(&left.as_secs()), "an hour, if nothing is said: {left:?}");
}

#[tokio::test(start_paused = true)]
async fn scopes_that_a_refresh_takes_away_are_gone() {
    let rig = Rig::stale();
    rig.identity.token_extra(json!({ "scope": "read:space:confluence" }));
    let stored = rig.current().await.unwrap();
    assert_eq!(stored.connection.grant.scopes, ["read:space:confluence"]);
}

#[tokio::test(start_paused = true)]
async fn a_fresh_token_is_answered_from_the_store_alone() {
    let rig = Rig::fresh();
    for _ in 0..3 {
        rig.current().await.unwrap();
    }
    assert_eq!(rig.identity.all().len(), 0);
    assert_eq!(*rig.memory.loads.lock().unwrap(), 3);
    assert_eq!(*rig.memory.writes.lock().unwrap(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_refresh_is_a_form_with_the_credentials_in_its_body() {
    let rig = Rig::stale();
    let (_, old) = rig.tokens().unwrap();
    rig.current().await.unwrap();
    let [asked] = &rig.identity.asked(TOKEN)[..] else { panic!("one request") };
    assert_eq!(asked.authorization, None);
    let mut names: Vec<_> = url::form_urlencoded::parse(asked.body.as_bytes()).collect();
    names.sort();
    let names: Vec<_> = names.iter().map(|it| (it.0.as_ref(), it.1.as_ref())).collect();
    assert_eq!(
        names,
        [
            ("client_id", "client-1"),
            ("client_secret", CLIENT_SECRET),
            ("grant_type", "refresh_token"),
            ("refresh_token", &old),
        ]
    );
}
