//! The OAuth client of the whole deployment.

use confluence_auth::scopes::Scopes;
use secrecy::ExposeSecret;

use super::{ATTEMPTS, AdminError, Administration, Administrator};
use crate::{CentralClient, CentralSource, OAuthClient, Saved, SecretChange};

/// The central client without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownCentral {
    /// Whether it is with the core of another deployment, where it is set.
    pub is_elsewhere: bool,
    /// Its id; `None` if none is set.
    pub client_id: Option<String>,
    /// Its scopes; `None` if none are set, which stands for all.
    pub scopes: Option<Scopes>,
}

impl Administration {
    /// The central client.
    ///
    /// # Errors
    ///
    /// For maintainers only. Fails when the core that has it does not answer.
    pub async fn central_client(&self, who: &Administrator) -> Result<ShownCentral, AdminError> {
        who.may_maintain(None)?;
        match &self.parts.central {
            CentralSource::Store(store) => {
                let (client_id, scopes) = match store.load().await? {
                    Some(stored) => (Some(stored.value.client.id), stored.value.scopes),
                    None => (None, None),
                };
                Ok(ShownCentral { is_elsewhere: false, client_id, scopes })
            }
            CentralSource::Remote(remote) => {
                let client = remote.client().await.map_err(|error| {
                    tracing::warn!(%error, "the core did not say which client it has");
                    AdminError::Unavailable("the core that has the central client does not answer")
                })?;
                let (client_id, scopes) = match client {
                    Some(client) => (Some(client.id), client.scopes),
                    None => (None, None),
                };
                Ok(ShownCentral { is_elsewhere: true, client_id, scopes })
            }
        }
    }

    /// Sets the central client. The secret that is set stays only for the same client. Users who
    /// connected with another client, or for other scopes, have to connect again.
    ///
    /// # Errors
    ///
    /// For maintainers only. Fails when another deployment has it, and for a client without a secret.
    pub async fn set_central_client(
        &self,
        who: &Administrator,
        id: &str,
        secret: &SecretChange,
        scopes: Option<&Scopes>,
    ) -> Result<(), AdminError> {
        who.may_maintain(None)?;
        let CentralSource::Store(store) = &self.parts.central else {
            let text = "the central client is with another deployment: set it there";
            return Err(AdminError::conflict("elsewhere", text));
        };
        let id = id.trim();
        if id.is_empty() {
            return Err(AdminError::Invalid("the client's id must not be empty".to_owned()));
        }
        for _ in 0..ATTEMPTS {
            let stored = store.load().await?;
            let (known, revision) = match stored {
                Some(it) => (Some(it.value.client), Some(it.revision)),
                None => (None, None),
            };
            let secret = match secret {
                SecretChange::Set(secret) => Some(secret.clone()),
                SecretChange::Keep => known.filter(|it| it.id == id).map(|it| it.secret),
                SecretChange::Clear => None,
            };
            let secret = secret.filter(|it| !it.expose_secret().trim().is_empty());
            let Some(secret) = secret else {
                return Err(AdminError::Invalid("a new client needs its secret".to_owned()));
            };
            let client = OAuthClient { id: id.to_owned(), secret };
            let client = CentralClient { client, scopes: scopes.cloned() };
            if store.save(&client, revision.as_ref()).await? != Saved::Moved {
                tracing::info!(by = %who.key(), "the central client was set");
                return Ok(());
            }
        }
        Err(AdminError::moved())
    }
}
