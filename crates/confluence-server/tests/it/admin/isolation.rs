//! Two workspaces with the same users, agents and names: what is done in one is not seen in the other.

use serde_json::json;

use super::{Admin, told};
use crate::support::request;

const KEYS: [&str; 4] = ["platform", "personal", "instruction", "editor"];

async fn same_in_both() -> Admin {
    let admin = Admin::start().await;
    for workspace in ["acme", "other"] {
        admin.connect(workspace, "ada").await;
        admin.connect(workspace, "bob").await;
        admin.see(workspace, "agent-1").await;
        for kind in KEYS {
            let mut new = json!({ "kind": kind, "label": "the same" });
            if kind == "personal" {
                new["user"] = "ada".into();
                new["agent"] = "agent-1".into();
            }
            admin.send("POST", &format!("/workspaces/{workspace}/keys"), new).await;
        }
    }
    admin
}

/// Everything that is told of workspace `other`.
async fn other(admin: &Admin) -> String {
    let mut all = String::new();
    for path in [
        "",
        "/instances",
        "/instances/ConfluenceNext",
        "/instances/ConfluenceNext/agents",
        "/connections",
        "/keys",
    ] {
        all += &admin.get(&format!("/workspaces/other{path}")).await.to_string();
    }
    all
}

#[tokio::test]
async fn what_is_done_in_one_workspace_is_not_seen_in_another() {
    let admin = same_in_both().await;
    let before = other(&admin).await;
    let first = "/workspaces/acme/instances/ConfluenceNext";
    admin.send("PUT", &format!("{first}/auth"), json!({ "mode": "oauthCentral" })).await;
    let policies = json!({ "everyone": { "readOnly": true } });
    admin.send("PUT", &format!("{first}/policies"), policies).await;
    let agents = |what: &str| format!("{first}/agents/{what}");
    admin.send("POST", &agents("allow-all"), json!({ "allowed": false })).await;
    admin.send("POST", &agents("allow"), json!({ "agent": "agent-1" })).await;
    admin.send("POST", &format!("{first}/connections/revoke"), json!({ "user": "ada" })).await;
    let removed = json!({ "user": "bob" });
    let removed = admin.send("POST", "/workspaces/acme/users/remove", removed).await;
    assert_eq!(removed, json!({ "connections": 1 }));
    assert_eq!(other(&admin).await, before);
    let connections = admin.get("/workspaces/acme/connections").await;
    assert_eq!(connections, json!({ "items": [], "next": null }));
    admin.send("DELETE", "/workspaces/acme", json!({})).await;
    assert_eq!(other(&admin).await, before);
}

#[tokio::test]
async fn ids_of_another_workspace_are_not_found() {
    let admin = same_in_both().await;
    let before = other(&admin).await;
    let keys = admin.get("/workspaces/other/keys").await;
    for key in keys["items"].as_array().unwrap() {
        let id = key["id"].as_str().unwrap();
        for place in ["/workspaces/acme/keys", "/keys"] {
            for (method, path, body) in [
                ("DELETE", format!("{place}/{id}"), None),
                ("POST", format!("{place}/{id}/rotate"), Some(json!({}))),
            ] {
                let told = admin.refused(method, &path, body.as_ref()).await;
                assert_eq!((told.0, told.1.as_str()), (404, "not_found"), "{path}");
            }
        }
    }
    let maintainer = admin.get("/keys").await["items"][0]["id"].as_str().unwrap().to_owned();
    let path = format!("/workspaces/acme/keys/{maintainer}");
    assert_eq!(admin.refused("DELETE", &path, None).await.0, 404);
    assert_eq!(other(&admin).await, before);
}

#[tokio::test]
async fn a_key_opens_only_the_workspace_that_it_was_issued_for() {
    let admin = Admin::start().await;
    let list = || request("tools/list", json!({}));
    for (own, foreign) in [("acme", "other"), ("other", "acme")] {
        let new = json!({ "kind": "platform", "label": "platform" });
        let new = admin.send("POST", &format!("/workspaces/{own}/keys"), new).await;
        let key = format!("Bearer {}", new["secret"].as_str().unwrap());
        for (workspace, expected) in [(own, 200), (foreign, 401)] {
            let path = format!("/workspaces/slug:{workspace}/webhooks/ConfluenceNext.mcp");
            let asked = admin.server.post(list()).to(&path).header("authorization", &key);
            assert_eq!(asked.send().await.status, expected, "{own} at {workspace}");
        }
        let new = json!({ "kind": "editor", "label": "editor" });
        let new = admin.send("POST", &format!("/workspaces/{own}/keys"), new).await;
        let key = new["secret"].as_str().unwrap();
        for (workspace, expected) in [(own, 200), (foreign, 404)] {
            let answer = admin.ask(key, "GET", &format!("/workspaces/{workspace}"), None).await;
            assert_eq!(answer.status, expected, "{own} at {workspace}");
        }
    }
}

#[tokio::test]
async fn an_editor_reads_only_the_audit_of_its_workspace() {
    let admin = Admin::start().await;
    for workspace in ["acme", "other"] {
        admin.audit(workspace, 3).await;
    }
    let editor = admin.editor("acme").await;
    let own = admin.ask(&editor, "GET", "/audit", None).await.json();
    let items = own["items"].as_array().unwrap();
    assert_eq!(items.len(), 3);
    assert!(items.iter().all(|it| it["workspace"] == "acme"), "{own}");
    let foreign = admin.ask(&editor, "GET", "/audit?workspace=other", None).await;
    assert_eq!(told(&foreign).0, 404);
    assert_eq!(admin.get("/audit").await["items"].as_array().unwrap().len(), 6);
}
