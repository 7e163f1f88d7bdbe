//! The file of profiles: its content.

use std::collections::BTreeMap;

use confluence_auth::connection::{Account, ConnectionKey};
use confluence_auth::ids::UserId;
use confluence_auth::store::StoreError;
use confluence_auth::{BaseUrl, Hosts};
use secrecy::{ExposeSecret as _, SecretString};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::transaction::{corrupt, unavailable};
use super::{ListedProfile, Profile, ProfileSecrets, ProfileStore, SignedIn, Unreadable, Vault};

/// The version that this program writes, and the newest that it reads.
pub(super) const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
pub(super) struct Document {
    pub(super) version: u32,
    pub(super) current: Option<String>,
    pub(super) profiles: BTreeMap<String, ProfileRecord>,
    pub(super) connections: Vec<ConnectionEntry>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct ProfileRecord {
    mode: Option<String>,
    site: Option<String>,
    cloud_id: Option<String>,
    email: Option<String>,
    client_id: Option<String>,
    scopes: Option<String>,
    central_url: Option<String>,
    pub(super) secret: Option<Place>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct ConnectionEntry {
    workspace: String,
    instance: String,
    user: String,
    pub(super) revision: String,
    pub(super) lease: Option<LeaseRecord>,
    pub(super) shown: Shown,
    pub(super) secret: Place,
}

#[derive(Serialize, Deserialize)]
pub(super) struct LeaseRecord {
    pub(super) holder: String,
    /// Microseconds since 1970. A clock that was set back does not make it last longer: before its
    /// beginning it is over, too.
    pub(super) from: i64,
    pub(super) until: i64,
    /// The mark of the holder's process. With the process the lease ends.
    pub(super) process: Option<String>,
}

/// Of a connection, what a list shows without opening the vault.
#[derive(Serialize, Deserialize)]
pub(super) struct Shown {
    pub(super) account_id: Option<String>,
    pub(super) account_name: Option<String>,
    pub(super) site: String,
    pub(super) connected_at: String,
}

/// Where a secret is.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Place {
    /// Here.
    Inline(Zeroizing<String>),
    /// In the vault, by this name.
    Vault(String),
}

/// The secrets of a profile, as they are kept.
#[derive(Serialize, Deserialize)]
struct SecretsRecord {
    api_token: Option<Zeroizing<String>>,
    access_token: Option<Zeroizing<String>>,
    client_secret: Option<Zeroizing<String>>,
    deployment_key: Option<Zeroizing<String>>,
}

/// What can be kept as a secret, as JSON.
pub(super) trait Secret: Sized {
    fn to_json(&self) -> Zeroizing<String>;
    fn from_json(json: &str) -> serde_json::Result<Self>;
}

pub(super) fn to_json(record: &impl Serialize) -> Zeroizing<String> {
    Zeroizing::new(serde_json::to_string(record).expect("records are texts, numbers and lists"))
}

pub(super) fn from_json<T: DeserializeOwned>(json: &str) -> serde_json::Result<T> {
    serde_json::from_str(json)
}

impl Secret for ProfileSecrets {
    fn to_json(&self) -> Zeroizing<String> {
        let text = |secret: &Option<SecretString>| {
            secret.as_ref().map(|it| Zeroizing::new(it.expose_secret().to_owned()))
        };
        to_json(&SecretsRecord {
            api_token: text(&self.api_token),
            access_token: text(&self.access_token),
            client_secret: text(&self.client_secret),
            deployment_key: text(&self.deployment_key),
        })
    }

    fn from_json(json: &str) -> serde_json::Result<Self> {
        let record: SecretsRecord = from_json(json)?;
        let secret = |it: Option<Zeroizing<String>>| it.map(|it| SecretString::from(it.as_str()));
        Ok(Self {
            api_token: secret(record.api_token),
            access_token: secret(record.access_token),
            client_secret: secret(record.client_secret),
            deployment_key: secret(record.deployment_key),
        })
    }
}

impl Default for Document {
    fn default() -> Self {
        Self { version: VERSION, current: None, profiles: BTreeMap::new(), connections: Vec::new() }
    }
}

impl Document {
    pub(super) fn connection(&mut self, key: &ConnectionKey) -> Option<&mut ConnectionEntry> {
        self.connections.iter_mut().find(|it| it.is_of(key))
    }

    pub(super) fn take_connection(&mut self, key: &ConnectionKey) -> Option<ConnectionEntry> {
        let index = self.connections.iter().position(|it| it.is_of(key))?;
        Some(self.connections.swap_remove(index))
    }

    pub(super) fn current(&self) -> Result<Option<UserId>, Unreadable> {
        Ok(self.current.as_ref().map(|it| it.parse()).transpose()?)
    }

    pub(super) fn listed(&self) -> Result<Vec<ListedProfile>, Unreadable> {
        let listed = self.profiles.iter().map(|(name, record)| {
            let name: UserId = name.parse()?;
            let key = ProfileStore::connection_key(&name);
            let entry = self.connections.iter().find(|it| it.is_of(&key));
            Ok(ListedProfile {
                is_current: self.current.as_deref() == Some(name.as_str()),
                settings: record.settings()?,
                signed_in: entry.map(|it| it.shown.signed_in()).transpose()?,
                name,
            })
        });
        listed.collect()
    }
}

impl ProfileRecord {
    /// The profile without its secrets.
    pub(super) fn settings(&self) -> Result<Profile, Unreadable> {
        Ok(Profile {
            mode: self.mode.as_ref().map(|it| it.parse()).transpose()?,
            site: self.site.as_ref().map(|it| it.parse()).transpose()?,
            cloud_id: self.cloud_id.as_ref().map(|it| it.parse()).transpose()?,
            email: self.email.clone(),
            client_id: self.client_id.clone(),
            scopes: self.scopes.as_ref().map(|it| it.parse()).transpose()?,
            // Whoever wrote it was allowed to.
            central_url: self
                .central_url
                .as_ref()
                .map(|it| BaseUrl::parse(it, Hosts::Any))
                .transpose()?,
            secrets: ProfileSecrets::default(),
        })
    }
}

impl From<(&Profile, Option<Place>)> for ProfileRecord {
    fn from((profile, secret): (&Profile, Option<Place>)) -> Self {
        let Profile { mode, site, cloud_id, email, client_id, scopes, central_url, secrets: _ } =
            profile;
        Self {
            mode: mode.as_ref().map(ToString::to_string),
            site: site.as_ref().map(ToString::to_string),
            cloud_id: cloud_id.as_ref().map(ToString::to_string),
            email: email.clone(),
            client_id: client_id.clone(),
            scopes: scopes.as_ref().map(ToString::to_string),
            central_url: central_url.as_ref().map(ToString::to_string),
            secret,
        }
    }
}

impl ConnectionEntry {
    pub(super) fn new(key: &ConnectionKey, revision: String, shown: Shown, secret: Place) -> Self {
        let ConnectionKey { workspace, instance, user } = key;
        let (workspace, instance) = (workspace.to_string(), instance.to_string());
        let user = user.to_string();
        Self { workspace, instance, user, revision, lease: None, shown, secret }
    }

    fn is_of(&self, key: &ConnectionKey) -> bool {
        self.user == key.user.as_str()
            && self.instance == key.instance.as_str()
            && self.workspace == key.workspace.as_str()
    }
}

impl Shown {
    fn signed_in(&self) -> Result<SignedIn, Unreadable> {
        let account = self.account_id.as_ref().zip(self.account_name.as_ref());
        Ok(SignedIn {
            account: account.map(|(id, name)| Account { id: id.clone(), name: name.clone() }),
            site: self.site.clone(),
            connected_at: self.connected_at.parse()?,
        })
    }
}

impl Place {
    /// Reads the secret.
    pub(super) fn open<T: Secret>(&self, vault: Option<&dyn Vault>) -> Result<T, StoreError> {
        let read = |json: &str| {
            // The parser may quote what it read, so only the position is kept.
            T::from_json(json).map_err(|error| {
                corrupt(format!("a secret is not as expected at column {}", error.column()).into())
            })
        };
        match self {
            Self::Inline(json) => read(json),
            Self::Vault(name) => {
                let vault = vault.ok_or_else(|| {
                    unavailable("the secret is in the keyring, which cannot be reached".into())
                })?;
                match vault.get(name).map_err(unavailable)? {
                    Some(json) => read(json.expose_secret()),
                    None => Err(corrupt(GONE.into())),
                }
            }
        }
    }
}

/// Said where the file knows of a secret that the vault does not have.
pub(super) const GONE: &str = "the keyring does not have the secret any more";
