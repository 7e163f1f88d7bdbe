//! What holds for every form: whose it is, where it comes from, who may send it.

use confluence_connector::KeyKind;
use confluence_server::HttpOptions;

use super::{APP, App, at, below};
use crate::{
    oauth::{Browser, hidden},
    rig::instance,
    support::Server,
};

/// Forms of a workspace, each with what would change something.
const WORKSPACE: [(&str, &[(&str, &str)]); 7] = [
    ("/authentication", &[("mode", "apiToken"), ("apiToken.email", "a@b.example")]),
    ("/test", &[]),
    ("/connect", &[("user", "ada")]),
    ("/disconnect", &[("user", "ada")]),
    ("/agents", &[("agent", "agent-1"), ("allowed", "yes")]),
    ("/everyone", &[("allowed", "yes")]),
    ("/install", &[("agent", "agent-1")]),
];

/// Forms of maintainers.
const DEPLOYMENT: [(&str, &[(&str, &str)]); 7] = [
    ("/central", &[("clientId", "id"), ("clientSecret", "secret")]),
    ("/catalogue", &[]),
    ("/workspaces", &[("slug", "new")]),
    ("/workspace/delete", &[("confirm", "acme")]),
    ("/keys", &[("kind", "platform"), ("label", "new")]),
    ("/keys/rotate", &[("id", "any")]),
    ("/keys/revoke", &[("id", "any")]),
];

fn all() -> impl Iterator<Item = (&'static str, &'static [(&'static str, &'static str)])> {
    WORKSPACE.into_iter().chain(DEPLOYMENT)
}

impl App {
    /// Makes sure that none of the forms has done anything.
    async fn is_untouched(&self) {
        let acme = self.stored("acme").await;
        assert_eq!(format!("{:?}", acme.auth), format!("{:?}", self.stored("other").await.auth));
        assert_eq!(acme.allowlist, self.stored("other").await.allowlist);
        let deployment = &self.server.rig().deployment;
        let workspaces = deployment.workspaces.list(None, 10).await.unwrap();
        let slugs: Vec<_> = workspaces.iter().map(|it| it.slug.as_str()).collect();
        assert_eq!(slugs, ["acme", "other"]);
        let keys = deployment.keyring.list(Some(&"acme".parse().unwrap())).await.unwrap();
        assert!(keys.iter().all(|it| it.label == "test"), "{keys:?}");
        let central = confluence_connector::CentralClientStore::load(&self.server.rig().store);
        assert!(central.await.unwrap().is_none());
    }

    async fn proof(&self, browser: &mut Browser) -> String {
        hidden(&browser.open(&self.server, &at("acme")).await, "proof").unwrap()
    }
}

fn with<'a>(proof: &'a str, fields: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    [&[("proof", proof)], fields].concat()
}

#[tokio::test]
async fn a_form_without_the_proof_of_its_session_does_nothing() {
    let app = App::open().await;
    let mut browser = app.maintainer().await;
    let foreign = app.proof(&mut app.maintainer().await).await;
    let own = app.proof(&mut browser).await;
    for (action, fields) in all() {
        let path = below(action, "acme");
        for wrong in ["", "guess", &foreign] {
            let answer = browser.submit(&app.server, &path, &with(wrong, fields)).await;
            assert_eq!(answer.status, 403, "{action} {wrong}");
        }
        let answer = browser.submit(&app.server, &path, fields).await;
        assert_eq!(answer.status, 403, "{action}");
        let twice = [with(&own, fields), vec![("proof", "guess")]].concat();
        assert_eq!(browser.submit(&app.server, &path, &twice).await.status, 403, "{action}");
        let nobody = Browser::default().submit(&app.server, &path, &with(&own, fields)).await;
        assert_eq!(nobody.status, 403, "{action}");
        assert!(nobody.body.contains("Sign in"), "{}", nobody.body);
    }
    app.is_untouched().await;
}

#[tokio::test]
async fn a_form_of_another_site_does_nothing() {
    let sandbox = crate::support::confluence().await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let rig = crate::rig::Rig::at(&sandbox, &url, None).await;
    for workspace in ["acme", "other"] {
        rig.workspace(workspace, confluence_connector::AuthSettings::default(), "").await;
    }
    // What may call over MCP may not send forms.
    let options = HttpOptions {
        public_url: url.parse().unwrap(),
        allowed_origins: vec!["https://tool.example".to_owned()],
        single_user: false,
        ..HttpOptions::default()
    };
    let app = App { sandbox, server: Server::public_with(listener, rig, options) };
    let mut browser = app.maintainer().await;
    let proof = app.proof(&mut browser).await;
    for (action, fields) in all() {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(with(&proof, fields));
        let body = form.finish().into_bytes();
        let send = async |origins: &[&str]| {
            let request = app.server.request("POST", &below(action, "acme"));
            let mut request = request.header("cookie", &browser.cookie());
            for origin in origins {
                request = request.header("origin", origin);
            }
            request.body.clone_from(&body);
            request.send().await.status
        };
        for origins in [
            &[][..],
            &["null"],
            &["https://evil.example"],
            &["https://tool.example"],
            &["http://127.0.0.1:1"],
            &[url.as_str(), "https://evil.example"],
        ] {
            assert_eq!(send(origins).await, 403, "{action} {origins:?}");
        }
    }
    app.is_untouched().await;
}

#[tokio::test]
async fn a_form_for_more_than_the_session_may_is_not_there() {
    let app = App::open().await;
    let mut other = app.editor("other").await;
    let mut editor = app.editor("acme").await;
    let personal = KeyKind::Personal {
        instance: instance("acme"),
        user: "ada".parse().unwrap(),
        agent: "agent-1".parse().unwrap(),
    };
    let mut ada = app.person(personal).await;
    let of_other = hidden(&other.open(&app.server, &at("other")).await, "proof").unwrap();
    let of_ada = app.proof(&mut ada).await;
    for (action, fields) in all() {
        let path = below(action, "acme");
        let answer = other.submit(&app.server, &path, &with(&of_other, fields)).await;
        assert_eq!(answer.status, 404, "{action}");
        let answer = ada.submit(&app.server, &path, &with(&of_ada, fields)).await;
        assert_eq!(answer.status, 404, "{action}");
    }
    let proof = app.proof(&mut editor).await;
    for (action, fields) in DEPLOYMENT {
        for path in [below(action, "acme"), format!("{APP}{action}")] {
            let answer = editor.submit(&app.server, &path, &with(&proof, fields)).await;
            assert_eq!(answer.status, 404, "{path}");
        }
    }
    for (action, fields) in WORKSPACE {
        let path = format!("{APP}{action}");
        let answer = editor.submit(&app.server, &path, &with(&proof, fields)).await;
        assert_eq!(answer.status, 404, "{action} without an instance");
        let path = below(action, "acme").replace("ConfluenceNext", "Second");
        let answer = editor.submit(&app.server, &path, &with(&proof, fields)).await;
        assert_eq!(answer.status, 404, "{action} of an instance that is not there");
    }
    app.is_untouched().await;
}

#[tokio::test]
async fn a_form_that_is_none_is_refused() {
    let app = App::open().await;
    let mut browser = app.maintainer().await;
    let many = vec![("scope", "x"); 5_000];
    let answer = browser.submit(&app.server, &below("/authentication", "acme"), &many).await;
    assert_eq!(answer.status, 400, "{}", answer.body);
    let proof = app.proof(&mut browser).await;
    let unknown = with(&proof, &[("mode", "magic")]);
    let answer = browser.submit(&app.server, &below("/authentication", "acme"), &unknown).await;
    assert_eq!(answer.status, 422, "{}", answer.body);
    app.is_untouched().await;
}

#[tokio::test]
async fn what_is_said_was_done_is_nothing_that_a_link_makes_up() {
    let app = App::open().await;
    let mut browser = app.maintainer().await;
    let path = format!("{}&done=%3Cb%3Ehacked&search=%22%3E%3Cscript%3E", at("acme"));
    let page = browser.open(&app.server, &path).await;
    assert_eq!(page.status, 200);
    assert!(!page.body.contains("hacked") && !page.body.contains("\"><script"), "{}", page.body);
}
