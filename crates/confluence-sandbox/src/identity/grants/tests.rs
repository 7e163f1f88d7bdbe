//! The bounds, which nobody should have to fill over HTTP.

use super::*;

/// Few, so that they are soon full.
const CAPACITY: usize = 100;

#[test]
fn tokens_and_grants_are_bounded_and_the_newest_work() {
    let now: Timestamp = "2026-11-02T10:00:00Z".parse().unwrap();
    let policy = IdentityPolicy::default();
    let mut grants = Grants::new(CAPACITY);
    let person = |number: usize| Grantor {
        account_id: number.to_string(),
        email: format!("{number}@example.com"),
    };
    let scopes: BTreeSet<String> = [OFFLINE_ACCESS.to_owned()].into();
    let mut newest = None;
    for number in 0..CAPACITY + 10 {
        let now = clock::after(now, Duration::from_millis(number as u64));
        let id = grants.enter("app", person(number), scopes.clone(), BTreeSet::new(), now);
        newest = grants.sign_in(id, &policy, now);
    }
    assert_eq!(grants.by_id.len(), CAPACITY);
    assert!(grants.access.len() <= CAPACITY && grants.refresh.len() <= CAPACITY);
    let Issued { access_token, refresh_token, .. } = newest.unwrap();
    let now = clock::after(now, Duration::from_mins(1));
    assert!(grants.authenticate(&access_token, now).is_some());
    assert!(grants.refresh(&refresh_token.unwrap(), "app", &policy, now).is_some());
}

#[test]
fn one_connection_that_refreshes_for_ever_stays_bounded() {
    let mut now: Timestamp = "2026-11-02T10:00:00Z".parse().unwrap();
    let policy = IdentityPolicy::default();
    let mut grants = Grants::new(CAPACITY);
    let person = Grantor { account_id: "a".to_owned(), email: "a@example.com".to_owned() };
    let id = grants.enter("app", person, [OFFLINE_ACCESS.to_owned()].into(), BTreeSet::new(), now);
    let mut token = grants.sign_in(id, &policy, now).unwrap().refresh_token.unwrap();
    for _ in 0..CAPACITY + 10 {
        now = clock::after(now, Duration::from_secs(1));
        let refreshed = grants.refresh(&token, "app", &policy, now).unwrap();
        assert!(!refreshed.reused);
        token = refreshed.issued.refresh_token.unwrap();
    }
    assert!(grants.access.len() <= CAPACITY && grants.refresh.len() <= CAPACITY);
    assert_eq!(grants.summaries(&policy, now)[0].refresh_tokens, 1);
}
