//! Keys: made, shown once, replaced, ended.

use serde_json::{Value, json};

use super::Admin;
use crate::support::request;

const KEYS: &str = "/workspaces/acme/keys";

/// Whether a key opens the MCP endpoint of workspace `acme`.
async fn opens(admin: &Admin, key: &Value) -> bool {
    let path = "/workspaces/slug:acme/webhooks/ConfluenceNext.mcp";
    let list = admin.server.post(request("tools/list", json!({}))).to(path);
    let key = format!("Bearer {}", key.as_str().unwrap());
    match list.header("authorization", &key).send().await.status {
        200 => true,
        401 => false,
        other => panic!("{other}"),
    }
}

async fn issue(admin: &Admin) -> (String, Value) {
    let new = json!({ "kind": "platform", "label": "platform" });
    let mut new = admin.send("POST", KEYS, new).await;
    (new["key"]["id"].as_str().unwrap().to_owned(), new["secret"].take())
}

#[tokio::test]
async fn a_key_is_shown_once() {
    let admin = Admin::start().await;
    let (id, secret) = issue(&admin).await;
    assert!(opens(&admin, &secret).await);
    let list = admin.get(KEYS).await;
    assert_eq!(list["items"][0]["id"], id.as_str());
    assert_eq!(list["items"][0]["valid"], true);
    assert!(!list.to_string().contains(secret.as_str().unwrap()), "{list}");
}

#[tokio::test]
async fn both_keys_open_until_the_overlap_is_over() {
    let admin = Admin::start().await;
    let (id, old) = issue(&admin).await;
    let path = format!("{KEYS}/{id}/rotate");
    let new = admin.send("POST", &path, json!({ "overlapSeconds": 3600 })).await;
    assert!(opens(&admin, &old).await && opens(&admin, &new["secret"]).await);
    let list = admin.get(KEYS).await;
    let replaced = list["items"].as_array().unwrap().iter().find(|it| it["id"] == id.as_str());
    assert!(replaced.unwrap()["notAfter"].is_string(), "{list}");
    // The end only ever comes nearer.
    let newer = admin.send("POST", &path, json!({ "overlapSeconds": 0 })).await;
    assert!(!opens(&admin, &old).await);
    assert!(opens(&admin, &new["secret"]).await && opens(&admin, &newer["secret"]).await);
    assert_eq!(admin.refused("POST", &path, Some(&json!({}))).await.0, 404);
    let new = new["key"]["id"].as_str().unwrap();
    admin.send("DELETE", &format!("{KEYS}/{new}"), Value::Null).await;
    assert!(opens(&admin, &newer["secret"]).await);
    let month = json!({ "overlapSeconds": 31 * 24 * 3600 + 1 });
    let path = format!("{KEYS}/{}/rotate", newer["key"]["id"].as_str().unwrap());
    assert_eq!(admin.refused("POST", &path, Some(&month)).await.0, 400);
}

#[tokio::test]
async fn a_revoked_key_opens_nothing() {
    let admin = Admin::start().await;
    let (id, secret) = issue(&admin).await;
    admin.send("DELETE", &format!("{KEYS}/{id}"), Value::Null).await;
    assert!(!opens(&admin, &secret).await);
    assert_eq!(admin.get(KEYS).await["items"][0]["valid"], false);
    assert_eq!(admin.refused("DELETE", &format!("{KEYS}/no-such-key"), None).await.0, 404);
}

#[tokio::test]
async fn nobody_saws_off_the_branch_that_they_sit_on() {
    let admin = Admin::start().await;
    let own = admin.get("/whoami").await["key"].as_str().unwrap().to_owned();
    let told = admin.refused("DELETE", &format!("/keys/{own}"), None).await;
    assert_eq!((told.0, told.1.as_str()), (409, "in_use"));
    let new = json!({ "kind": "maintainer", "label": "maintainer key of the configuration" });
    assert_eq!(admin.refused("POST", "/keys", Some(&new)).await.0, 400);
    let configured = confluence_connector::Key::generate(
        confluence_connector::KeyKind::Maintainer,
        confluence_connector::CONFIGURED_MAINTAINER,
        jiff::Timestamp::now(),
    );
    let store = &admin.rig().store;
    confluence_connector::KeyStore::add(store, &configured.key).await.unwrap();
    for (method, path) in [("DELETE", ""), ("POST", "/rotate")] {
        let path = format!("/keys/{}{path}", configured.key.id);
        let told = admin.refused(method, &path, Some(&json!({}))).await;
        assert_eq!((told.0, told.1.as_str()), (409, "configured"), "{method}");
    }
}

#[tokio::test]
async fn each_kind_needs_what_belongs_to_it() {
    let admin = Admin::start().await;
    for (path, new, expected) in [
        (KEYS, json!({ "kind": "platform" }), "missing field `label`"),
        (KEYS, json!({ "kind": "platform", "label": " " }), "the label of a key has 1 to 100"),
        (KEYS, json!({ "kind": "platform", "label": "a\nb" }), "the label of a key has 1 to 100"),
        (KEYS, json!({ "kind": "platform", "label": "x", "user": "ada" }), "`instance`, `user`"),
        (KEYS, json!({ "kind": "personal", "label": "x", "agent": "a" }), "missing field `user`"),
        (KEYS, json!({ "kind": "personal", "label": "x", "user": "a" }), "missing field `agent`"),
        (KEYS, json!({ "kind": "maintainer", "label": "x" }), "keys of this kind belong to no"),
        (KEYS, json!({ "kind": "platform", "label": "x", "api": "x" }), "`api` is for keys"),
        (KEYS, json!({ "kind": "planted", "label": "x" }), "`kind`: expected one of `maintainer`"),
        ("/keys", json!({ "kind": "platform", "label": "x" }), "keys of this kind belong to a"),
        ("/keys", json!({ "kind": "deployment", "label": "x" }), "missing field `api`"),
        (
            "/keys",
            json!({ "kind": "deployment", "label": "x", "api": "http://a.example" }),
            "`api`: ",
        ),
    ] {
        let told = admin.refused("POST", path, Some(&new)).await;
        assert_eq!((told.0, told.1.as_str()), (400, "invalid"), "{new}");
        assert!(told.2.starts_with(expected), "{new}: {}", told.2);
    }
    let second = json!({
        "kind": "personal", "label": "x", "user": "ada", "agent": "a", "instance": "Second",
    });
    assert_eq!(admin.refused("POST", KEYS, Some(&second)).await.0, 404);
    assert_eq!(admin.get(KEYS).await["items"], json!([]));
}

#[tokio::test]
async fn long_lists_of_keys_come_in_parts() {
    let admin = Admin::start().await;
    let mut made = Vec::new();
    for _ in 0..5 {
        made.push(issue(&admin).await.0);
    }
    made.reverse();
    let first = admin.get(&format!("{KEYS}?limit=3")).await;
    let next = first["next"].as_str().unwrap();
    let second = admin.get(&format!("{KEYS}?limit=3&cursor={next}")).await;
    assert_eq!(second["next"], Value::Null);
    let parts = [&first, &second].into_iter().flat_map(|it| it["items"].as_array().unwrap());
    let ids: Vec<_> = parts.map(|it| it["id"].as_str().unwrap()).collect();
    assert_eq!(ids, made);
    assert_eq!(admin.refused("GET", &format!("{KEYS}?cursor=gone"), None).await.0, 400);
}
