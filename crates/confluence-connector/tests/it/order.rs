//! The order of the checks, and the exact texts of those who are turned away: nothing is sent.

use std::num::NonZeroU32;

use confluence_auth::{
    connection::{Account, ConnectedSite, Connection, ConnectionKey, Grant, client_fingerprint},
    scopes::Scopes,
    store::{Revision, Stored},
};
use confluence_connector::{
    Allowlist, AuthSettings, CallRate, Caller, CentralClient, Instance, OAuthClient, Policy,
    Versioned,
};
use jiff::Timestamp;
use serde_json::json;

use crate::rig::{API, Rig, caller, instance, start, with};

fn allow(rig: &Rig, list: &str) {
    let allowlist = Allowlist::parse(list).unwrap();
    rig.memory.change(&instance("acme"), |it| it.allowlist = allowlist);
}

fn anonymous() -> Caller {
    Caller { agent: None, user: None, ..caller("acme") }
}

/// A central client, and workspace `acme` using it.
fn centrally(rig: &Rig) {
    let client = OAuthClient { id: "central".to_owned(), secret: "s".to_owned().into() };
    let value = CentralClient { client, scopes: None };
    let revision = Revision::random();
    *rig.memory.central.lock().unwrap() = Some(Versioned { value, revision });
    rig.memory.change(&instance("acme"), |it| it.auth = AuthSettings::default());
}

/// Connects user `ada` of a workspace with the scopes that were granted.
fn connect(rig: &Rig, workspace: &str, granted: &[&str]) {
    let soon = Timestamp::now().checked_add(jiff::SignedDuration::from_hours(1)).unwrap();
    let grant = Grant {
        access_token: rig.sandbox.credentials().access_token.clone().into(),
        refresh_token: None,
        expires_at: soon,
        scopes: granted.iter().map(|it| (*it).to_owned()).collect(),
    };
    let site = ConnectedSite {
        cloud_id: rig.sandbox.cloud_id().parse().unwrap(),
        url: "https://example.atlassian.net".parse().unwrap(),
        name: "example".to_owned(),
    };
    let connection = Connection {
        grant,
        client: client_fingerprint("central", &Scopes::all()),
        site,
        other_sites: Vec::new(),
        account: Some(Account { id: "1".to_owned(), name: "Ada".to_owned() }),
        agent: None,
        connected_at: Timestamp::now(),
        refreshed_at: Timestamp::now(),
        after_rejection: false,
        introduced: false,
    };
    let key = ConnectionKey {
        workspace: workspace.parse().unwrap(),
        instance: "ConfluenceNext".parse().unwrap(),
        user: "ada".parse().unwrap(),
    };
    let stored = Stored { connection, revision: Revision::random() };
    rig.memory.connections.lock().unwrap().insert(key, stored);
}

#[tokio::test]
async fn an_agent_that_is_not_on_the_list_is_told_so_before_anything_else() {
    let rig = start().await;
    for list in ["", "agent-2", "agent-10, agent"] {
        allow(&rig, list);
        // Neither the tool nor the action nor the arguments are looked at.
        for (tool, arguments) in
            [("pages", json!({ "action": "list" })), ("nonsense", json!({})), ("pages", json!({}))]
        {
            let text = rig.failure(tool, arguments).await;
            assert_eq!(
                text,
                format!(
                    "This agent is not authorized to use this connector. Open the configuration app ({API}/apps/confluence-next?workspaceSlug=acme&appInstance=ConfluenceNext) → Authorized agents → tick this agent (id: agent-1), or enable Allow all agents."
                )
            );
        }
    }
    assert_eq!(rig.sent(), [""; 0]);
}

#[tokio::test]
async fn an_agent_without_an_id_is_let_in_only_where_everyone_is() {
    let rig = start().await;
    allow(&rig, "agent-1");
    let failure = rig.call(&anonymous(), "listPages", json!({})).await.unwrap_err();
    assert!(
        failure.text.starts_with(
            "The calling agent could not be identified, so it cannot be authorized. Set the capability Scope to `context_id,agent_id,user_id`"
        ),
        "{}",
        failure.text
    );
    assert_eq!(rig.sent(), [""; 0]);
    allow(&rig, "*");
    rig.call(&anonymous(), "listPages", json!({})).await.unwrap();
}

#[tokio::test]
async fn credentials_come_before_the_operation() {
    let rig = start().await;
    centrally(&rig);
    let nonsense = json!({ "action": "nonsense" });
    let text = rig.failure("pages", nonsense.clone()).await;
    assert!(text.starts_with("Confluence is not connected for this user. "), "{text}");
    let nobody = Caller { user: None, ..caller("acme") };
    let failure = rig.call(&nobody, "pages", nonsense.clone()).await.unwrap_err();
    assert!(
        failure.text.starts_with("The calling user could not be identified. Set the capability"),
        "{}",
        failure.text
    );
    connect(&rig, "acme", &[]);
    let text = rig.failure("pages", nonsense).await;
    assert!(text.starts_with("Unknown action `nonsense` for entity `pages`. "), "{text}");
    assert_eq!(rig.sent(), [""; 0]);
}

#[tokio::test]
async fn a_user_who_is_not_connected_gets_a_link_made_for_that_user() {
    use confluence_auth::ticket::TicketKey;
    use secrecy::SecretBox;

    let rig = start().await;
    centrally(&rig);
    let failure = rig.call(&caller("acme"), "listPages", json!({})).await.unwrap_err();
    let link = failure.login.unwrap().0;
    assert!(failure.text.ends_with(link.as_str()), "{}", failure.text);
    let start = format!("{API}/workspaces/slug:acme/webhooks/ConfluenceNext.oauthConnect?ticket=");
    let ticket = link.as_str().strip_prefix(&start).unwrap();
    let tickets = TicketKey::derive(&SecretBox::new(Box::new([7; 32])));
    let ticket = tickets.open(ticket, Timestamp::now()).unwrap();
    assert_eq!((ticket.key.workspace.as_str(), ticket.key.user.as_str()), ("acme", "ada"));
    assert_eq!(ticket.agent.unwrap().as_str(), "agent-1");
    // Another agent of the same user gets its own.
    let other = Caller { agent: Some("agent-2".parse().unwrap()), ..caller("acme") };
    let failure = rig.call(&other, "listPages", json!({})).await.unwrap_err();
    let link = failure.login.unwrap().0;
    let ticket = tickets.open(link.as_str().strip_prefix(&start).unwrap(), Timestamp::now());
    assert_eq!(ticket.unwrap().agent.unwrap().as_str(), "agent-2");
}

#[tokio::test]
async fn a_connected_user_calls_as_oneself_within_the_scopes_that_were_granted() {
    let rig = start().await;
    centrally(&rig);
    rig.admit("other");
    rig.memory.change(&instance("other"), |it| it.auth = AuthSettings::default());
    connect(&rig, "acme", &["read:page:confluence", "read:space:confluence"]);
    rig.text("listPages", json!({})).await;
    let surface = rig.connector.surface(&caller("acme"), &Policy::default()).await.unwrap();
    let pages: Vec<_> = surface.operations("pages").map(|it| it.action).collect();
    assert_eq!(pages, ["list", "get", "getBody"]);
    rig.sent();
    let text = rig.failure("deletePage", json!({ "id": "1" })).await;
    assert!(text.contains("delete:page:confluence"), "{text}");
    // The same user of another workspace, and another user of the same one, are not connected.
    let eve = Caller { user: Some("eve".parse().unwrap()), ..caller("acme") };
    for caller in [caller("other"), eve] {
        let failure = rig.call(&caller, "listPages", json!({})).await.unwrap_err();
        assert!(failure.text.starts_with("Confluence is not connected for this user."));
    }
    assert_eq!(rig.sent(), [""; 0]);
}

#[tokio::test]
async fn a_platform_is_told_from_the_store_whether_a_user_is_connected() {
    let rig = start().await;
    let status = async |caller: &Caller| rig.connector.status(caller).await;
    assert!(status(&caller("acme")).await.unwrap().connected, "nobody signs in with a token");
    centrally(&rig);
    assert!(!status(&caller("acme")).await.unwrap().connected);
    connect(&rig, "acme", &[]);
    assert!(status(&caller("acme")).await.unwrap().connected);
    let nobody = Caller { user: None, ..caller("acme") };
    assert_eq!(status(&nobody).await.unwrap_err().reason.as_str(), "missing_user_id");
    rig.memory.set(true);
    assert_eq!(status(&caller("acme")).await.unwrap_err().reason.as_str(), "unavailable");
    assert_eq!(rig.sent(), [""; 0]);
}

#[tokio::test]
async fn other_scopes_invalidate_what_was_granted() {
    let rig = start().await;
    centrally(&rig);
    connect(&rig, "acme", &[]);
    rig.text("listPages", json!({})).await;
    rig.memory.change(&instance("acme"), |it| {
        let scopes = Some(Scopes::read_only());
        it.auth = AuthSettings::OAuthCentral { scopes, site: None };
    });
    let text = rig.failure("listPages", json!({})).await;
    assert!(text.starts_with("Confluence is not connected for this user."), "{text}");
}

#[tokio::test]
async fn the_core_serves_every_agent_once_it_has_a_client() {
    let rig = start().await;
    rig.memory.put(Instance::new(instance("confluence-next")));
    let core = caller("confluence-next");
    let failure = rig.call(&core, "listPages", json!({})).await.unwrap_err();
    assert!(failure.text.starts_with("This agent is not authorized"), "{}", failure.text);
    centrally(&rig);
    let failure = rig.call(&core, "listPages", json!({})).await.unwrap_err();
    assert!(failure.text.starts_with("Confluence is not connected"), "{}", failure.text);
    connect(&rig, "confluence-next", &[]);
    rig.call(&core, "listPages", json!({})).await.unwrap();
    // Only there.
    allow(&rig, "agent-2");
    let text = rig.failure("listPages", json!({})).await;
    assert!(text.starts_with("This agent is not authorized"), "{text}");
}

#[tokio::test]
async fn a_workspace_that_calls_too_often_waits_and_others_do_not() {
    let rig = with(|parts| {
        let one = NonZeroU32::new(1).unwrap();
        parts.rate = CallRate { per_minute: one, burst: NonZeroU32::new(2).unwrap() };
    })
    .await;
    rig.admit("other");
    rig.text("listPages", json!({})).await;
    rig.text("listPages", json!({})).await;
    rig.sent();
    let text = rig.failure("listPages", json!({})).await;
    assert!(text.starts_with("Too many calls from this workspace. "), "{text}");
    assert_eq!(rig.sent(), [""; 0]);
    rig.call(&caller("other"), "listPages", json!({})).await.unwrap();
}

#[tokio::test]
async fn agents_are_seen_whether_they_are_let_in_or_not() {
    let rig = start().await;
    for _ in 0..3 {
        rig.text("listPages", json!({})).await;
    }
    allow(&rig, "agent-2");
    rig.failure("listPages", json!({})).await;
    rig.call(&anonymous(), "listPages", json!({})).await.unwrap_err();
    let seen = rig.memory.seen.lock().unwrap();
    let seen: Vec<_> = seen.iter().map(|it| (it.1.agent.as_str(), it.1.allowed)).collect();
    // Once for each outcome, not once for each call.
    assert_eq!(seen, [("agent-1", true), ("agent-1", false)]);
}
