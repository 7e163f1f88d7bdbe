//! Many workspaces on one deployment: whose key opens what, and that nothing crosses.

use confluence_auth::BaseUrl;
use confluence_connector::{Allowlist, KeyKind, Limits, Policy};
use confluence_server::HttpOptions;
use serde_json::{Value, json};

use crate::{
    rig::{Rig, instance, shared_account},
    support::{Answer, Request, Server, confluence, request, text},
};

const ACME: &str = "/workspaces/slug:acme/webhooks/ConfluenceNext.mcp";
const OTHER: &str = "/workspaces/slug:other/webhooks/ConfluenceNext.mcp";
const CORE: &str = "/workspaces/slug:confluence-next/webhooks/mcp";

/// Workspaces `acme` and `other` with the sandbox's account, open to every agent.
async fn two(sandbox: &confluence_sandbox::Sandbox) -> Rig {
    let rig = Rig::new(sandbox).await;
    for workspace in ["acme", "other"] {
        rig.workspace(workspace, shared_account(sandbox), "*").await;
    }
    rig
}

/// Only workspaces, for which everybody needs a key.
fn workspaces() -> HttpOptions {
    HttpOptions { single_user: false, ..HttpOptions::default() }
}

fn call(server: &Server, path: &str, key: &str, arguments: Value) -> Request {
    let call = json!({ "name": "spaces", "arguments": arguments });
    let request = server.post(request("tools/call", call)).to(path);
    request.header("authorization", &format!("Bearer {key}"))
}

fn list(server: &Server, path: &str) -> Request {
    server.post(request("tools/list", json!({}))).to(path)
}

async fn listed(request: Request) -> Vec<String> {
    let answer = request.send().await.json();
    let tools = answer["result"]["tools"].as_array().unwrap();
    let actions = |tool: &Value| {
        let name = tool["name"].as_str().unwrap();
        let actions = tool["inputSchema"]["properties"]["action"]["enum"].as_array().unwrap();
        let actions = actions.iter().map(|it| format!("{name}.{}", it.as_str().unwrap()));
        actions.collect::<Vec<_>>()
    };
    tools.iter().flat_map(actions).collect()
}

#[track_caller]
fn succeeded(answer: &Answer) {
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.json()["result"]["isError"], false, "{}", answer.body);
}

#[tokio::test]
async fn without_a_key_no_workspace_opens_whether_it_is_there_or_not() {
    let sandbox = confluence().await;
    let server = Server::of(two(&sandbox).await, workspaces()).await;
    let unknown = "/workspaces/slug:nowhere/webhooks/ConfluenceNext.mcp";
    for path in [ACME, OTHER, CORE, unknown, "/mcp"] {
        let answer = list(&server, path).send().await;
        assert_eq!(answer.status, 401, "{path}");
        assert_eq!(answer.header("www-authenticate"), Some("Bearer realm=\"confluence-next-mcp\""));
        let guessed = list(&server, path).header("authorization", "Bearer cnx_guessed");
        let answer = guessed.send().await;
        assert_eq!(answer.status, 401, "{path}");
        assert!(answer.header("www-authenticate").unwrap().ends_with("error=\"invalid_token\""));
        assert!(!answer.body.contains("cnx_guessed"));
    }
    assert_eq!(sandbox.request_count(), 0);
}

#[tokio::test]
async fn a_key_opens_its_own_workspace_and_nothing_else() {
    let sandbox = confluence().await;
    let rig = two(&sandbox).await;
    rig.workspace("confluence-next", shared_account(&sandbox), "*").await;
    let acme = || "acme".parse().unwrap();
    let api: BaseUrl = "http://127.0.0.1:1".parse().unwrap();
    let (user, agent) = ("ada".parse().unwrap(), "agent-1".parse().unwrap());
    let personal = KeyKind::Personal { instance: instance("acme"), user, agent };
    let kinds = [
        (KeyKind::Platform { workspace: acme() }, true),
        (personal, true),
        (KeyKind::Instruction { workspace: acme() }, false),
        (KeyKind::Editor { workspace: acme() }, false),
        (KeyKind::Maintainer, false),
        (KeyKind::Deployment { api }, false),
    ];
    let mut keys = Vec::new();
    for (kind, opens) in kinds {
        let name = format!("{kind:?}");
        keys.push((rig.key(kind).await.1, opens, name));
    }
    let server = Server::of(rig, workspaces()).await;
    for (key, opens, kind) in &keys {
        let own = call(&server, ACME, key, json!({ "action": "list" })).send().await;
        assert_eq!(own.status == 200, *opens, "{kind}: {}", own.body);
        for path in [OTHER, CORE, "/mcp"] {
            let answer = call(&server, path, key, json!({ "action": "list" })).send().await;
            assert_eq!(answer.status, 401, "{kind} {path}: {}", answer.body);
        }
    }
}

#[tokio::test]
async fn an_instance_that_is_not_there_is_told_only_to_its_workspace() {
    let sandbox = confluence().await;
    let rig = two(&sandbox).await;
    let key = rig.platform("acme").await;
    let server = Server::of(rig, workspaces()).await;
    let second = ACME.replace("ConfluenceNext", "Second");
    let answer = call(&server, &second, &key, json!({ "action": "list" })).send().await;
    assert_eq!(answer.status, 404, "{}", answer.body);
    let others = OTHER.replace("ConfluenceNext", "Second");
    let answer = call(&server, &others, &key, json!({ "action": "list" })).send().await;
    assert_eq!(answer.status, 401, "{}", answer.body);
}

#[tokio::test]
async fn the_key_of_the_configuration_opens_only_the_single_users_workspace() {
    let sandbox = confluence().await;
    let rig = two(&sandbox).await;
    rig.workspace("default", shared_account(&sandbox), "*").await;
    let issued = rig.platform("default").await;
    let others = rig.platform("acme").await;
    let options = HttpOptions {
        workspace_key: Some("k3y-of-the-workspace".into()),
        ..HttpOptions::default()
    };
    let server = Server::of(rig, options).await;
    let arguments = || json!({ "action": "list" });
    for key in ["k3y-of-the-workspace", &issued] {
        succeeded(&call(&server, "/mcp", key, arguments()).send().await);
    }
    for (path, key) in
        [(ACME, "k3y-of-the-workspace"), (CORE, "k3y-of-the-workspace"), ("/mcp", others.as_str())]
    {
        assert_eq!(call(&server, path, key, arguments()).send().await.status, 401, "{path}");
    }
}

#[tokio::test]
async fn loopback_opens_only_the_single_users_workspace() {
    let sandbox = confluence().await;
    let rig = two(&sandbox).await;
    rig.workspace("default", shared_account(&sandbox), "*").await;
    let server = Server::of(rig, HttpOptions::default()).await;
    assert_eq!(list(&server, "/mcp").send().await.status, 200);
    assert_eq!(list(&server, ACME).send().await.status, 401);
    assert_eq!(list(&server, CORE).send().await.status, 401);
    // A key that is shown has to be one, also where none is needed.
    let guessed = list(&server, "/mcp").header("authorization", "Bearer guessed");
    assert_eq!(guessed.send().await.status, 401);
}

#[tokio::test]
async fn a_revoked_key_opens_nothing() {
    let sandbox = confluence().await;
    let rig = two(&sandbox).await;
    let (key, secret) = rig.key(KeyKind::Platform { workspace: "acme".parse().unwrap() }).await;
    let server = Server::of(rig, workspaces()).await;
    succeeded(&call(&server, ACME, &secret, json!({ "action": "list" })).send().await);
    let workspace = "acme".parse().unwrap();
    let keyring = &server.rig().deployment.keyring;
    let now = jiff::Timestamp::now();
    assert!(keyring.revoke(Some(&workspace), &key.id, now).await.unwrap());
    let answer = call(&server, ACME, &secret, json!({ "action": "list" })).send().await;
    assert_eq!(answer.status, 401);
}

#[tokio::test]
async fn lists_and_policies_of_one_workspace_do_not_hold_in_another() {
    let sandbox = confluence().await;
    let rig = two(&sandbox).await;
    rig.change("other", |it| {
        it.allowlist = Allowlist::parse("agent-2").unwrap();
        it.policies.everyone = Policy { read_only: true, ..Policy::default() };
    })
    .await;
    let (acme, other) = (rig.platform("acme").await, rig.platform("other").await);
    let server = Server::of(rig, workspaces()).await;
    let who = json!({ "action": "list", "agent_id": "agent-1", "user_id": "ada" });
    succeeded(&call(&server, ACME, &acme, who.clone()).send().await);
    let before = sandbox.request_count();
    let answer = call(&server, OTHER, &other, who).send().await.json();
    assert!(
        text(&answer["result"]).starts_with("This agent is not authorized to use this connector.")
    );
    assert_eq!(sandbox.request_count(), before);
    let bearer = |key: &str| format!("Bearer {key}");
    let own = listed(list(&server, ACME).header("authorization", &bearer(&acme))).await;
    assert!(own.contains(&"pages.delete".to_owned()), "{own:?}");
    let others = listed(list(&server, OTHER).header("authorization", &bearer(&other))).await;
    assert!(!others.contains(&"pages.delete".to_owned()), "{others:?}");
}

#[tokio::test]
async fn headers_make_the_list_and_the_calls_narrower() {
    let sandbox = confluence().await;
    let rig = two(&sandbox).await;
    rig.change("acme", |it| {
        let actions =
            Limits { denied: ["deletePage".parse().unwrap()].into(), ..Limits::default() };
        it.policies.everyone = Policy { actions, ..Policy::default() };
    })
    .await;
    let key = rig.platform("acme").await;
    let server = Server::of(rig, workspaces()).await;
    let list = || list(&server, ACME).header("authorization", &format!("Bearer {key}"));
    let read_only = listed(list().header("x-confluence-read-only", "true")).await;
    assert!(read_only.iter().all(|it| !it.ends_with("create")), "{read_only:?}");
    let some = listed(list().header("x-confluence-tools", "pages.get, pages.delete")).await;
    assert_eq!(some, ["pages.get"], "what the workspace denies, a header does not open");
    let delete = json!({ "name": "pages", "arguments": { "action": "delete", "id": "1" } });
    let delete = server.post(request("tools/call", delete)).to(ACME);
    let delete = delete
        .header("authorization", &format!("Bearer {key}"))
        .header("x-confluence-tools", "pages");
    let answer = delete.send().await.json();
    assert!(text(&answer["result"]).starts_with("deletePage is not available"), "{answer}");
    assert_eq!(sandbox.request_count(), 0);
}

#[tokio::test]
async fn a_personal_key_speaks_for_its_user_and_agent_alone() {
    let sandbox = confluence().await;
    let rig = two(&sandbox).await;
    let key = rig.personal("acme", "ada", "agent-1").await;
    let server = Server::of(rig, workspaces()).await;
    for (name, value) in [("user_id", "eve"), ("agent_id", "agent-2")] {
        let mut arguments = json!({ "action": "list" });
        arguments[name] = json!(value);
        let answer = call(&server, ACME, &key, arguments).send().await.json();
        let what = name.trim_end_matches("_id");
        assert_eq!(
            text(&answer["result"]),
            format!(
                "This call names another {what} than its key belongs to, so it is refused. Leave `{name}` out of the arguments: the key says who calls."
            )
        );
        assert_eq!(answer["result"]["isError"], true);
    }
    let other = call(&server, ACME, &key, json!({ "action": "list" })).header("agent-id", "x");
    assert_eq!(other.send().await.json()["result"]["isError"], true);
    assert_eq!(sandbox.request_count(), 0);
    let own = json!({ "action": "list", "user_id": "ada", "agent_id": "agent-1" });
    succeeded(&call(&server, ACME, &key, own).send().await);
    let records = server.into_rig().await.audit().await;
    let outcomes: Vec<_> = records.iter().map(|it| it.outcome.as_str()).collect();
    assert_eq!(outcomes, ["other_identity", "other_identity", "other_identity", "ok"]);
    for record in records {
        assert_eq!(record.user.unwrap().as_str(), "ada", "the key says who it was");
        assert_eq!(record.agent.unwrap().as_str(), "agent-1");
        assert_eq!(record.operation.as_deref(), Some("listSpaces"));
    }
}

#[tokio::test]
async fn every_call_is_in_the_audit_once_the_server_has_stopped() {
    let sandbox = confluence().await;
    let rig = two(&sandbox).await;
    let (acme, other) = (rig.platform("acme").await, rig.platform("other").await);
    let server = Server::of(rig, workspaces()).await;
    for (path, key, id) in [(ACME, &acme, "1"), (OTHER, &other, "2")] {
        let arguments = json!({ "action": "get", "id": id, "agent_id": "a", "user_id": "ada" });
        assert_eq!(call(&server, path, key, arguments).send().await.status, 200);
    }
    let records = server.into_rig().await.audit().await;
    let seen: Vec<_> = records
        .iter()
        .map(|it| (it.workspace.as_str(), it.operation.as_deref(), it.target.as_deref()))
        .collect();
    assert_eq!(
        seen,
        [("acme", Some("getSpace"), Some("1")), ("other", Some("getSpace"), Some("2"))]
    );
}

#[tokio::test]
async fn a_store_that_does_not_answer_is_told_apart_from_a_wrong_key() {
    let sandbox = confluence().await;
    let rig = two(&sandbox).await;
    let key = rig.platform("acme").await;
    let server = Server::of(rig, workspaces()).await;
    server.rig().store.close().await;
    let answer = call(&server, ACME, &key, json!({ "action": "list" })).send().await;
    assert_eq!(answer.status, 503, "{}", answer.body);
    let ready = server.request("GET", "/readyz").send().await;
    assert_eq!((ready.status, ready.json()), (503, json!({ "ready": false })));
    assert_eq!(server.request("GET", "/healthz").send().await.status, 200);
}

#[tokio::test]
async fn requests_have_names() {
    let server = Server::alone().await;
    let answer = list(&server, "/mcp").header("x-request-id", "trace-1").send().await;
    assert_eq!(answer.header("x-request-id"), Some("trace-1"));
    let one = list(&server, "/mcp").send().await;
    let two = list(&server, "/nowhere").header("x-request-id", "<script>").send().await;
    let (one, two) = (one.header("x-request-id").unwrap(), two.header("x-request-id").unwrap());
    assert!(one.len() == 32 && two.len() == 32 && one != two, "{one} {two}");
}
