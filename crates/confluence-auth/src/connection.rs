//! A user's connection to Atlassian: the tokens, and what is known about them.

use std::{collections::BTreeSet, fmt, time::Duration};

use confluence_api::id::{CloudId, SiteName};
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use url::Url;

use crate::{
    Fingerprint,
    ids::{AgentId, InstanceName, UserId, WorkspaceSlug},
    scopes::{Granted, Scopes},
};

/// How long before its expiry a token counts as stale.
///
/// Covers one slow request and a clock that is off; Atlassian's access tokens last an hour.
pub const REFRESH_MARGIN: Duration = Duration::from_mins(2);

/// How long a token that was renewed after a rejection is not renewed for another one. Atlassian may
/// reject a user's tokens for as long as the site keeps the user out.
const REJECTED_AGAIN: SignedDuration = SignedDuration::from_mins(5);

/// Whose connection it is. There is one per key.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ConnectionKey {
    /// The workspace.
    pub workspace: WorkspaceSlug,
    /// The instance within the workspace.
    pub instance: InstanceName,
    /// The user; for the single-user faces, the name of a profile.
    pub user: UserId,
}

/// A connection as it is stored.
#[derive(Debug, Clone)]
pub struct Connection {
    /// The tokens.
    pub grant: Grant,
    /// Which client, with which scopes, the tokens were made for: see [`client_fingerprint`].
    pub client: Fingerprint,
    /// The site that is used.
    pub site: ConnectedSite,
    /// The other sites that the user let the client see.
    pub other_sites: Vec<ConnectedSite>,
    /// The Atlassian account, if it let itself be seen.
    pub account: Option<Account>,
    /// The agent on whose behalf the user was asked to connect.
    pub agent: Option<AgentId>,
    /// When the user signed in.
    pub connected_at: Timestamp,
    /// When the tokens were last renewed.
    pub refreshed_at: Timestamp,
    /// Whether they were renewed because Atlassian rejected the ones before, although these had
    /// not expired: see [`Connection::may_renew_rejected`].
    pub after_rejection: bool,
    /// Whether somebody has said which account this is, after the sign-in: see
    /// [`Refresher::introduce`](crate::Refresher::introduce).
    pub introduced: bool,
}

impl Connection {
    /// Whether renewing the token may help when Atlassian rejects it, although it has not expired.
    ///
    /// Not if it was itself the answer to a rejection a short while ago: then something else is
    /// wrong, and each call would renew it again. After a while it may have been revoked.
    pub fn may_renew_rejected(&self, now: Timestamp) -> bool {
        let age = now.duration_since(self.refreshed_at);
        !self.after_rejection || age > REJECTED_AGAIN
    }

    /// The site to use where `configured` is set: that one or none. Else the one that was chosen
    /// when the user connected.
    ///
    /// Another site than the configured one would let agents write where nobody expects it.
    pub fn site_for(&self, configured: Option<&SiteName>) -> Option<&ConnectedSite> {
        match configured {
            None => Some(&self.site),
            Some(name) => {
                std::iter::once(&self.site).chain(&self.other_sites).find(|it| it.is(name))
            }
        }
    }
}

/// What Atlassian's token endpoint gave.
#[derive(Clone)]
pub struct Grant {
    /// Goes with each request. Opaque, of any length.
    pub access_token: SecretString,
    /// Renews the access token, once: the answer has the next one. Absent unless `offline_access`
    /// was granted.
    pub refresh_token: Option<SecretString>,
    /// When the access token ends.
    pub expires_at: Timestamp,
    /// The scopes that were granted, as Atlassian spelt them.
    pub scopes: Vec<String>,
}

impl fmt::Debug for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Grant")
            .field("refreshable", &self.refresh_token.is_some())
            .field("expires_at", &self.expires_at)
            .field("scopes", &self.scopes)
            .finish_non_exhaustive()
    }
}

impl Grant {
    /// Whether the access token has ended, or is about to: see [`REFRESH_MARGIN`].
    pub fn is_stale(&self, now: Timestamp) -> bool {
        self.expires_at.saturating_sub(REFRESH_MARGIN).is_ok_and(|it| it <= now)
    }

    /// The scopes, to ask what they allow.
    pub fn granted(&self) -> Granted {
        self.scopes.iter().map(String::as_str).collect()
    }
}

/// A Confluence site that a connection reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectedSite {
    /// Its cloud id.
    pub cloud_id: CloudId,
    /// Its address for people, such as `https://acme.atlassian.net`.
    pub url: Url,
    /// Its name.
    pub name: String,
}

impl ConnectedSite {
    /// Whether it is the site of this name.
    pub fn is(&self, name: &SiteName) -> bool {
        self.url.host() == name.root().host()
    }
}

/// The Atlassian account that a user connected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its id.
    pub id: String,
    /// Its name, as shown to people.
    pub name: String,
}

/// The fingerprint of a client and of the scopes asked for, in whatever order.
///
/// A connection made for another client or other scopes is not valid: its user reconnects.
pub fn client_fingerprint(client_id: &str, scopes: &Scopes) -> Fingerprint {
    let scopes: BTreeSet<&str> = scopes.iter().collect();
    let mut text = client_id.to_owned();
    for scope in scopes {
        // Stands in no client id and no scope, so that no two lists make one text.
        text.push('\n');
        text.push_str(scope);
    }
    Fingerprint::of(text)
}

#[cfg(test)]
mod tests;
