//! Settings as a form has them: secrets go in and never come out.

use confluence_api::id::{CloudId, SiteName};
use confluence_auth::{AuthMode, scopes::Scopes};
use secrecy::SecretString;
use serde::Serialize;

use crate::{AuthSettings, OAuthClient};

/// What a form says about a secret.
#[derive(Debug, Clone, Default)]
pub enum SecretChange {
    /// The field was left empty: what is set stays, if it is still for the same account.
    #[default]
    Keep,
    /// A new one.
    Set(SecretString),
    /// It shall not be set any more.
    Clear,
}

/// New settings of an instance.
#[derive(Debug, Clone)]
pub enum AuthChange {
    /// Mode `oauthCentral`.
    OAuthCentral {
        /// Scopes to ask for.
        scopes: Option<Scopes>,
        /// The site to use.
        site: Option<SiteName>,
    },
    /// Mode `oauth`.
    OAuth {
        /// The client's id.
        client_id: Option<String>,
        /// The client's secret.
        client_secret: SecretChange,
        /// Scopes to ask for.
        scopes: Option<Scopes>,
        /// The site to use.
        site: Option<SiteName>,
    },
    /// Mode `apiToken`.
    ApiToken {
        /// The account's e-mail address.
        email: Option<String>,
        /// Its API token.
        token: SecretChange,
        /// The site.
        site: Option<SiteName>,
        /// The site's cloud id.
        cloud_id: Option<CloudId>,
    },
    /// Mode `accessToken`.
    AccessToken {
        /// The token.
        token: SecretChange,
        /// The site's cloud id.
        cloud_id: Option<CloudId>,
        /// The site.
        site: Option<SiteName>,
    },
}

impl SecretChange {
    /// `known` is the secret that is set, if it is for the same account and place as before: a
    /// secret that somebody else typed in is not sent anywhere else.
    fn applied(self, known: Option<&SecretString>) -> Option<SecretString> {
        match self {
            Self::Keep => known.cloned(),
            Self::Set(secret) => Some(secret),
            Self::Clear => None,
        }
    }
}

impl AuthSettings {
    /// The settings after `change`. Secrets of another mode, another client, another account or
    /// another site are forgotten.
    #[must_use]
    pub fn changed(&self, change: AuthChange) -> Self {
        match change {
            AuthChange::OAuthCentral { scopes, site } => Self::OAuthCentral { scopes, site },
            AuthChange::OAuth { client_id, client_secret, scopes, site } => {
                let known = match self {
                    Self::OAuth { client: Some(client), .. } => {
                        Some(client).filter(|it| Some(&it.id) == client_id.as_ref())
                    }
                    Self::OAuth { client: None, .. }
                    | Self::OAuthCentral { .. }
                    | Self::ApiToken { .. }
                    | Self::AccessToken { .. } => None,
                };
                let secret = client_secret.applied(known.map(|it| &it.secret));
                let client = client_id.zip(secret).map(|(id, secret)| OAuthClient { id, secret });
                Self::OAuth { client, scopes, site }
            }
            AuthChange::ApiToken { email, token, site, cloud_id } => {
                let known = match self {
                    Self::ApiToken { email: who, token, site: of, cloud_id: id } => {
                        let same = (who, of, id) == (&email, &site, &cloud_id);
                        token.as_ref().filter(|_| same)
                    }
                    Self::OAuthCentral { .. } | Self::OAuth { .. } | Self::AccessToken { .. } => {
                        None
                    }
                };
                Self::ApiToken { email, token: token.applied(known), site, cloud_id }
            }
            AuthChange::AccessToken { token, cloud_id, site } => {
                let known = match self {
                    Self::AccessToken { token, cloud_id: id, site: of } => {
                        token.as_ref().filter(|_| (id, of) == (&cloud_id, &site))
                    }
                    Self::OAuthCentral { .. } | Self::OAuth { .. } | Self::ApiToken { .. } => None,
                };
                Self::AccessToken { token: token.applied(known), cloud_id, site }
            }
        }
    }

    /// The settings as they may be shown.
    pub fn shown(&self) -> ShownSettings {
        let mode = self.mode();
        let nothing = ShownSettings {
            mode,
            client_id: None,
            email: None,
            secret_is_set: false,
            site: None,
            cloud_id: None,
            scopes: None,
        };
        let text = |site: &Option<SiteName>| site.as_ref().map(ToString::to_string);
        let list = |scopes: &Option<Scopes>| scopes.as_ref().map(ToString::to_string);
        match self {
            Self::OAuthCentral { scopes, site } => {
                ShownSettings { site: text(site), scopes: list(scopes), ..nothing }
            }
            Self::OAuth { client, scopes, site } => ShownSettings {
                client_id: client.as_ref().map(|it| it.id.clone()),
                secret_is_set: client.is_some(),
                site: text(site),
                scopes: list(scopes),
                ..nothing
            },
            Self::ApiToken { email, token, site, cloud_id } => ShownSettings {
                email: email.clone(),
                secret_is_set: token.is_some(),
                site: text(site),
                cloud_id: cloud_id.as_ref().map(ToString::to_string),
                ..nothing
            },
            Self::AccessToken { token, cloud_id, site } => ShownSettings {
                secret_is_set: token.is_some(),
                site: text(site),
                cloud_id: cloud_id.as_ref().map(ToString::to_string),
                ..nothing
            },
        }
    }
}

/// Settings without their secrets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ShownSettings {
    /// The mode.
    pub mode: AuthMode,
    /// The OAuth client's id.
    pub client_id: Option<String>,
    /// The account's e-mail address.
    pub email: Option<String>,
    /// Whether the mode's secret is set.
    pub secret_is_set: bool,
    /// The site.
    pub site: Option<String>,
    /// The site's cloud id.
    pub cloud_id: Option<String>,
    /// Scopes to ask for, separated by spaces.
    pub scopes: Option<String>,
}

#[cfg(test)]
mod tests;
