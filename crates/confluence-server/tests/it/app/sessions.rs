//! How long a session lasts, and what it opens beside the app.

use confluence_connector::{KeyKind, Session, SessionStore, SessionToken};
use jiff::{SignedDuration, Timestamp};
use secrecy::ExposeSecret;

use super::{APP, App, at};
use crate::{
    oauth::{ACME, Browser, outcome},
    rig::instance,
    support::Answer,
};

const MINUTE: SignedDuration = SignedDuration::from_mins(1);

impl App {
    /// A maintainer's session with these times, in minutes from now.
    async fn session(&self, began: i64, ends: i64) -> (Browser, SessionToken) {
        let (key, _) = self.server.rig().key(KeyKind::Maintainer).await;
        let token = SessionToken::random();
        let from_now = |minutes: i64| Timestamp::now() + SignedDuration::from_mins(minutes);
        let session = Session {
            hash: token.hash(),
            kind: key.kind,
            key: key.id,
            created_at: from_now(began),
            expires_at: from_now(ends),
        };
        SessionStore::begin(&self.server.rig().store, &session).await.unwrap();
        let mut browser = Browser::default();
        browser.keep("confluence-app", token.secret().expose_secret());
        (browser, token)
    }

    /// In how many minutes a session ends.
    async fn left(&self, token: &SessionToken) -> i64 {
        let store = &self.server.rig().store;
        let found = SessionStore::find(store, &token.hash(), Timestamp::now()).await.unwrap();
        let left = found.unwrap().expires_at.duration_since(Timestamp::now());
        (left + MINUTE / 2).as_mins()
    }
}

fn is_in(page: &Answer) -> bool {
    page.body.contains("<h1>Deployment</h1>")
}

#[tokio::test]
async fn a_session_that_is_used_goes_on_but_not_for_ever() {
    let app = App::open().await;
    let (mut used, token) = app.session(-30, 30).await;
    assert!(is_in(&used.open(&app.server, APP).await));
    assert_eq!(app.left(&token).await, 60);
    let (mut old, token) = app.session(-11 * 60 - 50, 5).await;
    assert!(is_in(&old.open(&app.server, APP).await));
    assert_eq!(app.left(&token).await, 10);
    let (mut ended, _) = app.session(-120, -1).await;
    let page = ended.open(&app.server, APP).await;
    assert!(!is_in(&page) && page.body.contains("<h1>Sign in</h1>"), "{}", page.body);
}

#[tokio::test]
async fn a_form_of_an_ended_session_changes_nothing_and_says_so() {
    let app = App::open().await;
    let (mut ended, _) = app.session(-120, -1).await;
    let path = format!("{APP}/workspaces");
    let answer = ended.submit(&app.server, &path, &[("slug", "new"), ("proof", "x")]).await;
    assert_eq!(answer.status, 403);
    assert!(answer.body.contains("Your session has ended"), "{}", answer.body);
    let workspaces = &app.server.rig().deployment.workspaces;
    assert!(workspaces.load(&"new".parse().unwrap()).await.unwrap().is_none());
}

#[tokio::test]
async fn a_session_ends_with_its_key_and_when_its_owner_leaves() {
    let app = App::open().await;
    let rig = app.server.rig();
    let (key, secret) = rig.key(KeyKind::Maintainer).await;
    let mut browser = Browser::default();
    app.sign_in(&mut browser, &secret).await;
    assert!(is_in(&browser.open(&app.server, APP).await));
    rig.deployment.keyring.revoke(None, &key.id, Timestamp::now()).await.unwrap();
    assert!(!is_in(&browser.open(&app.server, APP).await));

    let mut browser = app.maintainer().await;
    let kept = browser.cookie();
    let answer = app.maintain(&mut browser, "/sign-out", &[]).await;
    assert_eq!(answer.status, 303);
    assert!(answer.header("set-cookie").unwrap().contains("Max-Age=0"));
    let replayed = app.server.request("GET", APP).header("cookie", &kept).send().await;
    assert!(!is_in(&replayed), "{}", replayed.body);
}

#[tokio::test]
async fn nobody_is_made_to_leave_by_another_site() {
    let app = App::open().await;
    let mut browser = app.maintainer().await;
    let path = format!("{APP}/sign-out");
    assert_eq!(browser.submit(&app.server, &path, &[("proof", "guess")]).await.status, 403);
    assert!(is_in(&browser.open(&app.server, APP).await));
}

fn ada() -> KeyKind {
    KeyKind::Personal {
        instance: instance("acme"),
        user: "ada".parse().unwrap(),
        agent: "agent-1".parse().unwrap(),
    }
}

#[tokio::test]
async fn whoever_has_a_session_is_known_where_people_connect() {
    let app = App::open().await;
    app.server.rig().central_client().await;
    app.sandbox.identity().register(confluence_sandbox::OAuthClient::new(
        "central",
        crate::oauth::CENTRAL_SECRET,
        &format!(
            "http://{}/workspaces/slug:confluence-next/webhooks/oauthCallback",
            app.server.address
        ),
    ));
    let mut ada = app.person(ada()).await;
    let page = ada.open(&app.server, &at("acme")).await;
    assert!(page.body.contains("Not connected"), "{}", page.body);
    let connect = format!("{ACME}.oauthConnect");
    let page = ada.open(&app.server, &connect).await;
    assert!(page.body.contains("Connect your Confluence account?"), "{}", page.body);
    assert!(page.body.contains("ada") && page.body.contains("agent-1"), "{}", page.body);
    let sent = ada.press(&app.server, &page).await;
    let consent = confluence_sandbox::Consent::accept();
    let back = app.sandbox.consent(sent.header("location").unwrap(), &consent).await.unwrap();
    let page = ada.come_back(&app.server, None, &back).await;
    assert_eq!(outcome(&page), "connected", "{}", page.body);
    let page = ada.open(&app.server, &at("acme")).await;
    assert!(page.body.contains("Connected") && page.body.contains("Disconnect"), "{}", page.body);

    // Everybody else has to say who they are.
    for mut other in [Browser::default(), app.editor("acme").await] {
        let page = other.open(&app.server, &connect).await;
        assert!(page.body.contains("Who are you?"), "{}", page.body);
    }
    let of_other = format!("{}.oauthConnect", ACME.replace("acme", "other"));
    let page = ada.open(&app.server, &of_other).await;
    assert!(page.body.contains("Who are you?"), "{}", page.body);
}

#[tokio::test]
async fn a_session_may_ask_for_the_status_that_it_may_see() {
    let app = App::open().await;
    app.server.rig().central_client().await;
    let ask = async |browser: &Browser, path: &str| {
        app.server.request("GET", path).header("cookie", &browser.cookie()).send().await
    };
    let status = |query: &str| format!("{ACME}.oauthStatus{query}");
    let ada = app.person(ada()).await;
    assert_eq!(ask(&ada, &status("")).await.json()["connected"], false);
    assert_eq!(ask(&ada, &status("?user_id=ada")).await.status, 200);
    assert_eq!(ask(&ada, &status("?user_id=eve")).await.status, 401, "another user");
    let of_other = status("").replace("acme", "other");
    assert_eq!(ask(&ada, &of_other).await.status, 401, "another workspace");
    let editor = app.editor("acme").await;
    assert_eq!(ask(&editor, &status("?user_id=eve")).await.json()["connected"], false);
    assert_eq!(ask(&editor, &status("")).await.status, 400, "nobody is named");
    assert_eq!(ask(&editor, &of_other).await.status, 401, "another workspace");
    assert_eq!(ask(&Browser::default(), &status("?user_id=ada")).await.status, 401);
}
