//! Codes for tokens, and the application's own credentials.

use std::time::Duration;

use confluence_sandbox::{Consent, IdentityRequest, OAuthClient, Tally};
use serde_json::{Value, json};

use super::{
    App, CALLBACK, CHALLENGE, ME, PAGES, SECRET, Tokens, VERIFIER, check_refused, exchange,
};
use crate::support::{GUEST, Reply, send};

const BAD_CODE: (u16, &str, &str) = (403, "invalid_grant", "Invalid authorization code");
const BAD_VERIFIER: (u16, &str, &str) = (403, "invalid_grant", "Failed to verify code verifier");

#[track_caller]
fn check(reply: &Reply, (status, error, description): (u16, &str, &str)) {
    check_refused(reply, status, error, description);
}

fn with(mut body: Value, name: &str, value: Value) -> Value {
    if value.is_null() {
        body.as_object_mut().unwrap().remove(name);
    } else {
        body[name] = value;
    }
    body
}

#[tokio::test]
async fn the_secret_is_demanded_even_with_pkce() {
    let app = App::start().await;
    let challenge = [("code_challenge", CHALLENGE), ("code_challenge_method", "S256")];
    let code = app.code(&challenge, &Consent::accept()).await;
    let body = with(exchange(&code), "code_verifier", VERIFIER.into());
    for secret in [Value::Null, "".into(), "wrong".into(), 7.into()] {
        let reply = app.token(with(body.clone(), "client_secret", secret)).await;
        check_refused(&reply, 401, "access_denied", "Unauthorized");
    }
    for client in [Value::Null, "other".into()] {
        let reply = app.token(with(body.clone(), "client_id", client)).await;
        check_refused(&reply, 401, "access_denied", "Unauthorized");
    }
    let basic = with(body.clone(), "client_secret", Value::Null);
    let basic = send(app.token_request().basic_auth("app", Some(SECRET)).json(&basic)).await;
    check_refused(&basic, 401, "access_denied", "Unauthorized");
    // None of that used the code up.
    app.token(body).await.expect(200);
}

#[tokio::test]
async fn a_verifier_has_to_match_unless_nobody_looks() {
    let app = App::start().await;
    let sha = [("code_challenge", CHALLENGE), ("code_challenge_method", "S256")];
    let plain = [("code_challenge", VERIFIER), ("code_challenge_method", "plain")];
    let no_method = [("code_challenge", VERIFIER)];
    let code = async |changes: &[(&str, &str)]| app.code(changes, &Consent::accept()).await;
    let redeem = async |code: &str, verifier: Value| {
        app.token(with(exchange(code), "code_verifier", verifier)).await
    };
    for wrong in [Value::Null, "".into(), CHALLENGE.into(), "short".into()] {
        check(&redeem(&code(&sha).await, wrong.clone()).await, BAD_VERIFIER);
    }
    // A code that somebody else tried is worthless afterwards.
    let stolen = code(&sha).await;
    check(&redeem(&stolen, "guess".into()).await, BAD_VERIFIER);
    check(&redeem(&stolen, VERIFIER.into()).await, BAD_CODE);
    check(&redeem(&code(&plain).await, CHALLENGE.into()).await, BAD_VERIFIER);
    for challenge in [&sha[..], &plain, &no_method] {
        redeem(&code(challenge).await, VERIFIER.into()).await.expect(200);
    }
    // A verifier without a challenge has nothing to match.
    redeem(&code(&[]).await, "anything".into()).await.expect(200);
    app.site.sandbox.identity().change_policy(|it| it.verify_pkce = false);
    redeem(&code(&sha).await, Value::Null).await.expect(200);
}

#[tokio::test]
async fn a_code_works_once_for_its_application_callback_and_time() {
    let app = App::start().await;
    let thief = OAuthClient::new("thief", "thief-secret", CALLBACK);
    app.site.sandbox.identity().register(thief);
    let code = async || app.code(&[], &Consent::accept()).await;

    check(&app.exchange("sandbox-code-made-up").await, BAD_CODE);
    let redirected = with(exchange(&code().await), "redirect_uri", "http://localhost/".into());
    check(&app.token(redirected).await, BAD_CODE);

    let late = code().await;
    app.clock().advance(Duration::from_mins(5));
    check(&app.exchange(&late).await, BAD_CODE);
    app.site.sandbox.identity().change_policy(|it| it.code_lifetime = Duration::from_secs(2));
    let late = code().await;
    app.clock().advance(Duration::from_secs(2));
    check(&app.exchange(&late).await, BAD_CODE);

    let revoked = code().await;
    app.site.sandbox.identity().revoke_all();
    // Nor does it lead to what somebody else grants afterwards.
    app.code(&[], &Consent::accept().account(GUEST.0)).await;
    check(&app.exchange(&revoked).await, BAD_CODE);

    let code = code().await;
    let stolen = with(exchange(&code), "client_id", "thief".into());
    check(&app.token(with(stolen, "client_secret", "thief-secret".into())).await, BAD_CODE);
    app.clock().advance(Duration::from_secs(1));
    app.exchange(&code).await.expect(200);
    check(&app.exchange(&code).await, BAD_CODE);
    let tally = app.site.sandbox.identity().tally(IdentityRequest::CodeExchange);
    assert_eq!(tally, Tally { requests: 8, granted: 1, refused: 7 });
}

#[tokio::test]
async fn requests_that_say_too_little_are_refused() {
    let app = App::start().await;
    let code = app.code(&[], &Consent::accept()).await;
    let full = exchange(&code);
    for name in ["grant_type", "code", "redirect_uri"] {
        let reply = app.token(with(full.clone(), name, Value::Null)).await;
        let text = format!("Missing required parameter: {name}");
        check_refused(&reply, 400, "invalid_request", &text);
    }
    let reply = app.token(with(full.clone(), "grant_type", "password".into())).await.expect(400);
    assert_eq!(reply.json()["error"], "unsupported_grant_type");
    let text = "Missing required parameter: grant_type";
    for (content_type, body) in [
        ("text/plain", full.to_string()),
        ("application/json", "{".to_owned()),
        ("application/json", "[]".to_owned()),
        ("application/x-www-form-urlencoded", String::new()),
        // Whose grant type is it?
        ("application/x-www-form-urlencoded", "grant_type=a&grant_type=b".to_owned()),
    ] {
        let request = app.token_request().header("content-type", content_type);
        check_refused(&send(request.body(body)).await, 400, "invalid_request", text);
    }
    app.token(full).await.expect(200);
}

#[tokio::test]
async fn json_and_forms_bring_the_same_tokens() {
    let app = App::start().await;
    for form in [false, true] {
        let code = app.code(&[], &Consent::accept()).await;
        let request = app.token_request();
        let body = exchange(&code);
        let reply = send(if form { request.form(&body) } else { request.json(&body) }).await;
        let reply = reply.expect(200);
        assert_eq!(reply.header("cache-control"), Some("no-store"));
        let json = reply.json();
        assert_eq!(json["expires_in"], 3600);
        assert_eq!(json["token_type"], "Bearer");
        let scope = "offline_access read:content-details:confluence read:page:confluence";
        assert_eq!(json["scope"], scope);
        let Tokens { access, refresh } = Tokens::of(&reply);
        assert!(access.starts_with("sandbox-at-") && refresh.starts_with("sandbox-rt-"));
        let me = app.get(&access, ME).await.expect(200).json();
        assert_eq!(me["email"], "demo@example.com");
    }
}

#[tokio::test]
async fn a_refresh_token_comes_with_offline_access_only() {
    let app = App::start().await;
    let code = app.code(&[("scope", "read:page:confluence")], &Consent::accept()).await;
    let json = app.exchange(&code).await.expect(200).json();
    assert!(json.get("refresh_token").is_none());
    assert_eq!(json["scope"], "read:page:confluence");
    assert_eq!(app.site.sandbox.identity().grants()[0].refresh_tokens, 0);
}

#[tokio::test]
async fn lifetimes_are_as_told_or_not_told() {
    let app = App::start().await;
    let identity = app.site.sandbox.identity();
    identity.change_policy(|it| it.access_token_lifetime = Duration::from_secs(90));
    let reply = app.exchange(&app.code(&[], &Consent::accept()).await).await.expect(200);
    assert_eq!(reply.json()["expires_in"], 90);
    let access = Tokens::of(&reply).access;
    app.clock().advance(Duration::from_secs(89));
    app.get(&access, PAGES).await.expect(200);
    app.clock().advance(Duration::from_secs(1));
    app.get(&access, PAGES).await.expect(404);
    identity.change_policy(|it| it.says_expiry = false);
    let reply = app.exchange(&app.code(&[], &Consent::accept()).await).await.expect(200);
    assert!(reply.json().get("expires_in").is_none());
}

#[tokio::test]
async fn an_application_acts_as_its_service_account_if_it_has_one() {
    let app = App::start().await;
    let body = json!({ "grant_type": "client_credentials", "client_id": "app",
        "client_secret": SECRET, "audience": "api.atlassian.com" });
    app.token(body.clone()).await.expect(403);
    let client = OAuthClient::new("app", SECRET, CALLBACK)
        .scopes(&["read:page:confluence", "offline_access"]);
    let identity = app.site.sandbox.identity();
    identity.register(client.clone().service_account("gone@example.com"));
    app.token(body.clone()).await.expect(403);
    identity.register(client.service_account("guest@example.com"));
    app.token(with(body.clone(), "client_secret", "wrong".into())).await.expect(401);
    let reply = app.token(body).await.expect(200);
    let json = reply.json();
    assert!(json.get("refresh_token").is_none());
    assert_eq!(
        (&json["scope"], &json["expires_in"]),
        (&"read:page:confluence".into(), &3600.into())
    );
    let access = Tokens::of(&reply).access;
    for cloud_id in app.cloud_ids() {
        app.get_at(&cloud_id, &access, PAGES).await.expect(200);
    }
    let tally = identity.tally(IdentityRequest::ClientCredentials);
    assert_eq!(tally, Tally { requests: 4, granted: 1, refused: 3 });
}
