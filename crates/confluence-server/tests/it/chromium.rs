//! The configuration app in Chromium, with the sandbox's consent page: what no HTTP client of ours
//! shows is how a browser takes our policies, cookies, redirects and the script.
//!
//! Without a driver, which `cargo xtask test` finds and names, nothing runs here.

mod driver;

use confluence_connector::{KeyKind, SessionStore};
use confluence_sandbox::OAuthClient as RegisteredClient;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::{
    app::App,
    oauth::{CENTRAL_SECRET, bearer},
    support::{request, text},
};
use driver::Chromium;

const APP: &str = "/apps/confluence-next";
const SECRET: &str = "planted-secret-of-a-form";

/// The box of an agent.
const TICK: &str = "[data-text^='agent-1'] input[type=checkbox]";

/// An app in a browser.
struct Desk {
    app: App,
    browser: Chromium,
}

impl Desk {
    async fn open(name: &'static str) -> Option<Self> {
        let browser = Chromium::start(name).await?;
        let app = App::open().await;
        Some(Self { app, browser })
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.app.server.address)
    }

    async fn sign_in(&self, key: &str) {
        self.browser.fill("#key", key).await;
        self.browser.click("button.primary").await;
    }

    /// Calls a tool of `harbour` as a platform does, and tells what the model is told.
    async fn call(&self, key: &str, agent: &str, user: &str) -> (bool, String) {
        let arguments = json!({ "action": "list", "agent_id": agent, "user_id": user });
        let call = request("tools/call", json!({ "name": "spaces", "arguments": arguments }));
        let path = "/workspaces/slug:harbour/webhooks/ConfluenceNext.mcp";
        let call = self.app.server.post(call).to(path);
        let answer = call.header("authorization", &bearer(key)).send().await.json();
        (answer["result"]["isError"] == false, text(&answer["result"]).to_owned())
    }

    /// Makes a key on the page that is open.
    async fn issue(&self, kind: &str) -> String {
        self.browser.click(&format!("#kind-{kind}")).await;
        self.browser.fill("#key-label", &format!("{kind} of the test")).await;
        self.browser.press("keys", "Issue key").await;
        self.browser.reads("This is the only time it is shown").await;
        let secret = self.browser.content("#secret").await;
        assert!(secret.starts_with("cnx_"), "{secret}");
        self.browser.press("main", "I have copied it").await;
        secret
    }

    /// Confirms, agrees at Atlassian's, and comes back to the configuration.
    async fn agree(&self, user: &str) {
        let browser = &self.browser;
        browser.reads("Connect your Confluence account?").await;
        browser.reads(user).await;
        browser.look("confirm").await;
        browser.press("main", "Continue to Atlassian").await;
        browser.reads("asks for access to your Atlassian account").await;
        let consent = browser.address().await;
        assert_ne!(consent.port(), Some(self.app.server.address.port()), "{consent}");
        browser.click("button[value=accept]").await;
        browser.reads("You can close this page").await;
        assert_eq!(browser.content("#outcome").await, "connected");
        browser.look("connected").await;
        browser.press("main", "Back to the configuration").await;
        browser.reads("Authorized agents").await;
    }
}

impl Desk {
    /// A maintainer sets the central client and creates the workspace: keys for its editor and for a
    /// platform.
    async fn set_up(&self) -> (String, String) {
        let (app, browser) = (&self.app, &self.browser);
        let (_, maintainer) = app.server.rig().key(KeyKind::Maintainer).await;
        browser.open(&self.url(APP)).await;
        browser.look("sign-in").await;
        self.sign_in("cnx_wrong").await;
        browser.reads("This key opens nothing here").await;
        browser.look("wrong-key").await;
        self.sign_in(&maintainer).await;
        browser.reads("Central OAuth client").await;

        // The maintainer sets the central client, with the callback that the page says.
        let callback = browser.content("#core-callback").await;
        let central = RegisteredClient::new("central", CENTRAL_SECRET, &callback);
        app.sandbox.identity().register(central);
        browser.fill("#clientId", "central").await;
        browser.fill("#clientSecret", CENTRAL_SECRET).await;
        browser.press("central", "Save client").await;
        browser.reads("Users who were connected with another client connect again.").await;
        browser.look("deployment").await;
        browser.fill("#slug", "harbour").await;
        browser.fill("#name", "Harbour Office").await;
        browser.press("workspaces", "Create workspace").await;
        browser.reads("Harbour Office").await;
        let editor = self.issue("editor").await;
        let platform = self.issue("platform").await;
        browser.look("workspace-new").await;
        browser.click("form[action$='/sign-out'] button").await;
        browser.reads("Show an editor key").await;
        (editor, platform)
    }

    /// The editor saves each method, and connects users.
    async fn choose_methods(&self, editor: &str) {
        let (app, browser) = (&self.app, &self.browser);
        // The editor sees the workspace alone.
        self.sign_in(editor).await;
        browser.reads("Harbour Office").await;
        assert!(!browser.text().await.contains("Issue a key"));
        browser.open(&self.url(&format!("{APP}?workspaceSlug=acme"))).await;
        browser.reads("nothing that your key opens").await;
        browser.look("not-found").await;
        browser.press("main", "To the configuration").await;

        // Each method, with what it needs.
        browser.click("#mode-apiToken").await;
        browser.fill("#apiToken-email", "nobody@example.com").await;
        browser.fill("#apiToken-token", SECRET).await;
        browser.fill("#apiToken-site", "https://acme.evil.example").await;
        browser.press("authentication", "Save authentication").await;
        browser.reads("Nothing was saved").await;
        browser.look("wrong-field").await;
        browser.fill("#apiToken-site", "acme").await;
        browser.fill("#apiToken-token", SECRET).await;
        browser.press("authentication", "Save authentication").await;
        browser.reads("It is used from the next call on").await;
        browser.press("authentication", "Test connection").await;
        browser.reads("Authentication failed").await;
        browser.look("api-token").await;
        browser.click("#mode-accessToken").await;
        browser.fill("#accessToken-token", SECRET).await;
        browser.fill("#accessToken-site", "acme").await;
        browser.press("authentication", "Save authentication").await;
        browser.reads("It is used from the next call on").await;
        browser.look("access-token").await;
        browser.click("#mode-oauthCentral").await;
        browser.click("#scopes-read").await;
        browser.press("authentication", "Save authentication").await;
        browser.reads("It is used from the next call on").await;
        browser.fill("#connect-user", "eve").await;
        browser.press("authentication", "Connect").await;
        self.agree("eve").await;
        browser.reads("1 connected").await;
        browser.click("#mode-oauth").await;
        let callback = browser.content("#callback-url").await;
        app.sandbox.identity().register(RegisteredClient::new("own", SECRET, &callback));
        browser.fill("#oauth-clientId", "own").await;
        browser.fill("#oauth-clientSecret", SECRET).await;
        browser.click("#scopes-own").await;
        browser.look("own-app").await;
        browser.click("#scopes-default").await;
        browser.press("authentication", "Save authentication").await;
        browser.reads("It is used from the next call on").await;
        assert!(browser.is_ticked("#mode-oauth").await);
        let source = browser.script("return document.documentElement.outerHTML").await;
        assert!(!source.as_str().unwrap().contains(SECRET));

        browser.fill("#connect-user", "ada").await;
        browser.press("authentication", "Connect").await;
        self.agree("ada").await;
        browser.reads("2 connected").await;
    }

    /// Agents are ticked, call, and get the capability; a user is disconnected.
    async fn let_agents_in(&self, platform: &str) {
        let browser = &self.browser;
        // An agent is refused, ticked where the refusal says, and gets in.
        for agent in ["agent-1", "agent-2"] {
            let (ok, told) = self.call(platform, agent, "ada").await;
            let here = self.url(&format!("{APP}?workspaceSlug=harbour&appInstance=ConfluenceNext"));
            assert!(!ok);
            assert_eq!(
                told,
                format!(
                    "This agent is not authorized to use this connector. Open the configuration app ({here}) → Authorized agents → tick this agent (id: {agent}), or enable Allow all agents."
                )
            );
            browser.open(&here).await;
            browser.reads(agent).await;
        }
        browser.click(TICK).await;
        browser.reads("agent-1 may call now").await;
        assert_eq!(browser.content("#agents-count").await, "1 authorized");
        let (ok, told) = self.call(platform, "agent-1", "ada").await;
        assert!(ok, "{told}");
        assert!(told.contains("SAND"), "{told}");
        assert!(!self.call(platform, "agent-2", "ada").await.0);
        browser.fill("#search", "agent-2").await;
        let shown = "return [...document.querySelectorAll('#agent-rows > li')].filter((it) => !it.hidden).length";
        assert_eq!(browser.script(shown).await, 1);
        browser.open(&self.url(&format!("{APP}?workspaceSlug=harbour"))).await;
        assert!(browser.is_ticked(TICK).await);
        browser.look("workspace").await;
        browser.click("[data-copy=endpoint-url]").await;
        browser.reads("Cop").await;

        browser.click("[aria-label='Install capability for agent-2']").await;
        browser.reads("Now add the tool below").await;
        browser.look("agent").await;
        let tool = browser.content("#tool").await;
        let tool: serde_json::Value = serde_json::from_str(&tool).unwrap();
        assert_eq!(tool["name"], "confluence_next");
        assert!(self.call(platform, "agent-2", "ada").await.0);

        browser.open(&self.url(&format!("{APP}?workspaceSlug=harbour"))).await;
        browser.click("[aria-label='Disconnect ada']").await;
        browser.reads("1 connected").await;
        let (ok, told) = self.call(platform, "agent-1", "ada").await;
        assert!(!ok && told.starts_with("Confluence is not connected for this user."), "{told}");
    }

    /// The editor comes back when the session is over.
    async fn come_back_too_late(&self, editor: &str, platform: &str) {
        let (app, browser) = (&self.app, &self.browser);
        // Twelve hours later.
        let later = Timestamp::now() + SignedDuration::from_hours(13);
        SessionStore::sweep(&app.server.rig().store, later).await.unwrap();
        browser.click(TICK).await;
        browser.reads("Not saved: Your session has ended").await;
        assert!(browser.is_ticked(TICK).await, "the tick is taken back");
        assert!(self.call(platform, "agent-1", "eve").await.1.starts_with("Confluence is not"));
        browser.fill("#agent", "agent-3").await;
        browser.press("agents", "Add").await;
        browser.reads("Your session has ended. Sign in again; nothing was saved.").await;
        browser.look("session-ended").await;
        assert!(!app.stored("harbour").await.allowlist.to_string().contains("agent-3"));
        self.sign_in(editor).await;
        browser.reads("Harbour Office").await;
    }
}

/// From an empty deployment to an agent that reads Confluence, and back.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_workspace_is_set_up_and_used() {
    let Some(desk) = Desk::open("workspace").await else { return };
    let (editor, platform) = desk.set_up().await;
    desk.choose_methods(&editor).await;
    desk.let_agents_in(&platform).await;
    desk.come_back_too_late(&editor, &platform).await;
    desk.browser.end().await;
}

/// A user who has a personal key, and no other way to say who they are.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_connects_and_disconnects() {
    let Some(desk) = Desk::open("person").await else { return };
    let (app, browser) = (&desk.app, &desk.browser);
    app.server.rig().central_client().await;
    let callback = desk.url("/workspaces/slug:confluence-next/webhooks/oauthCallback");
    let central = RegisteredClient::new("central", CENTRAL_SECRET, &callback);
    app.sandbox.identity().register(central);
    let key = app.server.rig().personal("acme", "ada", "agent-1").await;
    browser.open(&desk.url(APP)).await;
    desk.sign_in(&key).await;
    browser.reads("Not connected").await;
    browser.look("not-connected").await;
    browser.press("main", "Connect").await;
    browser.reads("Connect your Confluence account?").await;
    browser.press("main", "Continue to Atlassian").await;
    browser.click("button[value=deny]").await;
    browser.reads("You did not agree at Atlassian").await;
    browser.look("declined").await;
    browser.open(&desk.url(APP)).await;
    browser.press("main", "Connect").await;
    browser.press("main", "Continue to Atlassian").await;
    browser.click("button[value=accept]").await;
    browser.reads("You can close this page").await;
    browser.press("main", "Back to the configuration").await;
    browser.reads("Connect again").await;
    browser.look("connected").await;
    browser.press("main", "Disconnect").await;
    browser.reads("Disconnect your Confluence account?").await;
    browser.press("main", "Disconnect").await;
    browser.reads("Your tokens have been deleted here").await;
    browser.press("main", "Back to the configuration").await;
    browser.reads("Not connected").await;
    desk.browser.end().await;
}
