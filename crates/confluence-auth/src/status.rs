//! Whether a user is connected: what `oauthStatus` answers.

use confluence_api::id::SiteName;
use jiff::Timestamp;
use serde::Serialize;
use url::Url;

use crate::{
    AuthMode, ConnectionError, Refresher,
    client::ResolvedClient,
    connection::{ConnectedSite, Connection, ConnectionKey},
};

/// Whether a user is connected, and as whom. Serializes as the answer of `oauthStatus`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ConnectionStatus {
    /// Whether calls of this user have a credential.
    pub connected: bool,
    /// The mode.
    pub auth_method: AuthMode,
    /// Why not; or, while connected, why the token could not be renewed just now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The connection.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub connection: Option<ConnectionSummary>,
}

/// What may be told of a connection: everything but its tokens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ConnectionSummary {
    /// The Atlassian account's name, if it lets itself be seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// The site that is used.
    pub site: SiteSummary,
    /// The others that the user let the client see.
    pub other_sites: Vec<SiteSummary>,
    /// The scopes that were granted.
    pub scopes: Vec<String>,
    /// When the user signed in.
    pub connected_at: Timestamp,
}

/// A site, for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SiteSummary {
    /// Its name.
    pub name: String,
    /// Its address.
    pub url: Url,
    /// Its cloud id.
    pub cloud_id: String,
}

impl From<&ConnectedSite> for SiteSummary {
    fn from(site: &ConnectedSite) -> Self {
        let ConnectedSite { cloud_id, url, name } = site;
        Self { name: name.clone(), url: url.clone(), cloud_id: cloud_id.to_string() }
    }
}

impl ConnectionSummary {
    /// What may be told of `connection`, where the instance is configured for a site, or for none.
    pub fn new(connection: &Connection, configured: Option<&SiteName>) -> Self {
        let used = connection.site_for(configured).unwrap_or(&connection.site);
        let all = std::iter::once(&connection.site).chain(&connection.other_sites);
        Self {
            account: connection.account.as_ref().map(|it| it.name.clone()),
            site: used.into(),
            other_sites: all.filter(|it| *it != used).map(Into::into).collect(),
            scopes: connection.grant.scopes.clone(),
            connected_at: connection.connected_at,
        }
    }
}

impl ConnectionStatus {
    /// A mode in which everybody uses one credential: always connected.
    pub const fn shared(mode: AuthMode) -> Self {
        Self { connected: true, auth_method: mode, reason: None, connection: None }
    }

    /// Asks the store, and Atlassian only if the token has to be renewed: a platform may ask before
    /// every call.
    ///
    /// A passing fault leaves the user connected: nothing that the user could do would help.
    ///
    /// # Errors
    ///
    /// Fails when the store does not say whether there is a connection.
    pub async fn of(
        refresher: &Refresher,
        key: &ConnectionKey,
        mode: AuthMode,
        client: &ResolvedClient,
    ) -> Result<Self, ConnectionError> {
        let known = match refresher.stored(key, client).await {
            Ok(stored) => stored,
            Err(error) if error.needs_sign_in() => return Ok(Self::unconnected(mode, &error)),
            Err(error) => return Err(error),
        };
        let of = |connection: &Connection, reason| Self {
            connected: true,
            auth_method: mode,
            reason,
            connection: Some(ConnectionSummary::new(connection, client.site.as_ref())),
        };
        if !known.connection.grant.is_stale(Timestamp::now()) {
            return Ok(of(&known.connection, None));
        }
        match refresher.current(key, client).await {
            Ok(stored) => Ok(of(&stored.connection, None)),
            Err(error) if error.needs_sign_in() => Ok(Self::unconnected(mode, &error)),
            Err(error) => Ok(of(&known.connection, Some(error.to_string()))),
        }
    }

    fn unconnected(mode: AuthMode, error: &ConnectionError) -> Self {
        let reason = Some(error.to_string());
        Self { connected: false, auth_method: mode, reason, connection: None }
    }
}
