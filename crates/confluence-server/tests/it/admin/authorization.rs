//! Whose key may do what.

use confluence_auth::BaseUrl;
use confluence_connector::KeyKind;
use serde_json::{Value, json};

use super::{Admin, told};
use crate::rig::instance;

/// What there is to ask for in workspace `acme`, with what a maintainer and its editor get. What
/// removes comes last.
fn of_acme(key: &str) -> Vec<(&'static str, String, Option<Value>, u16, u16)> {
    let acme = "/workspaces/acme".to_owned();
    let first = format!("{acme}/instances/ConfluenceNext");
    let agent = json!({ "agent": "agent-1" });
    let user = json!({ "user": "ada" });
    let label = json!({ "kind": "platform", "label": "new" });
    vec![
        ("GET", acme.clone(), None, 200, 200),
        ("GET", format!("{acme}/instances"), None, 200, 200),
        ("POST", format!("{acme}/instances"), Some(json!({ "name": "Second" })), 201, 201),
        ("GET", first.clone(), None, 200, 200),
        ("GET", format!("{first}/auth"), None, 200, 200),
        ("PUT", format!("{first}/auth"), Some(json!({ "mode": "oauthCentral" })), 200, 200),
        ("GET", format!("{first}/policies"), None, 200, 200),
        ("PUT", format!("{first}/policies"), Some(json!({})), 200, 200),
        ("GET", format!("{first}/agents"), None, 200, 200),
        ("POST", format!("{first}/agents/allow-all"), Some(json!({ "allowed": false })), 200, 200),
        ("POST", format!("{first}/agents/allow"), Some(agent.clone()), 200, 200),
        ("POST", format!("{first}/agents/revoke"), Some(agent), 200, 200),
        ("GET", format!("{acme}/connections"), None, 200, 200),
        ("POST", format!("{first}/connections/revoke"), Some(user.clone()), 204, 204),
        ("POST", format!("{acme}/users/remove"), Some(user), 200, 200),
        ("GET", "/audit?workspace=acme".to_owned(), None, 200, 200),
        ("GET", format!("{acme}/keys"), None, 200, 403),
        ("POST", format!("{acme}/keys"), Some(label), 201, 403),
        ("POST", format!("{acme}/keys/{key}/rotate"), Some(json!({})), 201, 403),
        ("DELETE", format!("{acme}/keys/{key}"), None, 204, 403),
        ("DELETE", format!("{acme}/instances/Second"), None, 204, 204),
        ("DELETE", acme, None, 204, 403),
    ]
}

/// What belongs to no workspace, with what a maintainer gets.
fn of_deployment(key: &str) -> Vec<(&'static str, String, Option<Value>, u16)> {
    let client = json!({ "clientId": "id", "clientSecret": "planted-secret" });
    let label = json!({ "kind": "maintainer", "label": "new" });
    vec![
        ("POST", "/workspaces".to_owned(), Some(json!({ "slug": "third" })), 201),
        ("GET", "/keys".to_owned(), None, 200),
        ("POST", "/keys".to_owned(), Some(label), 201),
        ("POST", format!("/keys/{key}/rotate"), Some(json!({})), 201),
        ("DELETE", format!("/keys/{key}"), None, 204),
        ("GET", "/central-client".to_owned(), None, 200),
        ("PUT", "/central-client".to_owned(), Some(client), 204),
    ]
}

/// What tells whether anything of `acme` was changed.
async fn state(admin: &Admin) -> Vec<Value> {
    let mut state = Vec::new();
    for path in ["", "/instances/ConfluenceNext", "/connections", "/keys"] {
        state.push(admin.get(&format!("/workspaces/acme{path}")).await);
    }
    for path in ["/workspaces", "/keys", "/central-client"] {
        state.push(admin.get(path).await);
    }
    state
}

#[tokio::test]
async fn keys_that_administer_nothing_are_no_keys_here() {
    let admin = Admin::start().await;
    admin.connect("acme", "ada").await;
    let acme = || "acme".parse().unwrap();
    let api: BaseUrl = "http://127.0.0.1:1".parse().unwrap();
    let personal = KeyKind::Personal {
        instance: instance("acme"),
        user: "ada".parse().unwrap(),
        agent: "agent-1".parse().unwrap(),
    };
    let mut keys = vec!["cnx_guessed".to_owned(), String::new()];
    for kind in [
        KeyKind::Platform { workspace: acme() },
        personal,
        KeyKind::Instruction { workspace: acme() },
        KeyKind::Deployment { api },
    ] {
        keys.push(admin.rig().key(kind).await.1);
    }
    let victim = admin.rig().key(KeyKind::Platform { workspace: acme() }).await.0.id;
    let own = admin.rig().key(KeyKind::Maintainer).await.0.id;
    let before = state(&admin).await;
    let all = of_acme(victim.as_str()).into_iter().map(|it| (it.0, it.1, it.2));
    let all = all.chain(of_deployment(own.as_str()).into_iter().map(|it| (it.0, it.1, it.2)));
    let nowhere = [
        ("GET", "/workspaces/nowhere".to_owned(), None),
        ("GET", "/workspaces/No%20Slug".to_owned(), None),
        ("GET", "/whoami".to_owned(), None),
    ];
    for (method, path, body) in all.chain(nowhere) {
        for key in &keys {
            let answer = admin.ask(key, method, &path, body.as_ref()).await;
            let (status, code, text) = told(&answer);
            assert_eq!((status, code.as_str()), (401, "unauthorized"), "{method} {path}: {text}");
            let challenge = answer.header("www-authenticate").unwrap();
            assert!(challenge.contains("invalid_token"), "{challenge}");
            assert!(key.is_empty() || !answer.body.contains(key), "{}", answer.body);
        }
        let mut none = admin.server.request(method, &format!("/admin/v1{path}"));
        none.body = body.map(|it| it.to_string().into_bytes()).unwrap_or_default();
        let answer = none.header("content-type", "application/json").send().await;
        assert_eq!(answer.status, 401, "{method} {path}");
        let challenge = answer.header("www-authenticate").unwrap();
        assert_eq!(challenge, "Bearer realm=\"confluence-next-admin\"");
    }
    assert_eq!(state(&admin).await, before);
}

#[tokio::test]
async fn an_editor_of_another_workspace_finds_nothing_and_changes_nothing() {
    let admin = Admin::start().await;
    admin.connect("acme", "ada").await;
    let acme = "acme".parse().unwrap();
    let victim = admin.rig().key(KeyKind::Platform { workspace: acme }).await.0.id;
    let own = admin.rig().key(KeyKind::Maintainer).await.0.id;
    let editor = admin.editor("other").await;
    let before = state(&admin).await;
    for (method, path, body, ..) in of_acme(victim.as_str()) {
        let answer = admin.ask(&editor, method, &path, body.as_ref()).await;
        let (status, code, text) = told(&answer);
        assert_eq!((status, code.as_str()), (404, "not_found"), "{method} {path}: {text}");
        // As for one that is not there.
        let nowhere = path.replace("acme", "nowhere");
        let same = admin.ask(&editor, method, &nowhere, body.as_ref()).await;
        assert_eq!((same.status, same.body), (answer.status, answer.body), "{method} {nowhere}");
    }
    for (method, path, body, _) in of_deployment(own.as_str()) {
        let (status, code, _) = told(&admin.ask(&editor, method, &path, body.as_ref()).await);
        assert_eq!((status, code.as_str()), (403, "maintainers_only"), "{method} {path}");
    }
    assert_eq!(state(&admin).await, before);
}

#[tokio::test]
async fn an_editor_looks_after_its_own_workspace_but_not_its_keys() {
    let admin = Admin::start().await;
    admin.connect("acme", "ada").await;
    let acme = "acme".parse().unwrap();
    let key = admin.rig().key(KeyKind::Platform { workspace: acme }).await.0.id;
    let editor = admin.editor("acme").await;
    for (method, path, body, _, expected) in of_acme(key.as_str()) {
        let answer = admin.ask(&editor, method, &path, body.as_ref()).await;
        assert_eq!(answer.status, expected, "{method} {path}: {}", answer.body);
    }
    let who = admin.ask(&editor, "GET", "/whoami", None).await.json();
    assert_eq!((&who["role"], &who["workspace"]), (&json!("editor"), &json!("acme")));
    let list = admin.ask(&editor, "GET", "/workspaces", None).await.json();
    assert_eq!(list["items"].as_array().unwrap().len(), 1, "{list}");
    assert_eq!(list["items"][0]["slug"], "acme");
    let after = admin.ask(&editor, "GET", "/workspaces?cursor=acme", None).await.json();
    assert_eq!(after, json!({ "items": [], "next": null }));
}

#[tokio::test]
async fn a_maintainer_may_do_everything() {
    let admin = Admin::start().await;
    admin.connect("acme", "ada").await;
    let acme = "acme".parse().unwrap();
    let key = admin.rig().key(KeyKind::Platform { workspace: acme }).await.0.id;
    let own = admin.rig().key(KeyKind::Maintainer).await.0.id;
    for (method, path, body, expected, _) in of_acme(key.as_str()) {
        let answer = admin.ask(&admin.maintainer, method, &path, body.as_ref()).await;
        assert_eq!(answer.status, expected, "{method} {path}: {}", answer.body);
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{method} {path}");
    }
    for (method, path, body, expected) in of_deployment(own.as_str()) {
        let answer = admin.ask(&admin.maintainer, method, &path, body.as_ref()).await;
        assert_eq!(answer.status, expected, "{method} {path}: {}", answer.body);
        assert!(!answer.body.contains("planted"), "{}", answer.body);
    }
    assert_eq!(admin.get("/whoami").await["role"], "maintainer");
}

#[tokio::test]
async fn an_ended_key_opens_nothing() {
    let admin = Admin::start().await;
    let (key, secret) = admin.rig().key(KeyKind::Maintainer).await;
    assert_eq!(admin.ask(&secret, "GET", "/whoami", None).await.status, 200);
    admin.send("DELETE", &format!("/keys/{}", key.id), Value::Null).await;
    assert_eq!(admin.ask(&secret, "GET", "/whoami", None).await.status, 401);
}
