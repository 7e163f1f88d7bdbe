//! Which account is used, once profiles have been looked at.
//!
//! What flags and variables say wins: a credential over every profile, anything else over the same
//! thing in the profile.

mod connection;

use std::sync::Arc;

use anyhow::Context;
use confluence_api::{Credentials, Transport};
use confluence_auth::{
    AuthMode, BaseUrl, Location, Refresher, TokenEndpoint,
    central::RemoteCentral,
    client::{OAuthClient, ResolvedClient},
    connection::ConnectionKey,
    ids::UserId,
    store::{ConnectionStore, StoreError},
};
use confluence_store::{Profile, ProfileStore, Vault};
use secrecy::SecretString;
use url::Url;

use crate::{Account, Confluence, Core, GivenProfile, Problems, ProfileChoice, Secret, Source};
use connection::ProfileConnection;

/// The name of the profile that signing in makes where none is named.
const DEFAULT: &str = "default";

/// Whose account is used.
#[derive(Debug)]
pub enum Chosen {
    /// That of an embedded Confluence.
    Sandbox {
        /// How many pages to generate, in place of the demo content.
        pages: Option<usize>,
    },
    /// One with a token, from the environment or from a profile.
    Account(Box<Account>),
    /// That of a user who signs in.
    SignedIn(Box<SignedIn>),
}

/// A profile whose user signs in.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// Its name.
    pub profile: UserId,
    /// With the central OAuth client, or with one's own.
    pub mode: AuthMode,
    /// What was given of where Confluence is.
    pub location: Location,
    /// The address of the site that is used, if the user is signed in.
    pub site: Option<Url>,
    /// What to do to sign in.
    pub next_step: String,
    store: ProfileStore,
    given: GivenClient,
}

/// What was given of the client, secrets included.
#[derive(Debug, Clone)]
struct GivenClient {
    own: Option<OAuthClient>,
    scopes: Option<confluence_auth::scopes::Scopes>,
    core: Option<(BaseUrl, Option<SecretString>)>,
}

/// Why there is no account.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    /// There is no profile, and without one something is missing.
    #[error("{0}")]
    Problems(Problems),
    /// The profile that was named does not exist.
    #[error(
        "there is no profile `{name}`{}. `{}` makes it", Known(.known),
        login_command(Some(.name))
    )]
    Unknown {
        /// Its name.
        name: UserId,
        /// Those that exist.
        known: Vec<UserId>,
    },
    /// It is for another mode than the one that was given.
    #[error(
        "the profile `{name}` is for mode `{has}`, and --auth-mode (CONFLUENCE_AUTH_MODE) says \
         `{wanted}`: name another profile, or leave the mode out"
    )]
    OtherMode {
        /// Its name.
        name: UserId,
        /// Its mode.
        has: AuthMode,
        /// The other one.
        wanted: AuthMode,
    },
    /// Something is missing of it.
    #[error("the profile `{name}` has no {missing}: `{}` writes it anew", login_command(Some(.name)))]
    Incomplete {
        /// Its name.
        name: UserId,
        /// What it is.
        missing: &'static str,
    },
    /// A secret that was given cannot be read.
    #[error(transparent)]
    Secret(#[from] crate::SecretError),
    /// The file of profiles cannot be used.
    #[error("the profiles cannot be read")]
    Store(#[from] StoreError),
}

/// The profiles that there are, for people.
struct Known<'a>(&'a [UserId]);

impl std::fmt::Display for Known<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (index, name) in self.0.iter().enumerate() {
            write!(f, "{} `{name}`", if index == 0 { "; there is" } else { "," })?;
        }
        Ok(())
    }
}

/// What to type to sign in, to a profile that was named.
pub fn login_command(named: Option<&UserId>) -> String {
    let profile = named.map(|it| format!(" --profile {it}")).unwrap_or_default();
    format!("confluence-cli auth login{profile}")
}

/// The core of another deployment, as it is configured.
///
/// # Errors
///
/// Fails when its key cannot be read, or cannot be sent.
pub fn remote(core: &Core, transport: Arc<dyn Transport>) -> anyhow::Result<RemoteCentral> {
    let key = core.key.as_ref().map(Secret::read).transpose()?;
    RemoteCentral::new(transport, &core.webhooks, key.as_ref()).context("the deployment key")
}

impl ProfileChoice {
    /// The profiles. Nothing is read of them yet.
    ///
    /// # Errors
    ///
    /// Fails when there is no folder for them.
    pub fn store(&self) -> Result<ProfileStore, ProfileError> {
        let folder = self.folder.as_ref().map_err(|it| ProfileError::Problems(it.clone()))?;
        Ok(ProfileStore::new(folder, self.vault()))
    }

    #[cfg(feature = "keyring")]
    fn vault(&self) -> Option<Arc<dyn Vault>> {
        if self.no_keyring {
            return None;
        }
        match confluence_store::Keyring::open() {
            Ok(keyring) => Some(Arc::new(keyring)),
            Err(error) => {
                tracing::debug!(error, "there is no keyring: secrets are in the file of profiles");
                None
            }
        }
    }

    #[cfg(not(feature = "keyring"))]
    #[expect(clippy::unused_self, reason = "the other build looks at the setting")]
    fn vault(&self) -> Option<Arc<dyn Vault>> {
        None
    }

    /// The name of the profile: the one that was named, else the current one.
    ///
    /// # Errors
    ///
    /// Fails when the file cannot be read.
    pub async fn current(&self, store: &ProfileStore) -> Result<Option<UserId>, StoreError> {
        match &self.name {
            Some(name) => Ok(Some(name.clone())),
            None => store.current().await,
        }
    }

    /// The name of the profile to write: [`Self::current`], else `default`.
    ///
    /// # Errors
    ///
    /// Fails when the file cannot be read.
    pub async fn to_write(&self, store: &ProfileStore) -> Result<UserId, StoreError> {
        Ok(self.current(store).await?.unwrap_or_else(default_name))
    }
}

fn default_name() -> UserId {
    DEFAULT.parse().expect("it is a name")
}

impl Confluence {
    /// Looks at the profiles, if one is to be used.
    ///
    /// # Errors
    ///
    /// See [`ProfileError`].
    pub async fn choose(&self) -> Result<Chosen, ProfileError> {
        if let Some(name) = &self.unused_profile {
            tracing::warn!("the profile `{name}` is not used: other settings say which account is");
        }
        match &self.source {
            Source::Sandbox { pages } => Ok(Chosen::Sandbox { pages: *pages }),
            Source::Account(account) => Ok(Chosen::Account(account.clone())),
            Source::Profile(given) => given.choose().await,
        }
    }
}

impl GivenProfile {
    async fn choose(&self) -> Result<Chosen, ProfileError> {
        let is_named = self.choice.name.is_some();
        let store = match self.choice.store() {
            Err(ProfileError::Problems(_)) if !is_named => {
                return Err(ProfileError::Problems(self.without.clone()));
            }
            store => store?,
        };
        let name = self.choice.current(&store).await?;
        if let Some(name) = &name
            && let Some(profile) = store.load(name).await?
        {
            return self.with(store, name.clone(), profile).await;
        }
        if is_named && let Some(name) = name {
            let known = store.list().await?.into_iter().map(|it| it.name).collect();
            return Err(ProfileError::Unknown { name, known });
        }
        match self.mode.filter(|it| has_sign_in(*it)) {
            // Whoever has chosen to sign in, and has not done so yet, is told by a call.
            Some(mode) => self.signed_in(store, name.unwrap_or_else(default_name), mode, None),
            None => Err(ProfileError::Problems(self.without.clone())),
        }
    }

    async fn with(
        &self,
        store: ProfileStore,
        name: UserId,
        profile: Profile,
    ) -> Result<Chosen, ProfileError> {
        let Some(mode) = mode_of(&profile) else {
            return Err(ProfileError::Incomplete { name, missing: "credential" });
        };
        if let Some(wanted) = self.mode.filter(|it| *it != mode) {
            return Err(ProfileError::OtherMode { name, has: mode, wanted });
        }
        if has_sign_in(mode) {
            let key = ProfileStore::connection_key(&name);
            let stored = ConnectionStore::load(&store, &key).await?;
            let configured = self.location.site.as_ref().or(profile.site.as_ref());
            let site = stored.as_ref().and_then(|it| it.connection.site_for(configured));
            let site = site.map(|it| it.url.clone());
            return self.signed_in(store, name, mode, site);
        }
        let token = match mode {
            AuthMode::AccessToken => profile.secrets.access_token,
            AuthMode::ApiToken | AuthMode::OAuth | AuthMode::OAuthCentral => {
                profile.secrets.api_token
            }
        };
        let Some(token) = token else {
            return Err(ProfileError::Incomplete { name, missing: "token" });
        };
        let mut location = self.location.clone();
        // Not one by one: the cloud id of the profile is of no use with another site.
        if location.site.is_none() && location.cloud_id.is_none() {
            location.site = profile.site;
            location.cloud_id = profile.cloud_id;
        }
        if !location.is_known() {
            return Err(ProfileError::Incomplete { name, missing: "site" });
        }
        let email = self.email.clone().or(profile.email);
        if mode == AuthMode::ApiToken && email.is_none() {
            return Err(ProfileError::Incomplete { name, missing: "e-mail address" });
        }
        let token = Secret::Value(token);
        Ok(Chosen::Account(Box::new(Account { mode, location, email, token })))
    }

    fn signed_in(
        &self,
        store: ProfileStore,
        profile: UserId,
        mode: AuthMode,
        site: Option<Url>,
    ) -> Result<Chosen, ProfileError> {
        let own = self.client.as_ref().map(|it| {
            Ok::<_, ProfileError>(OAuthClient { id: it.id.clone(), secret: it.secret.read()? })
        });
        let core = self.core.as_ref().map(|it| {
            let key = it.key.as_ref().map(Secret::read).transpose()?;
            Ok::<_, ProfileError>((it.webhooks.clone(), key))
        });
        let command = login_command(self.choice.name.as_ref());
        Ok(Chosen::SignedIn(Box::new(SignedIn {
            profile,
            mode,
            location: self.location.clone(),
            site,
            next_step: format!("Run `{command}` in a terminal, then repeat the call."),
            store,
            given: GivenClient {
                own: own.transpose()?,
                scopes: self.scopes.clone(),
                core: core.transpose()?,
            },
        })))
    }
}

/// Whether users sign in.
fn has_sign_in(mode: AuthMode) -> bool {
    matches!(mode, AuthMode::OAuth | AuthMode::OAuthCentral)
}

/// The mode of a profile: the one that is set, else the one that it has a secret for.
fn mode_of(profile: &Profile) -> Option<AuthMode> {
    let secrets = &profile.secrets;
    profile.mode.or(match (&secrets.api_token, &secrets.access_token) {
        (Some(_), None) => Some(AuthMode::ApiToken),
        (None, Some(_)) => Some(AuthMode::AccessToken),
        (Some(_), Some(_)) | (None, None) => None,
    })
}

impl SignedIn {
    /// What renews the tokens. A process has one.
    pub fn refresher(&self, transport: &Arc<dyn Transport>) -> Refresher {
        let endpoints = self.location.endpoints.clone();
        Refresher::new(Arc::clone(transport), endpoints, Arc::new(self.store.clone()))
    }

    /// The profile's connection as a credential. Nothing is loaded yet.
    pub fn credentials(
        &self,
        refresher: Refresher,
        transport: Arc<dyn Transport>,
    ) -> Arc<dyn Credentials> {
        Arc::new(ProfileConnection::new(self.clone(), refresher, transport))
    }

    /// The key of the connection.
    pub fn key(&self) -> ConnectionKey {
        ProfileStore::connection_key(&self.profile)
    }

    /// The profiles.
    pub fn store(&self) -> &ProfileStore {
        &self.store
    }

    /// The client that the user has signed in with; `None` if not enough is known of it.
    ///
    /// # Errors
    ///
    /// Fails when a deployment key cannot be sent.
    pub fn client(
        &self,
        profile: &Profile,
        transport: &Arc<dyn Transport>,
    ) -> anyhow::Result<Option<ResolvedClient>> {
        let GivenClient { own, scopes, core } = &self.given;
        let scopes = scopes.clone().or_else(|| profile.scopes.clone()).unwrap_or_default();
        let site = self.location.site.clone().or_else(|| profile.site.clone());
        let known = if self.mode == AuthMode::OAuthCentral {
            let kept = || {
                let key = profile.secrets.deployment_key.clone();
                profile.central_url.clone().map(|it| (it, key))
            };
            match (&profile.client_id, core.clone().or_else(kept)) {
                (Some(id), Some((webhooks, key))) => {
                    let transport = Arc::clone(transport);
                    let remote = RemoteCentral::new(transport, &webhooks, key.as_ref());
                    let remote = Arc::new(remote.context("the deployment key")?);
                    Some((id.clone(), TokenEndpoint::Central(remote)))
                }
                _ => None,
            }
        } else {
            let kept = || {
                let (id, secret) =
                    (profile.client_id.clone()?, profile.secrets.client_secret.clone()?);
                Some(OAuthClient { id, secret })
            };
            let own = own.clone().or_else(kept);
            own.map(|it| (it.id.clone(), TokenEndpoint::Atlassian(it)))
        };
        Ok(known.map(|(id, tokens)| ResolvedClient { id, scopes, site, tokens }))
    }
}
