//! What the configuration says about workspaces: the single user's, and the core.

use anyhow::{Context, bail};
use confluence_auth::client::CentralClient;
use confluence_connector::{
    Allowlist, AuthSettings, CentralClientStore, Instance, InstanceKey, InstanceName,
    InstanceStore, Saved, Versioned, Workspace, WorkspaceSlug, WorkspaceStore,
};
use confluence_store::Store;
use jiff::Timestamp;
use secrecy::ExposeSecret;

use crate::wiring::Failure;

/// What the workspace of the single user is called. It tells whether a workspace `default` was made
/// from a configuration.
const SINGLE_USER: &str = "Single user of the configuration";

/// What the core is called.
const CORE: &str = "Core";

/// How often a write is tried again that another process was ahead of.
const ATTEMPTS: usize = 5;

/// Brings the store in line with the configuration: the workspace of the single user has what
/// `single_user` says, and nothing if that says nothing.
pub(super) async fn configure(
    store: &Store,
    single_user: Option<AuthSettings>,
    is_core: bool,
) -> Result<(), Failure> {
    let configured = async {
        if is_core {
            let core = Instance::new(first_of(WorkspaceSlug::core()));
            create(store, CORE, &core).await?;
        }
        match single_user {
            Some(auth) => set_single_user(store, auth).await,
            None => forget_single_user(store).await,
        }
    };
    configured
        .await
        .context("cannot set up the workspaces of the configuration")
        .map_err(Failure::Run)
}

/// Sets the central client, unless it is that already.
pub(super) async fn set_central(store: &Store, client: CentralClient) -> Result<(), Failure> {
    let set = async {
        for _ in 0..ATTEMPTS {
            let stored = CentralClientStore::load(store).await?;
            let (known, revision) = match stored {
                Some(Versioned { value, revision }) => (Some(value), Some(revision)),
                None => (None, None),
            };
            let is_same = known.is_some_and(|known| {
                known.client.id == client.client.id
                    && known.client.secret.expose_secret() == client.client.secret.expose_secret()
                    && known.scopes == client.scopes
            });
            if is_same {
                return Ok(());
            }
            let saved = CentralClientStore::save(store, &client, revision.as_ref()).await?;
            if saved != Saved::Moved {
                return Ok(());
            }
        }
        bail!("other processes keep changing it")
    };
    set.await.context("cannot set the central OAuth client").map_err(Failure::Run)
}

fn first_of(workspace: WorkspaceSlug) -> InstanceKey {
    InstanceKey { workspace, name: InstanceName::default() }
}

async fn create(store: &Store, name: &str, first: &Instance) -> anyhow::Result<bool> {
    let workspace = Workspace {
        slug: first.key.workspace.clone(),
        name: name.to_owned(),
        created_at: Timestamp::now(),
    };
    Ok(WorkspaceStore::create(store, &workspace, first).await?)
}

/// Only the way to sign in is the configuration's: which agents may call, and what, is kept.
async fn set_single_user(store: &Store, auth: AuthSettings) -> anyhow::Result<()> {
    let key = first_of(WorkspaceSlug::default());
    let allowlist = Allowlist::Everyone;
    let instance = Instance { auth: auth.clone(), allowlist, ..Instance::new(key.clone()) };
    for _ in 0..ATTEMPTS {
        if create(store, SINGLE_USER, &instance).await? {
            return Ok(());
        }
        let workspace = WorkspaceStore::load(store, &key.workspace).await?;
        if workspace.is_some_and(|it| it.name != SINGLE_USER) {
            bail!(
                "there is a workspace `default` that was not made from a configuration: serve \
                 without an account, or delete the workspace"
            );
        }
        let saved = match InstanceStore::load(store, &key).await? {
            None => InstanceStore::save(store, &instance, None).await?,
            Some(Versioned { value, revision }) => {
                if is_same(&value.auth, &auth) {
                    return Ok(());
                }
                let value = Instance { auth: auth.clone(), ..value };
                InstanceStore::save(store, &value, Some(&revision)).await?
            }
        };
        if saved != Saved::Moved {
            return Ok(());
        }
    }
    bail!("other processes keep changing workspace `default`")
}

/// What an earlier configuration gave is taken away; connections and lists stay.
async fn forget_single_user(store: &Store) -> anyhow::Result<()> {
    let key = first_of(WorkspaceSlug::default());
    let workspace = WorkspaceStore::load(store, &key.workspace).await?;
    if workspace.is_none_or(|it| it.name != SINGLE_USER) {
        return Ok(());
    }
    for _ in 0..ATTEMPTS {
        let Some(Versioned { value, revision }) = InstanceStore::load(store, &key).await? else {
            return Ok(());
        };
        if is_same(&value.auth, &AuthSettings::default()) {
            return Ok(());
        }
        let value = Instance { auth: AuthSettings::default(), ..value };
        if InstanceStore::save(store, &value, Some(&revision)).await? != Saved::Moved {
            return Ok(());
        }
    }
    bail!("other processes keep changing workspace `default`")
}

fn is_same(one: &AuthSettings, other: &AuthSettings) -> bool {
    one.to_secret_json().expose_secret() == other.to_secret_json().expose_secret()
}
