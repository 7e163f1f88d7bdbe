//! A profile's connection as a credential, for as long as the process runs.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use confluence_api::{
    Authorized, Credentials, CredentialsError, Rejected, RejectedAnswer, Transport,
};
use confluence_auth::{ConnectionError, Fingerprint, OAuthConnection, Refresher};
use confluence_store::Profile;
use secrecy::{ExposeSecret, SecretString};

use super::SignedIn;

/// The connection of a profile, with the client that the profile has now: whoever signs in anew need
/// not start the programs anew.
pub(super) struct ProfileConnection {
    user: SignedIn,
    refresher: Refresher,
    transport: Arc<dyn Transport>,
    /// Made for the profile of this fingerprint.
    last: Mutex<Option<(Fingerprint, Arc<OAuthConnection>)>>,
}

impl fmt::Debug for ProfileConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProfileConnection")
            .field("profile", &self.user.profile)
            .finish_non_exhaustive()
    }
}

impl ProfileConnection {
    pub(super) fn new(user: SignedIn, refresher: Refresher, transport: Arc<dyn Transport>) -> Self {
        Self { user, refresher, transport, last: Mutex::default() }
    }

    async fn connection(&self) -> Result<Arc<OAuthConnection>, CredentialsError> {
        let told = |error: ConnectionError| error.told_with(&self.user.next_step);
        let profile = self.user.store.load(&self.user.profile).await;
        let profile = profile.map_err(|error| told(error.into()))?;
        // Signed out, or changed to something that has no sign-in.
        let profile = profile.filter(|it| super::mode_of(it) == Some(self.user.mode));
        let profile = profile.ok_or_else(|| told(ConnectionError::NotConnected))?;
        let fingerprint = fingerprint(&profile);
        if let Some((known, connection)) = &*self.last()
            && *known == fingerprint
        {
            return Ok(Arc::clone(connection));
        }
        let client = self.user.client(&profile, &self.transport);
        let client = client.map_err(|error| CredentialsError::Unavailable(error.into()))?;
        let client = client.ok_or_else(|| told(ConnectionError::NotConnected))?;
        let connection = OAuthConnection::new(
            self.refresher.clone(),
            self.user.key(),
            client,
            Box::new(|| None),
        )
        .with_next_step(self.user.next_step.clone());
        let connection = Arc::new(connection);
        *self.last() = Some((fingerprint, Arc::clone(&connection)));
        Ok(connection)
    }

    fn last(&self) -> std::sync::MutexGuard<'_, Option<(Fingerprint, Arc<OAuthConnection>)>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Stands for all of a profile that makes a client, without keeping its secrets.
fn fingerprint(profile: &Profile) -> Fingerprint {
    let secret = |it: &Option<SecretString>| it.as_ref().map(|it| it.expose_secret().to_owned());
    let parts = [
        profile.client_id.clone(),
        profile.scopes.as_ref().map(ToString::to_string),
        profile.site.as_ref().map(ToString::to_string),
        profile.central_url.as_ref().map(ToString::to_string),
        secret(&profile.secrets.client_secret),
        secret(&profile.secrets.deployment_key),
    ];
    Fingerprint::of(parts.map(Option::unwrap_or_default).join("\n"))
}

#[async_trait]
impl Credentials for ProfileConnection {
    async fn authorized(&self) -> Result<Authorized, CredentialsError> {
        self.connection().await?.authorized().await
    }

    async fn rejected(&self, used: &Authorized, answer: RejectedAnswer) -> Rejected {
        match self.connection().await {
            Ok(connection) => connection.rejected(used, answer).await,
            // The next attempt is told why.
            Err(_told) => Rejected::Retry,
        }
    }
}
