//! Which OAuth client a user signs in with, and which scopes it asks for.

use std::sync::Arc;

use confluence_api::{BoxError, id::SiteName};
use secrecy::SecretString;
use url::Url;

use crate::{
    AuthMode, Fingerprint,
    central::{PublicClient, RemoteCentral},
    connection::client_fingerprint,
    scopes::Scopes,
    token::TokenEndpoint,
};

/// An OAuth client as it is registered at Atlassian's developer console.
#[derive(Debug, Clone)]
pub struct OAuthClient {
    /// Its id: public.
    pub id: String,
    /// Its secret, which Atlassian demands although PKCE is used.
    pub secret: SecretString,
}

/// The platform's one client.
#[derive(Debug, Clone)]
pub struct CentralClient {
    /// The client.
    pub client: OAuthClient,
    /// Scopes for all workspaces that do not have their own.
    pub scopes: Option<Scopes>,
}

/// Where the central client is.
#[derive(Debug, Clone)]
pub enum Central {
    /// In this process.
    Here {
        /// The client, once a maintainer has set it.
        client: Option<CentralClient>,
        /// The core's callback, which is the one registered at Atlassian's.
        callback: Url,
    },
    /// With the core of another deployment.
    Remote(Arc<RemoteCentral>),
}

/// What an instance says about its client.
#[derive(Debug, Clone)]
pub struct ClientSettings<'a> {
    /// The mode: one of the two with sign-in.
    pub mode: AuthMode,
    /// The workspace's own client. Of no effect in mode `oauthCentral`.
    pub own: Option<&'a OAuthClient>,
    /// The workspace's own scopes.
    pub scopes: Option<&'a Scopes>,
    /// The site that everybody of the instance works with, if one is set.
    pub site: Option<&'a SiteName>,
}

/// The client to sign in with, and how it talks to Atlassian.
#[derive(Debug, Clone)]
pub struct ResolvedClient {
    /// Its id.
    pub id: String,
    /// The scopes to ask for.
    pub scopes: Scopes,
    /// The only site that may be used; any, if it is not set.
    pub site: Option<SiteName>,
    /// Where tokens come from.
    pub tokens: TokenEndpoint,
}

/// Why there is no client to sign in with.
#[derive(Debug, thiserror::Error)]
pub enum ClientUnresolved {
    /// Somebody has to configure it.
    #[error("Confluence OAuth is not configured. {next_step}")]
    NotConfigured {
        /// What to do, and who.
        next_step: &'static str,
    },
    /// The mode has no sign-in.
    #[error("Confluence not authenticated. Mode `{0}` has no sign-in.")]
    NoSignIn(AuthMode),
    /// The core that holds the central client does not answer, and never has.
    #[error("the core that holds the OAuth client is temporarily unavailable")]
    Unavailable(#[source] BoxError),
}

impl ClientSettings<'_> {
    /// Finds the client and the scopes.
    ///
    /// Mode `oauth` takes the workspace's own client, `oauthCentral` the central one, ignoring what
    /// is left of an own one. Scopes are the workspace's own, else the central ones, else
    /// [`Scopes::all`].
    ///
    /// # Errors
    ///
    /// See [`ClientUnresolved`].
    pub async fn resolve(&self, central: &Central) -> Result<ResolvedClient, ClientUnresolved> {
        let site = self.site.cloned();
        match self.mode {
            AuthMode::OAuth => {
                let client = self.own.filter(|it| is_complete(it)).ok_or(
                    ClientUnresolved::NotConfigured {
                        next_step: "Set the OAuth client's id and secret in the configuration app.",
                    },
                )?;
                let scopes = match self.scopes {
                    Some(scopes) => scopes.clone(),
                    None => central.scopes().await?.unwrap_or_default(),
                };
                let tokens = TokenEndpoint::Atlassian(client.clone());
                Ok(ResolvedClient { id: client.id.clone(), scopes, site, tokens })
            }
            AuthMode::OAuthCentral => {
                let (id, scopes, tokens) = central.client().await?;
                let scopes = self.scopes.cloned().or(scopes).unwrap_or_default();
                Ok(ResolvedClient { id, scopes, site, tokens })
            }
            mode @ (AuthMode::ApiToken | AuthMode::AccessToken) => {
                Err(ClientUnresolved::NoSignIn(mode))
            }
        }
    }
}

/// A secret that is missing would be found out only after the user has agreed.
fn is_complete(client: &OAuthClient) -> bool {
    use secrecy::ExposeSecret;
    !client.id.trim().is_empty() && !client.secret.expose_secret().trim().is_empty()
}

const NO_CENTRAL_CLIENT: ClientUnresolved = ClientUnresolved::NotConfigured {
    next_step: "A maintainer has to set the central OAuth client; or use mode `oauth` with a \
                client of your own.",
};

impl Central {
    /// The callback that is registered at Atlassian's.
    pub fn callback(&self) -> Url {
        match self {
            Self::Here { callback, .. } => callback.clone(),
            Self::Remote(remote) => remote.callback(),
        }
    }

    async fn client(&self) -> Result<(String, Option<Scopes>, TokenEndpoint), ClientUnresolved> {
        match self {
            Self::Here { client, .. } => {
                let central = client.as_ref().filter(|it| is_complete(&it.client));
                let CentralClient { client, scopes } = central.ok_or(NO_CENTRAL_CLIENT)?;
                let tokens = TokenEndpoint::Atlassian(client.clone());
                Ok((client.id.clone(), scopes.clone(), tokens))
            }
            Self::Remote(remote) => match remote.client().await {
                Ok(Some(PublicClient { id, scopes })) => {
                    Ok((id, scopes, TokenEndpoint::Central(Arc::clone(remote))))
                }
                Ok(None) => Err(NO_CENTRAL_CLIENT),
                Err(error) => Err(ClientUnresolved::Unavailable(Box::new(error))),
            },
        }
    }

    /// The scopes for workspaces without their own. That nobody has set a central client is no
    /// fault where only its scopes are asked for.
    async fn scopes(&self) -> Result<Option<Scopes>, ClientUnresolved> {
        match self.client().await {
            Ok((_id, scopes, _tokens)) => Ok(scopes),
            Err(ClientUnresolved::NotConfigured { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

impl ResolvedClient {
    /// Which client, with which scopes: see [`client_fingerprint`].
    pub fn fingerprint(&self) -> Fingerprint {
        client_fingerprint(&self.id, &self.scopes)
    }
}

#[cfg(test)]
mod tests;
