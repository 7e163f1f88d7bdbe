//! A user who has connected, and everything around.

use std::{sync::Arc, time::Duration};

use confluence_api::Client;
use confluence_auth::{
    ConnectionError, Endpoints, OAuthConnection, Refresher, TokenEndpoint,
    client::{OAuthClient, ResolvedClient},
    connection::{ConnectedSite, Connection, ConnectionKey, Grant},
    scopes::Scopes,
    store::{ConnectionStore, Stored},
};
use jiff::Timestamp;
use secrecy::ExposeSecret;

use super::{identity::Identity, memory::Memory};

pub(crate) const CLIENT_SECRET: &str = "s3cret-client";

pub(crate) struct Rig {
    pub(crate) identity: Arc<Identity>,
    pub(crate) memory: Arc<Memory>,
    pub(crate) refresher: Refresher,
    pub(crate) key: ConnectionKey,
    pub(crate) client: ResolvedClient,
}

impl Rig {
    /// Nobody has connected.
    pub(crate) fn empty() -> Self {
        let (identity, memory) = (Identity::new(), Memory::new());
        let refresher = refresher(&identity, &memory);
        Self { identity, memory, refresher, key: key("ada@example.com"), client: client() }
    }

    /// A user has connected; the token ends in an hour.
    pub(crate) fn fresh() -> Self {
        Self::connected(Duration::from_hours(1))
    }

    /// A user has connected; the token has ended.
    pub(crate) fn stale() -> Self {
        Self::connected(Duration::ZERO)
    }

    fn connected(lifetime: Duration) -> Self {
        let rig = Self::empty();
        let connection = rig.connection(lifetime);
        rig.memory.put(&rig.key, connection);
        rig
    }

    /// A connection with tokens that Atlassian knows.
    pub(crate) fn connection(&self, lifetime: Duration) -> Connection {
        let (access, refresh) = self.identity.grant();
        let now = Timestamp::now();
        Connection {
            grant: Grant {
                access_token: access.into(),
                refresh_token: Some(refresh.into()),
                expires_at: now + lifetime,
                scopes: vec!["read:page:confluence".to_owned()],
            },
            client: self.client.fingerprint(),
            site: ConnectedSite {
                cloud_id: "cloud-1".parse().unwrap(),
                url: "https://example.atlassian.net".parse().unwrap(),
                name: "Example".to_owned(),
            },
            other_sites: Vec::new(),
            account: None,
            agent: None,
            connected_at: now,
            refreshed_at: now,
            after_rejection: false,
            introduced: false,
        }
    }

    /// Another process on the same store.
    pub(crate) fn another_process(&self) -> Refresher {
        refresher(&self.identity, &self.memory)
    }

    pub(crate) async fn current(&self) -> Result<Arc<Stored>, ConnectionError> {
        self.refresher.current(&self.key, &self.client).await
    }

    pub(crate) fn credentials(&self) -> OAuthConnection {
        self.credentials_of(&self.refresher)
    }

    pub(crate) fn credentials_of(&self, refresher: &Refresher) -> OAuthConnection {
        let link = "https://connect.example/workspaces/slug:default/webhooks/ConfluenceNext.oauthConnect?ticket=s3cret-ticket";
        let link = confluence_api::LoginLink(link.parse().unwrap());
        let make_link = Box::new(move || Some(link.clone()));
        OAuthConnection::new(refresher.clone(), self.key.clone(), self.client.clone(), make_link)
    }

    pub(crate) fn api(&self) -> Client {
        Client::new(self.identity.transport(), Arc::new(self.credentials()))
    }

    /// What is stored, as its access and refresh token.
    pub(crate) fn tokens(&self) -> Option<(String, String)> {
        let grant = self.memory.get(&self.key)?.connection.grant;
        let refresh = grant.refresh_token.unwrap();
        Some((grant.access_token.expose_secret().into(), refresh.expose_secret().into()))
    }
}

pub(crate) fn refresher(identity: &Arc<Identity>, memory: &Arc<Memory>) -> Refresher {
    let store: Arc<dyn ConnectionStore> = Arc::<Memory>::clone(memory);
    Refresher::new(identity.transport(), Endpoints::default(), store)
}

pub(crate) fn key(user: &str) -> ConnectionKey {
    ConnectionKey {
        workspace: "default".parse().unwrap(),
        instance: "ConfluenceNext".parse().unwrap(),
        user: user.parse().unwrap(),
    }
}

pub(crate) fn oauth_client() -> OAuthClient {
    OAuthClient { id: "client-1".to_owned(), secret: CLIENT_SECRET.into() }
}

pub(crate) fn client() -> ResolvedClient {
    ResolvedClient {
        id: "client-1".to_owned(),
        scopes: Scopes::all(),
        site: None,
        tokens: TokenEndpoint::Atlassian(oauth_client()),
    }
}
