//! What every store does for workspaces and what belongs to them.

mod audit;
mod instances;
mod keys;
mod people;
mod workspaces;

use std::sync::Arc;

use confluence_auth::store::{ConnectionStore, SignInStore};
use confluence_connector::{
    AuditLog, AuthSettings, CentralClient, CentralClientStore, ConnectionDirectory, Instance,
    InstanceKey, InstanceStore, Key, KeyKind, KeyStore, LoginFailures, NewKey, OAuthClient, Saved,
    SeenAgents, Session, SessionStore, SessionToken, Workspace, WorkspaceStore,
};
use confluence_store::Store;
use jiff::{Timestamp, ToSpan as _};

use super::PLANTED;

/// One store, by its ports.
#[derive(Debug)]
pub(crate) struct Ports {
    workspaces: Arc<dyn WorkspaceStore>,
    instances: Arc<dyn InstanceStore>,
    central: Arc<dyn CentralClientStore>,
    keys: Arc<dyn KeyStore>,
    sessions: Arc<dyn SessionStore>,
    failures: Arc<dyn LoginFailures>,
    seen: Arc<dyn SeenAgents>,
    directory: Arc<dyn ConnectionDirectory>,
    audit: Arc<dyn AuditLog>,
    connections: Arc<dyn ConnectionStore>,
    sign_ins: Arc<dyn SignInStore>,
}

impl Ports {
    pub(crate) fn of(store: &Store) -> Self {
        Self {
            workspaces: Arc::new(store.clone()),
            instances: Arc::new(store.clone()),
            central: Arc::new(store.clone()),
            keys: Arc::new(store.clone()),
            sessions: Arc::new(store.clone()),
            failures: Arc::new(store.clone()),
            seen: Arc::new(store.clone()),
            directory: Arc::new(store.clone()),
            audit: Arc::new(store.clone()),
            connections: Arc::new(store.clone()),
            sign_ins: Arc::new(store.clone()),
        }
    }

    /// A workspace of one's own, with its first instance.
    async fn workspace(&self, slug: &str) -> InstanceKey {
        let (workspace, first) = (workspace(slug), Instance::new(instance_key(slug, "First")));
        assert!(self.workspaces.create(&workspace, &first).await.unwrap());
        first.key
    }
}

/// All of it, on an empty store.
pub(crate) async fn all(ports: &Ports) {
    workspaces::all(ports).await;
    instances::all(ports).await;
    keys::all(ports).await;
    people::all(ports).await;
    audit::all(ports).await;
}

/// As exact as databases keep it.
fn now() -> Timestamp {
    Timestamp::now().round(jiff::Unit::Microsecond).unwrap()
}

fn workspace(slug: &str) -> Workspace {
    Workspace { slug: slug.parse().unwrap(), name: format!("The {slug}"), created_at: now() }
}

fn instance_key(workspace: &str, name: &str) -> InstanceKey {
    InstanceKey { workspace: workspace.parse().unwrap(), name: name.parse().unwrap() }
}

pub(crate) fn instance_with_secrets(workspace: &str, name: &str) -> Instance {
    let client =
        OAuthClient { id: "client-id".to_owned(), secret: format!("{PLANTED}-client").into() };
    let auth = AuthSettings::OAuth {
        client: Some(client),
        scopes: Some("read:page:confluence".parse().unwrap()),
        site: Some("example".parse().unwrap()),
    };
    Instance { auth, ..Instance::new(instance_key(workspace, name)) }
}

pub(crate) async fn save_central_client(store: &dyn CentralClientStore) {
    let saved = store.save(&central_client("central"), None).await.unwrap();
    assert!(matches!(saved, Saved::Done(_)));
}

fn central_client(name: &str) -> CentralClient {
    let secret = format!("{PLANTED}-{name}").into();
    CentralClient { client: OAuthClient { id: name.to_owned(), secret }, scopes: None }
}

pub(crate) fn platform_key(workspace: &str) -> NewKey {
    key(KeyKind::Platform { workspace: workspace.parse().unwrap() })
}

fn key(kind: KeyKind) -> NewKey {
    Key::generate(kind, "A key", now())
}

pub(crate) async fn begin_session(store: &dyn SessionStore, key: &Key) -> SessionToken {
    let token = SessionToken::random();
    store.begin(&session(&token, key)).await.unwrap();
    token
}

fn session(token: &SessionToken, key: &Key) -> Session {
    Session {
        hash: token.hash(),
        kind: key.kind.clone(),
        key: key.id.clone(),
        created_at: now(),
        expires_at: now() + 1.hour(),
    }
}
