//! Agents: who may call, and who has.

use serde_json::{Value, json};

use super::Admin;

const AGENTS: &str = "/workspaces/acme/instances/ConfluenceNext/agents";

async fn change(admin: &Admin, what: &str, body: Value) -> Value {
    admin.send("POST", &format!("{AGENTS}/{what}"), body).await
}

#[tokio::test]
async fn agents_are_let_in_one_by_one() {
    let admin = Admin::start().await;
    admin.see("acme", "agent-2").await;
    // Any id that can be printed, whatever it would mean in an address.
    let ids = ["..", "a/b?c#d", "agent-1", "agent-2", "%2e%2e"];
    change(&admin, "allow-all", json!({ "allowed": false })).await;
    for (count, id) in ids.into_iter().enumerate() {
        let now = change(&admin, "allow", json!({ "agent": id })).await;
        assert_eq!(now, json!({ "everyone": false, "listed": count + 1 }));
    }
    let list = admin.get(AGENTS).await;
    let rows = list["items"].as_array().unwrap();
    let mut expected: Vec<&str> = ids.to_vec();
    expected.sort_unstable();
    let names: Vec<_> = rows.iter().map(|it| it["agent"].as_str().unwrap()).collect();
    assert_eq!(names, expected);
    assert_eq!(rows.last().unwrap()["lastSeen"], "2026-11-20T10:00:00Z");
    assert!(rows.iter().all(|it| it["allowed"] == true), "{list}");
    // Pages join to the whole, also at an id that an address has to escape.
    let mut joined = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = admin.get(&format!("{AGENTS}?limit=2&cursor={cursor}")).await;
        let rows = page["items"].as_array().unwrap();
        joined.extend(rows.iter().map(|it| it["agent"].as_str().unwrap().to_owned()));
        let Some(next) = page["next"].as_str() else { break };
        cursor = url::form_urlencoded::byte_serialize(next.as_bytes()).collect();
    }
    assert_eq!(joined, expected);
    let now = change(&admin, "revoke", json!({ "agent": "agent-2" })).await;
    assert_eq!(now["listed"], 4);
    let list = admin.get(AGENTS).await;
    let seen = &list["items"].as_array().unwrap()[4];
    assert_eq!((&seen["agent"], &seen["allowed"]), (&json!("agent-2"), &json!(false)));
}

#[tokio::test]
async fn while_all_agents_may_call_none_can_be_kept_out() {
    let admin = Admin::start().await;
    admin.see("acme", "agent-1").await;
    let list = admin.get(AGENTS).await;
    assert_eq!((&list["everyone"], &list["items"][0]["allowed"]), (&json!(true), &json!(true)));
    let body = json!({ "agent": "agent-1" });
    let told = admin.refused("POST", &format!("{AGENTS}/revoke"), Some(&body)).await;
    assert_eq!((told.0, told.1.as_str()), (409, "all_agents_allowed"));
    let now = change(&admin, "allow-all", json!({ "allowed": false })).await;
    assert_eq!(now, json!({ "everyone": false, "listed": 0 }));
    change(&admin, "allow", json!({ "agent": "agent-9" })).await;
    // A list is not lost when there is nothing to end.
    let now = change(&admin, "allow-all", json!({ "allowed": false })).await;
    assert_eq!(now, json!({ "everyone": false, "listed": 1 }));
}

#[tokio::test]
async fn what_is_no_agent_is_told() {
    let admin = Admin::start().await;
    for agent in [json!("a b"), json!(""), json!(5), json!("x".repeat(257))] {
        let body = json!({ "agent": agent });
        let told = admin.refused("POST", &format!("{AGENTS}/allow"), Some(&body)).await;
        assert_eq!((told.0, told.1.as_str()), (400, "invalid"), "{body}");
        assert!(told.2.starts_with("`agent`: expected "), "{}", told.2);
    }
    let elsewhere = "/workspaces/acme/instances/Second/agents/allow";
    let body = json!({ "agent": "agent-1" });
    assert_eq!(admin.refused("POST", elsewhere, Some(&body)).await.0, 404);
}
