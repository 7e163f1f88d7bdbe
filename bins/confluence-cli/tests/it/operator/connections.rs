//! `connections`.

use confluence_auth::{
    connection::{Account, ConnectedSite, Connection, ConnectionKey, Grant, client_fingerprint},
    scopes::Scopes,
    store::{ConnectionStore, Precondition},
};
use confluence_connector::{Instance, InstanceKey, InstanceName, InstanceStore};
use confluence_connector::{Workspace, WorkspaceStore};
use jiff::Timestamp;
use serde_json::json;

use super::served::{Database, Served};

/// A server with workspace `acme`, where users are connected to two instances.
fn connected() -> Served {
    let database = Database::new();
    let store = database.store.clone();
    database.fill(async move {
        let now: Timestamp = "2026-11-20T10:00:00Z".parse().unwrap();
        let slug: confluence_connector::WorkspaceSlug = "acme".parse().unwrap();
        let key = |name: &str| InstanceKey {
            workspace: "acme".parse().unwrap(),
            name: name.parse().unwrap(),
        };
        let default = InstanceName::default();
        let workspace = Workspace { slug, name: "Acme".to_owned(), created_at: now };
        let first = Instance::new(key(default.as_str()));
        WorkspaceStore::create(&store, &workspace, &first).await.unwrap();
        InstanceStore::save(&store, &Instance::new(key("Second")), None).await.unwrap();
        for (instance, user) in [
            ("ConfluenceNext", "ada"),
            ("ConfluenceNext", "bob"),
            ("Second", "ada"),
            ("Second", "eve/../x"),
        ] {
            let connection = Connection {
                grant: Grant {
                    access_token: "planted-access".to_owned().into(),
                    refresh_token: Some("planted-refresh".to_owned().into()),
                    expires_at: now,
                    scopes: vec!["read:page:confluence".to_owned()],
                },
                client: client_fingerprint("central", &Scopes::all()),
                site: ConnectedSite {
                    cloud_id: "11111111-2222-3333-4444-555555555555".parse().unwrap(),
                    url: "https://example.atlassian.net".parse().unwrap(),
                    name: "example".to_owned(),
                },
                other_sites: Vec::new(),
                account: Some(Account { id: "1".to_owned(), name: format!("{user}\u{1b}[31m") }),
                agent: None,
                connected_at: now,
                refreshed_at: now,
                after_rejection: false,
            };
            let key = ConnectionKey {
                workspace: "acme".parse().unwrap(),
                instance: instance.parse().unwrap(),
                user: user.parse().unwrap(),
            };
            ConnectionStore::replace(&store, &key, Precondition::Any, &connection).await.unwrap();
        }
    });
    database.serve()
}

fn users(served: &Served) -> Vec<String> {
    let list = served.json(&["connections", "list", "acme"]);
    let user = |it: &serde_json::Value| {
        format!("{}/{}", it["instance"].as_str().unwrap(), it["user"].as_str().unwrap())
    };
    list.iter().map(user).collect()
}

#[test]
fn connections_are_listed_and_revoked() {
    let served = connected();
    let session = served.session(&[
        &["connections", "list", "acme"][..],
        &["connections", "revoke", "acme", "ada", "--yes"],
        &["connections", "revoke", "acme", "eve/../x", "--instance", "Second", "-y"],
        &["connections", "list", "acme"],
    ]);
    assert!(!session.contains("planted"), "{session}");
    assert!(!session.contains('\u{1b}'), "{session}");
    insta::assert_snapshot!(session);
    served.fails(&["connections", "revoke", "acme", "ada", "-y"], 4, "no such connection");
    served.fails(&["connections", "revoke", "acme", "bob"], 2, "give --yes to go on");
    served.fails(&["connections", "list", "nowhere"], 4, "there is no such workspace");
    assert_eq!(users(&served), ["ConfluenceNext/bob", "Second/ada"]);
}

#[test]
fn a_user_who_leaves_has_nothing_left() {
    let served = connected();
    let issue = ["keys", "issue", "personal", "-w", "acme", "--label", "of ada", "--user"];
    let (_, key) = served.new_key(&[&issue[..], &["ada", "--agent", "agent-1"]].concat());
    served.new_key(&[&issue[..], &["bob", "--agent", "agent-1"]].concat());
    let revoke = ["connections", "revoke", "acme", "ada", "--offboard"];
    served.fails(&revoke, 2, "give --yes to go on");
    served.fails(&[&revoke[..], &["--instance", "Second"]].concat(), 2, "cannot be used with");
    let removed = served.json(&[&revoke[..], &["-y"]].concat());
    assert_eq!(removed, [json!({ "connections": 2 })]);
    assert_eq!(users(&served), ["ConfluenceNext/bob", "Second/eve/../x"]);
    let keys = served.json(&["keys", "list", "-w", "acme"]);
    assert_eq!(keys.len(), 1);
    assert_eq!(keys[0]["user"], "bob");
    assert!(!served.run(&["keys", "list", "-w", "acme"]).stdout.contains(&key));
}
