//! Keys, and the web sessions that are begun with them.

use confluence_connector::{Key, KeyKind, SessionToken};
use jiff::ToSpan as _;

use super::{Ports, begin_session, key, now, platform_key, session};

pub(super) async fn all(ports: &Ports) {
    let instance = ports.workspace("keys").await;
    let workspace = || instance.workspace.clone();
    let kinds = [
        KeyKind::Maintainer,
        KeyKind::Editor { workspace: workspace() },
        KeyKind::Platform { workspace: workspace() },
        KeyKind::Instruction { workspace: workspace() },
        KeyKind::Personal {
            instance: instance.clone(),
            user: "ada@example.com".parse().unwrap(),
            agent: "agent-7".parse().unwrap(),
        },
        KeyKind::Deployment { api: "http://localhost:8080/base".parse().unwrap() },
    ];
    every_kind_is_kept(ports, &kinds).await;
    keys_are_unique(ports).await;
    keys_are_listed_where_they_belong(ports).await;
    a_key_ends_and_is_never_prolonged(ports).await;
    sessions_end(ports, &kinds).await;
}

#[track_caller]
fn assert_same(found: &Key, expected: &Key) {
    assert_eq!(format!("{found:?}"), format!("{expected:?}"));
}

async fn every_kind_is_kept(ports: &Ports, kinds: &[KeyKind]) {
    for kind in kinds {
        let mut made = key(kind.clone());
        made.key.not_after = Some(now() + 1.hour());
        assert!(ports.keys.find(&made.key.hash).await.unwrap().is_none());
        assert!(ports.keys.add(&made.key).await.unwrap());
        let found = ports.keys.find(&made.key.hash).await.unwrap().unwrap();
        assert_same(&found, &made.key);
        assert!(found.is(&made.secret));
    }
}

async fn keys_are_unique(ports: &Ports) {
    let [one, two] = [(); 2].map(|()| platform_key("keys").key);
    assert!(ports.keys.add(&one).await.unwrap());
    assert!(!ports.keys.add(&one).await.unwrap());
    assert!(!ports.keys.add(&Key { id: one.id.clone(), ..two.clone() }).await.unwrap());
    assert!(!ports.keys.add(&Key { hash: one.hash, ..two.clone() }).await.unwrap());
    assert!(ports.keys.find(&two.hash).await.unwrap().is_none());
    assert!(!ports.keys.add(&platform_key("nowhere").key).await.unwrap(), "no such workspace");
}

async fn keys_are_listed_where_they_belong(ports: &Ports) {
    ports.workspace("listed").await;
    let mut older = platform_key("listed").key;
    older.created_at = now() - 1.hour();
    let newer = platform_key("listed").key;
    for key in [&newer, &older] {
        assert!(ports.keys.add(key).await.unwrap());
    }
    let listed = ports.keys.list(Some(&"listed".parse().unwrap())).await.unwrap();
    let ids: Vec<_> = listed.iter().map(|it| &it.id).collect();
    assert_eq!(ids, [&newer.id, &older.id], "newest first");
    let global = ports.keys.list(None).await.unwrap();
    assert_eq!(global.len(), 2, "a maintainer's and a deployment's: {global:?}");
    assert!(global.iter().all(|it| it.kind.workspace().is_none()));
}

async fn a_key_ends_and_is_never_prolonged(ports: &Ports) {
    let key = platform_key("keys").key;
    assert!(ports.keys.add(&key).await.unwrap());
    let (keys, listed) = ("keys".parse().unwrap(), "listed".parse().unwrap());
    assert!(!ports.keys.end(Some(&listed), &key.id, now()).await.unwrap(), "another workspace's");
    assert!(!ports.keys.end(None, &key.id, now()).await.unwrap());
    let end = async || ports.keys.find(&key.hash).await.unwrap().unwrap().not_after;
    assert_eq!(end().await, None);
    let (later, earlier) = (now() + 2.hours(), now() + 1.hour());
    for (at, expected) in [(later, later), (earlier, earlier), (later, earlier)] {
        assert!(ports.keys.end(Some(&keys), &key.id, at).await.unwrap());
        assert_eq!(end().await, Some(expected));
    }
    let maintainer = super::key(KeyKind::Maintainer).key;
    assert!(ports.keys.add(&maintainer).await.unwrap());
    assert!(ports.keys.end(None, &maintainer.id, now()).await.unwrap());
}

async fn sessions_end(ports: &Ports, kinds: &[KeyKind]) {
    for kind in kinds {
        let key = key(kind.clone()).key;
        assert!(ports.keys.add(&key).await.unwrap());
        let token = SessionToken::random();
        let begun = session(&token, &key);
        assert!(ports.sessions.find(&begun.hash, now()).await.unwrap().is_none());
        ports.sessions.begin(&begun).await.unwrap();
        let found = ports.sessions.find(&begun.hash, now()).await.unwrap();
        assert_eq!(found.as_ref(), Some(&begun));
        let after = ports.sessions.find(&begun.hash, begun.expires_at).await.unwrap();
        assert_eq!(after, None, "it has expired");
        let (earlier, later) = (now(), begun.expires_at + 1.hour());
        for (until, expected) in [(later, later), (earlier, later)] {
            ports.sessions.prolong(&begun.hash, until).await.unwrap();
            let found = ports.sessions.find(&begun.hash, now()).await.unwrap().unwrap();
            assert_eq!(found.expires_at, expected, "it only gets longer");
        }
        ports.sessions.end(&begun.hash).await.unwrap();
        assert_eq!(ports.sessions.find(&begun.hash, now()).await.unwrap(), None);
        ports.sessions.end(&begun.hash).await.unwrap();
        ports.sessions.prolong(&begun.hash, later).await.unwrap();
        let ended = ports.sessions.find(&begun.hash, now()).await.unwrap();
        assert_eq!(ended, None, "what has ended does not come back");
    }
    let key = platform_key("keys").key;
    assert!(ports.keys.add(&key).await.unwrap());
    let token = begin_session(&*ports.sessions, &key).await;
    let end = now() + 1.minute();
    ports.keys.end(key.kind.workspace(), &key.id, end).await.unwrap();
    assert!(ports.sessions.find(&token.hash(), now()).await.unwrap().is_some());
    let after = ports.sessions.find(&token.hash(), end).await.unwrap();
    assert!(after.is_none(), "a session ends with its key");
    assert_eq!(ports.sessions.sweep(now()).await.unwrap(), 0);
    // This one, and the one of a workspace that was left.
    assert_eq!(ports.sessions.sweep(now() + 2.hours()).await.unwrap(), 2);
}
