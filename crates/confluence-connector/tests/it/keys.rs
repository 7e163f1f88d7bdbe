//! Keys: which door each opens, how they are replaced, and what nobody gets to see.

use std::{sync::Arc, time::Duration};

use confluence_connector::{
    AgentId, Asserted, Caller, Door, InstanceKey, Key, KeyError, KeyKind, Keyring, NewKey, UserId,
    Way,
};
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};

use crate::{memory::Memory, rig::instance};

fn now() -> Timestamp {
    "2026-11-20T10:00:00Z".parse().unwrap()
}

fn later(seconds: u64) -> Timestamp {
    now().checked_add(Duration::from_secs(seconds)).unwrap()
}

/// One key of each kind, those that belong to a workspace of `acme`.
fn kinds() -> Vec<KeyKind> {
    let workspace = instance("acme").workspace;
    vec![
        KeyKind::Maintainer,
        KeyKind::Editor { workspace: workspace.clone() },
        KeyKind::Platform { workspace: workspace.clone() },
        personal(),
        KeyKind::Instruction { workspace },
        KeyKind::Deployment { api: "http://localhost:1".parse().unwrap() },
    ]
}

fn personal() -> KeyKind {
    KeyKind::Personal {
        instance: instance("acme"),
        user: "ada".parse().unwrap(),
        agent: "agent-1".parse().unwrap(),
    }
}

async fn opens(keyring: &Keyring, secret: &SecretString, door: Door<'_>) -> bool {
    match keyring.check(Some(secret), door, now()).await {
        Ok(_) => true,
        Err(KeyError::Unauthorized) => false,
        Err(KeyError::Store(error)) => panic!("{error}"),
    }
}

#[tokio::test]
async fn each_kind_of_key_opens_its_own_doors_and_no_others() {
    let keyring = Keyring::new(Arc::new(Memory::default()));
    let (acme, other) = (instance("acme"), instance("other"));
    let second = InstanceKey { name: "Second".parse().unwrap(), ..acme.clone() };
    let doors = [
        Door::Mcp(&acme),
        Door::Mcp(&second),
        Door::Instructions(&second),
        Door::Status(&acme),
        Door::Configuration(&acme.workspace),
        Door::TokenExchange,
        Door::Administration,
        Door::Maintenance,
        Door::Mcp(&other),
        Door::Instructions(&other),
        Door::Status(&other),
        Door::Configuration(&other.workspace),
        Door::Pages,
    ];
    let mut matrix = Vec::new();
    for kind in kinds() {
        let new = keyring.issue(kind, "a key", now()).await.unwrap().unwrap();
        let mut row = String::new();
        for door in doors {
            row.push(if opens(&keyring, &new.secret, door).await { 'x' } else { '.' });
        }
        matrix.push(row);
    }
    assert_eq!(
        matrix,
        [
            "....x.xx...xx", // maintainer
            "....x.x.....x", // editor
            "xx.x.........", // platform
            "x..x........x", // personal
            "..x..........", // instruction
            ".....x.......", // deployment
        ]
    );
}

#[tokio::test]
async fn what_is_no_key_opens_nothing() {
    let keyring = Keyring::new(Arc::new(Memory::default()));
    let kind = KeyKind::Maintainer;
    let new = keyring.issue(kind, "a key", now()).await.unwrap().unwrap();
    let text = new.secret.expose_secret().to_owned();
    assert_eq!(text.len(), "cnx_".len() + 43);
    for wrong in [&text[1..], &text.to_uppercase(), &format!("{text} "), "", "cnx_", "*"] {
        assert!(!opens(&keyring, &wrong.to_owned().into(), Door::Maintenance).await, "{wrong}");
    }
    let none = keyring.check(None, Door::Maintenance, now()).await;
    assert!(matches!(none, Err(KeyError::Unauthorized)));
    // What is stored is no key either.
    let stored = new.key.hash.to_string();
    assert!(!opens(&keyring, &stored.into(), Door::Maintenance).await);
}

#[tokio::test]
async fn a_rotated_key_goes_on_for_the_overlap() {
    let keyring = Keyring::new(Arc::new(Memory::default()));
    let workspace = instance("acme").workspace;
    let kind = KeyKind::Platform { workspace: workspace.clone() };
    let NewKey { key, secret } = keyring.issue(kind, "platform", now()).await.unwrap().unwrap();
    let of = Some(&workspace);
    let overlap = Duration::from_mins(1);
    let new = keyring.rotate(of, &key.id, overlap, now()).await.unwrap().unwrap();
    assert_eq!((&new.key.kind, new.key.label.as_str()), (&key.kind, "platform"));
    let acme = instance("acme");
    for (at, old_opens) in [(0, true), (59, true), (60, false), (1_000, false)] {
        let old = keyring.check(Some(&secret), Door::Mcp(&acme), later(at)).await;
        assert_eq!(old.is_ok(), old_opens, "{at}");
        keyring.check(Some(&new.secret), Door::Mcp(&acme), later(at)).await.unwrap();
    }
    // What has ended is not brought back, and the overlap of a revoked key is over.
    assert!(keyring.rotate(of, &key.id, overlap, later(60)).await.unwrap().is_none());
    assert!(keyring.revoke(of, &new.key.id, now()).await.unwrap());
    assert!(keyring.rotate(of, &new.key.id, overlap, now()).await.unwrap().is_none());
    assert!(!opens(&keyring, &new.secret, Door::Mcp(&acme)).await);
}

#[tokio::test]
async fn a_key_is_replaced_and_revoked_only_where_it_belongs() {
    let keyring = Keyring::new(Arc::new(Memory::default()));
    let kind = KeyKind::Platform { workspace: instance("acme").workspace };
    let NewKey { key, secret } = keyring.issue(kind, "platform", now()).await.unwrap().unwrap();
    for of in [None, Some(&instance("other").workspace)] {
        assert!(!keyring.revoke(of, &key.id, now()).await.unwrap());
        let rotated = keyring.rotate(of, &key.id, Duration::ZERO, now()).await.unwrap();
        assert!(rotated.is_none());
    }
    assert!(opens(&keyring, &secret, Door::Mcp(&instance("acme"))).await);
}

#[tokio::test]
async fn a_store_that_is_down_is_not_a_wrong_key() {
    let memory = Arc::new(Memory::default());
    let keyring = Keyring::new(Arc::<Memory>::clone(&memory));
    memory.set(true);
    let result = keyring.check(Some(&"x".to_owned().into()), Door::Maintenance, now()).await;
    assert!(matches!(result, Err(KeyError::Store(_))), "{result:?}");
}

#[test]
fn the_id_of_a_key_is_not_taken_for_a_flag() {
    for _ in 0..1_000 {
        let id = Key::generate(KeyKind::Maintainer, "a key", now()).key.id;
        assert!(id.as_str().starts_with(|it: char| it.is_ascii_alphabetic()), "{id}");
    }
}

#[test]
fn no_key_shows_in_debug_output() {
    let new = Key::generate(KeyKind::Maintainer, "a key", now());
    let shown = format!("{new:?}");
    assert!(!shown.contains(new.secret.expose_secret()), "{shown}");
}

fn key(kind: KeyKind) -> Key {
    Key::generate(kind, "a key", now()).key
}

fn said(agent: [Option<&str>; 2], user: [Option<&str>; 2]) -> Asserted {
    let [agent_header, agent_argument] = agent.map(|it| it.map(str::to_owned));
    let [user_header, user_argument] = user.map(|it| it.map(str::to_owned));
    Asserted { agent_header, agent_argument, user_header, user_argument }
}

fn known(caller: &Caller) -> (Option<&str>, Option<&str>) {
    (caller.agent.as_ref().map(AgentId::as_str), caller.user.as_ref().map(UserId::as_str))
}

#[test]
fn a_platform_says_who_calls() {
    let key = key(kinds().remove(2));
    let caller = |asserted| Caller::with_key(&key, instance("acme"), &asserted).unwrap();
    let both = caller(said([Some("header"), Some("argument")], [None, Some(" ada ")]));
    assert_eq!(known(&both), (Some("header"), Some("ada")));
    let argument = caller(said([Some(" "), Some("argument")], [Some("eve"), None]));
    assert_eq!(known(&argument), (Some("argument"), None));
    // Placeholders that nobody has filled in, and what is no id, name nobody.
    for unreadable in ["{{agent.id}}", "{{}}", "a b", "é", "", &"x".repeat(257)] {
        let asserted = said([Some(unreadable), None], [None, Some(unreadable)]);
        assert_eq!(known(&caller(asserted)), (None, None), "{unreadable}");
    }
}

#[test]
fn a_personal_key_says_itself_who_calls() {
    let key = key(personal());
    let caller = |asserted| Caller::with_key(&key, instance("acme"), &asserted);
    for agreeing in [
        said([None; 2], [None; 2]),
        said([Some("agent-1"), Some("agent-1")], [None, Some("ada")]),
        said([Some(""), Some("agent-1")], [Some("ada"), Some("")]),
    ] {
        assert_eq!(known(&caller(agreeing).unwrap()), (Some("agent-1"), Some("ada")));
    }
    for (asserted, what) in [
        (said([None; 2], [None, Some("eve")]), "user"),
        (said([None; 2], [Some("eve"), Some("ada")]), "user"),
        (said([None; 2], [None, Some("Ada")]), "user"),
        (said([None; 2], [None, Some("{{user.id}}")]), "user"),
        (said([None, Some("agent-2")], [None; 2]), "agent"),
        (said([Some("agent-1"), Some("*")], [None; 2]), "agent"),
        (said([Some("agent-2"), Some("agent-1")], [None; 2]), "agent"),
    ] {
        let denial = caller(asserted.clone()).unwrap_err();
        assert_eq!(denial.reason.as_str(), "other_identity", "{asserted:?}");
        let text = format!("This call names another {what} than its key belongs to");
        assert!(denial.failure.text.starts_with(&text), "{}", denial.failure.text);
    }
}

#[test]
fn an_instruction_key_takes_the_user_from_the_header() {
    let key = key(kinds().remove(4));
    let caller = |asserted| Caller::with_key(&key, instance("acme"), &asserted);
    let named = caller(said([Some("agent-1"), None], [Some("ada"), None])).unwrap();
    assert_eq!((named.way, known(&named)), (Way::Instruction, (None, Some("ada"))));
    assert_eq!(known(&caller(said([None; 2], [None; 2])).unwrap()), (None, None));
    // An argument may not choose whom the call is for.
    for header in [None, Some("ada")] {
        caller(said([None; 2], [header, Some("eve")])).unwrap_err();
    }
}
