//! As whom an instance calls Confluence: the four modes with what each needs.

use confluence_api::id::{CloudId, SiteName};
use confluence_auth::{AuthMode, client::OAuthClient, scopes::Scopes};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

/// Settings of an instance's mode. A mode that lacks something is kept all the same, and says so
/// when it is used.
#[derive(Debug, Clone)]
pub enum AuthSettings {
    /// Each user signs in, with the deployment's own OAuth client.
    OAuthCentral {
        /// Scopes to ask for; the central client's if not set.
        scopes: Option<Scopes>,
        /// The site to use, where a user has several.
        site: Option<SiteName>,
    },
    /// Each user signs in, with the workspace's OAuth client.
    OAuth {
        /// The client.
        client: Option<OAuthClient>,
        /// Scopes to ask for; the default set if not set.
        scopes: Option<Scopes>,
        /// The site to use, where a user has several.
        site: Option<SiteName>,
    },
    /// One account for all callers.
    ApiToken {
        /// The account's e-mail address.
        email: Option<String>,
        /// Its API token.
        token: Option<SecretString>,
        /// The site.
        site: Option<SiteName>,
        /// The site's cloud id, for tokens that work only through the gateway.
        cloud_id: Option<CloudId>,
    },
    /// An access token that somebody else renews.
    AccessToken {
        /// The token.
        token: Option<SecretString>,
        /// The site's cloud id; wins over the site.
        cloud_id: Option<CloudId>,
        /// The site.
        site: Option<SiteName>,
    },
}

impl Default for AuthSettings {
    fn default() -> Self {
        Self::OAuthCentral { scopes: None, site: None }
    }
}

/// Stored settings that are not settings.
#[derive(Debug, thiserror::Error)]
#[error("settings cannot be read")]
pub struct UnreadableSettings(#[source] serde_json::Error);

impl AuthSettings {
    /// The mode.
    pub fn mode(&self) -> AuthMode {
        match self {
            Self::OAuthCentral { .. } => AuthMode::OAuthCentral,
            Self::OAuth { .. } => AuthMode::OAuth,
            Self::ApiToken { .. } => AuthMode::ApiToken,
            Self::AccessToken { .. } => AuthMode::AccessToken,
        }
    }

    /// All settings, secrets included, as JSON that is to be encrypted.
    pub fn to_secret_json(&self) -> SecretString {
        serde_json::to_string(&Stored::from(self)).expect("texts make JSON").into()
    }

    /// Reads what [`Self::to_secret_json`] wrote.
    ///
    /// # Errors
    ///
    /// Fails when it is something else. The error does not repeat it.
    pub fn from_secret_json(json: &SecretString) -> Result<Self, UnreadableSettings> {
        let stored: Stored =
            serde_json::from_str(json.expose_secret()).map_err(|error| redacted(&error))?;
        stored.try_into()
    }
}

/// An error of the JSON parser may quote what it read; only where it is wrong is kept.
fn redacted(error: &serde_json::Error) -> UnreadableSettings {
    let place = format!("line {}, column {}", error.line(), error.column());
    UnreadableSettings(serde::de::Error::custom(place))
}

/// Settings as they are stored.
#[derive(Serialize, Deserialize)]
#[serde(tag = "mode", rename_all = "camelCase", rename_all_fields = "camelCase")]
enum Stored {
    #[serde(rename = "oauthCentral")]
    OAuthCentral {
        scopes: Option<String>,
        site: Option<String>,
    },
    #[serde(rename = "oauth")]
    OAuth {
        client_id: Option<String>,
        client_secret: Option<String>,
        scopes: Option<String>,
        site: Option<String>,
    },
    ApiToken {
        email: Option<String>,
        token: Option<String>,
        site: Option<String>,
        cloud_id: Option<CloudId>,
    },
    AccessToken {
        token: Option<String>,
        cloud_id: Option<CloudId>,
        site: Option<String>,
    },
}

fn text(value: Option<&impl ToString>) -> Option<String> {
    value.map(ToString::to_string)
}

fn exposed(secret: Option<&SecretString>) -> Option<String> {
    secret.map(|it| it.expose_secret().to_owned())
}

impl From<&AuthSettings> for Stored {
    fn from(settings: &AuthSettings) -> Self {
        match settings {
            AuthSettings::OAuthCentral { scopes, site } => {
                Self::OAuthCentral { scopes: text(scopes.as_ref()), site: text(site.as_ref()) }
            }
            AuthSettings::OAuth { client, scopes, site } => Self::OAuth {
                client_id: client.as_ref().map(|it| it.id.clone()),
                client_secret: exposed(client.as_ref().map(|it| &it.secret)),
                scopes: text(scopes.as_ref()),
                site: text(site.as_ref()),
            },
            AuthSettings::ApiToken { email, token, site, cloud_id } => Self::ApiToken {
                email: email.clone(),
                token: exposed(token.as_ref()),
                site: text(site.as_ref()),
                cloud_id: cloud_id.clone(),
            },
            AuthSettings::AccessToken { token, cloud_id, site } => Self::AccessToken {
                token: exposed(token.as_ref()),
                cloud_id: cloud_id.clone(),
                site: text(site.as_ref()),
            },
        }
    }
}

fn parsed<T: std::str::FromStr>(
    text: Option<String>,
    name: &'static str,
) -> Result<Option<T>, UnreadableSettings> {
    let parsed = text.map(|it| it.parse()).transpose();
    parsed.map_err(|_error: T::Err| UnreadableSettings(serde::de::Error::custom(name)))
}

impl TryFrom<Stored> for AuthSettings {
    type Error = UnreadableSettings;

    fn try_from(stored: Stored) -> Result<Self, UnreadableSettings> {
        Ok(match stored {
            Stored::OAuthCentral { scopes, site } => Self::OAuthCentral {
                scopes: parsed(scopes, "scopes")?,
                site: parsed(site, "site")?,
            },
            Stored::OAuth { client_id, client_secret, scopes, site } => Self::OAuth {
                client: client_id
                    .zip(client_secret)
                    .map(|(id, secret)| OAuthClient { id, secret: secret.into() }),
                scopes: parsed(scopes, "scopes")?,
                site: parsed(site, "site")?,
            },
            Stored::ApiToken { email, token, site, cloud_id } => Self::ApiToken {
                email,
                token: token.map(Into::into),
                site: parsed(site, "site")?,
                cloud_id,
            },
            Stored::AccessToken { token, cloud_id, site } => Self::AccessToken {
                token: token.map(Into::into),
                cloud_id,
                site: parsed(site, "site")?,
            },
        })
    }
}
