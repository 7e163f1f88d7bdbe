//! Faults of the identity service, by the kind of the request.

use std::time::{Duration, Instant};

use confluence_sandbox::{Consent, Fault, IdentityRequest, Tally};

use super::{App, PAGES, Tokens, exchange, refresh};

fn inject(app: &App, fault: Fault, kind: IdentityRequest) {
    app.site.sandbox.faults().inject(fault.during(kind).once());
}

#[tokio::test]
async fn a_fault_strikes_its_kind_of_request_only() {
    let app = App::start().await;
    let outage = || Fault::unavailable(Some(2));
    app.site.sandbox.faults().inject(outage().during(IdentityRequest::TokenRefresh));
    let tokens = app.sign_in().await;
    let refused = app.refresh(&tokens.refresh).await.expect(503);
    assert_eq!(refused.header("retry-after"), Some("2"));
    app.resources(&tokens.access).await.expect(200);
    app.get(&tokens.access, PAGES).await.expect(200);

    app.site.sandbox.faults().clear();
    app.site.sandbox.faults().inject(outage().during(IdentityRequest::CodeExchange));
    app.refresh(&tokens.refresh).await.expect(200);
    let code = app.code(&[], &Consent::accept()).await;
    app.exchange(&code).await.expect(503);

    app.site.sandbox.faults().clear();
    // An outage uses no code up.
    app.exchange(&code).await.expect(200);
    app.site.sandbox.faults().inject(outage().during(IdentityRequest::AccessibleResources));
    app.resources(&tokens.access).await.expect(503);
    app.open(&app.authorize_url(&[])).await.expect(200);
    app.site.sandbox.faults().inject(outage().during(IdentityRequest::Authorize));
    app.open(&app.authorize_url(&[])).await.expect(503);
    app.get(&tokens.access, PAGES).await.expect(200);
}

#[tokio::test]
async fn paths_and_methods_still_choose_requests() {
    let app = App::start().await;
    app.site.sandbox.faults().inject(Fault::internal_error().on("POST", "/oauth/token"));
    app.refresh("x").await.expect(500);
    app.exchange("x").await.expect(500);
    app.open(&app.authorize_url(&[])).await.expect(200);
}

#[tokio::test]
async fn pages_of_html_come_in_place_of_tokens() {
    let app = App::start().await;
    let tokens = app.sign_in().await;
    inject(&app, Fault::HtmlPage { status: 502 }, IdentityRequest::TokenRefresh);
    let reply = app.refresh(&tokens.refresh).await.expect(502);
    assert_eq!(reply.header("content-type"), Some("text/html"));
    inject(&app, Fault::HtmlPage { status: 200 }, IdentityRequest::AccessibleResources);
    let reply = app.resources(&tokens.access).await.expect(200);
    assert!(reply.text.starts_with("<html>"));
    let tally = app.site.sandbox.identity().tally(IdentityRequest::TokenRefresh);
    assert_eq!(tally, Tally { requests: 1, granted: 0, refused: 0 });
}

#[tokio::test]
async fn a_cut_connection_rotates_nothing() {
    let app = App::start().await;
    let identity = app.site.sandbox.identity();
    identity.change_policy(|it| it.reuse_leeway = Duration::ZERO);
    let tokens = app.sign_in().await;
    inject(&app, Fault::Disconnect, IdentityRequest::TokenRefresh);
    app.token_request().json(&refresh(&tokens.refresh)).send().await.unwrap_err();
    app.refresh(&tokens.refresh).await.expect(200);
    let tally = identity.tally(IdentityRequest::TokenRefresh);
    assert_eq!(tally, Tally { requests: 2, granted: 1, refused: 0 });
}

#[tokio::test]
async fn a_lost_answer_has_rotated_the_token() {
    let app = App::start().await;
    let identity = app.site.sandbox.identity();
    let tokens = app.sign_in().await;
    inject(&app, Fault::LostResponse, IdentityRequest::TokenRefresh);
    app.token_request().json(&refresh(&tokens.refresh)).send().await.unwrap_err();
    let tally = identity.tally(IdentityRequest::TokenRefresh);
    assert_eq!(tally, Tally { requests: 1, granted: 1, refused: 0 });
    // The leeway saves who tries again with the token that is left …
    let again = Tokens::of(&app.refresh(&tokens.refresh).await.expect(200));
    assert_eq!(identity.reused_refreshes(), 1);
    // … and nothing does without it.
    identity.change_policy(|it| it.reuse_leeway = Duration::ZERO);
    inject(&app, Fault::LostResponse, IdentityRequest::TokenRefresh);
    app.token_request().json(&refresh(&again.refresh)).send().await.unwrap_err();
    app.refresh(&again.refresh).await.expect(403);
}

#[tokio::test]
async fn a_lost_answer_has_used_the_code_up() {
    let app = App::start().await;
    let code = app.code(&[], &Consent::accept()).await;
    inject(&app, Fault::LostResponse, IdentityRequest::CodeExchange);
    app.token_request().json(&exchange(&code)).send().await.unwrap_err();
    app.exchange(&code).await.expect(403);
    assert_eq!(app.site.sandbox.identity().grants()[0].access_tokens, 1);
}

#[tokio::test]
async fn latency_comes_before_the_rotation_and_a_late_answer_after_it() {
    let app = App::start().await;
    let identity = app.site.sandbox.identity();
    let tokens = app.sign_in().await;
    let long = Duration::from_hours(1);
    for (fault, rotated) in [(Fault::Latency(long), 0), (Fault::LateAnswer(long), 1)] {
        identity.reset_tallies();
        inject(&app, fault, IdentityRequest::TokenRefresh);
        let request = app.token_request().json(&refresh(&tokens.refresh)).send();
        let waiting = tokio::spawn(request);
        let arrival = async {
            while identity.tally(IdentityRequest::TokenRefresh).requests == 0 {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_mins(1), arrival).await.expect("the request arrives");
        // The runtime has one thread here: what comes before the wait happens with the arrival.
        assert_eq!(identity.tally(IdentityRequest::TokenRefresh).granted, rotated);
        waiting.abort();
    }
}

#[tokio::test]
async fn a_late_answer_comes() {
    let app = App::start().await;
    let tokens = app.sign_in().await;
    let pause = Duration::from_millis(80);
    inject(&app, Fault::LateAnswer(pause), IdentityRequest::TokenRefresh);
    let start = Instant::now();
    app.refresh(&tokens.refresh).await.expect(200);
    assert!(start.elapsed() >= pause);
}
