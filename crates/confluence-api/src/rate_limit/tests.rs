use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue};
use jiff::Timestamp;
use tokio::time::Instant;

use super::{Pacer, RateLimit, retry_after};

fn headers(lines: &[(&'static str, &'static str)]) -> HeaderMap {
    let pair = |(name, value): &(&'static str, &'static str)| {
        (HeaderName::from_static(name), HeaderValue::from_static(value))
    };
    lines.iter().map(pair).collect()
}

#[test]
fn no_headers_are_no_rate_limit() {
    assert_eq!(RateLimit::read(&HeaderMap::new()), None);
    assert_eq!(retry_after(&HeaderMap::new()), None);
}

#[test]
fn atlassians_headers_are_read() {
    let rate = RateLimit::read(&headers(&[
        ("x-ratelimit-limit", "65000"),
        ("x-ratelimit-remaining", "120"),
        ("x-ratelimit-reset", "2026-11-23T11:00Z"),
        ("x-ratelimit-nearlimit", "true"),
        ("ratelimit-reason", "confluence-quota-global-based"),
    ]));
    let rate = rate.unwrap();
    assert_eq!((rate.limit, rate.remaining, rate.near_limit), (Some(65_000), Some(120), true));
    assert_eq!(rate.reset, Some("2026-11-23T11:00:00Z".parse().unwrap()));
    assert_eq!(rate.reason.as_deref(), Some("confluence-quota-global-based"));
}

#[test]
fn structured_headers_give_the_scarcest_entry() {
    let rate = RateLimit::read(&headers(&[
        ("beta-ratelimit-policy", "\"global-app-quota\";q=65000;w=3600"),
        ("beta-ratelimit", "\"a\";r=11000;t=600, \"b\";r=7;t=60"),
    ]));
    let rate = rate.unwrap();
    assert_eq!((rate.limit, rate.remaining), (Some(65_000), Some(7)));
    let until = rate.reset.unwrap().duration_since(Timestamp::now()).as_secs();
    assert!((58..=60).contains(&until), "{until}");
}

#[test]
fn nonsense_is_ignored() {
    let rate = RateLimit::read(&headers(&[
        ("x-ratelimit-limit", "many"),
        ("x-ratelimit-reset", "1700000000"),
        ("beta-ratelimit", ";;r=;t=x,"),
    ]));
    assert_eq!(rate, None);
    assert_eq!(retry_after(&headers(&[("retry-after", "soon")])), None);
    assert_eq!(retry_after(&headers(&[("retry-after", "-3")])), None);
}

#[test]
fn retry_after_is_seconds_or_a_date() {
    assert_eq!(retry_after(&headers(&[("retry-after", "17")])), Some(Duration::from_secs(17)));
    let past = retry_after(&headers(&[("retry-after", "Wed, 21 Oct 2015 07:28:00 GMT")]));
    assert_eq!(past, Some(Duration::ZERO));
}

#[test]
fn a_pause_beyond_the_deadline_is_told_and_not_taken() {
    let pacer = Pacer::default();
    let now = Instant::now();
    pacer.pause(Duration::from_secs(90), now);
    let told = pacer.reserve(now, now + Duration::from_mins(1));
    assert_eq!(told, Err(Duration::from_secs(90)));
    let taken = pacer.reserve(now, now + Duration::from_mins(2));
    assert_eq!(taken, Ok(now + Duration::from_secs(90)));
}

#[test]
fn requests_are_spread_while_the_quota_is_scarce() {
    let pacer = Pacer::default();
    let now = Instant::now();
    let deadline = now + Duration::from_mins(1);
    assert_eq!(pacer.reserve(now, deadline), Ok(now));
    assert_eq!(pacer.reserve(now, deadline), Ok(now));

    let soon = Timestamp::now() + jiff::SignedDuration::from_secs(10);
    let scarce = RateLimit {
        near_limit: true,
        remaining: Some(9),
        reset: Some(soon),
        ..RateLimit::default()
    };
    pacer.observe(Some(&scarce), now);
    let first = pacer.reserve(now, deadline).unwrap();
    let second = pacer.reserve(now, deadline).unwrap();
    assert!(first > now && second > first);
    assert!(second - first <= Duration::from_secs(1));

    let plenty = RateLimit { limit: Some(100), remaining: Some(90), ..RateLimit::default() };
    pacer.observe(Some(&plenty), second);
    let after = pacer.reserve(second, deadline).unwrap();
    assert_eq!(pacer.reserve(after, deadline), Ok(after));
}

#[test]
fn a_pause_holds_for_everyone_not_just_the_first() {
    let pacer = Pacer::default();
    let now = Instant::now();
    let deadline = now + Duration::from_mins(1);
    pacer.pause(Duration::from_secs(20), now);
    for _ in 0..3 {
        assert_eq!(pacer.reserve(now, deadline), Ok(now + Duration::from_secs(20)));
    }
}

#[test]
fn a_scarce_quota_is_forgotten_at_its_reset() {
    let pacer = Pacer::default();
    let now = Instant::now();
    let reset = Some(Timestamp::now() + jiff::SignedDuration::from_secs(10));
    let scarce = RateLimit { near_limit: true, reset, ..RateLimit::default() };
    pacer.observe(Some(&scarce), now);
    // No headers: nothing new is known.
    pacer.observe(None, now);
    let later = now + Duration::from_secs(11);
    for _ in 0..3 {
        assert_eq!(pacer.reserve(later, later + Duration::from_mins(1)), Ok(later));
    }
}
