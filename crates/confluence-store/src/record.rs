//! What is encrypted, as JSON: the form in which connections and sign-ins are stored.
//!
//! Fields may be added if what was written without them can still be read; nothing else changes.

use confluence_api::BoxError;

use confluence_auth::Fingerprint;
use confluence_auth::connection::{Account, ConnectedSite, Connection, ConnectionKey, Grant};
use confluence_auth::pending::PendingSignIn;
use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// A connection.
#[derive(Serialize, Deserialize)]
pub(crate) struct ConnectionRecord {
    access_token: Zeroizing<String>,
    refresh_token: Option<Zeroizing<String>>,
    expires_at: String,
    scopes: Vec<String>,
    client: String,
    site: SiteRecord,
    other_sites: Vec<SiteRecord>,
    account: Option<AccountRecord>,
    agent: Option<String>,
    connected_at: String,
    refreshed_at: String,
    after_rejection: bool,
    /// What was written before there was this has been in use for long.
    #[serde(default = "yes")]
    introduced: bool,
}

fn yes() -> bool {
    true
}

#[derive(Serialize, Deserialize)]
struct SiteRecord {
    cloud_id: String,
    url: String,
    name: String,
}

#[derive(Serialize, Deserialize)]
struct AccountRecord {
    id: String,
    name: String,
}

/// What a sign-in has beside the columns by which it is found.
#[derive(Serialize, Deserialize)]
pub(crate) struct SignInRecord {
    browser: String,
    code_verifier: Zeroizing<String>,
    redirect_uri: String,
    agent: Option<String>,
    client: String,
}

/// A record has something that cannot be there.
pub(crate) type Unreadable = BoxError;

impl From<&Connection> for ConnectionRecord {
    fn from(connection: &Connection) -> Self {
        let Connection {
            grant: Grant { access_token, refresh_token, expires_at, scopes },
            client,
            site,
            other_sites,
            account,
            agent,
            connected_at,
            refreshed_at,
            after_rejection,
            introduced,
        } = connection;
        Self {
            access_token: exposed(access_token),
            refresh_token: refresh_token.as_ref().map(exposed),
            expires_at: expires_at.to_string(),
            scopes: scopes.clone(),
            client: client.to_string(),
            site: site.into(),
            other_sites: other_sites.iter().map(Into::into).collect(),
            account: account
                .as_ref()
                .map(|it| AccountRecord { id: it.id.clone(), name: it.name.clone() }),
            agent: agent.as_ref().map(ToString::to_string),
            connected_at: connected_at.to_string(),
            refreshed_at: refreshed_at.to_string(),
            after_rejection: *after_rejection,
            introduced: *introduced,
        }
    }
}

impl TryFrom<ConnectionRecord> for Connection {
    type Error = Unreadable;

    fn try_from(record: ConnectionRecord) -> Result<Self, Unreadable> {
        Ok(Self {
            grant: Grant {
                access_token: secret(&record.access_token),
                refresh_token: record.refresh_token.as_ref().map(secret),
                expires_at: record.expires_at.parse()?,
                scopes: record.scopes,
            },
            client: record.client.parse()?,
            site: record.site.try_into()?,
            other_sites: record
                .other_sites
                .into_iter()
                .map(TryInto::try_into)
                .collect::<Result<_, _>>()?,
            account: record.account.map(|it| Account { id: it.id, name: it.name }),
            agent: record.agent.map(|it| it.parse()).transpose()?,
            connected_at: record.connected_at.parse()?,
            refreshed_at: record.refreshed_at.parse()?,
            after_rejection: record.after_rejection,
            introduced: record.introduced,
        })
    }
}

impl From<&ConnectedSite> for SiteRecord {
    fn from(site: &ConnectedSite) -> Self {
        Self {
            cloud_id: site.cloud_id.to_string(),
            url: site.url.to_string(),
            name: site.name.clone(),
        }
    }
}

impl TryFrom<SiteRecord> for ConnectedSite {
    type Error = Unreadable;

    fn try_from(record: SiteRecord) -> Result<Self, Unreadable> {
        Ok(Self { cloud_id: record.cloud_id.parse()?, url: record.url.parse()?, name: record.name })
    }
}

impl From<&PendingSignIn> for SignInRecord {
    fn from(pending: &PendingSignIn) -> Self {
        Self {
            browser: pending.browser.to_string(),
            code_verifier: exposed(&pending.code_verifier),
            redirect_uri: pending.redirect_uri.to_string(),
            agent: pending.agent.as_ref().map(ToString::to_string),
            client: pending.client.to_string(),
        }
    }
}

impl SignInRecord {
    /// The sign-in, with what its row says.
    pub(crate) fn into_pending(
        self,
        state: Fingerprint,
        key: ConnectionKey,
        created_at: Timestamp,
        expires_at: Timestamp,
    ) -> Result<PendingSignIn, Unreadable> {
        Ok(PendingSignIn {
            state,
            browser: self.browser.parse()?,
            code_verifier: secret(&self.code_verifier),
            redirect_uri: self.redirect_uri.parse()?,
            key,
            agent: self.agent.map(|it| it.parse()).transpose()?,
            client: self.client.parse()?,
            created_at,
            expires_at,
        })
    }
}

fn exposed(secret: &SecretString) -> Zeroizing<String> {
    Zeroizing::new(secret.expose_secret().to_owned())
}

fn secret(text: &Zeroizing<String>) -> SecretString {
    SecretString::from(text.as_str())
}
