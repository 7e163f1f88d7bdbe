//! Instances, whose settings are encrypted.

use async_trait::async_trait;
use confluence_api::BoxError;
use confluence_connector::{
    Allowlist, AuthSettings, Instance, InstanceKey, InstanceName, InstanceStore, MAX_INSTANCES,
    Policies, Revision, Saved, StoreError, Versioned, WorkspaceSlug,
};
use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::columns::{limit, parsed};
use super::error::{corrupt, lacks_owner, store_error};
use super::sealed::{INSTANCE, sealed};
use super::{Query, Store};
use crate::seal::Sealer;

const LOAD: &str = "SELECT revision, allowlist, policies, key_id, sealed FROM instance \
    WHERE workspace = $1 AND name = $2";

const NAMES: &str = "SELECT name FROM instance WHERE workspace = $1 ORDER BY name LIMIT $2";

const INSERT: &str = "INSERT INTO instance \
    (workspace, name, revision, allowlist, policies, key_id, sealed) \
    VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (workspace, name) DO NOTHING";

const UPDATE: &str = "UPDATE instance \
    SET revision = $3, allowlist = $4, policies = $5, key_id = $6, sealed = $7 \
    WHERE workspace = $1 AND name = $2 AND revision = $8";

/// What belongs to it goes with it: see the foreign keys.
const REMOVE: &str = "DELETE FROM instance WHERE workspace = $1 AND name = $2";

#[async_trait]
impl InstanceStore for Store {
    async fn load(&self, key: &InstanceKey) -> Result<Option<Versioned<Instance>>, StoreError> {
        let row = bind(LOAD, key).fetch_optional(self.pool());
        self.read(row).await?.map(|it| self.instance(key, &it)).transpose()
    }

    async fn names(&self, workspace: &WorkspaceSlug) -> Result<Vec<InstanceName>, StoreError> {
        let query = sqlx::query(NAMES).bind(workspace.to_string()).bind(limit(MAX_INSTANCES));
        let rows = self.read(query.fetch_all(self.pool())).await?;
        let names: Result<_, BoxError> = rows.iter().map(|it| parsed(it, "name")).collect();
        names.map_err(|it| corrupt("the name of an instance", it))
    }

    async fn save(
        &self,
        instance: &Instance,
        expected: Option<&Revision>,
    ) -> Result<Saved, StoreError> {
        let (revision, query) = match expected {
            None => insert(self.sealer(), instance),
            Some(expected) => {
                let (revision, query) = write(UPDATE, self.sealer(), instance);
                (revision, query.bind(expected.to_string()))
            }
        };
        let saved = self.write(async {
            match query.execute(self.pool()).await {
                Err(error) if lacks_owner(&error) => Ok(0),
                saved => Ok(saved?.rows_affected()),
            }
        });
        Ok(if saved.await? > 0 { Saved::Done(revision) } else { Saved::Moved })
    }

    async fn remove(&self, key: &InstanceKey) -> Result<bool, StoreError> {
        let removed = bind(REMOVE, key).execute(self.pool());
        Ok(self.write(removed).await?.rows_affected() > 0)
    }
}

impl Store {
    fn instance(&self, key: &InstanceKey, row: &AnyRow) -> Result<Versioned<Instance>, StoreError> {
        let sealed = sealed(row).map_err(store_error)?;
        let settings = INSTANCE.open_text(self.sealer(), &place(key), &sealed)?;
        let read = || -> Result<Versioned<Instance>, BoxError> {
            let allowlist: String = row.try_get("allowlist")?;
            let policies: String = row.try_get("policies")?;
            let policies: Policies = serde_json::from_str(&policies)?;
            let value = Instance {
                key: key.clone(),
                auth: AuthSettings::from_secret_json(&settings)?,
                allowlist: Allowlist::read(&allowlist),
                policies,
            };
            Ok(Versioned { value, revision: parsed(row, "revision")? })
        };
        read().map_err(|it| corrupt(INSTANCE.holds, it))
    }
}

/// What adds an instance, and the revision that it then has.
pub(super) fn insert<'q>(sealer: &Sealer, instance: &Instance) -> (Revision, Query<'q>) {
    write(INSERT, sealer, instance)
}

fn write<'q>(
    statement: &'static str,
    sealer: &Sealer,
    instance: &Instance,
) -> (Revision, Query<'q>) {
    let revision = Revision::random();
    let settings = instance.auth.to_secret_json();
    let ciphertext = INSTANCE.seal_text(sealer, &place(&instance.key), &settings);
    let policies = serde_json::to_string(&instance.policies).expect("policies are JSON");
    let query = bind(statement, &instance.key)
        .bind(revision.to_string())
        .bind(instance.allowlist.to_json())
        .bind(policies)
        .bind(ciphertext.key)
        .bind(ciphertext.bytes);
    (revision, query)
}

fn place(key: &InstanceKey) -> [&str; 2] {
    [key.workspace.as_str(), key.name.as_str()]
}

/// A statement whose first parameters are the primary key.
fn bind<'q>(statement: &'static str, key: &InstanceKey) -> Query<'q> {
    let query = sqlx::query(statement);
    place(key).into_iter().fold(query, |query, it| query.bind(it.to_owned()))
}
