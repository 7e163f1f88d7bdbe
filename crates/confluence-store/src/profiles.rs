//! Profiles of the single-user faces: what a person signs in with, on one machine.
//!
//! All of them are in one file, which every process reads anew and replaces as a whole, under a lock
//! beside it. Secrets are in the keyring of the system, where there is one, else in the file.

mod connections;
mod document;
#[cfg(feature = "keyring")]
mod keyring;
mod mark;
mod transaction;
mod vault;

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use confluence_api::BoxError;
use confluence_api::id::{CloudId, SiteName};
use confluence_auth::connection::{Account, Connection, ConnectionKey};
use confluence_auth::ids::{InstanceName, UserId, WorkspaceSlug};
use confluence_auth::scopes::Scopes;
use confluence_auth::store::StoreError;
use confluence_auth::{AuthMode, BaseUrl};
use jiff::Timestamp;
use secrecy::SecretString;

#[cfg(feature = "keyring")]
pub use self::keyring::Keyring;
pub use self::vault::Vault;

use self::mark::Mark;
use self::transaction::corrupt;

/// Name of the file, in the folder of data.
const FILE: &str = "profiles.json";

/// What a person signs in with: settings, and secrets as far as the mode has some of its own.
#[derive(Debug, Clone, Default)]
pub struct Profile {
    /// The mode; guessed from the rest if not set.
    pub mode: Option<AuthMode>,
    /// The site.
    pub site: Option<SiteName>,
    /// The site's cloud id.
    pub cloud_id: Option<CloudId>,
    /// E-mail address that the API token belongs to.
    pub email: Option<String>,
    /// The OAuth client, for those who have their own.
    pub client_id: Option<String>,
    /// Scopes to ask for.
    pub scopes: Option<Scopes>,
    /// Where the webhooks of the core are that has the OAuth client.
    pub central_url: Option<BaseUrl>,
    /// The secrets.
    pub secrets: ProfileSecrets,
}

/// Secrets of a profile. The tokens of a sign-in are not among them: see
/// [`ConnectionStore`](confluence_auth::store::ConnectionStore).
#[derive(Debug, Clone, Default)]
pub struct ProfileSecrets {
    /// An API token.
    pub api_token: Option<SecretString>,
    /// An access token.
    pub access_token: Option<SecretString>,
    /// The secret of the OAuth client.
    pub client_secret: Option<SecretString>,
    /// What the core knows this machine by.
    pub deployment_key: Option<SecretString>,
}

/// A profile in a list.
#[derive(Debug, Clone)]
pub struct ListedProfile {
    /// Its name.
    pub name: UserId,
    /// Whether it is used where none is named.
    pub is_current: bool,
    /// Its settings. The secrets are not looked up.
    pub settings: Profile,
    /// Who is signed in, in an OAuth mode.
    pub signed_in: Option<SignedIn>,
}

/// Who is signed in, as far as it may be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// The Atlassian account, if it let itself be seen.
    pub account: Option<Account>,
    /// Address of the site.
    pub site: String,
    /// When the user signed in.
    pub connected_at: Timestamp,
}

/// The profiles of a user of this machine. Cheap to clone.
///
/// It is the `ConnectionStore` of the single-user faces, for any number of processes: see
/// [`Self::connection_key`].
#[derive(Debug, Clone)]
pub struct ProfileStore {
    file: Arc<Path>,
    vault: Option<Arc<dyn Vault>>,
    /// By which others see that a lease is still somebody's; `None` where files cannot be locked.
    mark: Arc<OnceLock<Option<Mark>>>,
}

impl ProfileStore {
    /// The profiles in a folder of data. Nothing is read or made yet.
    ///
    /// With a `vault`, new secrets go there, and else to the file.
    pub fn new(folder: &Path, vault: Option<Arc<dyn Vault>>) -> Self {
        Self { file: folder.join(FILE).into(), vault, mark: Arc::default() }
    }

    /// The file, for people.
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// Whether secrets go to a vault rather than to the file.
    pub fn has_vault(&self) -> bool {
        self.vault.is_some()
    }

    /// The key of a profile's connection.
    pub fn connection_key(profile: &UserId) -> ConnectionKey {
        ConnectionKey {
            workspace: WorkspaceSlug::default(),
            instance: InstanceName::default(),
            user: profile.clone(),
        }
    }

    /// All profiles, by name.
    ///
    /// # Errors
    ///
    /// See [`StoreError`].
    pub async fn list(&self) -> Result<Vec<ListedProfile>, StoreError> {
        self.read(|document, _| document.listed().map_err(corrupt)).await
    }

    /// The name of the profile that is used where none is named.
    ///
    /// # Errors
    ///
    /// See [`StoreError`].
    pub async fn current(&self) -> Result<Option<UserId>, StoreError> {
        self.read(|document, _| document.current().map_err(corrupt)).await
    }

    /// A profile with its secrets.
    ///
    /// # Errors
    ///
    /// See [`StoreError`].
    pub async fn load(&self, name: &UserId) -> Result<Option<Profile>, StoreError> {
        let name = name.clone();
        self.read(move |document, vault| {
            let Some(record) = document.profiles.get(name.as_str()) else { return Ok(None) };
            let secrets = match &record.secret {
                Some(place) => place.open(vault)?,
                None => ProfileSecrets::default(),
            };
            let settings = record.settings().map_err(corrupt)?;
            Ok(Some(Profile { secrets, ..settings }))
        })
        .await
    }

    /// Writes a profile, new or not. The first one becomes the current one.
    ///
    /// Its connection stays: whoever changes the client or the scopes has to connect again.
    ///
    /// # Errors
    ///
    /// See [`StoreError`].
    pub async fn save(&self, name: &UserId, profile: &Profile) -> Result<(), StoreError> {
        let (name, profile) = (name.clone(), profile.clone());
        self.change(move |transaction| {
            transaction.put_profile(&name, &profile)?;
            transaction.write()
        })
        .await
    }

    /// Writes a profile, new or not, and in place of its connection the one that its user has just
    /// made, if there is one: both or neither. The first profile becomes the current one.
    ///
    /// # Errors
    ///
    /// See [`StoreError`].
    pub async fn sign_in(
        &self,
        name: &UserId,
        profile: &Profile,
        connection: Option<&Connection>,
    ) -> Result<(), StoreError> {
        let (name, profile) = (name.clone(), profile.clone());
        let connection = connection.cloned();
        self.change(move |transaction| {
            transaction.put_profile(&name, &profile)?;
            let key = Self::connection_key(&name);
            if let Some(connection) = connection {
                transaction.put_connection(&key, &connection)?;
            } else {
                let old = transaction.document.take_connection(&key);
                transaction.forget(old.map(|it| it.secret));
            }
            transaction.write()
        })
        .await
    }

    /// Makes a profile the current one; `false` if there is none with that name.
    ///
    /// # Errors
    ///
    /// See [`StoreError`].
    pub async fn switch(&self, name: &UserId) -> Result<bool, StoreError> {
        let name = name.to_string();
        self.change(move |transaction| {
            let is_there = transaction.document.profiles.contains_key(&name);
            if is_there && transaction.document.current.as_ref() != Some(&name) {
                transaction.document.current = Some(name);
                transaction.write()?;
            }
            Ok(is_there)
        })
        .await
    }

    /// Removes a profile with its secrets and its connection; `false` if there was neither.
    ///
    /// If it was the current one, there is none until one is chosen.
    ///
    /// # Errors
    ///
    /// See [`StoreError`].
    pub async fn remove(&self, name: &UserId) -> Result<bool, StoreError> {
        let name = name.clone();
        self.change(move |transaction| {
            let document = &mut transaction.document;
            let profile = document.profiles.remove(name.as_str());
            let connection = document.take_connection(&Self::connection_key(&name));
            if profile.is_none() && connection.is_none() {
                return Ok(false);
            }
            document.current.take_if(|it| it == name.as_str());
            transaction.forget(profile.and_then(|it| it.secret));
            transaction.forget(connection.map(|it| it.secret));
            transaction.write()?;
            Ok(true)
        })
        .await
    }
}

impl ProfileSecrets {
    fn is_empty(&self) -> bool {
        let Self { api_token, access_token, client_secret, deployment_key } = self;
        let all = [api_token, access_token, client_secret, deployment_key];
        all.into_iter().all(Option::is_none)
    }
}

impl ProfileStore {
    fn paths(&self) -> (PathBuf, PathBuf) {
        (self.file.to_path_buf(), self.file.with_extension("lock"))
    }
}

/// What does not fit the types of the domain.
type Unreadable = BoxError;
