//! `agents`.

use serde_json::json;

use super::served::Served;

#[test]
fn agents_are_let_in_and_kept_out() {
    let served = Served::start();
    served.output(&["workspace", "create", "acme"]);
    served.change(|store| async move {
        use confluence_connector::{InstanceKey, InstanceName, SeenAgent, SeenAgents};
        let instance =
            InstanceKey { workspace: "acme".parse().unwrap(), name: InstanceName::default() };
        let last_seen = "2026-11-20T10:00:00Z".parse().unwrap();
        let agent = "agent-3".parse().unwrap();
        let seen = SeenAgent { agent, last_seen, allowed: false };
        SeenAgents::record(&store, &[(instance, seen)]).await.unwrap();
    });
    let session = served.session(&[
        &["agents", "allow", "acme", "agent-1", "agent-2"][..],
        &["agents", "list", "acme"],
        &["agents", "revoke", "acme", "agent-2"],
        &["agents", "allow-all", "acme"],
        &["agents", "allow-all", "acme", "--off"],
        &["agents", "list", "acme"],
    ]);
    insta::assert_snapshot!(session);
    served.output(&["agents", "allow-all", "acme"]);
    let list = served.run(&["agents", "list", "acme"]);
    assert_eq!(list.stderr, "all agents may call, listed or not\n");
}

#[test]
fn scripts_get_json() {
    let served = Served::start();
    served.output(&["workspace", "create", "acme"]);
    let now = served.json(&["agents", "allow", "acme", "..", "a/b"]);
    assert_eq!(now, [json!({ "everyone": false, "listed": 2 })]);
    let list = served.json(&["agents", "list", "acme"]);
    let agent = |id: &str| json!({ "agent": id, "allowed": true, "lastSeen": null });
    assert_eq!(list, [agent(".."), agent("a/b")]);
}

#[test]
fn what_cannot_be_is_told_with_an_exit_code() {
    let served = Served::start();
    served.output(&["workspace", "create", "acme"]);
    served.fails(&["agents", "allow", "acme", "a b"], 2, "is not an agent id");
    served.fails(&["agents", "allow", "acme"], 2, "<AGENT>");
    served.fails(&["agents", "list", "nowhere"], 4, "there is no such instance");
    served.fails(&["agents", "allow", "acme", "a", "--instance", "No"], 4, "no such instance");
    served.fails(&["agents", "allow", "acme", "a", "--instance", "../x"], 2, "an instance name");
    served.output(&["agents", "allow-all", "acme"]);
    served.fails(&["agents", "revoke", "acme", "a"], 5, "every agent may call here");
}
