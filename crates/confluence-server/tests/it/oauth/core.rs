//! The core's webhooks: for other deployments, and for maintainers.

use confluence_auth::BaseUrl;
use confluence_connector::KeyKind;
use confluence_sandbox::{Consent, IdentityRequest};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Acme, Browser, CENTRAL_SECRET, CORE, bearer};
use crate::support::{Request, Server};

pub(super) fn exchange(core: &Server, key: &str, body: Value) -> Request {
    let request = core.request("POST", &format!("{CORE}/centralTokenExchange"));
    let mut request = request.header("content-type", "application/json");
    request.body = body.to_string().into();
    if key.is_empty() { request } else { request.header("authorization", &bearer(key)) }
}

pub(super) async fn deployment_key(
    core: &Server,
    api: &str,
) -> (confluence_connector::Key, String) {
    let api: BaseUrl = api.parse().unwrap();
    core.rig().key(KeyKind::Deployment { api }).await
}

#[tokio::test]
async fn tokens_are_for_deployments_with_a_key_of_this_core() {
    let acme = Acme::with_core_elsewhere().await;
    let core = acme.core.as_ref().unwrap();
    let refresh = json!({ "grant_type": "refresh_token", "refresh_token": "void" });
    let (ended, revoked) = deployment_key(core, "http://127.0.0.1:1").await;
    core.rig().deployment.keyring.revoke(None, &ended.id, Timestamp::now()).await.unwrap();
    let maintainer = core.rig().key(KeyKind::Maintainer).await.1;
    // Another core's key opens nothing here.
    let (_, foreign) = deployment_key(&acme.server, "http://127.0.0.1:1").await;
    for key in ["", "cnx_guessed", &revoked, &maintainer, &foreign, &acme.platform] {
        let answer = exchange(core, key, refresh.clone()).send().await;
        assert_eq!(answer.status, 401, "{key}: {}", answer.body);
        assert!(answer.header("www-authenticate").is_some());
        assert!(key.is_empty() || !answer.body.contains(key));
    }
    assert_eq!(acme.sandbox.identity().tally(IdentityRequest::TokenRefresh).requests, 0);
}

#[tokio::test]
async fn what_is_no_exchange_of_the_central_client_is_not_passed_on() {
    let acme = Acme::with_core_elsewhere().await;
    let core = acme.core.as_ref().unwrap();
    let (_, key) = deployment_key(core, "http://127.0.0.1:1").await;
    let grant = |redirect: &str| {
        json!({ "grant_type": "authorization_code", "code": "planted-code",
                "code_verifier": "planted-verifier", "redirect_uri": redirect })
    };
    for (body, error) in [
        (json!({ "grant_type": "client_credentials" }), "unsupported_grant_type"),
        (json!({ "grant_type": "password" }), "unsupported_grant_type"),
        (json!({}), "invalid_request"),
        (json!({ "grant_type": "refresh_token" }), "invalid_request"),
        (grant("https://evil.example/callback"), "invalid_request"),
        (grant(&acme.url(&format!("{CORE}/oauthCallback"))), "invalid_request"),
    ] {
        let answer = exchange(core, &key, body).send().await;
        assert_eq!((answer.status, answer.json()), (400, json!({ "error": error })));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
    }
    let identity = acme.sandbox.identity();
    assert_eq!(identity.tally(IdentityRequest::CodeExchange).requests, 0);
    // A form is as good as JSON; Atlassian's own refusal comes back with its status.
    let mut form =
        exchange(core, &key, json!({})).set("content-type", "application/x-www-form-urlencoded");
    form.body = b"grant_type=refresh_token&refresh_token=void&client_secret=mine".to_vec();
    let answer = form.send().await;
    assert_eq!(answer.status, 403, "{}", answer.body);
    assert_eq!(identity.tally(IdentityRequest::TokenRefresh).requests, 1);
}

#[tokio::test]
async fn a_deployment_that_asks_too_often_has_to_wait() {
    let acme = Acme::with_core_elsewhere().await;
    let core = acme.core.as_ref().unwrap();
    let (_, key) = deployment_key(core, "http://127.0.0.1:1").await;
    let (_, other) = deployment_key(core, "http://127.0.0.1:2").await;
    let mut limited = None;
    for _ in 0..2_000 {
        let answer = exchange(core, &key, json!({})).send().await;
        if answer.status == 429 {
            limited = Some(answer);
            break;
        }
        assert_eq!(answer.status, 400);
    }
    let limited = limited.expect("a limit");
    assert!(limited.header("retry-after").unwrap().parse::<u64>().unwrap() >= 1);
    assert_eq!(exchange(core, &other, json!({})).send().await.status, 400, "each has its own");
}

#[tokio::test]
async fn everybody_may_know_the_client_but_not_its_secret() {
    let acme = Acme::with_central_client().await;
    let path = format!("{CORE}/getOAuthClientPublic");
    let answer = acme.server.request("GET", &path).send().await;
    let json = answer.json();
    assert_eq!((&json["configured"], &json["clientId"]), (&true.into(), &"central".into()));
    assert!(json["scopes"].as_str().unwrap().ends_with("offline_access"), "{json}");
    let authorize = format!("{}/authorize", acme.sandbox.auth_base_url());
    assert_eq!(json["authorizeUrl"], authorize);
    assert!(!answer.body.contains(CENTRAL_SECRET));
    // Only the core has them.
    let elsewhere = path.replace("confluence-next", "acme");
    assert_eq!(acme.server.request("GET", &elsewhere).send().await.status, 404);
}

#[tokio::test]
async fn maintainers_set_the_client_and_nobody_else() {
    let acme = Acme::with_own_client().await;
    let server = &acme.server;
    let maintainer = server.rig().key(KeyKind::Maintainer).await.1;
    let workspace = "acme".parse().unwrap();
    let editor = server.rig().key(KeyKind::Editor { workspace }).await.1;
    let set = |key: &str, body: Value| {
        let request = server.request("POST", &format!("{CORE}/setOAuthClient"));
        let mut request = request.header("authorization", &bearer(key));
        request.body = body.to_string().into();
        request
    };
    let status = |key: &str| {
        let request = server.request("GET", &format!("{CORE}/maintainerStatus"));
        request.header("authorization", &bearer(key))
    };
    let new = json!({ "clientId": "new", "clientSecret": "planted-new-secret", "scopes": "read:page:confluence" });
    for key in ["cnx_guessed", &editor, &acme.platform] {
        assert_eq!(set(key, new.clone()).send().await.status, 401);
        assert_eq!(status(key).send().await.status, 401);
    }
    let before = status(&maintainer).send().await.json();
    assert_eq!((&before["allowed"], &before["configured"]), (&true.into(), &false.into()));
    for bad in [
        json!({}),
        json!({ "clientId": "a", "clientSecret": " " }),
        json!({ "clientId": "a", "clientSecret": { "planted": 1 } }),
    ] {
        let answer = set(&maintainer, bad).send().await;
        assert_eq!(answer.status, 400, "{}", answer.body);
        assert!(!answer.body.contains("planted"), "{}", answer.body);
    }
    for _ in 0..2 {
        let answer = set(&maintainer, new.clone()).send().await;
        assert_eq!((answer.status, &answer.json()["ok"]), (200, &true.into()));
        assert!(!answer.body.contains("planted"));
    }
    let after = status(&maintainer).send().await.json();
    assert_eq!(
        (&after["clientId"], &after["scopes"]),
        (&"new".into(), &"read:page:confluence".into())
    );
}

#[tokio::test]
async fn another_central_client_ends_what_the_one_before_had() {
    let acme = Acme::with_central_client().await;
    let (mut browser, link) = (Browser::default(), acme.link("ada").await);
    let sent = browser.confirm(&acme.server, &link).await;
    let consent = sent.header("location").unwrap();
    let callback = acme.sandbox.consent(consent, &Consent::accept()).await.unwrap();
    let maintainer = acme.server.rig().key(KeyKind::Maintainer).await.1;
    let mut change = acme.server.request("POST", &format!("{CORE}/setOAuthClient"));
    change.body = json!({ "clientId": "new", "clientSecret": "new" }).to_string().into();
    assert_eq!(change.header("authorization", &bearer(&maintainer)).send().await.status, 200);
    // Started with the old one: its code must not go anywhere with the new one's secret.
    let page = browser.come_back(&acme.server, None, &callback).await;
    assert_eq!(super::outcome(&page), "invalid_state");
    assert_eq!(acme.sandbox.identity().tally(IdentityRequest::CodeExchange).requests, 0);
}
