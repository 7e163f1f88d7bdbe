//! Who is connected, who has called, and who failed to sign in.

use confluence_auth::store::Precondition;
use confluence_connector::{ConnectionSummary, InstanceKey, KeyKind, MAX_SEEN_AGENTS, SeenAgent};
use jiff::ToSpan as _;

use super::{Ports, instance_key, key, now};
use crate::suite::sign_ins::pending;
use crate::suite::{connection, key_in};

pub(super) async fn all(ports: &Ports) {
    let instance = ports.workspace("people").await;
    let second = confluence_connector::Instance::new(instance_key("people", "Second"));
    ports.instances.save(&second, None).await.unwrap();
    ports.workspace("strangers").await;
    connections_are_listed_without_tokens(ports).await;
    a_removed_user_is_gone(ports, &instance).await;
    agents_are_remembered(ports, &instance).await;
    failures_are_counted(ports).await;
}

async fn connect(ports: &Ports, workspace: &str, instance: &str, user: &str) {
    let key = key_in(workspace, instance, user);
    ports.connections.replace(&key, Precondition::Any, &connection(user)).await.unwrap();
}

async fn connections_are_listed_without_tokens(ports: &Ports) {
    for (instance, user) in
        [("Second", "ada"), ("First", "bob"), ("First", "Zoe"), ("First", "ada")]
    {
        connect(ports, "people", instance, user).await;
    }
    connect(ports, "strangers", "First", "ada").await;
    let people = "people".parse().unwrap();
    let list = async |after: Option<(&str, &str)>, limit| -> Vec<String> {
        let after = after.map(|it| (it.0.parse().unwrap(), it.1.parse().unwrap()));
        let after = after.as_ref().map(|it| (&it.0, &it.1));
        let listed = ports.directory.list(&people, after, limit).await.unwrap();
        listed.iter().map(|it| format!("{} {}", it.key.instance, it.key.user)).collect()
    };
    let all = ["First Zoe", "First ada", "First bob", "Second ada"];
    assert_eq!(list(None, 10).await, all);
    assert_eq!(list(None, 1).await, all[..1]);
    assert_eq!(list(Some(("First", "ada")), 10).await, all[2..]);
    assert_eq!(list(Some(("Second", "ada")), 10).await, [""; 0]);

    let listed = ports.directory.list(&people, None, 1).await.unwrap();
    let expected = ConnectionSummary::of(key_in("people", "First", "Zoe"), connection("Zoe"));
    assert_eq!(listed, [expected]);
    assert_eq!(ports.directory.count(&instance_key("people", "First")).await.unwrap(), 3);
    assert_eq!(ports.directory.count(&instance_key("people", "None")).await.unwrap(), 0);
}

async fn a_removed_user_is_gone(ports: &Ports, instance: &InstanceKey) {
    let personal = |user: &str| {
        let (user, agent) = (user.parse().unwrap(), "agent".parse().unwrap());
        key(KeyKind::Personal { instance: instance.clone(), user, agent }).key
    };
    let (ada, bob) = (personal("ada"), personal("bob"));
    for key in [&ada, &bob] {
        assert!(ports.keys.add(key).await.unwrap());
    }
    let under_way = pending("under way", key_in("people", "Second", "ada"));
    ports.sign_ins.begin(&under_way).await.unwrap();

    let people = "people".parse().unwrap();
    let removed = ports.directory.remove_user(&people, &"ada".parse().unwrap()).await.unwrap();
    assert_eq!(removed, 2, "in both instances");
    assert!(ports.keys.find(&ada.hash).await.unwrap().is_none());
    assert!(ports.sign_ins.take(&under_way.state).await.unwrap().is_none());
    assert!(ports.keys.find(&bob.hash).await.unwrap().is_some());
    let bob = key_in("people", "First", "bob");
    assert!(ports.connections.load(&bob).await.unwrap().is_some());
    let stranger = key_in("strangers", "First", "ada");
    assert!(ports.connections.load(&stranger).await.unwrap().is_some(), "of another workspace");
    let removed = ports.directory.remove_user(&people, &"ada".parse().unwrap()).await.unwrap();
    assert_eq!(removed, 0);
}

async fn agents_are_remembered(ports: &Ports, instance: &InstanceKey) {
    let start = now();
    let seen = |agent: &str, minutes: i64, allowed| SeenAgent {
        agent: agent.parse().unwrap(),
        last_seen: start + minutes.minutes(),
        allowed,
    };
    let of = |it: SeenAgent| (instance.clone(), it);
    let nowhere = instance_key("people", "None");
    ports.seen.record(&[]).await.unwrap();
    ports
        .seen
        .record(&[
            of(seen("a", 1, false)),
            (nowhere.clone(), seen("a", 1, true)),
            of(seen("b", 2, true)),
        ])
        .await
        .unwrap();
    assert_eq!(ports.seen.list(instance).await.unwrap(), [seen("b", 2, true), seen("a", 1, false)]);
    assert!(ports.seen.list(&nowhere).await.unwrap().is_empty());

    ports.seen.record(&[of(seen("a", 3, true)), of(seen("b", 0, false))]).await.unwrap();
    let expected = [seen("a", 3, true), seen("b", 2, true)];
    assert_eq!(ports.seen.list(instance).await.unwrap(), expected, "time only moves forward");

    let many: Vec<_> = (0..MAX_SEEN_AGENTS)
        .map(|it| of(seen(&format!("many-{it}"), 10 + i64::try_from(it).unwrap(), true)))
        .collect();
    ports.seen.record(&many[..MAX_SEEN_AGENTS - 1]).await.unwrap();
    let listed = ports.seen.list(instance).await.unwrap();
    assert_eq!(listed.len(), MAX_SEEN_AGENTS);
    assert_eq!(listed.last(), Some(&seen("a", 3, true)), "the oldest made room");
    ports.seen.record(&many[MAX_SEEN_AGENTS - 1..]).await.unwrap();
    let listed = ports.seen.list(instance).await.unwrap();
    assert_eq!(listed.len(), MAX_SEEN_AGENTS);
    assert_eq!(listed.last().unwrap().agent.as_str(), "many-0");
}

async fn failures_are_counted(ports: &Ports) {
    let start = now();
    for minutes in [0_i64, 1, 2] {
        ports.failures.note("192.0.2.1", start + minutes.minutes()).await.unwrap();
    }
    ports.failures.note("192.0.2.2", start).await.unwrap();
    let count = async |source, minutes: i64| {
        ports.failures.count(source, start + minutes.minutes()).await.unwrap()
    };
    assert_eq!(count("192.0.2.1", -1).await, 3);
    assert_eq!(count("192.0.2.1", 0).await, 2, "after that moment");
    assert_eq!(count("192.0.2.3", -1).await, 0);
    ports.failures.forget("192.0.2.2").await.unwrap();
    assert_eq!(count("192.0.2.2", -1).await, 0);
    assert_eq!(ports.failures.sweep(start + 1.minute()).await.unwrap(), 1);
    assert_eq!(count("192.0.2.1", -1).await, 2);
}
