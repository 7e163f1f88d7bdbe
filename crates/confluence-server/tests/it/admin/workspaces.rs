//! Workspaces and instances: made, listed, removed.

use serde_json::{Value, json};

use super::Admin;

#[tokio::test]
async fn a_workspace_comes_with_an_instance_that_nobody_may_call_yet() {
    let admin = Admin::start().await;
    let made = admin.send("POST", "/workspaces", json!({ "slug": "third", "name": "Third" })).await;
    assert_eq!((&made["slug"], &made["name"]), (&json!("third"), &json!("Third")));
    let shown = admin.get("/workspaces/third").await;
    assert_eq!(shown["instances"], json!(["ConfluenceNext"]));
    let first = admin.get("/workspaces/third/instances/ConfluenceNext").await;
    assert_eq!(first["auth"]["mode"], "oauthCentral");
    assert_eq!(first["agents"], json!({ "everyone": false, "listed": 0 }));
    let url = first["mcpUrl"].as_str().unwrap();
    assert!(url.ends_with("/v2/workspaces/slug:third/webhooks/ConfluenceNext.mcp"), "{url}");
    let twice = json!({ "slug": "third", "name": "Another" });
    let told = admin.refused("POST", "/workspaces", Some(&twice)).await;
    assert_eq!((told.0, told.1.as_str()), (409, "exists"));
    assert_eq!(admin.get("/workspaces/third").await["name"], "Third");
    admin.send("DELETE", "/workspaces/third", Value::Null).await;
    assert_eq!(admin.refused("GET", "/workspaces/third", None).await.0, 404);
    assert_eq!(admin.refused("DELETE", "/workspaces/third", None).await.0, 404);
}

#[tokio::test]
async fn what_is_no_name_is_told() {
    let admin = Admin::start().await;
    for (new, expected) in [
        (json!({}), "missing field `slug`"),
        (json!({ "slug": "Acme" }), "`slug`: expected 1 to 63 lower-case"),
        (json!({ "slug": "a/b" }), "`slug`: expected 1 to 63 lower-case"),
        (json!({ "slug": "third", "name": "" }), "the name of a workspace has 1 to 100"),
        (json!({ "slug": "third", "name": "x".repeat(101) }), "the name of a workspace has"),
    ] {
        let told = admin.refused("POST", "/workspaces", Some(&new)).await;
        assert_eq!((told.0, told.1.as_str()), (400, "invalid"), "{new}");
        assert!(told.2.starts_with(expected), "{new}: {}", told.2);
    }
    assert_eq!(admin.get("/workspaces").await["items"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn many_workspaces_come_in_parts() {
    let admin = Admin::start().await;
    let mut slugs = vec!["acme".to_owned(), "other".to_owned()];
    for index in 0..5 {
        let slug = format!("w{index}");
        admin.send("POST", "/workspaces", json!({ "slug": slug })).await;
        slugs.push(slug);
    }
    for limit in [1, 3, 7, 8] {
        let mut found = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = admin.get(&format!("/workspaces?limit={limit}&cursor={cursor}")).await;
            let items = page["items"].as_array().unwrap();
            assert!(items.len() <= limit);
            found.extend(items.iter().map(|it| it["slug"].as_str().unwrap().to_owned()));
            let Some(next) = page["next"].as_str() else { break };
            next.clone_into(&mut cursor);
        }
        assert_eq!(found, slugs, "{limit}");
    }
}

#[tokio::test]
async fn the_core_cannot_be_deleted() {
    let admin = Admin::start().await;
    admin.send("POST", "/workspaces", json!({ "slug": "confluence-next" })).await;
    let told = admin.refused("DELETE", "/workspaces/confluence-next", None).await;
    assert_eq!((told.0, told.1.as_str()), (409, "core"));
}

#[tokio::test]
async fn a_workspace_is_never_without_an_instance() {
    let admin = Admin::start().await;
    let all = "/workspaces/acme/instances";
    admin.send("POST", all, json!({ "name": "Second" })).await;
    let told = admin.refused("POST", all, Some(&json!({ "name": "Second" }))).await;
    assert_eq!((told.0, told.1.as_str()), (409, "exists"));
    assert_eq!(admin.refused("POST", all, Some(&json!({ "name": "2nd" }))).await.0, 400);
    let list = admin.get(all).await;
    assert_eq!(list["items"], json!([{ "name": "ConfluenceNext" }, { "name": "Second" }]));
    admin.send("DELETE", &format!("{all}/ConfluenceNext"), Value::Null).await;
    let told = admin.refused("DELETE", &format!("{all}/Second"), None).await;
    assert_eq!((told.0, told.1.as_str()), (409, "in_use"));
    assert_eq!(admin.refused("DELETE", &format!("{all}/ConfluenceNext"), None).await.0, 404);
    let nowhere = "/workspaces/nowhere/instances";
    assert_eq!(admin.refused("POST", nowhere, Some(&json!({ "name": "X" }))).await.0, 404);
}

#[tokio::test]
async fn connections_are_listed_without_their_tokens() {
    let admin = Admin::start().await;
    for user in ["ada", "bob/..", "eve"] {
        admin.connect("acme", user).await;
    }
    let first = admin.get("/workspaces/acme/connections?limit=2").await;
    let next: String =
        url::form_urlencoded::byte_serialize(first["next"].as_str().unwrap().as_bytes()).collect();
    let second = admin.get(&format!("/workspaces/acme/connections?limit=2&cursor={next}")).await;
    assert_eq!(second["items"][0]["user"], "eve");
    assert_eq!(second["next"], Value::Null);
    let ada = &first["items"][0];
    assert_eq!((&ada["user"], &ada["account"]["name"]), (&json!("ada"), &json!("Ada")));
    assert_eq!(ada["site"], "https://example.atlassian.net/");
    assert!(!format!("{first}{second}").contains("planted"), "{first}");
    let revoke = "/workspaces/acme/instances/ConfluenceNext/connections/revoke";
    admin.send("POST", revoke, json!({ "user": "bob/.." })).await;
    assert_eq!(admin.refused("POST", revoke, Some(&json!({ "user": "bob/.." }))).await.0, 404);
    let left = admin.get("/workspaces/acme/connections").await;
    assert_eq!(left["items"].as_array().unwrap().len(), 2);
}
