//! Mode `accessToken`: a token that the caller manages, sent as it is.

use std::{fmt, sync::Arc};

use async_trait::async_trait;
use confluence_api::{
    Authorized, Credentials, CredentialsError, Rejected, RejectedAnswer, Transport,
};
use http::HeaderValue;
use secrecy::SecretString;

use crate::{
    ConfigurationError, Location,
    header::bearer,
    location::Root,
    probe::{Probe, Verdict},
};

/// An OAuth access token, obtained and renewed by somebody else.
///
/// It works through the gateway only. Given a site instead of a cloud id, the cloud id is looked up
/// before the first request, without the token.
pub struct AccessToken {
    header: HeaderValue,
    root: Root,
    probe: Probe,
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessToken").field("root", &self.root).finish_non_exhaustive()
    }
}

impl AccessToken {
    /// Prepares the credential. Nothing is sent yet.
    ///
    /// `transport` is for look-ups and probes. White space around `token` is dropped.
    ///
    /// # Errors
    ///
    /// Fails when the token cannot be sent, or `location` says nothing.
    pub fn new(
        transport: Arc<dyn Transport>,
        location: &Location,
        token: &SecretString,
    ) -> Result<Self, ConfigurationError> {
        let header = bearer(token)?;
        let root =
            location.root(Arc::clone(&transport)).ok_or(ConfigurationError::BaseUrlUnknown)?;
        Ok(Self { header, root, probe: Probe::new(transport) })
    }
}

#[async_trait]
impl Credentials for AccessToken {
    async fn authorized(&self) -> Result<Authorized, CredentialsError> {
        let root = match &self.root {
            Root::Fixed(root) => root.clone(),
            Root::Site { gateway, .. } => gateway.root().await?,
        };
        Ok(Authorized { root, header: self.header.clone() })
    }

    async fn rejected(&self, used: &Authorized, answer: RejectedAnswer) -> Rejected {
        match answer {
            // Nobody here can renew it.
            RejectedAnswer::Unauthorized | RejectedAnswer::UnauthorizedPage => Rejected::Dead,
            RejectedAnswer::BareNotFound | RejectedAnswer::NotPermitted => {
                match self.probe.verdict(used).await {
                    Verdict::Unauthorized | Verdict::Rejected => Rejected::Dead,
                    Verdict::Working | Verdict::Unknown => Rejected::Unrelated,
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
