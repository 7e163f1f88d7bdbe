//! The deployment's own OAuth client.

use async_trait::async_trait;
use confluence_api::BoxError;
use confluence_connector::{
    CentralClient, CentralClientStore, OAuthClient, Revision, Saved, StoreError, Versioned,
};
use secrecy::ExposeSecret as _;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::Store;
use super::columns::parsed;
use super::error::{corrupt, store_error};
use super::sealed::{CENTRAL_CLIENT, sealed};

/// There is one.
const ID: &str = "central";

const LOAD: &str = "SELECT revision, key_id, sealed FROM central_client WHERE id = $1";

const INSERT: &str = "INSERT INTO central_client (id, revision, key_id, sealed) \
    VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO NOTHING";

const UPDATE: &str = "UPDATE central_client SET revision = $2, key_id = $3, sealed = $4 \
    WHERE id = $1 AND revision = $5";

#[derive(Serialize, Deserialize)]
struct Record {
    client_id: String,
    client_secret: Zeroizing<String>,
    scopes: Option<String>,
}

#[async_trait]
impl CentralClientStore for Store {
    async fn load(&self) -> Result<Option<Versioned<CentralClient>>, StoreError> {
        let query = sqlx::query(LOAD).bind(ID);
        let Some(row) = self.read(query.fetch_optional(self.pool())).await? else {
            return Ok(None);
        };
        let sealed = sealed(&row).map_err(store_error)?;
        let record: Record = CENTRAL_CLIENT.open(self.sealer(), &[ID], &sealed)?;
        let read = || -> Result<Versioned<CentralClient>, BoxError> {
            let secret = record.client_secret.as_str().into();
            let client = OAuthClient { id: record.client_id, secret };
            let scopes = record.scopes.map(|it| it.parse()).transpose()?;
            let value = CentralClient { client, scopes };
            Ok(Versioned { value, revision: parsed(&row, "revision")? })
        };
        read().map(Some).map_err(|it| corrupt(CENTRAL_CLIENT.holds, it))
    }

    async fn save(
        &self,
        client: &CentralClient,
        expected: Option<&Revision>,
    ) -> Result<Saved, StoreError> {
        let revision = Revision::random();
        let record = Record {
            client_id: client.client.id.clone(),
            client_secret: client.client.secret.expose_secret().to_owned().into(),
            scopes: client.scopes.as_ref().map(ToString::to_string),
        };
        let sealed = CENTRAL_CLIENT.seal(self.sealer(), &[ID], &record);
        let statement = if expected.is_some() { UPDATE } else { INSERT };
        let mut query = sqlx::query(statement)
            .bind(ID)
            .bind(revision.to_string())
            .bind(sealed.key)
            .bind(sealed.bytes);
        if let Some(expected) = expected {
            query = query.bind(expected.to_string());
        }
        let saved = self.write(query.execute(self.pool())).await?.rows_affected();
        Ok(if saved > 0 { Saved::Done(revision) } else { Saved::Moved })
    }
}
