//! Users who sign in, at servers that are processes of their own: on one database of any sort, with
//! an identity service that the test holds in its hands.

mod database;
mod journey;
mod kills;
mod person;
mod races;
mod rotation;
mod secrets;
mod trial;

use std::time::Duration;

use confluence_sandbox::{OAuthClient, Sandbox};
use futures::future::join_all;
use serde_json::json;
use tokio::process::Command;

use crate::process::{Served, program, request};
use database::Database;

/// What must be seen nowhere.
pub(crate) const CLIENT_SECRET: &str = "planted-client-secret";

/// The path of the only workspace's webhooks.
pub(crate) const DEFAULT: &str = "/workspaces/slug:default/webhooks/ConfluenceNext";
pub(crate) const CORE: &str = "/workspaces/slug:confluence-next/webhooks";

/// Whose OAuth client users agree to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    Own,
    Central,
}

/// Servers on one database, and what is behind them.
pub(crate) struct Deployment {
    pub(crate) sandbox: Sandbox,
    pub(crate) database: Database,
    pub(crate) mode: Mode,
    pub(crate) servers: Vec<Served>,
}

/// Whether tests take their time: in `cargo xtask ci --full`.
pub(crate) fn is_long() -> bool {
    #[expect(clippy::disallowed_methods, reason = "a test has no configuration of its own")]
    std::env::var_os("CONFLUENCE_LONG_TESTS").is_some_and(|it| !it.is_empty())
}

/// Says what was counted.
#[expect(clippy::print_stdout, reason = "the numbers are what these tests are about")]
pub(crate) fn say(text: &str) {
    println!("{text}");
}

/// What leads a server to the sandbox instead of to Atlassian.
pub(crate) fn towards<'c>(command: &'c mut Command, sandbox: &Sandbox) -> &'c mut Command {
    command
        .env("CONFLUENCE_AUTH_BASE_URL", sandbox.auth_base_url())
        .env("CONFLUENCE_GATEWAY_BASE_URL", sandbox.api_base_url())
        // What one workspace may ask in a minute is not the subject here.
        .env("CONFLUENCE_CALLS_PER_MINUTE", "1000000")
}

impl Deployment {
    /// One server.
    pub(crate) async fn start(mode: Mode, database: Database) -> Self {
        let sandbox = Sandbox::builder().demo().start().await.unwrap();
        let mut deployment = Self { sandbox, database, mode, servers: Vec::new() };
        deployment.add_server().await;
        deployment.expect_callbacks_at(0);
        deployment
    }

    pub(crate) fn command(&self) -> Command {
        let mut command = program(&["serve"]);
        towards(self.database.give(&mut command), &self.sandbox)
            .env("CONFLUENCE_OAUTH_CLIENT_ID", "client-1")
            .env("CONFLUENCE_OAUTH_CLIENT_SECRET", CLIENT_SECRET)
            .env(
                "CONFLUENCE_AUTH_MODE",
                match self.mode {
                    Mode::Own => "oauth",
                    Mode::Central => "oauthCentral",
                },
            );
        command
    }

    /// One more server on the same database.
    pub(crate) async fn add_server(&mut self) {
        let served = Served::start(&mut self.command()).await;
        self.servers.push(served);
    }

    /// Registers the client with the callback of that server.
    pub(crate) fn expect_callbacks_at(&self, server: usize) {
        let authority = self.servers[server].authority();
        let callback = match self.mode {
            Mode::Own => format!("http://{authority}{DEFAULT}.oauthCallback"),
            Mode::Central => format!("http://{authority}{CORE}/oauthCallback"),
        };
        let client = OAuthClient::new("client-1", CLIENT_SECRET, &callback);
        self.sandbox.identity().register(client);
    }

    /// Lets access tokens that come from now on last that long.
    pub(crate) fn tokens_last(&self, lifetime: Duration) {
        self.sandbox.identity().change_policy(|it| it.access_token_lifetime = lifetime);
    }

    /// Connects users, at the first server.
    pub(crate) async fn connect(&self, users: &[String]) {
        let visits = users.iter().map(|user| async move {
            let page = person::connect(&self.sandbox, self.servers[0].authority(), user).await;
            assert_eq!(person::outcome(&page), "connected", "{user}: {}", page.body);
        });
        join_all(visits).await;
    }
}

/// Calls a tool for a user, as often as the server is too busy; whether it worked, and what the
/// model is told. Fails if the server is gone before it has answered.
pub(crate) async fn ask(authority: &str, user: &str) -> std::io::Result<(bool, String)> {
    let arguments = json!({ "action": "list", "agent_id": "agent-1", "user_id": user });
    let call = json!({
        "jsonrpc": "2.0",
        "id": 1,
        "method": "tools/call",
        "params": { "name": "spaces", "arguments": arguments },
    });
    let call = call.to_string();
    loop {
        let headers = [("Content-Type", "application/json")];
        let answer = request(authority, "POST", "/mcp", &headers, &call).await?;
        assert_eq!(answer.status, 200, "{}", answer.body);
        let body: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
        let told = crate::process::text(&body).to_owned();
        if !told.starts_with("The connector is busy") {
            return Ok((body["result"]["isError"] == false, told));
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}
