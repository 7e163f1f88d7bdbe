//! The Confluence client that acts for a caller, found by the instance's settings.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use confluence_api::{Client, Credentials, Pacer, Transport};
use confluence_auth::{Endpoints, Fingerprint, Location, OAuthConnection, Settings, resolve};
use confluence_tools::CredentialKind;
use moka::sync::Cache;

use crate::{
    AgentId, AuthSettings, Denial, Instance, InstanceKey, Revision, UserId, spaces::ClientId,
};

/// How many clients are kept; one not used for longest makes room.
const CLIENTS: u64 = 10_000;

/// How long a client is kept that nobody uses.
const UNUSED: Duration = Duration::from_mins(10);

/// For whom a client acts. Settings that change make another one, in all processes alike: the
/// revision is the store's.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct ClientKey {
    pub(crate) instance: InstanceKey,
    pub(crate) revision: Revision,
    /// The user, the agent that is told how to connect, and the OAuth client, where each user signs
    /// in.
    pub(crate) user: Option<(UserId, Option<AgentId>, Fingerprint)>,
}

/// A client, and what is known about its credential.
#[derive(Clone)]
pub(crate) struct Resolved {
    pub(crate) id: ClientId,
    pub(crate) client: Client,
    pub(crate) kind: CredentialKind,
}

/// Makes clients, and keeps them.
pub(crate) struct Clients {
    transport: Arc<dyn Transport>,
    endpoints: Endpoints,
    timeout: Duration,
    shared: Cache<ClientKey, Resolved>,
    users: Cache<ClientKey, (Resolved, Arc<OAuthConnection>)>,
    /// Confluence limits how fast an account, or an OAuth client, may ask.
    pacers: Cache<Option<InstanceKey>, Arc<Pacer>>,
    next: AtomicU64,
}

impl Clients {
    pub(crate) fn new(
        transport: Arc<dyn Transport>,
        endpoints: Endpoints,
        timeout: Duration,
    ) -> Self {
        let shared = Cache::builder().max_capacity(CLIENTS).time_to_idle(UNUSED).build();
        let users = Cache::builder().max_capacity(CLIENTS).time_to_idle(UNUSED).build();
        let pacers = Cache::builder().max_capacity(CLIENTS).time_to_idle(UNUSED).build();
        Self { transport, endpoints, timeout, shared, users, pacers, next: AtomicU64::new(0) }
    }

    /// The client of an account that all callers share.
    pub(crate) fn shared(
        &self,
        instance: &Instance,
        revision: Revision,
    ) -> Result<Resolved, Denial> {
        let key = ClientKey { instance: instance.key.clone(), revision, user: None };
        if let Some(known) = self.shared.get(&key) {
            return Ok(known);
        }
        let (settings, kind) = self.settings(&instance.auth);
        let credentials = resolve(&settings, Arc::clone(&self.transport))
            .map_err(|error| Denial::configuration(&error))?;
        let resolved = self.client(credentials, Some(instance.key.clone()), kind);
        self.shared.insert(key, resolved.clone());
        Ok(resolved)
    }

    /// The client of a user's own connection, which `connect` makes if it is not known.
    pub(crate) fn of_user(
        &self,
        key: ClientKey,
        is_central: bool,
        connect: impl FnOnce() -> OAuthConnection,
    ) -> (Resolved, Arc<OAuthConnection>) {
        if let Some(known) = self.users.get(&key) {
            return known;
        }
        let connection = Arc::new(connect());
        let credentials: Arc<OAuthConnection> = Arc::clone(&connection);
        // All workspaces share what Atlassian grants the central client.
        let pacer = (!is_central).then(|| key.instance.clone());
        let resolved = self.client(credentials, pacer, CredentialKind::OAuth);
        let known = (resolved, connection);
        self.users.insert(key, known.clone());
        known
    }

    fn client(
        &self,
        credentials: Arc<dyn Credentials>,
        pacer: Option<InstanceKey>,
        kind: CredentialKind,
    ) -> Resolved {
        let pacer = self.pacers.get_with(pacer, || Arc::new(Pacer::default()));
        let client = Client::new(Arc::clone(&self.transport), credentials)
            .with_timeout(self.timeout)
            .with_pacer(pacer);
        let id = ClientId(self.next.fetch_add(1, Ordering::Relaxed));
        Resolved { id, client, kind }
    }

    fn settings(&self, auth: &AuthSettings) -> (Settings, CredentialKind) {
        let location = |site: &Option<_>, cloud_id: &Option<_>| Location {
            site: site.clone(),
            cloud_id: cloud_id.clone(),
            endpoints: self.endpoints.clone(),
        };
        let mode = Some(auth.mode());
        match auth {
            AuthSettings::ApiToken { email, token, site, cloud_id } => {
                let (email, api_token) = (email.clone(), token.clone());
                let location = location(site, cloud_id);
                let settings = Settings { mode, location, email, api_token, ..Settings::default() };
                (settings, CredentialKind::ApiToken)
            }
            AuthSettings::AccessToken { token, cloud_id, site } => {
                let (access_token, location) = (token.clone(), location(site, cloud_id));
                let settings = Settings { mode, location, access_token, ..Settings::default() };
                (settings, CredentialKind::AccessToken)
            }
            // `resolve` says that these have no shared account.
            AuthSettings::OAuthCentral { .. } | AuthSettings::OAuth { .. } => {
                (Settings { mode, ..Settings::default() }, CredentialKind::OAuth)
            }
        }
    }
}
