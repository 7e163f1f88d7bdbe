//! Quotas: seen, kept, and shared.

use std::{sync::Arc, time::Duration};

use confluence_api::{Pacer, pages::ListPages, spaces::ListSpaces};
use futures::future::join_all;
use tokio::time::Instant;

use crate::support::{Play, Replay};

const EMPTY: &str = r#"{"results":[]}"#;

fn leaked(headers: Vec<(&'static str, String)>) -> &'static [(&'static str, &'static str)] {
    let leak = |text: String| &*Box::leak(text.into_boxed_str());
    Box::leak(headers.into_iter().map(|(name, value)| (name, leak(value))).collect())
}

/// The time in `seconds`, as Atlassian writes it.
fn reset_in(seconds: i64) -> String {
    (jiff::Timestamp::now() + jiff::SignedDuration::from_secs(seconds)).to_string()
}

fn near(seconds: i64) -> Play {
    let headers = vec![
        ("x-ratelimit-limit", "1000".to_owned()),
        ("x-ratelimit-remaining", "9".to_owned()),
        ("x-ratelimit-nearlimit", "true".to_owned()),
        ("x-ratelimit-reset", reset_in(seconds)),
    ];
    Play::Answer(200, leaked(headers), EMPTY.to_owned())
}

#[tokio::test(start_paused = true)]
async fn a_429_tells_all_it_says() {
    let headers = &[
        ("retry-after", "900"),
        ("x-ratelimit-limit", "65000"),
        ("x-ratelimit-remaining", "0"),
        ("x-ratelimit-reset", "2026-11-23T11:00Z"),
        ("x-ratelimit-nearlimit", "true"),
        ("ratelimit-reason", "confluence-quota-global-based"),
    ];
    let replay = Replay::new([Play::Answer(429, headers, String::new())]);
    let error = replay.client().send(&ListPages::default()).await.unwrap_err();
    let error = error.api().unwrap();
    assert_eq!(error.retry_after, Some(Duration::from_mins(15)));
    let rate = error.rate_limit.as_ref().unwrap();
    assert_eq!((rate.limit, rate.remaining, rate.near_limit), (Some(65_000), Some(0), true));
    assert_eq!(rate.reset.unwrap().to_string(), "2026-11-23T11:00:00Z");
    assert_eq!(rate.reason.as_deref(), Some("confluence-quota-global-based"));
}

#[tokio::test(start_paused = true)]
async fn without_retry_after_the_reset_of_a_used_up_quota_tells_how_long_to_wait() {
    let refused = |remaining: &'static str| async move {
        let headers = vec![
            ("x-ratelimit-remaining", remaining.to_owned()),
            ("x-ratelimit-reset", reset_in(600)),
        ];
        let answer = || Play::Answer(429, leaked(headers.clone()), String::new());
        let replay = Replay::new([answer(), answer(), answer(), answer()]);
        let error = replay.client().send(&ListPages::default()).await.unwrap_err();
        error.api().unwrap().retry_after
    };
    let wait = refused("0").await.unwrap().as_secs();
    assert!((590..=600).contains(&wait), "{wait}");
    assert_eq!(refused("40").await, None);
}

#[tokio::test(start_paused = true)]
async fn an_answer_tells_what_is_left() {
    let headers = &[
        ("beta-ratelimit-policy", r#""global-app-quota";q=65000;w=3600"#),
        ("beta-ratelimit", r#""global-app-quota";r=11000;t=600"#),
    ];
    let replay = Replay::new([Play::Answer(200, headers, EMPTY.to_owned())]);
    let answer = replay.client().json(&ListPages::default()).await.unwrap();
    let rate = answer.rate_limit.unwrap();
    assert_eq!((rate.limit, rate.remaining), (Some(65_000), Some(11_000)));
    let replay = Replay::new([Play::json(200, EMPTY)]);
    assert_eq!(replay.client().json(&ListPages::default()).await.unwrap().rate_limit, None);
}

#[tokio::test(start_paused = true)]
async fn near_the_limit_requests_are_spread_out() {
    // Ten requests in twenty seconds.
    let replay = Replay::new([near(20)]);
    let client = replay.client();
    for _ in 0..4 {
        client.send(&ListPages::default()).await.unwrap();
    }
    for pause in replay.pauses() {
        assert!((1..=2).contains(&pause), "{pause}");
    }
}

#[tokio::test(start_paused = true)]
async fn with_plenty_left_nobody_waits() {
    let headers = leaked(vec![
        ("x-ratelimit-limit", "1000".to_owned()),
        ("x-ratelimit-remaining", "999".to_owned()),
        ("x-ratelimit-nearlimit", "false".to_owned()),
        ("x-ratelimit-reset", reset_in(3_000)),
    ]);
    let replay = Replay::new([Play::Answer(200, headers, EMPTY.to_owned())]);
    let client = replay.client();
    let start = Instant::now();
    for _ in 0..20 {
        client.send(&ListPages::default()).await.unwrap();
    }
    assert_eq!(start.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn after_the_reset_nobody_waits_any_more() {
    // Headers may come only while the limit is near.
    let replay = Replay::new([near(30), Play::json(200, EMPTY)]);
    let client = replay.client();
    client.send(&ListPages::default()).await.unwrap();
    tokio::time::advance(Duration::from_secs(31)).await;
    let start = Instant::now();
    for _ in 0..5 {
        client.send(&ListPages::default()).await.unwrap();
    }
    assert_eq!(start.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn whoever_shares_a_pacer_stops_after_a_429() {
    let throttled = Replay::new([
        Play::Answer(429, &[("retry-after", "20")], String::new()),
        Play::json(200, EMPTY),
    ]);
    let other = Replay::new([Play::json(200, EMPTY)]);
    let pacer = Arc::new(Pacer::default());
    let first = throttled.client().with_pacer(Arc::clone(&pacer));
    let second = other.client().with_pacer(Arc::clone(&pacer));
    let impatient = other.client().with_pacer(pacer).with_timeout(Duration::from_secs(5));
    let start = Instant::now();
    let endpoint = ListPages::default();
    let (one, rest) = futures::join!(first.send(&endpoint), async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let error = impatient.send(&ListSpaces::default()).await.unwrap_err();
        // Told how long, without having asked or waited.
        let wait = error.api().unwrap().retry_after.unwrap();
        assert_eq!((wait, start.elapsed()), (Duration::from_secs(19), Duration::from_secs(1)));
        assert_eq!(other.count(), 0);
        join_all((0..10).map(|_| second.send(&endpoint))).await
    });
    assert!(one.is_ok() && rest.iter().all(Result::is_ok));
    assert!(start.elapsed() >= Duration::from_secs(20));
    let sent = other.sent.lock().unwrap();
    assert!(sent.iter().all(|it| it.at - start >= Duration::from_secs(20)));
}

#[tokio::test(start_paused = true)]
async fn clients_of_their_own_do_not_hold_each_other_up() {
    let throttled = Replay::new([Play::Answer(429, &[("retry-after", "900")], String::new())]);
    let other = Replay::new([Play::json(200, EMPTY)]);
    throttled.client().send(&ListPages::default()).await.unwrap_err();
    other.client().send(&ListPages::default()).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn headers_that_make_no_sense_are_ignored() {
    let headers = &[
        ("x-ratelimit-limit", "many"),
        ("x-ratelimit-remaining", "-3"),
        ("x-ratelimit-reset", "1764500000"),
        ("x-ratelimit-nearlimit", "perhaps"),
        ("beta-ratelimit", ";;;=,,r=x;t="),
        ("beta-ratelimit-policy", ";q=;w=0"),
    ];
    let replay = Replay::new([Play::Answer(200, headers, EMPTY.to_owned())]);
    let client = replay.client();
    let start = Instant::now();
    for _ in 0..3 {
        assert_eq!(client.json(&ListPages::default()).await.unwrap().rate_limit, None);
    }
    assert_eq!(start.elapsed(), Duration::ZERO);
}
