//! The OAuth client of an instance, and the callback that belongs to it.

use std::sync::Arc;

use confluence_auth::{AuthMode, client::ResolvedClient, sign_in::Callback};
use confluence_connector::{CentralSource, InstanceKey, Reason, StoreError};
use http::StatusCode;
use url::Url;

use super::{OAuthState, outcome::Outcome};

/// What a sign-in of an instance is made with.
pub(super) struct InstanceClient {
    pub(super) client: ResolvedClient,
    own: Url,
    core: Option<Url>,
}

impl InstanceClient {
    /// Which callback Atlassian is given.
    pub(super) fn callback(&self) -> Callback<'_> {
        match &self.core {
            Some(core) => Callback::ThroughCore { core, own: &self.own },
            None => Callback::Own(&self.own),
        }
    }
}

impl OAuthState {
    /// The client of an instance; fails with what the person is told.
    pub(super) async fn client(&self, instance: &InstanceKey) -> Result<InstanceClient, Outcome> {
        if self.base.is_none() {
            return Err(Outcome::not_configured(
                "Sign-in needs an https:// address of this connector: an operator has to set its public URL.",
            ));
        }
        let deployment = &self.deployment;
        let loaded = deployment.instances.load(instance).await;
        let loaded = loaded.map_err(|error| Outcome::store(&error))?;
        let settings = loaded.ok_or_else(Outcome::not_found)?.value;
        let resolved = deployment.connector.oauth_client(instance).await;
        let resolved = resolved.map_err(|denial| match denial.reason {
            Reason::Unavailable => Outcome::unavailable(StatusCode::BAD_GATEWAY),
            Reason::NoInstance => Outcome::not_found(),
            Reason::OtherIdentity
            | Reason::RateLimited
            | Reason::NotAllowlisted
            | Reason::MissingAgent
            | Reason::MissingUser
            | Reason::NotConnected
            | Reason::NotConfigured => Outcome::not_configured(&denial.failure.text),
        })?;
        let client = resolved.ok_or_else(|| {
            Outcome::not_configured(
                "This instance works with one account for everybody: nobody has to connect.",
            )
        })?;
        let core = match settings.auth.mode() {
            AuthMode::OAuthCentral => Some(match &deployment.central {
                CentralSource::Store(_) => deployment.addresses.core_callback(),
                CentralSource::Remote(remote) => Arc::clone(remote).callback(),
            }),
            AuthMode::OAuth | AuthMode::ApiToken | AuthMode::AccessToken => None,
        };
        Ok(InstanceClient { client, own: deployment.addresses.callback(instance), core })
    }
}

/// Writes down what only the operator may read.
pub(super) fn log(error: &StoreError) {
    tracing::error!(error = error as &dyn std::error::Error, "the store failed");
}
