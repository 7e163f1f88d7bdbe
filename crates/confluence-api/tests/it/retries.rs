//! What is sent again, when, and how often.

use std::time::Duration;

use confluence_api::{
    ApiErrorKind, Endpoint, Error,
    body::{NewBody, Representation},
    comments::{CommentTarget, CreateFooterComment},
    labels::AddLabels,
    pages::{CreatePage, DeletePage, GetPage, ListPages, NewPageStatus, NewVersion, UpdatePage},
    transport::TransportErrorKind::{Connect, Interrupted, Setup, TooLarge},
};
use tokio::time::Instant;

use crate::support::{Play, Replay, fixture};

fn page() -> Play {
    Play::json(200, fixture("pages/get.200"))
}

fn get() -> GetPage {
    GetPage::new("98765".parse().unwrap())
}

fn body() -> NewBody {
    NewBody { representation: Representation::Storage, value: String::new() }
}

fn update() -> UpdatePage {
    UpdatePage {
        id: "98765".parse().unwrap(),
        status: NewPageStatus::Current,
        title: "On-call handbook".to_owned(),
        space_id: None,
        parent_id: None,
        body: body(),
        version: NewVersion { number: 4, message: None },
    }
}

fn create() -> CreatePage {
    let space_id = "65538".parse().unwrap();
    CreatePage { space_id, status: None, title: None, parent_id: None, body: None }
}

fn delete() -> DeletePage {
    DeletePage { id: "98765".parse().unwrap(), purge: false, draft: false }
}

/// How often `endpoint` is sent if all goes wrong, and how it ends.
async fn attempts<E: Endpoint>(endpoint: &E, play: &Play) -> (usize, Error) {
    let replay = Replay::new([play.clone()]);
    let error = replay.client().json(endpoint).await.unwrap_err();
    (replay.count(), error)
}

/// The same for each kind of write.
async fn writes(play: &Play) -> Vec<(usize, Error)> {
    let target = CommentTarget::Page("98765".parse().unwrap());
    let comment = CreateFooterComment { target, body: body() };
    let labels = AddLabels { id: "98765".parse().unwrap(), labels: Vec::new() };
    vec![
        attempts(&create(), play).await,
        attempts(&update(), play).await,
        attempts(&delete(), play).await,
        attempts(&comment, play).await,
        attempts(&labels, play).await,
    ]
}

#[tokio::test(start_paused = true)]
async fn reads_are_sent_four_times_at_most() {
    for status in [429, 502, 503, 504] {
        assert_eq!(attempts(&get(), &Play::status(status)).await.0, 4, "{status}");
    }
    for kind in [Connect, Interrupted] {
        let (count, error) = attempts(&get(), &Play::Fault(kind)).await;
        assert_eq!(count, 4, "{kind:?}");
        assert!(error.is_transient() && !error.may_have_acted());
    }
}

#[tokio::test(start_paused = true)]
async fn what_repeating_does_not_change_is_not_repeated() {
    for status in [300, 301, 302, 307, 308, 400, 401, 403, 404, 409, 410, 413, 418, 500, 501] {
        assert_eq!(attempts(&get(), &Play::status(status)).await.0, 1, "{status}");
    }
    for kind in [Setup, TooLarge { limit: 1 }] {
        assert_eq!(attempts(&get(), &Play::Fault(kind)).await.0, 1, "{kind:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn writes_are_repeated_only_if_the_server_cannot_have_acted() {
    for play in [Play::status(429), Play::Fault(Connect)] {
        for (count, error) in writes(&play).await {
            assert_eq!(count, 4, "{play:?}");
            assert!(!error.may_have_acted());
        }
    }
    for play in [
        Play::status(500),
        Play::status(502),
        Play::status(503),
        Play::status(504),
        Play::Fault(Interrupted),
        Play::Fault(TooLarge { limit: 1 }),
    ] {
        for (count, error) in writes(&play).await {
            assert_eq!(count, 1, "{play:?}");
            assert!(error.may_have_acted(), "{play:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_503_with_retry_after_is_no_reason_to_write_twice() {
    let play = Play::Answer(503, &[("retry-after", "1")], String::new());
    for (count, error) in writes(&play).await {
        assert_eq!(count, 1);
        assert_eq!(error.api().unwrap().retry_after, Some(Duration::from_secs(1)));
    }
}

#[tokio::test(start_paused = true)]
async fn a_read_that_succeeds_the_fourth_time_succeeds() {
    let replay =
        Replay::new([Play::status(503), Play::Fault(Interrupted), Play::status(429), page()]);
    replay.client().send(&get()).await.unwrap();
    assert_eq!(replay.count(), 4);
}

#[tokio::test(start_paused = true)]
async fn retry_after_is_a_minimum() {
    let throttled = |seconds| Play::Answer(429, seconds, String::new());
    let replay = Replay::new([
        throttled(&[("retry-after", "7")]),
        throttled(&[("retry-after", "0")]),
        page(),
    ]);
    replay.client().send(&get()).await.unwrap();
    assert_eq!(replay.pauses(), [7, 0]);
}

#[tokio::test(start_paused = true)]
async fn retry_after_that_cannot_be_read_is_as_good_as_none() {
    for value in ["", "-1", "soon", "1.5", "99999999999999999999"] {
        let headers: &'static [_] = Box::leak(Box::new([("retry-after", value)]));
        let replay = Replay::new([Play::Answer(429, headers, String::new()), page()]);
        replay.client().send(&get()).await.unwrap();
        assert_eq!(replay.pauses(), [0], "{value}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_date_gone_by_does_not_make_anyone_wait() {
    let past = &[("retry-after", "Wed, 21 Oct 2015 07:28:00 GMT")];
    let replay = Replay::new([Play::Answer(429, past, String::new()), page()]);
    replay.client().send(&get()).await.unwrap();
    assert_eq!(replay.pauses(), [0]);
}

#[tokio::test(start_paused = true)]
async fn without_retry_after_pauses_are_short() {
    let start = Instant::now();
    attempts(&get(), &Play::status(429)).await;
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    assert!(start.elapsed() > Duration::from_secs(1), "{:?}", start.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_would_pass_the_deadline_is_reported_instead() {
    for value in ["60", "61", "3600", "4294967295", "Tue, 31 Dec 2999 23:59:59 GMT"] {
        let headers: &'static [_] = Box::leak(Box::new([("retry-after", value)]));
        let start = Instant::now();
        let (count, error) = attempts(&get(), &Play::Answer(429, headers, String::new())).await;
        assert_eq!((count, start.elapsed()), (1, Duration::ZERO), "{value}");
        let error = error.api().unwrap();
        assert_eq!(error.kind, ApiErrorKind::RateLimited);
        assert!(error.retry_after.unwrap() >= Duration::from_mins(1), "{value}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_only_ever_throttles_is_given_up_within_the_deadline() {
    for timeout in [1, 10, 30, 60] {
        let timeout = Duration::from_secs(timeout);
        let replay = Replay::new([Play::Answer(429, &[("retry-after", "9")], String::new())]);
        let start = Instant::now();
        let client = replay.client().with_timeout(timeout);
        let error = client.send(&ListPages::default()).await.unwrap_err();
        assert!(start.elapsed() <= timeout, "{timeout:?}: {:?}", start.elapsed());
        let error = error.api().unwrap();
        assert_eq!(error.kind, ApiErrorKind::RateLimited, "{timeout:?}");
        assert!(error.retry_after.is_some(), "{timeout:?}");
        assert!(replay.count() <= 4);
    }
}

#[tokio::test(start_paused = true)]
async fn the_last_refusal_is_reported_not_the_deadline() {
    let replay = Replay::new([Play::status(503)]);
    let client = replay.client().with_timeout(Duration::from_millis(300));
    let error = client.send(&get()).await.unwrap_err();
    assert!(matches!(error, Error::Api(_) | Error::Deadline { .. }));
    assert_eq!(error.status().map(|it| it.as_u16()), Some(503), "{error:?}");
}

#[tokio::test(start_paused = true)]
async fn the_last_refusal_is_the_one_that_counts() {
    let replay = Replay::new([Play::status(503), Play::json(404, fixture("pages/get.404"))]);
    assert!(replay.client().send(&get()).await.unwrap_err().is_not_found());
    assert_eq!(replay.count(), 2);
}
