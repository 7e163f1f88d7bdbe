//! A deployment from its configuration: the store, the ports on it, and what the configuration puts
//! there.

use std::{num::NonZeroU32, path::PathBuf, sync::Arc, time::Duration};

use anyhow::{Context, anyhow};
use confluence_api::Transport;
use confluence_auth::{
    Endpoints, Refresher,
    central::RemoteCentral,
    client::{CentralClient, OAuthClient},
    sign_in::SignIn,
    ticket::TicketKey,
};
use confluence_connector::{
    Addresses, Administration, AdministrationParts, AuditTrail, AuditWriter, CallRate,
    CentralSource, Connector, InstanceStore, Keyring, Parts, Policy, RecentCentralClient,
    RecentInstances, RecentKeys, WorkspaceSlug,
};
use confluence_server::{AgentPlatform, Deployment};
use confluence_store::{MasterKey, OpenError, Rotated, Settings, Store};
use secrecy::SecretString;
use tokio::task::JoinHandle;

use crate::{
    config::{self, Core, Kept, Platform, Secret, Served},
    wiring::Failure,
};

mod keys;
mod sweep;
mod workspaces;

pub(crate) use keys::MaintainerKey;

/// Name of the file in the data folder with a master key that nobody configured.
const MASTER_KEY_FILE: &str = "master.key";

/// What part of a workspace's calls in a minute may come at once.
const BURST: u32 = 5;

/// How long the audit may take to be written at the end.
const FLUSH: Duration = Duration::from_secs(10);

/// A deployment that runs.
#[derive(Debug)]
pub(crate) struct Running {
    pub(crate) deployment: Arc<Deployment>,
    pub(crate) maintainer_key: MaintainerKey,
    audit: AuditWriter,
    sweeping: JoinHandle<()>,
    store: Store,
}

/// What a deployment is opened with, besides its own settings.
pub(crate) struct Surroundings<'a> {
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) endpoints: Endpoints,
    pub(crate) addresses: Addresses,
    pub(crate) confluence: &'a Served,
    /// What workspace `default` signs in with, if a single user is configured.
    pub(crate) single_user: Option<confluence_connector::AuthSettings>,
    /// The OAuth client of the whole deployment, if one is configured.
    pub(crate) central: Option<OAuthClient>,
}

/// Opens the store, and puts there what the configuration says.
pub(crate) async fn open(
    given: &config::Deployment,
    around: Surroundings<'_>,
) -> Result<Running, Failure> {
    let store = open_store(&given.kept).await?;
    let Surroundings { transport, endpoints, addresses, confluence, single_user, central } = around;
    let shared = || Arc::new(store.clone());
    let source = source(given.core.as_ref(), &transport, &store)?;
    let configured = single_user.is_some().then(WorkspaceSlug::default);
    workspaces::configure(&store, single_user, matches!(source, CentralSource::Store(_))).await?;
    if let Some(client) = central {
        let scopes = given.oauth_scopes.clone();
        workspaces::set_central(&store, CentralClient { client, scopes }).await?;
    }
    let keyring = Keyring::new(Arc::new(RecentKeys::new(shared())));
    let instances: Arc<dyn InstanceStore> = Arc::new(RecentInstances::new(shared()));
    let maintainer_key = keys::maintainer(given, &store).await?;
    let platform = platform(given.platform.as_ref(), &transport)?;
    let tickets = Arc::new(TicketKey::derive(&store.derive("connect tickets")));
    let refresher = Refresher::new(Arc::clone(&transport), endpoints.clone(), shared());
    let sign_in = SignIn::new(Arc::clone(&transport), endpoints.clone(), shared(), shared());
    let (trail, audit) = AuditTrail::start(shared());
    let connector = Connector::new(Parts {
        transport: Arc::clone(&transport),
        endpoints: endpoints.clone(),
        instances: Arc::clone(&instances),
        central: source.clone(),
        seen: shared(),
        refresher: refresher.clone(),
        tickets: Arc::clone(&tickets),
        audit: trail,
        addresses: addresses.clone(),
        ceiling: Policy { read_only: confluence.read_only, ..Policy::default() },
        rate: rate(given.calls_per_minute),
        timeout: confluence.timeout,
    });
    let administration = Administration::new(AdministrationParts {
        workspaces: shared(),
        instances: Arc::clone(&instances),
        keyring: keyring.clone(),
        central: source.clone(),
        connections: shared(),
        refresher: refresher.clone(),
        audit: shared(),
        seen: shared(),
        configured,
    });
    let deployment = Deployment {
        transport,
        endpoints,
        connector,
        keyring,
        administration,
        workspaces: shared(),
        instances,
        central: source,
        connections: shared(),
        audit: shared(),
        seen: shared(),
        sessions: shared(),
        login_failures: shared(),
        sign_in,
        refresher,
        tickets,
        addresses,
        platform,
        request_states: store.derive("request states"),
    };
    let sweeping = sweep::start(store.clone(), given.kept.previous_master_key.is_some());
    Ok(Running { deployment: Arc::new(deployment), maintainer_key, audit, sweeping, store })
}

impl Running {
    /// Writes what is left of the audit, and closes the store.
    pub(crate) async fn close(self) -> anyhow::Result<()> {
        self.sweeping.abort();
        let written = self.audit.finish(FLUSH).await;
        self.store.close().await;
        Ok(written?)
    }
}

/// Encrypts everything with the current master key, and says what came of it.
pub(crate) async fn rotate(given: &Kept) -> Result<String, Failure> {
    let store = open_store(given).await?;
    let rotated = store.rotate().await;
    store.close().await;
    let Rotated { rows, complete } =
        rotated.context("the master key is not changed everywhere").map_err(Failure::Run)?;
    if !complete {
        return Err(Failure::Run(anyhow!(
            "{rows} secrets were encrypted with the new master key, and another process went on with \
             the old one: give every server the new key as CONFLUENCE_MASTER_KEY, then repeat this"
        )));
    }
    Ok(format!(
        "{rows} secrets were encrypted with the new master key. The old one opens nothing any more: \
         take CONFLUENCE_PREVIOUS_MASTER_KEY away."
    ))
}

async fn open_store(given: &Kept) -> Result<Store, Failure> {
    let settings = Settings {
        url: given.database.clone(),
        master_key: master_key(given.master_key.as_ref(), "CONFLUENCE_MASTER_KEY")?,
        previous_master_key: master_key(
            given.previous_master_key.as_ref(),
            "CONFLUENCE_PREVIOUS_MASTER_KEY",
        )?,
        key_file: given.data_dir.join(MASTER_KEY_FILE),
    };
    Store::open(&settings).await.map_err(|error| match error {
        OpenError::NoMasterKey => Failure::Configuration(
            anyhow::Error::from(error).context("CONFLUENCE_MASTER_KEY is not set"),
        ),
        OpenError::WrongMasterKey { .. } | OpenError::KeyFile(_) | OpenError::Newer(_) => {
            Failure::Configuration(error.into())
        }
        OpenError::Tampered(_)
        | OpenError::File { .. }
        | OpenError::Migration(_)
        | OpenError::Unavailable(_) => Failure::Run(error.into()),
    })
}

fn master_key(given: Option<&Secret>, variable: &str) -> Result<Option<MasterKey>, Failure> {
    let Some(text) = read(given)? else { return Ok(None) };
    let key = MasterKey::parse(&text).with_context(|| variable.to_owned());
    key.map(Some).map_err(Failure::Configuration)
}

fn read(given: Option<&Secret>) -> Result<Option<SecretString>, Failure> {
    let secret = given.map(Secret::read).transpose();
    secret.map_err(|error| Failure::Configuration(error.into()))
}

fn source(
    core: Option<&Core>,
    transport: &Arc<dyn Transport>,
    store: &Store,
) -> Result<CentralSource, Failure> {
    let Some(Core { webhooks, key }) = core else {
        let recent = RecentCentralClient::new(Arc::new(store.clone()));
        return Ok(CentralSource::Store(Arc::new(recent)));
    };
    let key = read(key.as_ref())?;
    let remote = RemoteCentral::new(Arc::clone(transport), webhooks, key.as_ref());
    let remote = remote.context("CONFLUENCE_DEPLOYMENT_KEY").map_err(Failure::Configuration)?;
    Ok(CentralSource::Remote(Arc::new(remote)))
}

fn platform(
    given: Option<&Platform>,
    transport: &Arc<dyn Transport>,
) -> Result<Option<AgentPlatform>, Failure> {
    let Some(Platform { api, token }) = given else { return Ok(None) };
    let token = token.read().map_err(|error| Failure::Configuration(error.into()))?;
    let platform = AgentPlatform::new(Arc::clone(transport), api, &token);
    let platform = platform.context("CONFLUENCE_PLATFORM_TOKEN");
    platform.map(Some).map_err(Failure::Configuration)
}

fn rate(per_minute: NonZeroU32) -> CallRate {
    let burst = NonZeroU32::new(per_minute.get() / BURST).unwrap_or(NonZeroU32::MIN);
    CallRate { per_minute, burst }
}

/// A file below the data folder.
fn below(given: &config::Deployment, name: &str) -> PathBuf {
    given.kept.data_dir.join(name)
}
