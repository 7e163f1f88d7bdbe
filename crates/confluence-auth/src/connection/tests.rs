use std::time::Duration;

use jiff::Timestamp;

use super::{Grant, REFRESH_MARGIN, client_fingerprint};

fn grant(expires_at: Timestamp) -> Grant {
    Grant {
        access_token: "s3cret-access".into(),
        refresh_token: Some("s3cret-refresh".into()),
        expires_at,
        scopes: vec!["read:page:confluence".to_owned()],
    }
}

#[test]
fn a_token_is_stale_two_minutes_before_it_ends() {
    let now: Timestamp = "2026-11-27T10:00:00Z".parse().unwrap();
    let in_margin = |more: i64| now + REFRESH_MARGIN + jiff::SignedDuration::from_secs(more);
    assert!(!grant(in_margin(1)).is_stale(now));
    assert!(grant(in_margin(0)).is_stale(now));
    assert!(grant(now - Duration::from_secs(9)).is_stale(now));
    assert!(grant(Timestamp::MIN).is_stale(now));
    assert!(!grant(Timestamp::MAX).is_stale(now));
}

#[test]
fn a_grant_does_not_show_its_tokens() {
    let text = format!("{:?}", grant(Timestamp::UNIX_EPOCH));
    assert!(!text.contains("s3cret") && text.contains("refreshable: true"), "{text}");
}

#[test]
fn a_client_with_other_scopes_is_another_client() {
    let of = |id: &str, scopes: &str| client_fingerprint(id, &scopes.parse().unwrap());
    assert_eq!(of("id", "a b"), of("id", "b,a"));
    assert_ne!(of("id", "a b"), of("id", "a"));
    assert_ne!(of("id", "a b"), of("di", "a b"));
    assert_ne!(of("id", "a b"), of("id", "ab"));
    assert_ne!(of("ida", "b"), of("id", "a b"));
}
