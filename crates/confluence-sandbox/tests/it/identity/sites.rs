//! What access tokens open, and how the dead ones are turned away.

use std::time::Duration;

use confluence_sandbox::{Consent, IdentityRequest, OAuthClient, SandboxBuilder, Tally};
use reqwest::Method;
use serde_json::{Value, json};

use super::{App, CALLBACK, ME, PAGES, SCOPES, SEARCH, SECRET, check_refused};
use crate::support::{GUEST, Reply, send};

const BARE: &str =
    r#"{"errors":[{"status":404,"code":"NOT_FOUND","title":"Not Found","detail":null}]}"#;

/// Asserts that a token gets what rejected credentials get.
async fn check_rejected(app: &App, token: &str) {
    let v2 = app.get(token, PAGES).await.expect(404);
    assert_eq!(v2.text, BARE);
    let search = app.get(token, SEARCH).await.expect(403);
    assert_eq!(search.message(), "Current user not permitted to use Confluence");
    let me = app.get(token, ME).await.expect(403);
    assert_eq!(me.message(), "caller cannot access Confluence");
    app.resources(token).await.expect(401);
}

fn rows(reply: &Reply) -> Vec<(String, String)> {
    let list = reply.json();
    let row = |it: &Value| {
        let scopes = it["scopes"].as_array().unwrap().iter().map(|it| it.as_str().unwrap());
        (it["id"].as_str().unwrap().to_owned(), scopes.collect::<Vec<_>>().join(" "))
    };
    list.as_array().unwrap().iter().map(row).collect()
}

#[tokio::test]
async fn expired_and_revoked_tokens_are_rejected_credentials() {
    let app = App::start().await;
    check_rejected(&app, "sandbox-at-made-up").await;

    let token = app.sign_in().await.access;
    app.get(&token, PAGES).await.expect(200);
    app.clock().advance(Duration::from_hours(1));
    check_rejected(&app, &token).await;

    let token = app.sign_in().await.access;
    app.site.sandbox.identity().expire_access_tokens();
    check_rejected(&app, &token).await;

    let token = app.sign_in().await.access;
    let grant = app.site.sandbox.identity().grants()[0].id;
    assert!(app.site.sandbox.identity().revoke(grant));
    check_rejected(&app, &token).await;
}

#[tokio::test]
async fn dead_tokens_can_be_answered_as_documented() {
    let app = App::with(SandboxBuilder::invalid_bearer_is_401).await;
    let token = app.sign_in().await.access;
    app.get(&token, PAGES).await.expect(200);
    app.site.sandbox.identity().expire_access_tokens();
    for path in [PAGES, ME, SEARCH] {
        let reply = app.get(&token, path).await.expect(401);
        assert_eq!(reply.json(), json!({ "code": 401, "message": "Unauthorized" }));
    }
}

#[tokio::test]
async fn the_site_itself_knows_no_access_tokens() {
    let app = App::start().await;
    let token = app.sign_in().await.access;
    for path in [PAGES, ME, SEARCH] {
        let request = app.site.anonymous(Method::GET, path).bearer_auth(&token);
        let reply = send(request).await.expect(401);
        assert!(reply.text.contains("HTTP Status 401"), "{}", reply.text);
    }
}

#[tokio::test]
async fn sites_that_were_not_chosen_are_not_there() {
    let app = App::start().await;
    let [first, second] = app.cloud_ids();
    let token = app.sign_in_with(&[], &Consent::accept().sites(&[&second])).await.access;
    for path in [PAGES, ME, SEARCH] {
        let reply = app.get_at(&first, &token, path).await.expect(404);
        assert_eq!(reply.text, BARE);
    }
    app.get_at("unknown", &token, PAGES).await.expect(404);
    let spaces = app.get_at(&second, &token, PAGES).await.expect(200);
    assert_eq!(spaces.json()["_links"]["base"], "https://lab.atlassian.net/wiki");
    assert_eq!(spaces.column("title"), ["Sandbox of lab"]);
    assert_eq!(rows(&app.resources(&token).await.expect(200)).len(), 1);
}

#[tokio::test]
async fn two_sites_have_contents_of_their_own() {
    let app = App::start().await;
    let [first, second] = app.cloud_ids();
    let consent = Consent::accept().sites(&[&first, &second]);
    let scope = "read:page:confluence write:page:confluence read:space:confluence";
    let code = app.code(&[("scope", scope)], &consent).await;
    let token = app.exchange(&code).await.expect(200).json()["access_token"].clone();
    let token = token.as_str().unwrap();
    let spaces = app.get_at(&second, token, "/wiki/api/v2/spaces").await.expect(200);
    let body = json!({ "spaceId": spaces.column("id")[0], "status": "current", "title": "Only here",
        "body": { "representation": "storage", "value": "" } });
    let url = format!("{}/ex/confluence/{second}{PAGES}", app.site.sandbox.api_base_url());
    let request = app.site.anonymous(Method::POST, &url).bearer_auth(token).json(&body);
    send(request).await.expect(200);
    let titles =
        async |cloud_id: &str| app.get_at(cloud_id, token, PAGES).await.expect(200).column("title");
    assert!(titles(&second).await.contains(&"Only here".to_owned()));
    assert!(!titles(&first).await.contains(&"Only here".to_owned()));

    let list = app.resources(token).await.expect(200).json();
    for (number, (id, name)) in [(first, "example"), (second, "lab")].into_iter().enumerate() {
        let it = &list[number];
        assert_eq!((&it["id"], &it["name"]), (&json!(id), &json!(name)));
        assert_eq!(it["url"], format!("https://{name}.atlassian.net"));
        assert!(it["avatarUrl"].as_str().unwrap().starts_with("https://"));
    }
    assert_eq!(list.as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn requests_are_made_as_the_person_and_within_the_scopes() {
    let app = App::start().await;
    let consent = Consent::accept().account(GUEST.0);
    let token = app.sign_in_with(&[], &consent).await.access;
    assert_eq!(app.get(&token, ME).await.expect(200).json()["email"], GUEST.0);
    let refused = app.get(&token, "/wiki/api/v2/spaces").await.expect(401);
    assert_eq!(refused.json()["message"], "Unauthorized; scope does not match");
}

#[tokio::test]
async fn a_newer_consent_replaces_the_scopes_and_adds_the_sites() {
    let app = App::start().await;
    let [first, second] = app.cloud_ids();
    let older = app.sign_in().await;
    let spaces = "/wiki/api/v2/spaces";
    app.get(&older.access, PAGES).await.expect(200);
    app.get(&older.access, spaces).await.expect(401);

    let newer = [("scope", "read:space:confluence offline_access")];
    let newer = app.sign_in_with(&newer, &Consent::accept().sites(&[&second])).await;
    let grants = app.site.sandbox.identity().grants();
    assert_eq!(grants.len(), 1);
    assert_eq!(grants[0].refresh_tokens, 2);
    // The older sign-in lives on, with what the newer one asked for.
    for token in [&older.access, &newer.access] {
        app.get(token, PAGES).await.expect(401);
        for cloud_id in [&first, &second] {
            app.get_at(cloud_id, token, spaces).await.expect(200);
        }
    }
    let refreshed = app.refresh(&older.refresh).await.expect(200);
    assert_eq!(refreshed.json()["scope"], "offline_access read:space:confluence");

    // Another person, and another application, are other grants.
    app.sign_in_with(&[], &Consent::accept().account(GUEST.0)).await;
    app.get(&older.access, spaces).await.expect(200);
    assert_eq!(app.site.sandbox.identity().grants().len(), 2);
}

#[tokio::test]
async fn a_newer_consent_without_offline_access_ends_refreshing() {
    let app = App::start().await;
    let older = app.sign_in().await;
    app.code(&[("scope", "read:page:confluence")], &Consent::accept()).await;
    let reply = app.refresh(&older.refresh).await;
    check_refused(&reply, 403, "unauthorized_client", "refresh_token is invalid");
    app.get(&older.access, PAGES).await.expect(200);
}

#[tokio::test]
async fn an_id_is_listed_once_for_each_product() {
    let app = App::start().await;
    let [first, second] = app.cloud_ids();
    let both = Consent::accept().sites(&[&first, &second]);
    let of_confluence = "read:content-details:confluence read:page:confluence".to_owned();
    let token = app.sign_in_with(&[], &both).await.access;
    let alone = [(first.clone(), of_confluence.clone()), (second.clone(), of_confluence.clone())];
    assert_eq!(rows(&app.resources(&token).await.expect(200)), alone);

    app.site.sandbox.identity().change_policy(|it| it.lists_jira = true);
    let jira = "read:jira-user read:jira-work".to_owned();
    let expected = [
        (first.clone(), jira.clone()),
        (first.clone(), of_confluence.clone()),
        (second.clone(), jira),
        (second, of_confluence.clone()),
    ];
    assert_eq!(rows(&app.resources(&token).await.expect(200)), expected);

    app.site.sandbox.identity().change_policy(|it| it.lists_jira = false);
    let scope = format!("{SCOPES} read:jira-work");
    let token = app.sign_in_with(&[("scope", &scope)], &Consent::accept()).await.access;
    let listed = rows(&app.resources(&token).await.expect(200));
    assert_eq!(listed[..2], [(first.clone(), "read:jira-work".to_owned()), (first, of_confluence)]);
}

#[tokio::test]
async fn there_may_be_no_site_left() {
    let app = App::start().await;
    let token = app.sign_in().await.access;
    app.site.sandbox.identity().remove_site(app.site.sandbox.cloud_id());
    let reply = app.resources(&token).await.expect(200);
    assert_eq!(reply.json(), json!([]));
    app.get(&token, PAGES).await.expect(404);
    // Nor has Confluence anything to do with an application of Jira's.
    let token = app.sign_in_with(&[("scope", "read:jira-work")], &Consent::accept()).await.access;
    let listed = rows(&app.resources(&token).await.expect(200));
    assert_eq!(listed, [(app.cloud_ids()[0].clone(), "read:jira-work".to_owned())]);
}

#[tokio::test]
async fn the_list_is_for_holders_of_access_tokens() {
    let app = App::start().await;
    let tokens = app.sign_in().await;
    app.resources(&tokens.refresh).await.expect(401);
    app.resources("").await.expect(401);
    app.resources(&tokens.access).await.expect(200);
    let tally = app.site.sandbox.identity().tally(IdentityRequest::AccessibleResources);
    assert_eq!(tally, Tally { requests: 3, granted: 1, refused: 2 });
}

#[tokio::test]
async fn access_tokens_made_up_by_a_test_open_every_site() {
    let app = App::start().await;
    let token = app.site.sandbox.credentials().access_token.clone();
    for cloud_id in app.cloud_ids() {
        app.get_at(&cloud_id, &token, PAGES).await.expect(200);
    }
    assert_eq!(rows(&app.resources(&token).await.expect(200)).len(), 2);
}

#[tokio::test]
async fn the_demo_application_is_there_from_the_start() {
    let app = App::start().await;
    let demo = OAuthClient::demo();
    let url = app.authorize_url(&[("client_id", &demo.id), ("redirect_uri", &demo.callback_url)]);
    let callback = app.site.sandbox.consent(&url, &Consent::accept()).await.unwrap();
    assert!(callback.starts_with(&format!("{}?code=", demo.callback_url)));
    assert_ne!((demo.secret.as_str(), demo.callback_url.as_str()), (SECRET, CALLBACK));
}
