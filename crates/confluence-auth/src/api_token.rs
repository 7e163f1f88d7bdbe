//! Mode `apiToken`: an account's e-mail address and API token, sent as HTTP Basic.

use std::{fmt, sync::Arc};

use async_trait::async_trait;
use confluence_api::{
    Authorized, Credentials, CredentialsError, Rejected, RejectedAnswer, Transport,
};
use http::HeaderValue;
use secrecy::SecretString;

use crate::{
    ConfigurationError, Location,
    discovery::{DiscoveryError, Gateway},
    header::basic,
    location::Root,
    probe::{Probe, Verdict},
};

/// An API token of a person or a service account.
///
/// Unscoped tokens work on the site. Scoped ones, and all of service accounts, work only through
/// the gateway: it is used from the start if the cloud id is given, else after the site's refusal.
pub struct ApiToken {
    header: HeaderValue,
    root: Root,
    probe: Probe,
}

impl fmt::Debug for ApiToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiToken").field("root", &self.root).finish_non_exhaustive()
    }
}

impl ApiToken {
    /// Prepares the credential. Nothing is sent yet.
    ///
    /// `transport` is for look-ups and probes. White space around `email` and `token` is dropped.
    ///
    /// # Errors
    ///
    /// Fails when the e-mail address or the token cannot be sent, or `location` says nothing.
    pub fn new(
        transport: Arc<dyn Transport>,
        location: &Location,
        email: &str,
        token: &SecretString,
    ) -> Result<Self, ConfigurationError> {
        let header = basic(email, token)?;
        let root =
            location.root(Arc::clone(&transport)).ok_or(ConfigurationError::BaseUrlUnknown)?;
        Ok(Self { header, root, probe: Probe::new(transport) })
    }

    /// What a 401 means: on the site, that the gateway has to be tried; elsewhere, the end.
    async fn unauthorized(&self, used: &Authorized) -> Rejected {
        match &self.root {
            Root::Site { root, gateway } if used.root == *root => through(gateway).await,
            Root::Site { .. } | Root::Fixed(_) => Rejected::Dead,
        }
    }
}

async fn through(gateway: &Gateway) -> Rejected {
    let before = gateway.known().is_some();
    match gateway.root().await {
        Ok(root) => {
            if !before {
                tracing::info!(root = %root, "the site refuses the API token, trying the gateway");
            }
            Rejected::Retry
        }
        Err(DiscoveryError::UnknownSite { .. }) => Rejected::Dead,
        Err(error @ (DiscoveryError::Failed { .. } | DiscoveryError::Timeout { .. })) => {
            tracing::warn!(%error, "the site refuses the API token, the gateway is not known");
            Rejected::Unrelated
        }
    }
}

#[async_trait]
impl Credentials for ApiToken {
    async fn authorized(&self) -> Result<Authorized, CredentialsError> {
        let root = match &self.root {
            Root::Fixed(root) => root,
            // Looked up only after the site has refused.
            Root::Site { root, gateway } => gateway.known().unwrap_or(root),
        };
        Ok(Authorized { root: root.clone(), header: self.header.clone() })
    }

    async fn rejected(&self, used: &Authorized, answer: RejectedAnswer) -> Rejected {
        match answer {
            RejectedAnswer::Unauthorized | RejectedAnswer::UnauthorizedPage => {
                self.unauthorized(used).await
            }
            RejectedAnswer::BareNotFound | RejectedAnswer::NotPermitted => {
                match self.probe.verdict(used).await {
                    Verdict::Unauthorized => self.unauthorized(used).await,
                    Verdict::Rejected => Rejected::Dead,
                    Verdict::Working | Verdict::Unknown => Rejected::Unrelated,
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
