//! Why a caller is turned away before anything is sent to Confluence, in the contract's words.

use std::fmt;

use confluence_api::LoginLink;
use confluence_auth::{ConfigurationError, ConnectionError, client::ClientUnresolved};
use confluence_tools::{Failure, FailureKind};

use crate::{AgentId, StoreError};

/// What a platform has to inject, so that callers can be told apart.
const SCOPE_HINT: &str = "Set the capability Scope to `context_id,agent_id,user_id`: these are identifiers that the platform adds to each call, not OAuth scopes.";

/// A caller that was turned away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denial {
    /// Why.
    pub reason: Reason,
    /// What the caller is told.
    pub failure: Box<Failure>,
}

/// Why a caller is turned away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// The call names a user or an agent that its key does not vouch for.
    OtherIdentity,
    /// Too many calls of the workspace.
    RateLimited,
    /// There is no such instance.
    NoInstance,
    /// The agent is not on the list.
    NotAllowlisted,
    /// The agent did not say who it is.
    MissingAgent,
    /// A user has to be known, and is not.
    MissingUser,
    /// The user has to connect.
    NotConnected,
    /// Something is not configured.
    NotConfigured,
    /// It may work later.
    Unavailable,
}

impl Reason {
    /// Its name in the audit and in metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OtherIdentity => "other_identity",
            Self::RateLimited => "rate_limited",
            Self::NoInstance => "no_instance",
            Self::NotAllowlisted => "not_allowlisted",
            Self::MissingAgent => "missing_agent_id",
            Self::MissingUser => "missing_user_id",
            Self::NotConnected => "not_connected",
            Self::NotConfigured => "not_configured",
            Self::Unavailable => "unavailable",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Denial {
    fn new(reason: Reason, kind: FailureKind, text: impl Into<String>) -> Self {
        Self { reason, failure: Box::new(Failure::new(kind, text)) }
    }

    pub(crate) fn other_identity(what: &str) -> Self {
        let text = format!(
            "This call names another {what} than its key belongs to, so it is refused. Leave `{what}_id` out of the arguments: the key says who calls."
        );
        Self::new(Reason::OtherIdentity, FailureKind::Forbidden, text)
    }

    pub(crate) fn rate_limited(seconds: u64) -> Self {
        let text = format!(
            "Too many calls from this workspace. Nothing was sent to Confluence. Wait {seconds} seconds, then repeat the call."
        );
        Self::new(Reason::RateLimited, FailureKind::Throttled, text)
    }

    pub(crate) fn no_instance() -> Self {
        let text = "Confluence not authenticated. There is no such workspace or instance: check the address of the connector.";
        Self::new(Reason::NoInstance, FailureKind::Unauthenticated, text)
    }

    pub(crate) fn not_allowlisted(agent: &AgentId, app: &str) -> Self {
        let text = format!(
            "This agent is not authorized to use this connector. Open the configuration app ({app}) → Authorized agents → tick this agent (id: {agent}), or enable Allow all agents."
        );
        Self::new(Reason::NotAllowlisted, FailureKind::NotAvailable, text)
    }

    pub(crate) fn missing_agent() -> Self {
        let text = format!(
            "The calling agent could not be identified, so it cannot be authorized. {SCOPE_HINT}"
        );
        Self::new(Reason::MissingAgent, FailureKind::NotAvailable, text)
    }

    pub(crate) fn missing_user() -> Self {
        let text = format!("The calling user could not be identified. {SCOPE_HINT}");
        Self::new(Reason::MissingUser, FailureKind::Unauthenticated, text)
    }

    pub(crate) fn configuration(error: &ConfigurationError) -> Self {
        let text = error.to_string();
        Self::new(Reason::NotConfigured, FailureKind::Unauthenticated, text)
    }

    pub(crate) fn client(error: &ClientUnresolved) -> Self {
        match error {
            ClientUnresolved::NotConfigured { .. } | ClientUnresolved::NoSignIn(_) => {
                let text = error.to_string();
                Self::new(Reason::NotConfigured, FailureKind::Unauthenticated, text)
            }
            ClientUnresolved::Unavailable(_) => Self::unavailable(&error.to_string()),
        }
    }

    /// `link` makes the address where the user can connect.
    pub(crate) fn connection(
        error: &ConnectionError,
        link: impl FnOnce() -> Option<LoginLink>,
    ) -> Self {
        if matches!(error, ConnectionError::Unavailable(_)) {
            return Self::unavailable(&error.to_string());
        }
        let (reason, link) = if error.needs_sign_in() {
            (Reason::NotConnected, link())
        } else {
            (Reason::NotConfigured, None)
        };
        Self { reason, failure: Box::new(Failure::log_in(&error.to_string(), link)) }
    }

    pub(crate) fn store(error: &StoreError) -> Self {
        match error {
            StoreError::Unavailable(_) => {
                Self::unavailable("the connector's store does not answer")
            }
            StoreError::Corrupt { what, .. } => {
                let text = format!(
                    "Confluence not authenticated. The connector's store is damaged ({what}): an administrator has to look at it."
                );
                Self::new(Reason::NotConfigured, FailureKind::Unauthenticated, text)
            }
        }
    }

    pub(crate) fn unavailable(what: &str) -> Self {
        let text = format!(
            "The connector is temporarily unavailable: {what}. Nothing was sent to Confluence. Retry in a minute; no reconnection needed."
        );
        Self::new(Reason::Unavailable, FailureKind::Upstream, text)
    }
}
