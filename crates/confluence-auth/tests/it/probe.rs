//! A rejected credential looks like a missing page: which of the two is it?

use std::{sync::Arc, time::Duration};

use confluence_api::{
    ApiErrorKind, Credentials, Rejected, RejectedAnswer, pages::GetPage, search::SearchCql,
    transport::TransportErrorKind,
};
use futures::future::join_all;

use crate::atlassian::{
    Atlassian, BARE, NO_SCOPE, NOT_PERMITTED, PAGES, Reply, UNAUTHORIZED, UNKNOWN_CALLER, USER,
    authorized, cloud,
};

/// Confluence that answers everything with `refusal`, and the current user with `user`.
fn refusing(refusal: Reply, user: Reply) -> Arc<Atlassian> {
    Atlassian::new(move |url| {
        if url.ends_with("/wiki/rest/api/user/current") { user.clone() } else { refusal.clone() }
    })
}

fn both(atlassian: &Arc<Atlassian>) -> [Arc<dyn Credentials>; 2] {
    [Arc::new(atlassian.api_token_at(&cloud())), atlassian.access_token(&cloud())]
}

fn page() -> GetPage {
    GetPage::new("98765".parse().unwrap())
}

#[track_caller]
fn check(kind: ApiErrorKind, expected: ApiErrorKind, user: &Reply) {
    assert_eq!(kind, expected, "{user:?}");
}

#[tokio::test(start_paused = true)]
async fn a_credential_that_confluence_does_not_know_is_dead() {
    for user in
        [UNKNOWN_CALLER, NOT_PERMITTED, UNAUTHORIZED, Reply::Html(401), Reply::Json(404, "")]
    {
        let atlassian = refusing(BARE, user.clone());
        for credentials in both(&atlassian) {
            let error = atlassian.client(&credentials).send(&page()).await.unwrap_err();
            check(error.api().unwrap().kind, ApiErrorKind::Unauthorized, &user);
            assert_eq!(error.status().unwrap(), 404);
        }
        let atlassian = refusing(NOT_PERMITTED, user.clone());
        for credentials in both(&atlassian) {
            let client = atlassian.client(&credentials);
            let error = client.send(&SearchCql::new("type = page")).await.unwrap_err();
            check(error.api().unwrap().kind, ApiErrorKind::Unauthorized, &user);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn whatever_else_comes_back_the_answer_means_what_it_says() {
    for user in [
        USER,
        NO_SCOPE,
        Reply::Json(403, r#"{"message":"another reason"}"#),
        Reply::Json(429, ""),
        Reply::Json(500, ""),
        Reply::Json(503, ""),
        Reply::Json(410, ""),
        Reply::Html(200),
        Reply::Redirect("https://evil.example/"),
        Reply::Fault(TransportErrorKind::Connect),
        Reply::Fault(TransportErrorKind::Interrupted),
        Reply::Never,
    ] {
        let atlassian = refusing(BARE, user.clone());
        for credentials in both(&atlassian) {
            let error = atlassian.client(&credentials).send(&page()).await.unwrap_err();
            check(error.api().unwrap().kind, ApiErrorKind::NotFound, &user);
        }
        assert_eq!(atlassian.asked("/user/current"), 2);
        let atlassian = refusing(NOT_PERMITTED, user.clone());
        for credentials in both(&atlassian) {
            let client = atlassian.client(&credentials);
            let error = client.send(&SearchCql::new("type = page")).await.unwrap_err();
            check(error.api().unwrap().kind, ApiErrorKind::Forbidden, &user);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_page_that_is_certainly_missing_is_not_probed() {
    let named = r#"{"errors":[{"status":404,"code":"NOT_FOUND","title":"Cannot find a page with id [98765]","detail":null}]}"#;
    let atlassian = refusing(Reply::Json(404, named), UNKNOWN_CALLER);
    for credentials in both(&atlassian) {
        let error = atlassian.client(&credentials).send(&page()).await.unwrap_err();
        assert!(error.is_not_found());
    }
    assert_eq!(atlassian.asked("/user/current"), 0);
}

#[tokio::test(start_paused = true)]
async fn a_series_of_missing_pages_costs_one_probe_in_half_a_minute() {
    let atlassian = refusing(BARE, USER);
    let credentials = atlassian.access_token(&cloud());
    let client = atlassian.client(&credentials);
    for _ in 0..10 {
        client.send(&page()).await.unwrap_err();
    }
    assert_eq!(atlassian.asked("/user/current"), 1);
    tokio::time::advance(Duration::from_secs(31)).await;
    client.send(&page()).await.unwrap_err();
    assert_eq!(atlassian.asked("/user/current"), 2);
}

#[tokio::test(start_paused = true)]
async fn calls_that_fail_together_share_a_probe_even_if_it_tells_nothing() {
    for user in [USER, UNKNOWN_CALLER, Reply::Never] {
        let atlassian = refusing(BARE, user);
        let client = atlassian.client(&atlassian.access_token(&cloud()));
        let start = tokio::time::Instant::now();
        let endpoint = page();
        join_all((0..50).map(|_| client.send(&endpoint))).await;
        assert_eq!(atlassian.asked("/user/current"), 1);
        assert!(start.elapsed() < Duration::from_secs(6));
    }
}

#[tokio::test(start_paused = true)]
async fn a_dead_credential_is_asked_about_again_soon() {
    let atlassian = refusing(BARE, UNKNOWN_CALLER);
    let client = atlassian.client(&atlassian.access_token(&cloud()));
    client.send(&page()).await.unwrap_err();
    tokio::time::advance(Duration::from_secs(6)).await;
    client.send(&page()).await.unwrap_err();
    assert_eq!(atlassian.asked("/user/current"), 2);
}

#[tokio::test(start_paused = true)]
async fn a_verdict_does_not_stand_for_another_header_or_root() {
    let atlassian = refusing(BARE, USER);
    let credentials = atlassian.access_token(&cloud());
    let used = authorized(&credentials).await;
    let mut other_header = used.clone();
    other_header.header = "Bearer other".parse().unwrap();
    let mut other_root = used.clone();
    other_root.root = "https://api.atlassian.com/ex/confluence/cloud-2".parse().unwrap();
    for used in [&used, &used, &other_header, &other_root, &used] {
        let answer = credentials.rejected(used, RejectedAnswer::BareNotFound).await;
        assert_eq!(answer, Rejected::Unrelated);
    }
    assert_eq!(atlassian.asked("/user/current"), 4);
}

#[tokio::test(start_paused = true)]
async fn on_the_site_a_404_of_the_probe_tells_nothing() {
    // Confluence may have been removed from the site; the credential still works there.
    let atlassian = refusing(BARE, Reply::Json(404, ""));
    let error = atlassian.client(&atlassian.api_token()).send(&page()).await.unwrap_err();
    assert!(error.is_not_found());
}

#[tokio::test(start_paused = true)]
async fn the_probe_asks_with_the_same_root_and_does_not_ask_about_itself() {
    let atlassian = Atlassian::new(|url| match url {
        _ if url.ends_with("/user/current") => NOT_PERMITTED,
        _ if url.ends_with("/tenant_info") => PAGES,
        _ => BARE,
    });
    let error = atlassian.client(&atlassian.api_token()).send(&page()).await.unwrap_err();
    assert_eq!(error.api().unwrap().kind, ApiErrorKind::Unauthorized);
    let probe = "https://example.atlassian.net/wiki/rest/api/user/current";
    assert_eq!((atlassian.asked(probe), atlassian.requests()), (1, 2));
}
