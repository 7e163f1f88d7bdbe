//! The page of maintainers: workspaces, the central client, keys.

use confluence_auth::client::CentralClient;
use confluence_connector::{CentralClientStore, Door, KeyKind};
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};

use super::{APP, App, at, follow};
use crate::{oauth::CENTRAL_SECRET, support::Answer};

impl App {
    async fn central(&self) -> Option<CentralClient> {
        CentralClientStore::load(&self.server.rig().store).await.unwrap().map(|it| it.value)
    }

    async fn is_there(&self, slug: &str) -> bool {
        let workspaces = &self.server.rig().deployment.workspaces;
        workspaces.load(&slug.parse().unwrap()).await.unwrap().is_some()
    }

    async fn opens(&self, secret: &str, door: Door<'_>) -> bool {
        let shown: SecretString = secret.into();
        let keyring = &self.server.rig().deployment.keyring;
        keyring.check(Some(&shown), door, Timestamp::now()).await.is_ok()
    }
}

/// A key that is shown this once.
fn shown(page: &Answer) -> String {
    assert_eq!(page.status, 200, "{}", page.body);
    let (_, rest) = page.body.split_once("<code id=\"secret\"").expect("a key");
    let (_, rest) = rest.split_once('>').unwrap();
    rest.split_once('<').unwrap().0.to_owned()
}

#[tokio::test]
async fn a_workspace_is_created_and_deleted() {
    let app = App::open().await;
    let mut maintainer = app.maintainer().await;
    let fields = [("slug", "new"), ("name", "New & shiny")];
    let answer = app.maintain(&mut maintainer, "/workspaces", &fields).await;
    let page = follow(&app, &mut maintainer, &answer).await;
    assert!(page.body.contains("<h1>New &#38; shiny</h1>"), "{}", page.body);
    assert!(app.is_there("new").await);
    for (slug, told) in [
        ("new", "already"),
        ("No Good", "is not a workspace slug"),
        ("", "is not a workspace slug"),
    ] {
        let fields = [("slug", slug), ("name", "typed")];
        let page = app.maintain(&mut maintainer, "/workspaces", &fields).await;
        assert!(matches!(page.status, 409 | 422), "{slug}: {}", page.status);
        assert!(page.body.contains(told), "{slug}: {}", page.body);
        assert!(page.body.contains("value=\"typed\""), "{slug}: {}", page.body);
    }
    for confirm in ["", "acme", "New"] {
        let fields = [("confirm", confirm)];
        let page = app.act(&mut maintainer, "/workspace/delete", "new", &fields).await;
        assert_eq!(page.status, 422, "{confirm}");
        assert!(app.is_there("new").await);
    }
    let confirm = [("confirm", "new")];
    let answer = app.act(&mut maintainer, "/workspace/delete", "new", &confirm).await;
    let page = follow(&app, &mut maintainer, &answer).await;
    assert!(page.body.contains("Workspace deleted"), "{}", page.body);
    assert!(!app.is_there("new").await);
    assert_eq!(maintainer.open(&app.server, &at("new")).await.status, 404);
}

#[tokio::test]
async fn the_core_is_not_deleted() {
    let app = App::open().await;
    app.server.rig().workspace("confluence-next", super::AuthSettings::default(), "").await;
    let mut maintainer = app.maintainer().await;
    let confirm = [("confirm", "confluence-next")];
    let page = app.act(&mut maintainer, "/workspace/delete", "confluence-next", &confirm).await;
    assert!(matches!(page.status, 409 | 422), "{}", page.status);
    assert!(app.is_there("confluence-next").await);
    // Without an instance, its address is that of the deployment.
    let page = maintainer.open(&app.server, &format!("{APP}?workspaceSlug=confluence-next")).await;
    assert!(page.body.contains("<h1>Deployment</h1>"), "{}", page.body);
}

#[tokio::test]
async fn the_central_client_is_set_and_its_secret_never_shown() {
    let app = App::open().await;
    let mut maintainer = app.maintainer().await;
    let page = maintainer.open(&app.server, APP).await;
    let callback = format!(
        "http://{}/workspaces/slug:confluence-next/webhooks/oauthCallback",
        app.server.address
    );
    assert!(page.body.contains(&callback) && page.body.contains("Not set"), "{}", page.body);
    for incomplete in [
        &[("clientId", "central")][..],
        &[("clientSecret", CENTRAL_SECRET)],
        &[("clientId", "central"), ("clientSecret", "with a space")],
        &[("clientId", "central"), ("clientSecret", CENTRAL_SECRET), ("scopes", "own")],
    ] {
        let page = app.maintain(&mut maintainer, "/central", incomplete).await;
        assert_eq!(page.status, 422, "{incomplete:?}");
        assert!(!page.body.contains(CENTRAL_SECRET), "{}", page.body);
        assert!(app.central().await.is_none(), "{incomplete:?}");
    }
    let fields = [("clientId", "central"), ("clientSecret", CENTRAL_SECRET), ("scopes", "read")];
    let answer = app.maintain(&mut maintainer, "/central", &fields).await;
    let page = follow(&app, &mut maintainer, &answer).await;
    assert!(page.body.contains("value=\"central\"") && !page.body.contains(CENTRAL_SECRET));
    let stored = app.central().await.unwrap();
    assert_eq!(stored.client.secret.expose_secret(), CENTRAL_SECRET);
    assert!(!stored.scopes.unwrap().to_string().contains("write:"));

    // An empty field keeps it, for the same client.
    let fields = [("clientId", "central"), ("scopes", "default")];
    let answer = app.maintain(&mut maintainer, "/central", &fields).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    let stored = app.central().await.unwrap();
    assert_eq!(stored.client.secret.expose_secret(), CENTRAL_SECRET);
    assert_eq!(stored.scopes, None);
    let page = app.maintain(&mut maintainer, "/central", &[("clientId", "another")]).await;
    assert_eq!(page.status, 422);
    assert!(page.body.contains("A new client needs its secret."), "{}", page.body);
    assert_eq!(app.central().await.unwrap().client.id, "central");
}

#[tokio::test]
async fn keys_are_shown_once_and_open_what_they_say() {
    let app = App::open().await;
    let mut maintainer = app.maintainer().await;
    let acme = crate::rig::instance("acme");
    let doors: [(&str, Door<'_>); 4] = [
        ("editor", Door::Configuration(&acme.workspace)),
        ("platform", Door::Mcp(&acme)),
        ("personal", Door::Mcp(&acme)),
        ("instruction", Door::Instructions(&acme)),
    ];
    for (kind, door) in doors {
        let label = format!("label of {kind}");
        let fields =
            [("kind", kind), ("label", label.as_str()), ("user", "ada"), ("agent", "agent-1")];
        let page = app.act(&mut maintainer, "/keys", "acme", &fields).await;
        let secret = shown(&page);
        assert!(app.opens(&secret, door).await, "{kind}");
        let page = maintainer.open(&app.server, &at("acme")).await;
        assert!(page.body.contains(&label) && !page.body.contains(&secret), "{kind}");
    }
    let page = maintainer.open(&app.server, &at("acme")).await;
    assert!(page.body.contains("ada with agent-1 on ConfluenceNext"), "{}", page.body);
    let of_other = maintainer.open(&app.server, &at("other")).await;
    assert!(!of_other.body.contains("label of"), "{}", of_other.body);
    let mut editor = app.editor("acme").await;
    let page = editor.open(&app.server, &at("acme")).await;
    assert!(!page.body.contains("label of") && !page.body.contains("Delete workspace"));
}

#[tokio::test]
async fn a_key_that_is_half_described_is_not_made() {
    let app = App::open().await;
    let mut maintainer = app.maintainer().await;
    for fields in [
        &[("kind", "editor")][..],
        &[("label", "new")],
        &[("kind", "maintainer"), ("label", "new")],
        &[("kind", "personal"), ("label", "new"), ("user", "ada")],
        &[("kind", "personal"), ("label", "new"), ("user", "two words"), ("agent", "agent-1")],
    ] {
        let page = app.act(&mut maintainer, "/keys", "acme", fields).await;
        assert_eq!(page.status, 422, "{fields:?}");
        assert!(page.body.contains("No key was made"), "{}", page.body);
    }
    let keyring = &app.server.rig().deployment.keyring;
    assert!(keyring.list(Some(&"acme".parse().unwrap())).await.unwrap().is_empty());
    for fields in [
        &[("kind", "editor"), ("label", "new")][..],
        &[("kind", "deployment"), ("label", "new"), ("api", "http://elsewhere.example")],
    ] {
        let page = app.maintain(&mut maintainer, "/keys", fields).await;
        assert_eq!(page.status, 422, "{fields:?}");
    }
}

#[tokio::test]
async fn keys_are_rotated_and_revoked() {
    let app = App::open().await;
    let acme = crate::rig::instance("acme");
    let mut maintainer = app.maintainer().await;
    let (key, old) =
        app.server.rig().key(KeyKind::Platform { workspace: acme.workspace.clone() }).await;
    let id = [("id", key.id.as_str())];
    // Not by the page of another workspace.
    for action in ["/keys/rotate", "/keys/revoke"] {
        let answer = app.act(&mut maintainer, action, "other", &id).await;
        assert_eq!(answer.status, 404, "{action}");
        let answer = app.maintain(&mut maintainer, action, &id).await;
        assert_eq!(answer.status, 404, "{action}");
        let answer = app.act(&mut maintainer, action, "acme", &[("id", "../x")]).await;
        assert_eq!(answer.status, 404, "{action}");
    }
    let page = app.act(&mut maintainer, "/keys/rotate", "acme", &id).await;
    let new = shown(&page);
    assert_ne!(new, old);
    assert!(app.opens(&old, Door::Mcp(&acme)).await, "it goes on for a day");
    assert!(app.opens(&new, Door::Mcp(&acme)).await);
    let answer = app.act(&mut maintainer, "/keys/revoke", "acme", &id).await;
    let page = follow(&app, &mut maintainer, &answer).await;
    assert!(page.body.contains("Key revoked") && page.body.contains("ended"), "{}", page.body);
    assert!(!app.opens(&old, Door::Mcp(&acme)).await);
    assert!(app.opens(&new, Door::Mcp(&acme)).await);
}

#[tokio::test]
async fn nobody_revokes_the_key_that_they_are_signed_in_with() {
    let app = App::open().await;
    let (key, secret) = app.server.rig().key(KeyKind::Maintainer).await;
    let mut maintainer = crate::oauth::Browser::default();
    app.sign_in(&mut maintainer, &secret).await;
    let answer = app.maintain(&mut maintainer, "/keys/revoke", &[("id", key.id.as_str())]).await;
    assert!(matches!(answer.status, 409 | 422), "{}", answer.status);
    assert!(app.opens(&secret, Door::Maintenance).await);
    let mut other = app.maintainer().await;
    let answer = app.maintain(&mut other, "/keys/revoke", &[("id", key.id.as_str())]).await;
    assert_eq!(answer.status, 303);
    assert!(!app.opens(&secret, Door::Maintenance).await);
}

#[tokio::test]
async fn many_workspaces_are_listed_a_page_at_a_time() {
    let app = App::open().await;
    for number in 0..60 {
        let slug = format!("team-{number:02}");
        app.server.rig().workspace(&slug, super::AuthSettings::default(), "").await;
    }
    let mut maintainer = app.maintainer().await;
    let page = maintainer.open(&app.server, APP).await;
    assert!(page.body.contains("team-47<") && !page.body.contains("team-48<"), "{}", page.body);
    let (before, _) = page.body.split_once("#workspaces\">More workspaces").unwrap();
    let link = before.rsplit_once("href=\"").unwrap().1.replace("&#38;", "&");
    let page = maintainer.open(&app.server, &link).await;
    assert!(page.body.contains("team-48<") && page.body.contains("team-59<"), "{}", page.body);
    assert!(!page.body.contains("More workspaces"));
}
