//! The admin API as programs see it.

mod agents;
mod audit;
mod authorization;
mod isolation;
mod keys;
mod requests;
mod settings;
mod workspaces;

use confluence_auth::{
    connection::{Account, ConnectedSite, Connection, ConnectionKey, Grant, client_fingerprint},
    scopes::Scopes,
    store::{ConnectionStore, Precondition},
};
use confluence_connector::{KeyKind, SeenAgent, SeenAgents};
use confluence_sandbox::Sandbox;
use confluence_server::HttpOptions;
use jiff::Timestamp;
use serde_json::Value;

use crate::{
    rig::{Rig, instance, shared_account},
    support::{Answer, Server, confluence},
};

/// A deployment with workspaces `acme` and `other`, and a maintainer's key.
pub(crate) struct Admin {
    pub(crate) server: Server,
    pub(crate) maintainer: String,
    _sandbox: Sandbox,
}

impl Admin {
    pub(crate) async fn start() -> Self {
        let sandbox = confluence().await;
        let rig = Rig::new(&sandbox).await;
        for workspace in ["acme", "other"] {
            rig.workspace(workspace, shared_account(&sandbox), "*").await;
        }
        let maintainer = rig.key(KeyKind::Maintainer).await.1;
        let options = HttpOptions { single_user: false, ..HttpOptions::default() };
        Self { server: Server::of(rig, options).await, maintainer, _sandbox: sandbox }
    }

    pub(crate) fn rig(&self) -> &Rig {
        self.server.rig()
    }

    /// Makes a key for editors of a workspace.
    pub(crate) async fn editor(&self, workspace: &str) -> String {
        self.rig().key(KeyKind::Editor { workspace: workspace.parse().unwrap() }).await.1
    }

    /// What is answered to `key`.
    pub(crate) async fn ask(
        &self,
        key: &str,
        method: &str,
        path: &str,
        body: Option<&Value>,
    ) -> Answer {
        let request = self.server.request(method, &format!("/admin/v1{path}"));
        let mut request = request.header("authorization", &format!("Bearer {key}"));
        if let Some(body) = body {
            request = request.header("content-type", "application/json");
            request.body = body.to_string().into_bytes();
        }
        request.send().await
    }

    /// What a maintainer is answered, whose request is carried out.
    #[track_caller]
    pub(crate) fn get(&self, path: &str) -> impl Future<Output = Value> {
        let caller = std::panic::Location::caller();
        async move {
            let answer = self.ask(&self.maintainer, "GET", path, None).await;
            assert_eq!(answer.status, 200, "{caller}: {path}: {}", answer.body);
            answer.json()
        }
    }

    /// What a maintainer is answered, whose request is carried out.
    pub(crate) async fn send(&self, method: &str, path: &str, body: Value) -> Value {
        let answer = self.ask(&self.maintainer, method, path, Some(&body)).await;
        assert!((200..300).contains(&answer.status), "{method} {path}: {}", answer.body);
        if answer.body.is_empty() { Value::Null } else { answer.json() }
    }

    /// What a maintainer is told, whose request is not carried out: status, code and text.
    pub(crate) async fn refused(
        &self,
        method: &str,
        path: &str,
        body: Option<&Value>,
    ) -> (u16, String, String) {
        told(&self.ask(&self.maintainer, method, path, body).await)
    }

    /// Connects a user of a workspace, as a sign-in would.
    pub(crate) async fn connect(&self, workspace: &str, user: &str) {
        let key = ConnectionKey {
            workspace: workspace.parse().unwrap(),
            instance: "ConfluenceNext".parse().unwrap(),
            user: user.parse().unwrap(),
        };
        let store = &self.rig().store;
        ConnectionStore::replace(store, &key, Precondition::Any, &connection()).await.unwrap();
    }

    /// Lets an agent be seen in a workspace.
    pub(crate) async fn see(&self, workspace: &str, agent: &str) {
        let seen = SeenAgent {
            agent: agent.parse().unwrap(),
            last_seen: "2026-11-20T10:00:00Z".parse().unwrap(),
            allowed: false,
        };
        SeenAgents::record(&self.rig().store, &[(instance(workspace), seen)]).await.unwrap();
    }
}

fn connection() -> Connection {
    let now: Timestamp = "2026-11-20T10:00:00Z".parse().unwrap();
    Connection {
        grant: Grant {
            access_token: "planted-access-token".to_owned().into(),
            refresh_token: Some("planted-refresh-token".to_owned().into()),
            expires_at: now,
            scopes: vec!["read:page:confluence".to_owned()],
        },
        client: client_fingerprint("central", &Scopes::all()),
        site: ConnectedSite {
            cloud_id: "11111111-2222-3333-4444-555555555555".parse().unwrap(),
            url: "https://example.atlassian.net".parse().unwrap(),
            name: "example".to_owned(),
        },
        other_sites: Vec::new(),
        account: Some(Account { id: "557058:ada".to_owned(), name: "Ada".to_owned() }),
        agent: Some("agent-1".parse().unwrap()),
        connected_at: now,
        refreshed_at: now,
        after_rejection: false,
        introduced: true,
    }
}

/// What an answer tells about a failure: status, code and text.
#[track_caller]
pub(crate) fn told(answer: &Answer) -> (u16, String, String) {
    let body = answer.json();
    let text = |name: &str| body["error"][name].as_str().unwrap().to_owned();
    assert_eq!(body.as_object().unwrap().len(), 1, "{body}");
    (answer.status, text("code"), text("message"))
}
