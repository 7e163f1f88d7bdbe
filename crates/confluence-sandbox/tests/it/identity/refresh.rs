//! Refresh tokens that rotate.

use std::{collections::HashSet, time::Duration};

use confluence_sandbox::{Consent, DeadToken, IdentityRequest, LateReuse, OAuthClient, Tally};
use futures::future::join_all;
use serde_json::{Value, json};

use super::{App, CALLBACK, PAGES, SECRET, Tokens, check_refused, refresh};
use crate::support::{Reply, send};

#[track_caller]
fn check_dead(reply: &Reply) {
    check_refused(reply, 403, "unauthorized_client", "refresh_token is invalid");
}

fn tally(app: &App) -> Tally {
    app.site.sandbox.identity().tally(IdentityRequest::TokenRefresh)
}

#[tokio::test]
async fn dead_tokens_are_refused_in_the_measured_or_the_documented_words() {
    let app = App::start().await;
    check_dead(&app.refresh("made-up").await);
    let identity = app.site.sandbox.identity();
    identity.change_policy(|it| it.dead_token = DeadToken::Documented);
    let reply = app.refresh("made-up").await;
    check_refused(&reply, 403, "invalid_grant", "Unknown or invalid refresh token.");
    let reply = app.token(refresh("")).await;
    check_refused(&reply, 400, "invalid_request", "Missing required parameter: refresh_token");
    assert_eq!(tally(&app), Tally { requests: 3, granted: 0, refused: 3 });
}

#[tokio::test]
async fn a_wrong_client_secret_is_not_the_fault_of_the_token() {
    let app = App::start().await;
    let token = app.sign_in().await.refresh;
    for secret in [json!("wrong"), json!(""), Value::Null] {
        let mut body = refresh(&token);
        body["client_secret"] = secret;
        check_refused(&app.token(body).await, 401, "access_denied", "Unauthorized");
    }
    app.site.sandbox.identity().register(OAuthClient::new("app", "changed", CALLBACK));
    check_refused(&app.refresh(&token).await, 401, "access_denied", "Unauthorized");
    app.site.sandbox.identity().register(OAuthClient::new("app", SECRET, CALLBACK));
    app.refresh(&token).await.expect(200);
}

#[tokio::test]
async fn a_token_of_another_application_is_dead() {
    let app = App::start().await;
    let token = app.sign_in().await.refresh;
    app.site.sandbox.identity().register(OAuthClient::new("other", "other-secret", CALLBACK));
    let mut body = refresh(&token);
    body["client_id"] = json!("other");
    body["client_secret"] = json!("other-secret");
    check_dead(&app.token(body).await);
    app.refresh(&token).await.expect(200);
}

#[tokio::test]
async fn access_tokens_and_codes_refresh_nothing() {
    let app = App::start().await;
    let code = app.code(&[], &Consent::accept()).await;
    check_dead(&app.refresh(&code).await);
    let tokens = Tokens::of(&app.exchange(&code).await);
    check_dead(&app.refresh(&tokens.access).await);
    app.get(&tokens.refresh, PAGES).await.expect(404);
}

#[tokio::test]
async fn every_refresh_brings_new_tokens_and_the_old_one_works_for_the_leeway_only() {
    let app = App::start().await;
    let first = app.sign_in().await;
    let reply = app.refresh(&first.refresh).await.expect(200);
    assert_eq!(reply.json()["expires_in"], 3600);
    assert_eq!(reply.json()["token_type"], "Bearer");
    let second = Tokens::of(&reply);
    assert_ne!(first.access, second.access);
    assert_ne!(first.refresh, second.refresh);
    // The older access token lives as long as it was promised.
    app.get(&first.access, PAGES).await.expect(200);
    app.get(&second.access, PAGES).await.expect(200);

    app.clock().advance(Duration::from_secs(599));
    let third = Tokens::of(&app.refresh(&first.refresh).await.expect(200));
    assert_eq!(app.site.sandbox.identity().reused_refreshes(), 1);
    app.clock().advance(Duration::from_secs(1));
    // The leeway counts from the rotation, not from the last use.
    check_dead(&app.refresh(&first.refresh).await);
    // Nothing else died of it.
    app.refresh(&second.refresh).await.expect(200);
    app.refresh(&third.refresh).await.expect(200);
    assert_eq!(tally(&app), Tally { requests: 5, granted: 4, refused: 1 });
    assert_eq!(app.site.sandbox.identity().reused_refreshes(), 1);
}

#[tokio::test]
async fn without_leeway_the_second_use_is_refused_at_once() {
    let app = App::start().await;
    app.site.sandbox.identity().change_policy(|it| it.reuse_leeway = Duration::ZERO);
    let first = app.sign_in().await;
    let second = Tokens::of(&app.refresh(&first.refresh).await.expect(200));
    check_dead(&app.refresh(&first.refresh).await);
    app.refresh(&second.refresh).await.expect(200);
    assert_eq!(app.site.sandbox.identity().reused_refreshes(), 0);
}

#[tokio::test]
async fn of_many_refreshes_at_once_one_wins_without_leeway_and_all_with_it() {
    let app = App::start().await;
    let identity = app.site.sandbox.identity();
    identity.change_policy(|it| it.reuse_leeway = Duration::ZERO);
    let token = app.sign_in().await.refresh;
    let replies = join_all((0..20).map(|_| app.refresh(&token))).await;
    assert_eq!(replies.iter().filter(|it| it.status == 200).count(), 1);
    assert_eq!(tally(&app), Tally { requests: 20, granted: 1, refused: 19 });

    identity.reset_tallies();
    assert_eq!(tally(&app), Tally::default());
    identity.change_policy(|it| it.reuse_leeway = Duration::from_mins(10));
    let token = app.sign_in().await.refresh;
    let replies = join_all((0..20).map(|_| app.refresh(&token))).await;
    let issued: HashSet<String> = replies.iter().map(|it| Tokens::of(it).refresh).collect();
    assert_eq!(issued.len(), 20);
    assert_eq!(tally(&app), Tally { requests: 20, granted: 20, refused: 0 });
    assert_eq!(identity.reused_refreshes(), 19);
}

#[tokio::test]
async fn a_late_reuse_can_end_the_whole_sign_in_but_no_other() {
    let app = App::start().await;
    let identity = app.site.sandbox.identity();
    identity.change_policy(|it| {
        it.reuse_leeway = Duration::ZERO;
        it.late_reuse = LateReuse::EndsSignIn;
    });
    let (first, other) = (app.sign_in().await, app.sign_in().await);
    let second = Tokens::of(&app.refresh(&first.refresh).await.expect(200));
    check_dead(&app.refresh(&first.refresh).await);
    check_dead(&app.refresh(&second.refresh).await);
    app.refresh(&other.refresh).await.expect(200);
    // Access tokens are not looked up by Atlassian's products: they live on.
    app.get(&second.access, PAGES).await.expect(200);
}

#[tokio::test]
async fn a_token_dies_unused_and_each_refresh_starts_the_time_anew() {
    let app = App::start().await;
    let day = Duration::from_hours(24);
    let mut token = app.sign_in().await.refresh;
    for _ in 0..5 {
        app.clock().advance(89 * day);
        token = Tokens::of(&app.refresh(&token).await.expect(200)).refresh;
    }
    app.clock().advance(90 * day);
    check_dead(&app.refresh(&token).await);
    assert_eq!(app.site.sandbox.identity().grants()[0].refresh_tokens, 0);
}

#[tokio::test]
async fn a_sign_in_can_be_limited_as_a_whole() {
    let app = App::start().await;
    let day = Duration::from_hours(24);
    let identity = app.site.sandbox.identity();
    identity.change_policy(|it| it.refresh_token_lifetime = Some(365 * day));
    let mut token = app.sign_in().await.refresh;
    for _ in 0..4 {
        app.clock().advance(80 * day);
        token = Tokens::of(&app.refresh(&token).await.expect(200)).refresh;
    }
    app.clock().advance(45 * day);
    check_dead(&app.refresh(&token).await);
}

#[tokio::test]
async fn forms_refresh_too() {
    let app = App::start().await;
    let token = app.sign_in().await.refresh;
    let reply = send(app.token_request().form(&refresh(&token))).await.expect(200);
    app.refresh(&Tokens::of(&reply).refresh).await.expect(200);
}
