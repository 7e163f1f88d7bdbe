//! How an instance signs in, what its agents may do, and the client of the whole deployment.

use confluence_connector::{AuthSettings, CentralClientStore, InstanceStore};
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use super::Admin;
use crate::rig::instance;

const AUTH: &str = "/workspaces/acme/instances/ConfluenceNext/auth";
const POLICIES: &str = "/workspaces/acme/instances/ConfluenceNext/policies";

async fn stored(admin: &Admin) -> AuthSettings {
    let store = &admin.rig().store;
    InstanceStore::load(store, &instance("acme")).await.unwrap().unwrap().value.auth
}

async fn holds(admin: &Admin, secret: &str) -> bool {
    stored(admin).await.to_secret_json().expose_secret().contains(secret)
}

#[tokio::test]
async fn secrets_go_in_and_never_come_out() {
    let admin = Admin::start().await;
    let new = json!({
        "mode": "apiToken", "email": "bot@acme.example", "site": "acme", "secret": "planted-token",
    });
    let shown = admin.send("PUT", AUTH, new.clone()).await;
    assert_eq!(shown["secretIsSet"], true);
    assert_eq!(shown["site"], "acme");
    assert!(holds(&admin, "planted-token").await);
    for path in [AUTH, "/workspaces/acme/instances/ConfluenceNext"] {
        let shown = admin.get(path).await.to_string();
        assert!(!shown.contains("planted-token"), "{shown}");
    }
    // Left out, the secret stays; for another account, it does not.
    let mut kept = new.clone();
    kept.as_object_mut().unwrap().remove("secret");
    assert_eq!(admin.send("PUT", AUTH, kept.clone()).await["secretIsSet"], true);
    kept["email"] = "eve@acme.example".into();
    assert_eq!(admin.send("PUT", AUTH, kept).await["secretIsSet"], false);
    assert!(!holds(&admin, "planted-token").await);
    let mut cleared = new;
    cleared["secret"] = Value::Null;
    assert_eq!(admin.send("PUT", AUTH, cleared).await["secretIsSet"], false);
}

#[tokio::test]
async fn another_mode_forgets_what_the_last_one_had() {
    let admin = Admin::start().await;
    let token = json!({ "mode": "accessToken", "cloudId": "cloud-1", "secret": "planted-access" });
    admin.send("PUT", AUTH, token).await;
    let own = json!({ "mode": "oauth", "clientId": "client-1", "secret": "planted-client" });
    let shown = admin.send("PUT", AUTH, own).await;
    assert_eq!((&shown["clientId"], &shown["cloudId"]), (&json!("client-1"), &Value::Null));
    assert!(!holds(&admin, "planted-access").await);
    let callback = admin.get("/workspaces/acme/instances/ConfluenceNext").await;
    let expected = "/workspaces/slug:acme/webhooks/ConfluenceNext.oauthCallback";
    assert!(callback["callbackUrl"].as_str().unwrap().ends_with(expected), "{callback}");
    admin.send("PUT", AUTH, json!({ "mode": "oauthCentral", "site": "acme" })).await;
    assert!(!holds(&admin, "planted").await);
    let shown = admin.get("/workspaces/acme/instances/ConfluenceNext").await;
    let expected = "/workspaces/slug:confluence-next/webhooks/oauthCallback";
    assert!(shown["callbackUrl"].as_str().unwrap().ends_with(expected), "{shown}");
}

#[tokio::test]
async fn settings_that_do_not_fit_the_mode_are_told_and_nothing_is_changed() {
    let admin = Admin::start().await;
    let before = admin.get(AUTH).await;
    for (new, expected) in [
        (json!({ "mode": "oauthCentral", "secret": "x" }), "`secret` is of no use in mode"),
        (json!({ "mode": "oauth", "email": "x" }), "`email` is of no use in mode `oauth`"),
        (json!({ "mode": "accessToken", "clientId": "x" }), "`clientId` is of no use"),
        (json!({ "mode": "apiToken", "scopes": "x" }), "`scopes` is of no use"),
        (json!({ "mode": "oauth", "clientId": "new" }), "a new OAuth client needs its secret"),
        (json!({ "mode": "apiToken", "site": "evil.example" }), "`site`: "),
        (json!({ "mode": "oauthCentral", "scopes": "read\\write" }), "`scopes`: "),
        (json!({ "mode": "accessToken", "cloudId": "../x" }), "`cloudId`"),
    ] {
        let told = admin.refused("PUT", AUTH, Some(&new)).await;
        assert_eq!((told.0, told.1.as_str()), (400, "invalid"), "{new}");
        assert!(told.2.starts_with(expected), "{new}: {}", told.2);
    }
    assert_eq!(admin.get(AUTH).await, before);
}

#[tokio::test]
async fn policies_are_kept_as_they_are_sent() {
    let admin = Admin::start().await;
    let policies = json!({
        "everyone": {
            "readOnly": true,
            "actions": { "denied": ["deletePage"] },
            "spaces": { "allowed": [{ "key": "ENG" }] },
        },
        "agents": { "agent-1": { "readOnly": true, "actions": {}, "spaces": {} } },
    });
    assert_eq!(admin.send("PUT", POLICIES, policies.clone()).await, policies);
    assert_eq!(admin.get(POLICIES).await, policies);
    let spaces: Vec<_> = (0..201).map(|it| json!({ "key": format!("S{it}") })).collect();
    let large = json!({ "everyone": { "spaces": { "allowed": spaces } } });
    let told = admin.refused("PUT", POLICIES, Some(&large)).await;
    assert_eq!((told.0, told.2.as_str()), (400, "more than 200 spaces"));
    let unknown = json!({ "everyone": { "actions": { "denied": ["dropPage"] } } });
    assert_eq!(admin.refused("PUT", POLICIES, Some(&unknown)).await.0, 400);
    assert_eq!(admin.get(POLICIES).await, policies);
}

#[tokio::test]
async fn the_central_client_is_set_and_its_secret_is_not_shown() {
    let admin = Admin::start().await;
    let path = "/central-client";
    assert_eq!(admin.get(path).await["configured"], false);
    let told = admin.refused("PUT", path, Some(&json!({ "clientId": "one" }))).await;
    assert_eq!(told.2, "a new client needs its secret");
    let new = json!({ "clientId": "one", "clientSecret": "planted-central" });
    admin.send("PUT", path, new).await;
    let scopes = "read:page:confluence offline_access";
    admin.send("PUT", path, json!({ "clientId": "one", "scopes": scopes })).await;
    let shown = admin.get(path).await;
    assert_eq!((&shown["clientId"], &shown["scopes"]), (&json!("one"), &json!(scopes)));
    assert!(!shown.to_string().contains("planted"), "{shown}");
    let stored = CentralClientStore::load(&admin.rig().store).await.unwrap().unwrap().value;
    assert_eq!(stored.client.secret.expose_secret(), "planted-central");
    // Another client's secret is another one.
    let other = json!({ "clientId": "two" });
    assert_eq!(admin.refused("PUT", path, Some(&other)).await.0, 400);
    assert_eq!(admin.get(path).await["clientId"], "one");
}
