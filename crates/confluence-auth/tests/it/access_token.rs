//! Mode `accessToken`: the gateway, whatever was given.

use std::{
    error::Error as _,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::Duration,
};

use confluence_api::{
    ApiErrorKind, CredentialsError, Error, Rejected, RejectedAnswer, pages::ListPages,
    transport::TransportErrorKind,
};
use futures::future::join_all;

use crate::atlassian::{
    Atlassian, GATEWAY, NO_SCOPE, PAGES, Reply, TENANT, TOKEN, UNAUTHORIZED, authorized, cloud,
    site,
};

#[tokio::test(start_paused = true)]
async fn an_unknown_site_is_named_and_somebody_has_to_act() {
    let atlassian = Atlassian::new(|_| Reply::Html(404));
    let client = atlassian.client(&atlassian.access_token(&site()));
    let error = client.send(&ListPages::default()).await.unwrap_err();
    assert!(!error.is_transient());
    let Error::Credentials(CredentialsError::LoginRequired { reason, link: None }) = error else {
        panic!("{error:?}")
    };
    assert!(reason.contains("no Atlassian site `example`"), "{reason}");
    assert_eq!(atlassian.requests(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_directory_that_does_not_answer_properly_is_a_passing_fault() {
    for reply in [
        Reply::Json(500, ""),
        Reply::Json(503, r#"{"message":"down"}"#),
        Reply::Json(429, ""),
        Reply::Json(403, ""),
        Reply::Json(200, ""),
        Reply::Json(200, "{}"),
        Reply::Json(200, r#"{"cloudId":"#),
        Reply::Json(200, r#"{"cloudId":null}"#),
        Reply::Json(200, r#"{"cloudId":""}"#),
        Reply::Json(200, r#"{"cloudId":"../../oauth"}"#),
        Reply::Json(200, r#"{"cloudId":"a@evil.example/"}"#),
        Reply::Html(200),
        Reply::Redirect("https://evil.example/_edge/tenant_info"),
        Reply::Fault(TransportErrorKind::Connect),
        Reply::Fault(TransportErrorKind::Interrupted),
        Reply::Fault(TransportErrorKind::TooLarge { limit: 1 }),
        Reply::Never,
    ] {
        let answer = reply.clone();
        let atlassian = Atlassian::new(move |_| answer.clone());
        let credentials = atlassian.access_token(&site());
        let error = credentials.authorized().await.unwrap_err();
        assert!(matches!(error, CredentialsError::Unavailable(_)), "{reply:?}: {error:?}");
        let source = error.source().unwrap().to_string();
        assert!(source.starts_with("the cloud id of `example` could not be looked up"), "{source}");
        assert_eq!(atlassian.requests(), 1, "{reply:?}");
        assert!(!format!("{error:?}").contains(TOKEN));
    }
}

#[tokio::test(start_paused = true)]
async fn a_look_up_takes_ten_seconds_at_most() {
    let atlassian = Atlassian::new(|_| Reply::Never);
    let start = tokio::time::Instant::now();
    let credentials = atlassian.access_token(&site());
    let answers = join_all((0..50).map(|_| credentials.authorized())).await;
    assert!(answers.iter().all(Result::is_err));
    // Those who waited share the failure instead of waiting in line for one of their own.
    assert!(start.elapsed() < Duration::from_secs(11), "{:?}", start.elapsed());
    assert_eq!(atlassian.requests(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_call_keeps_its_own_deadline_during_the_look_up() {
    let atlassian = Atlassian::new(|_| Reply::Never);
    let client = atlassian.client(&atlassian.access_token(&site()));
    let client = client.with_timeout(Duration::from_secs(2));
    let error = client.send(&ListPages::default()).await.unwrap_err();
    assert!(matches!(error, Error::Deadline { .. }), "{error:?}");
}

#[tokio::test(start_paused = true)]
async fn a_failure_is_not_remembered_forever() {
    let up = Arc::new(AtomicBool::new(false));
    let switch = Arc::clone(&up);
    let atlassian =
        Atlassian::new(move |_| if up.load(Relaxed) { TENANT } else { Reply::Json(503, "") });
    let credentials = atlassian.access_token(&site());
    credentials.authorized().await.unwrap_err();
    switch.store(true, Relaxed);
    credentials.authorized().await.unwrap_err();
    tokio::time::advance(Duration::from_secs(6)).await;
    assert_eq!(authorized(&credentials).await.root.as_str(), GATEWAY);
    assert_eq!(atlassian.requests(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_caller_who_gives_up_does_not_take_the_others_along() {
    let atlassian = Atlassian::new(|_| TENANT);
    let credentials = atlassian.access_token(&site());
    let first = tokio::time::timeout(Duration::from_millis(5), credentials.authorized());
    let (first, second) = futures::join!(first, credentials.authorized());
    assert!(first.is_err());
    assert_eq!(second.unwrap().root.as_str(), GATEWAY);
}

#[tokio::test(start_paused = true)]
async fn fifty_calls_at_once_look_the_gateway_up_once() {
    let atlassian =
        Atlassian::new(|url| if url.ends_with("/tenant_info") { TENANT } else { PAGES });
    let client = atlassian.client(&atlassian.access_token(&site()));
    let endpoint = ListPages::default();
    let calls = join_all((0..50).map(|_| client.send(&endpoint))).await;
    assert!(calls.iter().all(Result::is_ok));
    assert_eq!(atlassian.asked("/_edge/tenant_info"), 1);
    assert_eq!(atlassian.asked(&format!("{GATEWAY}/wiki/api/v2/pages")), 50);
    assert_eq!(atlassian.requests(), 51, "the site got no other request");
}

#[tokio::test(start_paused = true)]
async fn the_cloud_id_wins_over_the_site() {
    let atlassian = Atlassian::new(|_| PAGES);
    let location = confluence_auth::Location { site: site().site, ..cloud() };
    let credentials = atlassian.access_token(&location);
    let authorized = authorized(&credentials).await;
    assert_eq!(authorized.root.as_str(), GATEWAY);
    assert_eq!(authorized.header, "Bearer s3cret-token");
    assert!(authorized.header.is_sensitive());
    assert_eq!(atlassian.requests(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_401_is_the_end_and_a_missing_scope_is_not() {
    for reply in [UNAUTHORIZED, Reply::Html(401), Reply::Json(401, "")] {
        let atlassian = Atlassian::new(move |_| reply.clone());
        let client = atlassian.client(&atlassian.access_token(&cloud()));
        let error = client.send(&ListPages::default()).await.unwrap_err();
        assert_eq!(error.api().unwrap().kind, ApiErrorKind::Unauthorized);
        assert_eq!(atlassian.requests(), 1);
    }
    let atlassian = Atlassian::new(|_| NO_SCOPE);
    let client = atlassian.client(&atlassian.access_token(&cloud()));
    let error = client.send(&ListPages::default()).await.unwrap_err();
    assert_eq!(error.api().unwrap().kind, ApiErrorKind::MissingScope);
    assert_eq!(atlassian.requests(), 1);
}

#[tokio::test(start_paused = true)]
async fn nothing_is_sent_to_find_out_that_a_401_is_final() {
    let atlassian = Atlassian::new(|_| PAGES);
    let credentials = atlassian.access_token(&cloud());
    let used = authorized(&credentials).await;
    for answer in [RejectedAnswer::Unauthorized, RejectedAnswer::UnauthorizedPage] {
        assert_eq!(credentials.rejected(&used, answer).await, Rejected::Dead);
    }
    assert_eq!(atlassian.requests(), 0);
}
