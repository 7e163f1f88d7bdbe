//! The handles of tests, and what must not be seen through them.

use std::time::Duration;

use confluence_sandbox::{Clock, Consent, IdentityPolicy, OAuthClient, Sandbox};

use super::{App, CALLBACK, PAGES, SECRET, VERIFIER, exchange};
use crate::support::{GUEST, NOW, send};

#[tokio::test]
async fn nothing_shows_a_secret() {
    let app = App::start().await;
    let challenge = [("code_challenge", VERIFIER)];
    let code = app.code(&challenge, &Consent::accept()).await;
    let mut body = exchange(&code);
    body["code_verifier"] = VERIFIER.into();
    let reply = send(app.token_request().form(&body)).await.expect(200).json();
    let access = reply["access_token"].as_str().unwrap();
    let refresh = reply["refresh_token"].as_str().unwrap();
    app.get(access, PAGES).await.expect(200);
    app.refresh(refresh).await.expect(200);
    let denied = app.site.sandbox.consent(&app.authorize_url(&[]), &Consent::deny()).await;

    let sandbox = &app.site.sandbox;
    let builder = Sandbox::builder().oauth_client(OAuthClient::new("app", SECRET, CALLBACK));
    let shown = format!(
        "{sandbox:?} {:?} {:?} {:?} {:?} {builder:?} {:?} {denied:?}",
        sandbox.identity(),
        sandbox.identity().grants(),
        sandbox.requests(),
        sandbox.faults(),
        OAuthClient::new("app", SECRET, CALLBACK),
    );
    let secrets =
        [SECRET, &code, access, refresh, "sandbox-screen-", "sandbox-browser-", "sandbox-rt-"];
    for secret in secrets {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
    // The challenge is meant to be seen, and here it is the verifier itself; so look at the body.
    let exchange =
        sandbox.requests().into_iter().find(|it| it.body.contains("authorization_code")).unwrap();
    assert!(!exchange.body.contains(VERIFIER));
    assert!(exchange.body.contains("client_id=app"), "{}", exchange.body);
    assert!(exchange.body.contains("code=redacted"), "{}", exchange.body);
}

#[tokio::test]
async fn grants_are_listed_and_ended_one_by_one() {
    let app = App::start().await;
    let identity = app.site.sandbox.identity();
    let one = app.sign_in().await;
    app.clock().advance(Duration::from_secs(5));
    let guest = Consent::accept().account(GUEST.0).sites(&[&app.cloud_ids()[1]]);
    let other = app.sign_in_with(&[], &guest).await;
    app.refresh(&one.refresh).await.expect(200);
    let [first, second] = identity.grants().try_into().unwrap();
    assert_eq!(
        (first.client_id.as_str(), first.account_id.as_str()),
        ("app", "557058:sandbox-owner")
    );
    assert_eq!(first.granted_at, NOW.parse().unwrap());
    assert!(first.refreshed_at.is_some() && second.refreshed_at.is_none());
    assert_eq!((first.access_tokens, first.refresh_tokens), (2, 1));
    assert_eq!(second.cloud_ids, [app.cloud_ids()[1].clone()].into());
    assert!(second.scopes.contains("offline_access"));

    identity.expire_access_tokens_of(first.id);
    app.get(&one.access, PAGES).await.expect(404);
    let elsewhere = async || app.get_at(&app.cloud_ids()[1], &other.access, PAGES).await;
    elsewhere().await.expect(200);
    app.refresh(&one.refresh).await.expect(200);

    identity.expire_refresh_tokens_of(first.id);
    app.refresh(&one.refresh).await.expect(403);
    app.refresh(&other.refresh).await.expect(200);

    assert!(identity.revoke(second.id));
    assert!(!identity.revoke(second.id));
    elsewhere().await.expect(404);
    app.refresh(&other.refresh).await.expect(403);
    assert_eq!(identity.grants().len(), 1);

    let last = app.sign_in().await;
    identity.expire_refresh_tokens();
    app.refresh(&last.refresh).await.expect(403);
    app.get(&last.access, PAGES).await.expect(200);
    identity.revoke_all();
    app.get(&last.access, PAGES).await.expect(404);
    assert!(identity.grants().is_empty());
}

#[tokio::test]
async fn rules_can_be_given_at_the_start_and_replaced() {
    let policy =
        IdentityPolicy { access_token_lifetime: Duration::from_secs(7), ..Default::default() };
    let app = App::with(|it| it.identity_policy(policy.clone())).await;
    assert_eq!(app.site.sandbox.identity().policy(), policy);
    let code = app.code(&[], &Consent::accept()).await;
    assert_eq!(app.exchange(&code).await.expect(200).json()["expires_in"], 7);
    app.site.sandbox.identity().set_policy(IdentityPolicy::default());
    let code = app.code(&[], &Consent::accept()).await;
    assert_eq!(app.exchange(&code).await.expect(200).json()["expires_in"], 3600);
}

#[tokio::test]
async fn a_clock_that_goes_can_be_moved_too() {
    let clock = Clock::ahead();
    let app = App::with(|it| it.clock(clock.clone())).await;
    let token = app.sign_in().await.access;
    app.get(&token, PAGES).await.expect(200);
    assert!(clock.advance(Duration::from_hours(1)));
    app.get(&token, PAGES).await.expect(404);
    assert!(!Clock::System.advance(Duration::from_hours(1)));
}
