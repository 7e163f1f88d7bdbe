//! Workspaces, and what goes with them.

use confluence_auth::store::Precondition;
use confluence_connector::{Instance, KeyKind, SeenAgent};

use super::{Ports, begin_session, instance_key, key, now, platform_key, workspace};
use crate::suite::sign_ins::pending;
use crate::suite::{connection, key_in};

pub(super) async fn all(ports: &Ports) {
    a_workspace_comes_with_its_first_instance(ports).await;
    they_are_listed_by_slug(ports).await;
    what_belongs_to_it_goes_with_it(ports).await;
}

async fn a_workspace_comes_with_its_first_instance(ports: &Ports) {
    let made = workspace("made");
    let first = instance_key("made", "First");
    assert!(ports.workspaces.load(&made.slug).await.unwrap().is_none());
    assert!(ports.workspaces.create(&made, &Instance::new(first.clone())).await.unwrap());
    assert_eq!(ports.workspaces.load(&made.slug).await.unwrap().unwrap(), made);
    assert_eq!(ports.instances.load(&first).await.unwrap().unwrap().value.key, first);

    let again = Instance::new(instance_key("made", "Another"));
    assert!(!ports.workspaces.create(&made, &again).await.unwrap());
    assert!(ports.instances.load(&again.key).await.unwrap().is_none(), "both or neither");
    assert!(ports.workspaces.delete(&made.slug).await.unwrap());
    assert!(!ports.workspaces.delete(&made.slug).await.unwrap());
}

async fn they_are_listed_by_slug(ports: &Ports) {
    // Byte by byte: `-` before digits, digits before letters, whatever the language.
    let slugs = ["a-z", "a0", "aa", "b"];
    for slug in ["b", "aa", "a-z", "a0"] {
        ports.workspace(slug).await;
    }
    let list = async |after: Option<&str>, limit| -> Vec<String> {
        let after = after.map(|it| it.parse().unwrap());
        let listed = ports.workspaces.list(after.as_ref(), limit).await.unwrap();
        listed.into_iter().map(|it| it.slug.to_string()).collect()
    };
    assert_eq!(list(None, 10).await, slugs);
    assert_eq!(list(None, 2).await, slugs[..2]);
    assert_eq!(list(Some("a0"), 10).await, slugs[2..]);
    assert_eq!(list(Some("c"), 10).await, [""; 0]);
    assert_eq!(list(None, 0).await, [""; 0]);
}

async fn what_belongs_to_it_goes_with_it(ports: &Ports) {
    let doomed = ports.workspace("doomed").await;
    let other = ports.workspace("other").await;
    let mut remains = Vec::new();
    for instance in [&doomed, &other] {
        let slug = instance.workspace.as_str();
        let connected = key_in(slug, "First", "ada");
        let pending = pending(slug, connected.clone());
        let made = connection(slug);
        ports.connections.replace(&connected, Precondition::Any, &made).await.unwrap();
        ports.sign_ins.begin(&pending).await.unwrap();
        let platform = platform_key(slug).key;
        let personal = key(KeyKind::Personal {
            instance: instance.clone(),
            user: "ada".parse().unwrap(),
            agent: "agent".parse().unwrap(),
        });
        for key in [&platform, &personal.key] {
            assert!(ports.keys.add(key).await.unwrap());
        }
        let session = begin_session(&*ports.sessions, &platform).await;
        let agent = SeenAgent { agent: "agent".parse().unwrap(), last_seen: now(), allowed: true };
        ports.seen.record(&[(instance.clone(), agent)]).await.unwrap();
        remains.push((instance, connected, pending, [platform.hash, personal.key.hash], session));
    }
    assert!(ports.workspaces.delete(&doomed.workspace).await.unwrap());
    // Made anew by somebody else, it starts empty.
    assert_eq!(ports.workspace("doomed").await, doomed);
    for (instance, connected, pending, keys, session) in remains {
        let stays = *instance == other;
        assert_eq!(ports.connections.load(&connected).await.unwrap().is_some(), stays);
        assert_eq!(ports.sign_ins.take(&pending.state).await.unwrap().is_some(), stays);
        for hash in keys {
            assert_eq!(ports.keys.find(&hash).await.unwrap().is_some(), stays);
        }
        let session = ports.sessions.find(&session.hash(), now()).await.unwrap();
        assert_eq!(session.is_some(), stays);
        assert_eq!(ports.seen.list(instance).await.unwrap().len(), usize::from(stays));
    }
}
