//! Why there is no token for a user, in the words of the contract.

use std::sync::Arc;

use confluence_api::{CredentialsError, LoginLink, id::SiteName};
use http::StatusCode;

use crate::{client::ClientUnresolved, store::StoreError, token::Told};

/// Why there is no token for a user. Each variant asks for a different reaction; those who waited
/// for the same refresh get the same one.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ConnectionError {
    /// The user has not connected, or has disconnected.
    #[error("Confluence is not connected for this user.")]
    NotConnected,
    /// The user connected with another client, or with other scopes.
    #[error(
        "Confluence is not connected for this user. The OAuth client or its scopes have changed \
         since: the user has to connect again."
    )]
    ClientChanged,
    /// The user's connection does not reach the site that the instance is configured for.
    #[error(
        "Confluence is not connected for this user. The connection does not reach the configured \
         site `{0}`: the user has to connect again, and to choose that site."
    )]
    OtherSite(SiteName),
    /// Atlassian does not take the refresh token any more. The connection was dropped.
    #[error(
        "Confluence token refresh failed: Atlassian answered {}. The connection was revoked or has \
         expired; the user must reconnect.",
        Told(*.status, .code.as_deref())
    )]
    Refused {
        /// Status of the answer.
        status: StatusCode,
        /// Atlassian's code.
        code: Option<String>,
    },
    /// The access token has ended, and there is nothing to renew it with. The connection was
    /// dropped.
    #[error(
        "Confluence token refresh failed: the access token has ended, and no refresh token was \
         granted (scope `offline_access`); the user must reconnect."
    )]
    NotRefreshable,
    /// Atlassian, or the core, refuses the client. The connection is kept.
    #[error(
        "Confluence OAuth is not configured. Atlassian refuses the OAuth client ({}): an \
         administrator has to correct its id or secret, or the deployment key. Nobody has to \
         reconnect.",
        Told(*.status, .code.as_deref())
    )]
    ClientRefused {
        /// Status of the answer.
        status: StatusCode,
        /// Atlassian's code.
        code: Option<String>,
    },
    /// The store has it, but cannot read it. An operator has to act.
    #[error(
        "Confluence not authenticated. The stored connection cannot be read: an administrator has \
         to look at the store and at its master key."
    )]
    Unreadable(#[source] Arc<StoreError>),
    /// It may work later. The connection is kept.
    #[error("the connection is temporarily unavailable")]
    Unavailable(#[source] Arc<dyn std::error::Error + Send + Sync>),
}

/// Somebody else's refresh does not end, or too many are under way.
#[derive(Debug, thiserror::Error)]
#[error("other refreshes are still under way")]
struct Busy;

/// The process ends.
#[derive(Debug, thiserror::Error)]
#[error("the refresh was interrupted")]
struct Interrupted;

impl ConnectionError {
    pub(crate) fn busy() -> Self {
        Self::Unavailable(Arc::new(Busy))
    }

    pub(crate) fn interrupted() -> Self {
        Self::Unavailable(Arc::new(Interrupted))
    }

    pub(crate) fn store(error: StoreError) -> Self {
        error.into()
    }

    /// Whether the user can mend it by connecting.
    pub fn needs_sign_in(&self) -> bool {
        match self {
            Self::NotConnected
            | Self::ClientChanged
            | Self::OtherSite(_)
            | Self::Refused { .. }
            | Self::NotRefreshable => true,
            Self::ClientRefused { .. } | Self::Unreadable(_) | Self::Unavailable(_) => false,
        }
    }

    /// As the client of the API takes it; `link` is where the user can connect.
    pub fn into_credentials(self, link: Option<LoginLink>) -> CredentialsError {
        if let Self::Unavailable(source) = self {
            return CredentialsError::Unavailable(Box::new(source));
        }
        let link = link.filter(|_| self.needs_sign_in());
        CredentialsError::LoginRequired { reason: self.to_string(), link }
    }
}

impl ConnectionError {
    /// As the client of the API takes it, for a user who has no page to connect on: `next_step` says
    /// what to do, and is told where connecting helps.
    pub fn told_with(self, next_step: &str) -> CredentialsError {
        if !self.needs_sign_in() {
            return self.into_credentials(None);
        }
        CredentialsError::LoginRequired { reason: format!("{self} {next_step}"), link: None }
    }
}

impl From<StoreError> for ConnectionError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(_) => Self::Unavailable(Arc::new(error)),
            StoreError::Corrupt { .. } => Self::Unreadable(Arc::new(error)),
        }
    }
}

/// No client, no connection.
impl From<ClientUnresolved> for CredentialsError {
    fn from(error: ClientUnresolved) -> Self {
        match error {
            ClientUnresolved::Unavailable(_) => Self::Unavailable(Box::new(error)),
            ClientUnresolved::NotConfigured { .. } | ClientUnresolved::NoSignIn(_) => {
                Self::LoginRequired { reason: error.to_string(), link: None }
            }
        }
    }
}
