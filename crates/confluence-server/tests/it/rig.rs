//! A deployment on a store in memory, in front of an embedded Confluence.

use std::{num::NonZeroU32, sync::Arc, time::Duration};

use confluence_api::{HttpTransport, Transport};
use confluence_auth::{
    BaseUrl, Endpoints, Refresher, central::RemoteCentral, client::CentralClient, sign_in::SignIn,
    ticket::TicketKey,
};
use confluence_connector::{
    Addresses, Administration, AdministrationParts, Allowlist, AuditFilter, AuditLog, AuditRecord,
    AuditTrail, AuditWriter, AuthSettings, CallRate, CentralClientStore, CentralSource, Connector,
    Instance, InstanceKey, Key, KeyKind, Keyring, OAuthClient, Parts, Policy, Workspace,
    WorkspaceSlug, WorkspaceStore,
};
use confluence_sandbox::Sandbox;
use confluence_server::{AgentPlatform, Deployment};
use confluence_store::{DatabaseUrl, Settings, Store};
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};

use crate::support::install_provider;

/// Where people are told that the connector is.
pub(crate) const API: &str = "https://connector.example/v2";

/// More than any test makes.
const CALLS: NonZeroU32 = NonZeroU32::new(1_000_000).unwrap();

/// A deployment, and what tests look at behind it.
pub(crate) struct Rig {
    pub(crate) store: Store,
    pub(crate) deployment: Arc<Deployment>,
    pub(crate) writer: AuditWriter,
}

pub(crate) fn instance(workspace: &str) -> InstanceKey {
    InstanceKey { workspace: workspace.parse().unwrap(), name: "ConfluenceNext".parse().unwrap() }
}

/// The sandbox's account, shared by all callers.
pub(crate) fn shared_account(sandbox: &Sandbox) -> AuthSettings {
    let credentials = sandbox.credentials();
    AuthSettings::ApiToken {
        email: Some(credentials.email.clone()),
        token: Some(credentials.api_token.clone().into()),
        site: None,
        cloud_id: None,
    }
}

impl Rig {
    /// A deployment without workspaces.
    pub(crate) async fn new(sandbox: &Sandbox) -> Self {
        Self::at(sandbox, API, None).await
    }

    /// The same at another public address, with the central client at a core elsewhere: where that
    /// is, and the key to show there.
    pub(crate) async fn at(
        sandbox: &Sandbox,
        api: &str,
        core: Option<(&BaseUrl, &SecretString)>,
    ) -> Self {
        install_provider();
        let settings = Settings {
            url: DatabaseUrl::Memory,
            master_key: None,
            previous_master_key: None,
            key_file: "unused".into(),
        };
        let store = Store::open(&settings).await.unwrap();
        let shared = || Arc::new(store.clone());
        let transport: Arc<dyn Transport> = Arc::new(HttpTransport::default());
        let base: BaseUrl = sandbox.site_url().parse().unwrap();
        let endpoints = Endpoints {
            api: None,
            site: Some(base.clone()),
            gateway: Some(base.clone()),
            auth: Some(base),
        };
        let tickets = Arc::new(TicketKey::derive(&store.derive("connect tickets")));
        let refresher = Refresher::new(Arc::clone(&transport), endpoints.clone(), shared());
        let sign_in = SignIn::new(Arc::clone(&transport), endpoints.clone(), shared(), shared());
        let (audit, writer) = AuditTrail::start(shared());
        let addresses = Addresses::at(&api.parse().unwrap());
        let central = match core {
            Some((webhooks, key)) => {
                let core = RemoteCentral::new(Arc::clone(&transport), webhooks, Some(key));
                CentralSource::Remote(Arc::new(core.unwrap()))
            }
            None => CentralSource::Store(shared()),
        };
        let connector = Connector::new(Parts {
            transport: Arc::clone(&transport),
            endpoints: endpoints.clone(),
            instances: shared(),
            central: central.clone(),
            seen: shared(),
            refresher: refresher.clone(),
            tickets: Arc::clone(&tickets),
            audit,
            addresses: addresses.clone(),
            ceiling: Policy::default(),
            rate: CallRate { per_minute: CALLS, burst: CALLS },
            timeout: Duration::from_mins(1),
        });
        let keyring = Keyring::new(shared());
        let administration = Administration::new(AdministrationParts {
            workspaces: shared(),
            instances: shared(),
            keyring: keyring.clone(),
            central: central.clone(),
            connections: shared(),
            refresher: refresher.clone(),
            audit: shared(),
            seen: shared(),
            configured: None,
        });
        let deployment = Deployment {
            transport,
            endpoints,
            connector,
            keyring,
            administration,
            workspaces: shared(),
            instances: shared(),
            central,
            connections: shared(),
            audit: shared(),
            seen: shared(),
            sessions: shared(),
            login_failures: shared(),
            sign_in,
            refresher,
            tickets,
            addresses,
            platform: None,
            request_states: store.derive("request states"),
        };
        Self { store, deployment: Arc::new(deployment), writer }
    }

    /// The same with an agent platform. Nothing is served yet.
    pub(crate) fn with_platform(mut self, platform: AgentPlatform) -> Self {
        let deployment = Arc::get_mut(&mut self.deployment).expect("nobody else has it yet");
        deployment.platform = Some(platform);
        self
    }

    /// A deployment whose single user has the sandbox's account.
    pub(crate) async fn single_user(sandbox: &Sandbox) -> Self {
        let rig = Self::new(sandbox).await;
        rig.workspace(WorkspaceSlug::DEFAULT, shared_account(sandbox), "*").await;
        rig
    }

    /// Adds a workspace with its first instance.
    pub(crate) async fn workspace(&self, slug: &str, auth: AuthSettings, agents: &str) {
        let allowlist = Allowlist::parse(agents).unwrap();
        let first = Instance { auth, allowlist, ..Instance::new(instance(slug)) };
        let workspace = Workspace {
            slug: slug.parse().unwrap(),
            name: slug.to_owned(),
            created_at: Timestamp::now(),
        };
        assert!(WorkspaceStore::create(&self.store, &workspace, &first).await.unwrap());
    }

    /// Changes an instance as its editor would.
    pub(crate) async fn change(&self, workspace: &str, change: impl FnOnce(&mut Instance)) {
        let instances = &self.deployment.instances;
        let stored = instances.load(&instance(workspace)).await.unwrap().unwrap();
        let mut value = stored.value;
        change(&mut value);
        instances.save(&value, Some(&stored.revision)).await.unwrap();
    }

    /// Makes a key.
    pub(crate) async fn key(&self, kind: KeyKind) -> (Key, String) {
        let made = self.deployment.keyring.issue(kind, "test", Timestamp::now()).await;
        let made = made.unwrap().unwrap();
        (made.key, made.secret.expose_secret().to_owned())
    }

    /// Makes a key for an agent platform.
    pub(crate) async fn platform(&self, workspace: &str) -> String {
        self.key(KeyKind::Platform { workspace: workspace.parse().unwrap() }).await.1
    }

    /// Makes a key for one user with one agent.
    pub(crate) async fn personal(&self, workspace: &str, user: &str, agent: &str) -> String {
        let (user, agent) = (user.parse().unwrap(), agent.parse().unwrap());
        self.key(KeyKind::Personal { instance: instance(workspace), user, agent }).await.1
    }

    /// Makes a key for instructions.
    pub(crate) async fn instruction(&self, workspace: &str) -> String {
        self.key(KeyKind::Instruction { workspace: workspace.parse().unwrap() }).await.1
    }

    /// Sets the central OAuth client.
    pub(crate) async fn central_client(&self) {
        let secret = SecretString::from("planted-central-secret");
        let client = OAuthClient { id: "central".to_owned(), secret };
        let client = CentralClient { client, scopes: None };
        CentralClientStore::save(&self.store, &client, None).await.unwrap();
    }

    /// Everything in the audit, oldest first. The deployment takes no more calls.
    pub(crate) async fn audit(self) -> Vec<AuditRecord> {
        self.writer.finish(Duration::from_secs(30)).await.unwrap();
        let (mut records, _) =
            AuditLog::read(&self.store, &AuditFilter::default(), None, 1_000).await.unwrap();
        records.reverse();
        records
    }
}
