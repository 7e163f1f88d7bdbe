//! Mode `apiToken`: the site first, the gateway after the site's refusal.

use std::sync::Arc;

use confluence_api::{ApiErrorKind, pages::ListPages, search::SearchCql};
use futures::future::join_all;

use crate::atlassian::{
    Atlassian, BARE, GATEWAY, NO_SCOPE, NOT_PERMITTED, PAGES, Reply, SITE, TENANT, UNAUTHORIZED,
    UNKNOWN_CALLER, authorized, cloud,
};

/// A site that refuses with `refusal` and a gateway that answers with `gateway`.
fn scoped(refusal: Reply, gateway: Reply) -> Arc<Atlassian> {
    Atlassian::new(move |url| match url {
        _ if url.ends_with("/_edge/tenant_info") => TENANT,
        _ if url.starts_with(GATEWAY) => gateway.clone(),
        _ => refusal.clone(),
    })
}

async fn kind(atlassian: &Arc<Atlassian>) -> ApiErrorKind {
    let client = atlassian.client(&atlassian.api_token());
    client.send(&ListPages::default()).await.unwrap_err().api().unwrap().kind
}

#[tokio::test(start_paused = true)]
async fn a_token_that_the_gateway_refuses_too_is_dead() {
    for refusal in [Reply::Html(401), UNAUTHORIZED] {
        for gateway in [UNAUTHORIZED, Reply::Html(401), UNKNOWN_CALLER, NOT_PERMITTED, BARE] {
            let atlassian = scoped(refusal.clone(), gateway.clone());
            assert_eq!(kind(&atlassian).await, ApiErrorKind::Unauthorized, "{gateway:?}");
            assert!(atlassian.requests() <= 4, "{gateway:?}: {}", atlassian.requests());
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_cloud_id_that_the_gateway_does_not_know_is_dead() {
    let atlassian = scoped(Reply::Html(401), Reply::Json(404, ""));
    assert_eq!(kind(&atlassian).await, ApiErrorKind::Unauthorized);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_by_the_gateway_means_what_it_says_if_the_credential_works() {
    let atlassian = scoped(Reply::Html(401), NO_SCOPE);
    assert_eq!(kind(&atlassian).await, ApiErrorKind::MissingScope);
    assert_eq!(atlassian.asked("/user/current"), 0);
}

#[tokio::test(start_paused = true)]
async fn a_scoped_token_goes_through_the_gateway_after_the_sites_refusal() {
    for refusal in [Reply::Html(401), UNAUTHORIZED] {
        let atlassian = scoped(refusal, PAGES);
        let credentials = atlassian.api_token();
        assert_eq!(authorized(&credentials).await.root.as_str(), "https://example.atlassian.net/");
        let client = atlassian.client(&credentials);
        client.send(&ListPages::default()).await.unwrap();
        assert_eq!(atlassian.requests(), 3);
        assert_eq!(authorized(&credentials).await.root.as_str(), GATEWAY);
        // Remembered: nothing goes to the site any more.
        client.send(&ListPages::default()).await.unwrap();
        assert_eq!(atlassian.requests(), 4);
        assert_eq!(atlassian.asked("https://example.atlassian.net/wiki/api/v2/pages"), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn fifty_calls_at_once_look_the_gateway_up_once() {
    let atlassian = scoped(Reply::Html(401), PAGES);
    let client = atlassian.client(&atlassian.api_token());
    let endpoint = ListPages::default();
    let calls = join_all((0..50).map(|_| client.send(&endpoint))).await;
    assert!(calls.iter().all(Result::is_ok));
    assert_eq!(atlassian.asked("/_edge/tenant_info"), 1);
    assert_eq!(atlassian.requests(), 50 + 1 + 50);
}

#[tokio::test(start_paused = true)]
async fn with_a_cloud_id_the_site_is_never_asked() {
    let atlassian = scoped(Reply::Html(401), PAGES);
    let credentials = Arc::new(atlassian.api_token_at(&cloud()));
    let client = atlassian.client(&(credentials as _));
    client.send(&ListPages::default()).await.unwrap();
    assert_eq!(atlassian.requests(), 1);
    assert_eq!(atlassian.asked(&format!("{GATEWAY}/wiki/api/v2/pages")), 1);
}

#[tokio::test(start_paused = true)]
async fn with_a_cloud_id_a_refusal_looks_nothing_up() {
    let atlassian = scoped(PAGES, UNAUTHORIZED);
    let credentials = Arc::new(atlassian.api_token_at(&cloud()));
    let client = atlassian.client(&(credentials as _));
    let error = client.send(&ListPages::default()).await.unwrap_err();
    assert_eq!(error.api().unwrap().kind, ApiErrorKind::Unauthorized);
    assert_eq!(atlassian.requests(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_unscoped_token_stays_on_the_site() {
    let atlassian = Atlassian::new(|_| PAGES);
    let client = atlassian.client(&atlassian.api_token());
    for _ in 0..3 {
        client.send(&ListPages::default()).await.unwrap();
    }
    assert_eq!(atlassian.asked(&format!("{SITE}/wiki/api/v2/pages")), 3);
    assert_eq!(atlassian.requests(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_directory_that_is_down_leaves_the_sites_answer_and_is_asked_again_later() {
    let atlassian = Atlassian::new(|url| {
        if url.ends_with("/_edge/tenant_info") { Reply::Json(503, "") } else { Reply::Html(401) }
    });
    let client = atlassian.client(&atlassian.api_token());
    for _ in 0..5 {
        let error = client.send(&ListPages::default()).await.unwrap_err();
        assert_eq!(error.api().unwrap().kind, ApiErrorKind::Unauthorized);
    }
    assert_eq!(atlassian.asked("/_edge/tenant_info"), 1);
    tokio::time::advance(std::time::Duration::from_secs(6)).await;
    client.send(&ListPages::default()).await.unwrap_err();
    assert_eq!(atlassian.asked("/_edge/tenant_info"), 2);
}

#[tokio::test(start_paused = true)]
async fn a_search_refused_by_the_site_is_probed_before_anything_is_said() {
    let atlassian = Atlassian::new(|url| match url {
        _ if url.ends_with("/_edge/tenant_info") => TENANT,
        _ if url.starts_with(GATEWAY) => PAGES,
        _ if url.ends_with("/user/current") => Reply::Html(401),
        _ => NOT_PERMITTED,
    });
    let client = atlassian.client(&atlassian.api_token());
    client.send(&SearchCql::new("type = page")).await.unwrap();
    assert_eq!(atlassian.requests(), 4);
}
