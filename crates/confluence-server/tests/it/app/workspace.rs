//! The page of a workspace: what can be set, and what of it is shown.

use confluence_connector::{Allowlist, AuthSettings};
use confluence_sandbox::{Consent, OAuthClient as RegisteredClient};
use secrecy::ExposeSecret;
use serde_json::json;

use super::{App, at, below, follow};
use crate::{
    oauth::{ACME, bearer, hidden, outcome},
    rig::shared_account,
    support::{Answer, request, text},
};

const SECRET: &str = "planted-secret-of-a-form";

/// Fields of a form.
type Fields<'a> = &'a [(&'a str, &'a str)];

/// The value of a field of a form.
fn value(page: &Answer, name: &str) -> String {
    let (_, rest) = page.body.split_once(&format!(" name=\"{name}\"")).expect(name);
    let (_, rest) = rest.split_once(" value=\"").expect(name);
    rest.split_once('"').unwrap().0.to_owned()
}

/// Whether the box or the choice with that id or value is ticked.
fn is_ticked(page: &Answer, what: &str) -> bool {
    let (_, rest) = page.body.split_once(what).unwrap_or_else(|| panic!("{what}: {}", page.body));
    rest.split_once('>').unwrap().0.contains("checked")
}

#[tokio::test]
async fn each_mode_is_saved_and_its_secret_is_never_shown() {
    let app = App::open().await;
    let mut editor = app.editor("acme").await;
    let modes: [(&str, Fields<'_>, &str); 4] = [
        (
            "oauth",
            &[("oauth.clientId", "client-1"), ("oauth.clientSecret", SECRET), ("scopes", "read")],
            "oauth.clientId",
        ),
        (
            "apiToken",
            &[
                ("apiToken.email", "ada@example.com"),
                ("apiToken.token", SECRET),
                ("apiToken.site", "https://acme.atlassian.net/wiki/spaces/ENG"),
            ],
            "apiToken.email",
        ),
        (
            "accessToken",
            &[
                ("accessToken.token", SECRET),
                ("accessToken.cloudId", "11223344-a1b2-4b33-8c44-def123456789"),
            ],
            "accessToken.cloudId",
        ),
        ("oauthCentral", &[("oauthCentral.site", "acme")], "oauthCentral.site"),
    ];
    for (mode, fields, kept) in modes {
        let all = [&[("mode", mode)], fields].concat();
        let answer = app.act(&mut editor, "/authentication", "acme", &all).await;
        let page = follow(&app, &mut editor, &answer).await;
        assert!(page.body.contains("It is used from the next call on"), "{mode}: {}", page.body);
        assert!(!page.body.contains(SECRET), "{mode}");
        let stored = app.stored("acme").await.auth;
        assert_eq!(stored.mode().as_str(), mode);
        assert!(is_ticked(&page, &format!("id=\"mode-{mode}\"")));
        let expected = fields.iter().find(|(name, _)| *name == kept).unwrap().1;
        assert_eq!(value(&page, kept), expected);
        let has_secret = stored.to_secret_json().expose_secret().contains(SECRET);
        assert_eq!(has_secret, mode != "oauthCentral", "{mode}");
    }
}

#[tokio::test]
async fn an_empty_field_keeps_a_secret_and_only_for_the_same_account() {
    let app = App::open().await;
    let mut editor = app.editor("acme").await;
    let has_secret =
        async || app.stored("acme").await.auth.to_secret_json().expose_secret().contains(SECRET);
    let mut save = async |email: &str, more: &[(&str, &str)]| {
        let fields = [("mode", "apiToken"), ("apiToken.email", email), ("apiToken.site", "acme")];
        let fields = [&fields, more].concat();
        let answer = app.act(&mut editor, "/authentication", "acme", &fields).await;
        assert_eq!(answer.status, 303, "{}", answer.body);
    };
    save("ada@example.com", &[("apiToken.token", SECRET)]).await;
    assert!(has_secret().await);
    save("ada@example.com", &[]).await;
    assert!(has_secret().await, "it was left empty");
    save("eve@example.com", &[]).await;
    assert!(!has_secret().await, "it was somebody else's");
    save("ada@example.com", &[("apiToken.token", SECRET)]).await;
    save("ada@example.com", &[("apiToken.token.clear", "yes")]).await;
    assert!(!has_secret().await, "it was to be removed");
}

#[tokio::test]
async fn what_cannot_be_saved_is_marked_and_the_rest_stays_typed() {
    let app = App::open().await;
    let mut editor = app.editor("acme").await;
    let fields = [
        ("mode", "apiToken"),
        ("apiToken.email", "ada@example.com"),
        ("apiToken.token", SECRET),
        ("apiToken.site", "https://acme.evil.example/"),
    ];
    let page = app.act(&mut editor, "/authentication", "acme", &fields).await;
    assert_eq!(page.status, 422);
    assert!(page.body.contains("id=\"apiToken-site-error\""), "{}", page.body);
    assert_eq!(value(&page, "apiToken.email"), "ada@example.com");
    assert!(is_ticked(&page, "id=\"mode-apiToken\""));
    assert!(!page.body.contains(SECRET), "{}", page.body);
    assert_eq!(app.stored("acme").await.auth.mode().as_str(), "oauthCentral");

    let half = [("mode", "oauth"), ("oauth.clientId", "client-1")];
    let page = app.act(&mut editor, "/authentication", "acme", &half).await;
    assert_eq!(page.status, 422);
    assert!(page.body.contains("A new OAuth client needs its secret."), "{}", page.body);
    let scopes = [("mode", "oauthCentral"), ("scopes", "own"), ("more", "no\"scope")];
    let page = app.act(&mut editor, "/authentication", "acme", &scopes).await;
    assert_eq!(page.status, 422);
    let spaced = [("mode", "apiToken"), ("apiToken.token", "planted secret of a form")];
    let page = app.act(&mut editor, "/authentication", "acme", &spaced).await;
    assert_eq!(page.status, 422);
    assert!(!page.body.contains("planted secret"), "{}", page.body);
}

#[tokio::test]
async fn scopes_are_chosen_by_preset_or_one_by_one() {
    let app = App::open().await;
    let mut editor = app.editor("acme").await;
    let mut save = async |fields: &[(&str, &str)]| {
        let fields = [&[("mode", "oauthCentral")], fields].concat();
        let answer = app.act(&mut editor, "/authentication", "acme", &fields).await;
        let page = follow(&app, &mut editor, &answer).await;
        (app.stored("acme").await.auth.shown().scopes, page)
    };
    let (scopes, page) = save(&[("scopes", "read")]).await;
    assert!(!scopes.unwrap().contains("write:"));
    assert!(is_ticked(&page, "id=\"scopes-read\""));
    let (scopes, _) = save(&[("scopes", "write")]).await;
    assert!(scopes.unwrap().contains("delete:page:confluence"));
    let own = [("scopes", "own"), ("scope", "read:page:confluence"), ("more", "read:me")];
    let (scopes, page) = save(&own).await;
    assert_eq!(scopes.as_deref(), Some("read:page:confluence read:me"));
    assert!(is_ticked(&page, "value=\"read:page:confluence\""));
    assert!(!is_ticked(&page, "value=\"write:page:confluence\""));
    assert_eq!(value(&page, "more"), "read:me");
    let (scopes, _) = save(&[("scopes", "default")]).await;
    assert_eq!(scopes, None);
}

#[tokio::test]
async fn the_connection_of_a_shared_account_is_tested() {
    let app = App::open().await;
    let mut editor = app.editor("acme").await;
    let page = app.act(&mut editor, "/test", "acme", &[]).await;
    assert!(page.body.contains("It does not work"), "{}", page.body);
    let auth = shared_account(&app.sandbox);
    app.server.rig().change("acme", |it| it.auth = auth).await;
    let page = app.act(&mut editor, "/test", "acme", &[]).await;
    assert_eq!(page.status, 200);
    assert!(page.body.contains("It works"), "{}", page.body);
    let AuthSettings::ApiToken { email, .. } = shared_account(&app.sandbox) else { panic!() };
    let fields = [
        ("mode", "apiToken"),
        ("apiToken.email", email.as_deref().unwrap()),
        ("apiToken.token", SECRET),
    ];
    app.act(&mut editor, "/authentication", "acme", &fields).await;
    let page = app.act(&mut editor, "/test", "acme", &[]).await;
    assert!(page.body.contains("Authentication failed"), "{}", page.body);
    assert!(!page.body.contains(SECRET));
}

#[tokio::test]
async fn a_user_is_connected_and_disconnected_from_the_page() {
    let app = App::open().await;
    let callback = format!("http://{}{ACME}.oauthCallback", app.server.address);
    app.sandbox.identity().register(RegisteredClient::new("own", SECRET, &callback));
    let mut editor = app.editor("acme").await;
    let fields = [("mode", "oauth"), ("oauth.clientId", "own"), ("oauth.clientSecret", SECRET)];
    let answer = app.act(&mut editor, "/authentication", "acme", &fields).await;
    let page = follow(&app, &mut editor, &answer).await;
    assert!(page.body.contains(&callback), "the callback to register: {}", page.body);

    for nobody in ["", "two words"] {
        let page = app.act(&mut editor, "/connect", "acme", &[("user", nobody)]).await;
        assert_eq!(page.status, 422, "{nobody}");
    }
    let sent = app.act(&mut editor, "/connect", "acme", &[("user", "ada")]).await;
    assert_eq!(sent.status, 303);
    let page = editor.open(&app.server, sent.header("location").unwrap()).await;
    assert!(page.body.contains("Connect your Confluence account?"), "{}", page.body);
    let sent = editor.press(&app.server, &page).await;
    let location = sent.header("location").unwrap();
    let back = app.sandbox.consent(location, &Consent::accept()).await.unwrap();
    let page = editor.come_back(&app.server, None, &back).await;
    assert_eq!(outcome(&page), "connected", "{}", page.body);
    assert!(page.body.contains(&at("acme").replace('&', "&#38;")), "{}", page.body);

    let page = editor.open(&app.server, &at("acme")).await;
    assert!(page.body.contains("1 connected"), "{}", page.body);
    let answer = app.act(&mut editor, "/disconnect", "acme", &[("user", "ada")]).await;
    let page = follow(&app, &mut editor, &answer).await;
    assert!(page.body.contains("0 connected"), "{}", page.body);
    let connections = &app.server.rig().deployment.connections;
    assert_eq!(connections.count(&crate::rig::instance("acme")).await.unwrap(), 0);
    let page = app.act(&mut editor, "/disconnect", "acme", &[("user", "ada")]).await;
    assert!(page.body.contains("ada had no connection here"), "{}", page.body);
}

impl App {
    /// Calls as an agent, and tells what the model is told.
    async fn call(&self, key: &str, agent: &str) -> (bool, String) {
        let arguments = json!({ "action": "list", "agent_id": agent, "user_id": "ada" });
        let call = request("tools/call", json!({ "name": "spaces", "arguments": arguments }));
        let call = self.server.post(call).to(&format!("{ACME}.mcp"));
        let answer = call.header("authorization", &bearer(key)).send().await.json();
        (answer["result"]["isError"] == false, text(&answer["result"]).to_owned())
    }
}

#[tokio::test]
async fn an_agent_gets_in_with_its_tick_and_the_denial_leads_to_the_page() {
    let app = App::open().await;
    let auth = shared_account(&app.sandbox);
    app.server.rig().change("acme", |it| it.auth = auth).await;
    let platform = app.server.rig().platform("acme").await;
    let (ok, told) = app.call(&platform, "agent-1").await;
    let address = format!("http://{}{}", app.server.address, at("acme"));
    assert!(!ok);
    assert_eq!(
        told,
        format!(
            "This agent is not authorized to use this connector. Open the configuration app ({address}) → Authorized agents → tick this agent (id: agent-1), or enable Allow all agents."
        )
    );
    let mut editor = app.editor("acme").await;
    let page = editor.open(&app.server, &address).await;
    assert_eq!(page.status, 200, "the denial names a page that is there");
    assert!(page.body.contains("agent-1") && page.body.contains("refused"), "{}", page.body);

    let tick = [("agent", "agent-1"), ("allowed", "yes")];
    let answer = app.act(&mut editor, "/agents", "acme", &tick).await;
    let page = follow(&app, &mut editor, &answer).await;
    assert!(page.body.contains("Agent authorized"), "{}", page.body);
    assert!(app.call(&platform, "agent-1").await.0);
    assert!(!app.call(&platform, "agent-2").await.0);
    app.act(&mut editor, "/agents", "acme", &[("agent", "agent-1")]).await;
    assert!(!app.call(&platform, "agent-1").await.0);

    app.act(&mut editor, "/everyone", "acme", &[("allowed", "yes")]).await;
    assert!(app.call(&platform, "agent-2").await.0);
    app.act(&mut editor, "/everyone", "acme", &[]).await;
    assert!(!app.call(&platform, "agent-2").await.0);
    assert_eq!(app.stored("acme").await.allowlist, Allowlist::Nobody);
}

#[tokio::test]
async fn turning_off_what_is_off_forgets_no_tick() {
    let app = App::open().await;
    let mut editor = app.editor("acme").await;
    app.act(&mut editor, "/agents", "acme", &[("agent", "agent-1"), ("allowed", "yes")]).await;
    app.act(&mut editor, "/everyone", "acme", &[]).await;
    assert_eq!(app.stored("acme").await.allowlist.to_string(), "agent-1");
}

#[tokio::test]
async fn our_script_is_answered_in_json() {
    let app = App::open().await;
    let mut editor = app.editor("acme").await;
    let page = editor.open(&app.server, &at("acme")).await;
    let proof = hidden(&page, "proof").unwrap();
    let send = async |cookie: &str, fields: &str| {
        let mut request = app
            .server
            .request("POST", &below("/agents", "acme"))
            .header("cookie", cookie)
            .header("accept", "application/json")
            .header("origin", &format!("http://{}", app.server.address));
        request.body = format!("proof={proof}&{fields}").into_bytes();
        request.send().await
    };
    let cookie = editor.cookie();
    let answer = send(&cookie, "agent=agent-1&allowed=yes").await;
    assert_eq!(answer.status, 200);
    assert_eq!(
        answer.json(),
        json!({ "message": "agent-1 may call now", "count": "1 authorized" })
    );
    let answer = send(&cookie, "agent=agent-1").await;
    assert_eq!(answer.json(), json!({ "message": "agent-1 may no longer call", "count": "none" }));
    let answer = send(&cookie, "agent=no+agent").await;
    assert_eq!(answer.status, 422);
    assert!(answer.json()["message"].as_str().unwrap().contains("is not an agent id"));
    let answer = send("", "agent=agent-1&allowed=yes").await;
    assert_eq!(answer.status, 403);
    assert!(answer.json()["message"].as_str().unwrap().contains("Your session has ended"));
}

#[tokio::test]
async fn hostile_names_stay_text() {
    let app = App::open().await;
    let (agent, user) = ("\"><img/src=x>", "'><script>alert(1)</script>");
    let hostile = "</code><script>alert(2)</script>";
    let workspace = "hostile".parse().unwrap();
    let name = hostile.to_owned();
    let created_at = jiff::Timestamp::now();
    let workspace = confluence_connector::Workspace { slug: workspace, name, created_at };
    let mut first = confluence_connector::Instance::new(crate::rig::instance("hostile"));
    first.auth = shared_account(&app.sandbox);
    let deployment = &app.server.rig().deployment;
    assert!(deployment.workspaces.create(&workspace, &first).await.unwrap());
    let platform = app.server.rig().platform("hostile").await;
    let arguments = json!({ "action": "list", "agent_id": agent, "user_id": user });
    let call = request("tools/call", json!({ "name": "spaces", "arguments": arguments }));
    let call = app.server.post(call).to(&format!("{}.mcp", ACME.replace("acme", "hostile")));
    call.header("authorization", &bearer(&platform)).send().await.json();
    let mut maintainer = app.maintainer().await;
    let fields = [("agent", agent), ("allowed", "yes")];
    let answer = app.act(&mut maintainer, "/agents", "hostile", &fields).await;
    let page = follow(&app, &mut maintainer, &answer).await;
    let key = [("kind", "editor"), ("label", hostile)];
    let secret = app.act(&mut maintainer, "/keys", "hostile", &key).await;
    let listed = maintainer.open(&app.server, &at("hostile")).await;
    let all = maintainer.open(&app.server, super::APP).await;
    let install = [("agent", agent)];
    let answer = app.act(&mut maintainer, "/install", "hostile", &install).await;
    let of_agent = follow(&app, &mut maintainer, &answer).await;
    for page in [&page, &secret, &listed, &all, &of_agent] {
        for text in ["<script>", "<img", "</code><s"] {
            assert!(!page.body.contains(text), "{text}: {}", page.body);
        }
    }
    assert!(page.body.contains("&#60;img/src=x&#62;"), "{}", page.body);
}

#[tokio::test]
async fn agents_are_found_by_a_part_of_their_id() {
    let app = App::open().await;
    let many: Vec<_> = (0..150).map(|it| format!("agent-{it:03}")).collect();
    app.server
        .rig()
        .change("acme", |it| it.allowlist = Allowlist::parse(&many.join(",")).unwrap())
        .await;
    let mut editor = app.editor("acme").await;
    let page = editor.open(&app.server, &at("acme")).await;
    assert!(page.body.contains("50 more: search"), "{}", page.body);
    assert!(!page.body.contains("agent-149"));
    let page = editor.open(&app.server, &format!("{}&search=GENT-149", at("acme"))).await;
    assert!(page.body.contains("agent-149") && !page.body.contains("agent-148"));
    let page = editor.open(&app.server, &format!("{}&search=nobody", at("acme"))).await;
    assert!(page.body.contains("No agent has “nobody”"), "{}", page.body);
}

#[tokio::test]
async fn calls_are_listed_a_page_at_a_time_and_only_those_of_the_instance() {
    use confluence_connector::{AuditLog, AuditRecord};
    let app = App::open().await;
    let start = jiff::Timestamp::now();
    let record = |workspace: &str, number: i64| AuditRecord {
        at: start + jiff::SignedDuration::from_secs(number),
        workspace: workspace.parse().unwrap(),
        instance: "ConfluenceNext".parse().unwrap(),
        key: None,
        user: Some("ada".parse().unwrap()),
        agent: Some(format!("agent-{workspace}").parse().unwrap()),
        operation: Some("getPage".to_owned()),
        target: Some(format!("target-{number}")),
        outcome: if number == 0 { "not_found" } else { "ok" }.to_owned(),
        duration: std::time::Duration::from_millis(1_500),
    };
    let records: Vec<_> =
        (0..30).map(|it| record("acme", it)).chain([record("other", 99)]).collect();
    AuditLog::append(&app.server.rig().store, &records).await.unwrap();
    let mut editor = app.editor("acme").await;
    let page = editor.open(&app.server, &at("acme")).await;
    assert!(page.body.contains("target-29") && !page.body.contains("target-4<"), "{}", page.body);
    assert!(!page.body.contains("target-99") && !page.body.contains("agent-other"));
    assert!(page.body.contains("1.5 s"), "{}", page.body);
    let link = page.body.split_once("#activity\">Older calls").unwrap().0;
    let link = link.rsplit_once("href=\"").unwrap().1.replace("&#38;", "&");
    let page = editor.open(&app.server, &link).await;
    assert!(page.body.contains("target-4<") && !page.body.contains("target-29"), "{}", page.body);
    assert!(page.body.contains("not found") && page.body.contains("Newest calls"));
    assert!(!page.body.contains("Older calls"));
}

#[tokio::test]
async fn the_page_of_an_agent_has_all_that_its_builder_needs() {
    let app = App::open().await;
    let mut editor = app.editor("acme").await;
    let answer = app.act(&mut editor, "/install", "acme", &[("agent", "agent-1")]).await;
    let page = follow(&app, &mut editor, &answer).await;
    assert!(page.body.contains("Agent authorized"), "{}", page.body);
    let (_, tool) = page.body.split_once("<pre id=\"tool\"").unwrap();
    let (_, tool) = tool.split_once('>').unwrap();
    let tool = tool.split_once("</pre>").unwrap().0.replace("&#34;", "\"");
    let tool: serde_json::Value = serde_json::from_str(&tool).unwrap();
    let webhooks = format!("http://{}{ACME}", app.server.address);
    assert_eq!(tool["server"], format!("{webhooks}.mcp"));
    assert_eq!(tool["auth"]["connect_url"], format!("{webhooks}.oauthConnect"));
    assert!(page.body.contains("You answer from the company"), "{}", page.body);
    assert_eq!(app.stored("acme").await.allowlist.to_string(), "agent-1");
    let bad = app.act(&mut editor, "/install", "acme", &[("agent", "two words")]).await;
    assert_eq!(bad.status, 422);
}
