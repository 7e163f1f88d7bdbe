//! What holds for every store, as functions over the ports.

pub(crate) mod connections;
pub(crate) mod sign_ins;
pub(crate) mod tenants;

use confluence_auth::Fingerprint;
use confluence_auth::connection::{Account, ConnectedSite, Connection, ConnectionKey, Grant};
use jiff::{Timestamp, ToSpan as _};

/// The workspaces that the suite uses. Each has the default instance and `Second`.
pub(crate) const WORKSPACES: [&str; 3] = ["acme", "globex", "default"];

pub(crate) const INSTANCES: [&str; 2] = ["ConfluenceNext", "Second"];

/// What must never be seen outside of an encrypted row.
pub(crate) const PLANTED: &str = "planted-secret";

pub(crate) fn key(user: &str) -> ConnectionKey {
    key_in("acme", "ConfluenceNext", user)
}

pub(crate) fn key_in(workspace: &str, instance: &str, user: &str) -> ConnectionKey {
    ConnectionKey {
        workspace: workspace.parse().unwrap(),
        instance: instance.parse().unwrap(),
        user: user.parse().unwrap(),
    }
}

/// A connection in which everything is set, told apart by its tokens.
pub(crate) fn connection(name: &str) -> Connection {
    let site = |number: u8, name: &str| ConnectedSite {
        cloud_id: format!("{number:08}-2222-4333-8444-555555555555").parse().unwrap(),
        url: "https://example.atlassian.net/".parse().unwrap(),
        name: name.to_owned(),
    };
    let now: Timestamp = "2026-01-02T03:04:05.678901234Z".parse().unwrap();
    Connection {
        grant: Grant {
            access_token: format!("{PLANTED}-access-{name}").into(),
            refresh_token: Some(format!("{PLANTED}-refresh-{name}").into()),
            expires_at: now + 1.hour(),
            scopes: vec!["read:page:confluence".to_owned(), "offline_access".to_owned()],
        },
        client: Fingerprint::of("client"),
        site: site(1, "Example, “first” \\ \0 \u{1f600}"),
        other_sites: vec![site(2, "Second")],
        account: Some(Account {
            id: "5b10ac8d82e05b22cc7d4ef5".to_owned(),
            name: "Ada".to_owned(),
        }),
        agent: Some("agent-7".parse().unwrap()),
        connected_at: now,
        refreshed_at: now + 1.minute(),
        after_rejection: true,
        introduced: true,
    }
}
