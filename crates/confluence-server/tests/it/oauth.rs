//! Connecting users: their browsers, their platforms, and other deployments.

mod browser;
mod core;
mod introductions;
mod journey;
mod mixups;
mod security;
mod visits;

use confluence_auth::{BaseUrl, client::OAuthClient};
use confluence_connector::{AuthSettings, KeyKind};
use confluence_sandbox::{OAuthClient as RegisteredClient, Sandbox};
use secrecy::SecretString;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::{
    rig::Rig,
    support::{Answer, Request, Server, confluence, request, text},
};
pub(crate) use browser::{Browser, hidden};

/// Where the workspace's webhooks are.
pub(crate) const ACME: &str = "/workspaces/slug:acme/webhooks/ConfluenceNext";
pub(crate) const CORE: &str = "/workspaces/slug:confluence-next/webhooks";

/// What must be seen nowhere.
pub(crate) const OWN_SECRET: &str = "planted-own-secret";
pub(crate) const CENTRAL_SECRET: &str = "planted-central-secret";

/// A workspace `acme` whose users sign in, at a server that knows its own address.
pub(crate) struct Acme {
    pub(crate) sandbox: Sandbox,
    pub(crate) server: Server,
    pub(crate) platform: String,
    /// Holds the central client for `server`, where that does not itself.
    pub(crate) core: Option<Server>,
}

async fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    (listener, url)
}

fn register(sandbox: &Sandbox, id: &str, secret: &str, callback: String) {
    sandbox.identity().register(RegisteredClient::new(id, secret, &callback));
}

fn with_own_client() -> AuthSettings {
    let client = OAuthClient { id: "own".to_owned(), secret: OWN_SECRET.into() };
    AuthSettings::OAuth { client: Some(client), scopes: None, site: None }
}

impl Acme {
    /// Mode `oauth`.
    pub(crate) async fn with_own_client() -> Self {
        Self::with_own_client_at(confluence().await).await
    }

    /// The same in front of a certain Confluence.
    pub(crate) async fn with_own_client_at(sandbox: Sandbox) -> Self {
        let (listener, url) = listen().await;
        register(&sandbox, "own", OWN_SECRET, format!("{url}{ACME}.oauthCallback"));
        let rig = Rig::at(&sandbox, &url, None).await;
        Self::open(sandbox, Server::public(listener, rig), with_own_client(), None).await
    }

    /// Mode `oauthCentral`, with the core in the same process.
    pub(crate) async fn with_central_client() -> Self {
        let sandbox = confluence().await;
        let (listener, url) = listen().await;
        register(&sandbox, "central", CENTRAL_SECRET, format!("{url}{CORE}/oauthCallback"));
        let rig = Rig::at(&sandbox, &url, None).await;
        rig.central_client().await;
        let server = Server::public(listener, rig);
        Self::open(sandbox, server, AuthSettings::default(), None).await
    }

    /// Mode `oauthCentral`, with the core in another server.
    pub(crate) async fn with_core_elsewhere() -> Self {
        let sandbox = confluence().await;
        let (listener, core_url) = listen().await;
        register(&sandbox, "central", CENTRAL_SECRET, format!("{core_url}{CORE}/oauthCallback"));
        let core = Rig::at(&sandbox, &core_url, None).await;
        core.central_client().await;
        let (tenant_listener, url) = listen().await;
        let api: BaseUrl = url.parse().unwrap();
        let key: SecretString = core.key(KeyKind::Deployment { api }).await.1.into();
        let core = Server::public(listener, core);
        let webhooks: BaseUrl = format!("{core_url}{CORE}").parse().unwrap();
        let rig = Rig::at(&sandbox, &url, Some((&webhooks, &key))).await;
        let server = Server::public(tenant_listener, rig);
        Self::open(sandbox, server, AuthSettings::default(), Some(core)).await
    }

    async fn open(
        sandbox: Sandbox,
        server: Server,
        auth: AuthSettings,
        core: Option<Server>,
    ) -> Self {
        server.rig().workspace("acme", auth, "*").await;
        let platform = server.rig().platform("acme").await;
        Self { sandbox, server, platform, core }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.server.address)
    }

    /// Calls a tool for a user, and tells what the model is told.
    pub(crate) async fn call(&self, user: &str) -> (bool, String) {
        let arguments = json!({ "action": "list", "agent_id": "agent-1", "user_id": user });
        let call = request("tools/call", json!({ "name": "spaces", "arguments": arguments }));
        let call = self.server.post(call).to(&format!("{ACME}.mcp"));
        let answer = call.header("authorization", &bearer(&self.platform)).send().await.json();
        let result: &Value = &answer["result"];
        (result["isError"] == false, text(result).to_owned())
    }

    /// The link that an unconnected user's agent answers with.
    pub(crate) async fn link(&self, user: &str) -> String {
        let (ok, told) = self.call(user).await;
        assert!(!ok, "{told}");
        let start = told.find("http://").unwrap_or_else(|| panic!("no link: {told}"));
        let link: String = told[start..].chars().take_while(|it| !it.is_whitespace()).collect();
        link.trim_end_matches(['.', ')', ',']).to_owned()
    }

    /// Asks a webhook as the platform does.
    pub(crate) fn ask(&self, method: &str, path: &str) -> Request {
        let request = self.server.request(method, path);
        request.header("authorization", &bearer(&self.platform))
    }

    pub(crate) async fn status(&self, user: &str) -> Value {
        let answer = self.ask("GET", &format!("{ACME}.oauthStatus?user_id={user}")).send().await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.json()
    }
}

pub(crate) fn bearer(key: &str) -> String {
    format!("Bearer {key}")
}

/// The code on the last page of a visit.
#[track_caller]
pub(crate) fn outcome(page: &Answer) -> &str {
    let (_, rest) =
        page.body.split_once("<code id=\"outcome\">").unwrap_or_else(|| panic!("{page:?}"));
    rest.split_once("</code>").unwrap().0
}
