//! Getting in: who is, who is not, and who tried too often.

use confluence_connector::{KeyKind, SessionStore, SessionToken};
use confluence_server::HttpOptions;
use jiff::Timestamp;

use super::{APP, App, at};
use crate::{
    oauth::{Browser, hidden},
    rig::{API, Rig, instance},
    support::{Answer, Request, Server, confluence},
};

/// What is different on each visit.
fn anonymous(page: &Answer, workspace: &str) -> String {
    let proof = hidden(page, "proof").unwrap();
    page.body.replace(&proof, "PROOF").replace(workspace, "WORKSPACE")
}

#[tokio::test]
async fn nobody_learns_anything_before_signing_in() {
    let app = App::open().await;
    let known = Browser::default().open(&app.server, &at("acme")).await;
    let unknown = Browser::default().open(&app.server, &at("nowhere")).await;
    assert_eq!((known.status, unknown.status), (200, 200));
    assert_eq!(anonymous(&known, "acme"), anonymous(&unknown, "nowhere"));
    assert!(!known.body.contains("MCP endpoint"), "{}", known.body);
    let policy = known.header("content-security-policy").unwrap();
    assert!(
        policy.starts_with("default-src 'none'; style-src 'self'; img-src 'self';"),
        "{policy}"
    );
    assert!(!policy.contains("unsafe") && !policy.contains("data:"), "{policy}");
    for (name, value) in [
        ("cache-control", "no-store"),
        ("x-frame-options", "DENY"),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
    ] {
        assert_eq!(known.header(name), Some(value));
    }
}

#[tokio::test]
async fn only_keys_for_people_open_the_app() {
    let app = App::open().await;
    let rig = app.server.rig();
    let workspace = || "acme".parse().unwrap();
    for kind in [
        KeyKind::Platform { workspace: workspace() },
        KeyKind::Instruction { workspace: workspace() },
        KeyKind::Deployment { api: "http://localhost:1".parse().unwrap() },
    ] {
        let (_, key) = rig.key(kind).await;
        let answer = app.sign_in(&mut Browser::default(), &key).await;
        assert_eq!(answer.status, 403, "{}", answer.body);
        assert!(answer.body.contains("This key opens nothing here"), "{}", answer.body);
        assert!(!answer.body.contains(&key));
    }
    for wrong in ["", "cnx_wrong", "<script>alert(1)</script>"] {
        let answer = app.sign_in(&mut Browser::default(), wrong).await;
        assert_eq!(answer.status, 403);
        assert!(!answer.body.contains("<script>alert"), "{}", answer.body);
    }
}

#[tokio::test]
async fn each_key_leads_to_what_it_opens() {
    let app = App::open().await;
    let mut maintainer = app.maintainer().await;
    let page = maintainer.open(&app.server, APP).await;
    assert!(page.body.contains("<h1>Deployment</h1>"), "{}", page.body);
    let mut editor = app.editor("acme").await;
    let answer = editor.open(&app.server, APP).await;
    assert_eq!(answer.header("location"), Some(at("acme").as_str()));
    let personal = KeyKind::Personal {
        instance: instance("acme"),
        user: "ada".parse().unwrap(),
        agent: "agent-1".parse().unwrap(),
    };
    let mut ada = app.person(personal).await;
    let answer = ada.open(&app.server, APP).await;
    assert_eq!(answer.header("location"), Some(at("acme").as_str()));
    let page = ada.open(&app.server, &at("acme")).await;
    assert!(page.body.contains("Your connection") && page.body.contains("ada"), "{}", page.body);
    assert!(!page.body.contains("Authorized agents"), "{}", page.body);
}

#[tokio::test]
async fn what_a_session_may_not_open_is_not_there() {
    let app = App::open().await;
    let mut editor = app.editor("acme").await;
    let other = editor.open(&app.server, &at("other")).await;
    let unknown = editor.open(&app.server, &at("nowhere")).await;
    assert_eq!((other.status, unknown.status), (404, 404));
    assert_eq!(other.body, unknown.body);
    for path in [
        format!("{APP}?workspaceSlug=acme&appInstance=Second"),
        format!("{APP}?workspaceSlug=..%2Fx"),
        format!("{APP}/agent?workspaceSlug=other&appInstance=ConfluenceNext&agent=a"),
        format!("{APP}/agent?workspaceSlug=acme&appInstance=ConfluenceNext&agent=a%20b"),
        format!("{APP}/agent?workspaceSlug=acme&appInstance=ConfluenceNext"),
        format!("{APP}/nothing"),
        format!("{APP}/agents?workspaceSlug=acme"),
        "/apps/another".to_owned(),
    ] {
        assert_eq!(editor.open(&app.server, &path).await.status, 404, "{path}");
    }
    // The core's settings are the maintainers'.
    let page = editor.open(&app.server, &format!("{APP}?workspaceSlug=confluence-next")).await;
    assert_eq!(page.status, 404);
}

impl App {
    /// Shows a key from an address, as a proxy on this machine tells it.
    async fn try_from(&self, address: &str, key: &str) -> Answer {
        self.attempt(address, key).await.send().await
    }

    async fn attempt(&self, address: &str, key: &str) -> Request {
        let mut browser = Browser::default();
        let page = browser.open(&self.server, APP).await;
        let proof = hidden(&page, "proof").unwrap();
        let mut request = self
            .server
            .request("POST", &format!("{APP}/sign-in"))
            .header("content-type", "application/x-www-form-urlencoded")
            .header("origin", &format!("http://{}", self.server.address))
            .header("cookie", &browser.cookie())
            .header("x-forwarded-for", address);
        request.body = format!("proof={proof}&key={key}").into_bytes();
        request
    }
}

#[tokio::test]
async fn a_place_is_locked_out_after_ten_wrong_keys() {
    let app = App::open().await;
    let (_, right) = app.server.rig().key(KeyKind::Maintainer).await;
    for wrong in 0..10 {
        let answer = app.try_from("198.51.100.7", &format!("{wrong}-wrong-key")).await;
        assert_eq!(answer.status, 403, "{wrong}");
    }
    let answer = app.try_from("198.51.100.7", &right).await;
    assert_eq!(answer.status, 429, "{}", answer.body);
    assert_eq!(answer.header("retry-after"), Some("900"));
    assert_eq!(answer.header("set-cookie").map(|it| it.contains("confluence-app")), Some(false));
    assert!(answer.body.contains("Sign-in is locked"), "{}", answer.body);
    assert_eq!(app.try_from("198.51.100.8", &right).await.status, 303, "others are not");
    // Another replica knows it, too.
    let beside = app.server.beside().await;
    let mut request = app.attempt("198.51.100.7", &right).await;
    request.address = beside.address;
    assert_eq!(request.send().await.status, 429);
}

#[tokio::test]
async fn a_key_is_locked_out_wherever_it_is_guessed_from() {
    let app = App::open().await;
    let (_, right) = app.server.rig().key(KeyKind::Maintainer).await;
    let beginning = &right[..12];
    for place in 0..10 {
        let (place, key) = (format!("198.51.100.{place}"), format!("{beginning}{place}"));
        assert_eq!(app.try_from(&place, &key).await.status, 403, "{place}");
    }
    assert_eq!(app.try_from("198.51.100.99", &right).await.status, 429);
    let (_, other) = app.server.rig().key(KeyKind::Maintainer).await;
    assert_eq!(app.try_from("198.51.100.99", &other).await.status, 303);
}

#[tokio::test]
async fn many_at_once_get_no_further() {
    let app = App::open().await;
    let attempts = (0..40).map(|it| {
        let key = format!("{it}-wrong-key");
        let app = &app;
        async move { app.try_from("198.51.100.7", &key).await.status }
    });
    let answers = futures::future::join_all(attempts).await;
    assert_eq!(answers.iter().filter(|it| **it == 403).count(), 10, "{answers:?}");
    assert!(answers.iter().all(|it| matches!(*it, 403 | 429)), "{answers:?}");
}

#[tokio::test]
async fn a_right_key_takes_no_suspicion_from_its_place() {
    let app = App::open().await;
    let (_, right) = app.server.rig().key(KeyKind::Maintainer).await;
    for wrong in 0..9 {
        app.try_from("198.51.100.7", &format!("{wrong}-wrong-key")).await;
    }
    assert_eq!(app.try_from("198.51.100.7", &right).await.status, 303);
    assert_eq!(app.try_from("198.51.100.7", "10-wrong-key").await.status, 403);
    assert_eq!(app.try_from("198.51.100.7", "11-wrong-key").await.status, 429);
}

#[tokio::test]
async fn a_form_to_sign_in_has_to_be_ours() {
    let app = App::open().await;
    let (_, key) = app.server.rig().key(KeyKind::Maintainer).await;
    let mut browser = Browser::default();
    let page = browser.open(&app.server, APP).await;
    let proof = hidden(&page, "proof").unwrap();
    let other = Browser::default().open(&app.server, APP).await;
    let foreign = hidden(&other, "proof").unwrap();
    let origin = format!("http://{}", app.server.address);
    let send = async |origin: Option<&str>, cookie: bool, proof: &str| {
        let request = app.server.request("POST", &format!("{APP}/sign-in"));
        let mut request = request.header("content-type", "application/x-www-form-urlencoded");
        if let Some(origin) = origin {
            request = request.header("origin", origin);
        }
        if cookie {
            request = request.header("cookie", &browser.cookie());
        }
        request.body = format!("proof={proof}&key={key}").into_bytes();
        request.send().await.status
    };
    assert_eq!(send(None, true, &proof).await, 403, "a browser says where a form comes from");
    assert_eq!(send(Some("null"), true, &proof).await, 403);
    assert_eq!(send(Some("https://evil.example"), true, &proof).await, 403);
    assert_eq!(send(Some(&origin), false, &proof).await, 403);
    assert_eq!(send(Some(&origin), true, &foreign).await, 403);
    assert_eq!(send(Some(&origin), true, "").await, 403);
    assert_eq!(send(Some(&origin), true, &proof).await, 303);
}

#[tokio::test]
async fn over_https_cookies_are_bound_to_the_host() {
    let sandbox = confluence().await;
    let options = HttpOptions { public_url: API.parse().unwrap(), ..HttpOptions::default() };
    let rig = Rig::single_user(&sandbox).await;
    let options = HttpOptions { single_user: false, ..options };
    let server = Server::of(rig, options).await;
    let (_, key) = server.rig().key(KeyKind::Maintainer).await;
    let get = server.request("GET", &format!("/v2{APP}")).set("host", "connector.example");
    let page = get.send().await;
    let secure = |cookie: &str, name: &str| {
        assert!(cookie.starts_with(&format!("__Host-{name}=")), "{cookie}");
        for attribute in ["; Path=/;", "; HttpOnly;", "; SameSite=Lax;", "; Secure"] {
            assert!(cookie.contains(attribute), "{cookie}");
        }
        assert!(!cookie.contains("Domain"), "{cookie}");
    };
    let cookie = page.header("set-cookie").unwrap().to_owned();
    secure(&cookie, "confluence-sign-in");
    assert!(page.body.contains(&format!("action=\"/v2{APP}/sign-in\"")), "{}", page.body);
    let mut post = server
        .request("POST", &format!("/v2{APP}/sign-in"))
        .set("host", "connector.example")
        .header("origin", "https://connector.example")
        .header("cookie", cookie.split(';').next().unwrap());
    let proof = hidden(&page, "proof").unwrap();
    post.body = format!("proof={proof}&key={key}").into_bytes();
    let answer = post.send().await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    secure(answer.header("set-cookie").unwrap(), "confluence-app");
    assert_eq!(answer.header("location"), Some(format!("/v2{APP}").as_str()));
}

#[tokio::test]
async fn without_https_nobody_signs_in_from_another_machine() {
    let sandbox = confluence().await;
    let api = "http://connector.example";
    let rig = Rig::at(&sandbox, api, None).await;
    let (_, key) = rig.key(KeyKind::Maintainer).await;
    let public_url = api.parse().unwrap();
    let options = HttpOptions { public_url, single_user: false, ..HttpOptions::default() };
    let server = Server::of(rig, options).await;
    let get = server.request("GET", APP).set("host", "connector.example");
    let page = get.send().await;
    assert!(page.body.contains("Sign-in needs https"), "{}", page.body);
    assert!(!page.body.contains("<form"), "{}", page.body);
    let mut post = server
        .request("POST", &format!("{APP}/sign-in"))
        .set("host", "connector.example")
        .header("origin", api);
    post.body = format!("key={key}").into_bytes();
    assert_eq!(post.send().await.status, 403);
}

#[tokio::test]
async fn a_session_is_never_one_that_the_browser_came_with() {
    let app = App::open().await;
    let (_, key) = app.server.rig().key(KeyKind::Maintainer).await;
    let mut browser = Browser::default();
    browser.keep("confluence-app", "planted-by-somebody-else");
    let answer = app.sign_in(&mut browser, &key).await;
    assert_eq!(answer.status, 303);
    let planted = SessionToken::shown("planted-by-somebody-else".into());
    let store = &app.server.rig().store;
    let found = SessionStore::find(store, &planted.hash(), Timestamp::now()).await.unwrap();
    assert!(found.is_none());
    assert!(!browser.cookie().contains("planted"), "{}", browser.cookie());
}
