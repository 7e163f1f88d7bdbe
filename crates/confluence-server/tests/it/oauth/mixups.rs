//! Clients, codes and tokens that are taken for one another, and sign-ins that are weakened.

use std::time::Duration;

use confluence_auth::{
    AuthMode, connection::ConnectionKey, sign_in::CONNECTED, store::ConnectionStore,
};
use confluence_connector::{AuthSettings, WorkspaceStore};
use confluence_sandbox::{Consent, Fault, IdentityRequest};
use secrecy::ExposeSecret;
use serde_json::json;
use tokio::time::sleep;
use url::Url;

use super::{
    ACME, Acme, Browser, CORE,
    core::{deployment_key, exchange},
    outcome,
    security::{parameter, with},
};
use crate::rig::instance;

fn ada() -> ConnectionKey {
    let instance = instance("acme");
    ConnectionKey {
        workspace: instance.workspace,
        instance: instance.name,
        user: "ada".parse().unwrap(),
    }
}

fn exchanged(acme: &Acme) -> u64 {
    acme.sandbox.identity().tally(IdentityRequest::CodeExchange).requests
}

async fn connect(acme: &Acme) {
    let (mut browser, link) = (Browser::default(), acme.link("ada").await);
    let page = browser.connect(&acme.sandbox, &acme.server, acme.core.as_ref(), &link).await;
    assert_eq!(outcome(&page), CONNECTED, "{}", page.body);
}

#[tokio::test]
async fn a_code_of_the_workspaces_client_is_not_exchanged_with_the_central_one() {
    let acme = Acme::with_own_client().await;
    let rig = acme.server.rig();
    rig.central_client().await;
    let (mut browser, link) = (Browser::default(), acme.link("ada").await);
    let callback = browser.agree(&acme.sandbox, &acme.server, &link).await;
    // Meanwhile an editor switches the mode.
    rig.change("acme", |it| it.auth = AuthSettings::default()).await;
    for (path, expected) in [
        (format!("{ACME}.oauthCallback"), (400, "invalid_state")),
        // This core has no users of its own.
        (format!("{CORE}/oauthCallback"), (404, "not_found")),
    ] {
        let query = callback.split_once('?').unwrap().1;
        let page = browser.open(&acme.server, &format!("{path}?{query}")).await;
        assert_eq!((page.status, outcome(&page)), expected, "{}", page.body);
    }
    assert_eq!(exchanged(&acme), 0);
}

#[tokio::test]
async fn tokens_of_one_client_are_not_used_with_another() {
    let acme = Acme::with_own_client().await;
    let rig = acme.server.rig();
    rig.central_client().await;
    connect(&acme).await;
    assert!(acme.call("ada").await.0);
    rig.change("acme", |it| it.auth = AuthSettings::default()).await;
    let before = acme.sandbox.request_count();
    let (ok, told) = acme.call("ada").await;
    assert!(!ok && told.contains(".oauthConnect?ticket="), "{told}");
    let status = acme.status("ada").await;
    assert_eq!(status["connected"], false, "{status}");
    assert_eq!(status["authMethod"], AuthMode::OAuthCentral.to_string());
    assert_eq!(acme.sandbox.request_count(), before, "nothing was sent with them");
}

#[tokio::test]
async fn a_workspaces_code_and_token_are_worth_nothing_at_the_core() {
    let acme = Acme::with_own_client().await;
    let rig = acme.server.rig();
    rig.central_client().await;
    let callback = acme.url(&format!("{CORE}/oauthCallback"));
    super::register(&acme.sandbox, "central", super::CENTRAL_SECRET, callback.clone());
    let (_, key) = deployment_key(&acme.server, "http://127.0.0.1:1").await;
    let (mut browser, link) = (Browser::default(), acme.link("ada").await);
    let agreed = browser.agree(&acme.sandbox, &acme.server, &link).await;
    let code = json!({ "grant_type": "authorization_code", "code": parameter(&agreed, "code"),
                       "code_verifier": "v".repeat(43), "redirect_uri": callback });
    let answer = exchange(&acme.server, &key, code).send().await;
    assert_eq!(answer.status, 403, "{}", answer.body);
    assert!(!answer.body.contains("sandbox-"), "{}", answer.body);

    connect(&acme).await;
    let stored = ConnectionStore::load(&rig.store, &ada()).await.unwrap().unwrap();
    let token = stored.connection.grant.refresh_token.unwrap();
    let refresh = json!({ "grant_type": "refresh_token", "refresh_token": token.expose_secret() });
    let answer = exchange(&acme.server, &key, refresh).send().await;
    assert_eq!(answer.status, 403, "{}", answer.body);
    assert!(!answer.body.contains("sandbox-"), "{}", answer.body);
    // It was not used up either.
    acme.sandbox.identity().expire_access_tokens();
    assert!(acme.call("ada").await.0);
}

#[tokio::test]
async fn every_sign_in_has_a_challenge_that_is_a_hash() {
    for acme in [
        Acme::with_own_client().await,
        Acme::with_central_client().await,
        Acme::with_core_elsewhere().await,
    ] {
        let mut challenges = Vec::new();
        for _ in 0..2 {
            let link = acme.link("ada").await;
            let sent = Browser::default().confirm(&acme.server, &link).await;
            let consent = sent.header("location").unwrap().to_owned();
            assert_eq!(parameter(&consent, "code_challenge_method"), "S256");
            assert_eq!(parameter(&consent, "code_challenge").len(), 43);
            challenges.push(parameter(&consent, "code_challenge"));
        }
        assert_ne!(challenges[0], challenges[1]);
    }
}

#[tokio::test]
async fn a_challenge_that_was_tampered_with_on_the_way_connects_nobody() {
    let acme = Acme::with_own_client().await;
    for (name, value) in [
        ("code_challenge_method", "plain"),
        // Of the attacker's own verifier.
        ("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
    ] {
        let (mut browser, link) = (Browser::default(), acme.link("ada").await);
        let sent = browser.confirm(&acme.server, &link).await;
        let consent = with(sent.header("location").unwrap(), name, value);
        let callback = acme.sandbox.consent(&consent, &Consent::accept()).await.unwrap();
        let page = browser.come_back(&acme.server, None, &callback).await;
        assert_eq!(outcome(&page), "invalid_grant", "{name}: {}", page.body);
        assert_eq!(acme.status("ada").await["connected"], false, "{name}");
    }
}

#[tokio::test]
async fn a_challenge_that_is_refused_is_not_left_out() {
    let acme = Acme::with_own_client().await;
    let (mut browser, link) = (Browser::default(), acme.link("ada").await);
    let sent = browser.confirm(&acme.server, &link).await;
    let consent = with(sent.header("location").unwrap(), "code_challenge_method", "S999");
    // As from an identity service that knows no such thing.
    let callback = acme.sandbox.consent(&consent, &Consent::accept()).await.unwrap();
    let back: Url = callback.parse().unwrap();
    assert!(back.query_pairs().any(|(name, it)| name == "error" && it == "invalid_request"));
    let page = browser.come_back(&acme.server, None, &callback).await;
    assert_eq!((page.status, outcome(&page)), (400, "invalid_request"), "{}", page.body);
    assert_eq!(page.header("location"), None, "no second try without");
    assert_eq!(exchanged(&acme), 0);
}

#[tokio::test]
async fn the_core_exchanges_no_code_without_a_verifier() {
    let acme = Acme::with_core_elsewhere().await;
    let core = acme.core.as_ref().unwrap();
    let (_, key) = deployment_key(core, "http://127.0.0.1:1").await;
    let redirect = format!("http://{}{CORE}/oauthCallback", core.address);
    for verifier in [json!(null), json!("")] {
        let body = json!({ "grant_type": "authorization_code", "code": "planted-code",
                           "code_verifier": verifier, "redirect_uri": redirect });
        let answer = exchange(core, &key, body).send().await;
        assert_eq!(
            (answer.status, answer.json()),
            (400, json!({ "error": "invalid_request" })),
            "{verifier}"
        );
    }
    assert_eq!(exchanged(&acme), 0);
}

#[tokio::test]
async fn a_workspace_deleted_during_a_sign_in_is_said_to_be_gone() {
    let acme = Acme::with_own_client().await;
    let (mut browser, link) = (Browser::default(), acme.link("ada").await);
    let callback = browser.agree(&acme.sandbox, &acme.server, &link).await;
    let late = Fault::LateAnswer(Duration::from_millis(500)).during(IdentityRequest::CodeExchange);
    acme.sandbox.faults().inject(late);
    let deleted = async {
        while exchanged(&acme) == 0 {
            sleep(Duration::from_millis(5)).await;
        }
        let store = &acme.server.rig().store;
        assert!(WorkspaceStore::delete(store, &instance("acme").workspace).await.unwrap());
    };
    let (page, ()) = tokio::join!(browser.open(&acme.server, &callback), deleted);
    assert_eq!((page.status, outcome(&page)), (404, "not_found"), "{}", page.body);
    assert!(page.body.contains("no such workspace or instance"), "{}", page.body);
}
