//! From what is configured to a credential.

use std::sync::Arc;

use confluence_api::{Credentials, Transport};
use secrecy::{ExposeSecret, SecretString};

use crate::{AccessToken, ApiToken, AuthMode, InvalidCredential, Location};

/// Everything that can be configured for one shared identity.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// The mode; guessed from the other settings if not set.
    pub mode: Option<AuthMode>,
    /// Where to find Confluence.
    pub location: Location,
    /// E-mail address that the API token belongs to.
    pub email: Option<String>,
    /// An API token.
    pub api_token: Option<SecretString>,
    /// An access token.
    pub access_token: Option<SecretString>,
}

/// Settings that do not make a credential.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigurationError {
    /// Something that mode `apiToken` needs is not there.
    #[error("apiToken mode requires email, apiToken and site. Missing: {}.", .missing.join(", "))]
    ApiTokenIncomplete {
        /// Which of the three.
        missing: Vec<&'static str>,
    },
    /// Mode `accessToken` without a token.
    #[error("No access token configured.")]
    NoAccessToken,
    /// A mode that cannot be used here, or none at all.
    #[error("Confluence not authenticated. {reason}")]
    NotAuthenticated {
        /// Why, and what to do.
        reason: String,
    },
    /// Nothing says where Confluence is.
    #[error("Confluence baseUrl not resolved: set the site or its cloud id")]
    BaseUrlUnknown,
    /// A token or an e-mail address that cannot be sent.
    #[error(transparent)]
    InvalidCredential(#[from] InvalidCredential),
}

/// Whether there is something in it.
fn filled(secret: Option<&SecretString>) -> Option<&SecretString> {
    secret.filter(|it| !it.expose_secret().trim().is_empty())
}

impl Settings {
    /// The mode: the one that is set, else the only one that has its secret.
    ///
    /// # Errors
    ///
    /// Fails when no secret is set, or more than one.
    pub fn mode(&self) -> Result<AuthMode, ConfigurationError> {
        if let Some(mode) = self.mode {
            return Ok(mode);
        }
        let refuse =
            |reason: &str| Err(ConfigurationError::NotAuthenticated { reason: reason.to_owned() });
        let tokens = (filled(self.api_token.as_ref()), filled(self.access_token.as_ref()));
        match tokens {
            (Some(_), None) => Ok(AuthMode::ApiToken),
            (None, Some(_)) => Ok(AuthMode::AccessToken),
            (Some(_), Some(_)) => {
                refuse("An API token and an access token are set: choose the mode.")
            }
            // Whoever gives an e-mail address is about to use an API token.
            (None, None) if self.email.is_some() => Ok(AuthMode::ApiToken),
            (None, None) => refuse(
                "No credentials are set: give email, API token and site, or an access token \
                 with site or cloud id.",
            ),
        }
    }
}

/// Makes the credential that `settings` describe. Nothing is sent yet.
///
/// # Errors
///
/// See [`ConfigurationError`].
pub fn resolve(
    settings: &Settings,
    transport: Arc<dyn Transport>,
) -> Result<Arc<dyn Credentials>, ConfigurationError> {
    match settings.mode()? {
        AuthMode::ApiToken => {
            let Settings { location, email, api_token, .. } = settings;
            let email = email.as_deref().filter(|it| !it.trim().is_empty());
            let token = filled(api_token.as_ref());
            let (Some(email), Some(token), true) = (email, token, location.is_known()) else {
                let present = [
                    ("email", email.is_some()),
                    ("apiToken", token.is_some()),
                    ("site", location.is_known()),
                ];
                let missing = present.into_iter().filter(|it| !it.1).map(|it| it.0).collect();
                return Err(ConfigurationError::ApiTokenIncomplete { missing });
            };
            Ok(Arc::new(ApiToken::new(transport, location, email, token)?))
        }
        AuthMode::AccessToken => {
            let token =
                filled(settings.access_token.as_ref()).ok_or(ConfigurationError::NoAccessToken)?;
            Ok(Arc::new(AccessToken::new(transport, &settings.location, token)?))
        }
        mode @ (AuthMode::OAuth | AuthMode::OAuthCentral) => {
            let reason = format!(
                "Mode `{mode}` has no shared credential: each user signs in, and has a connection \
                 of their own."
            );
            Err(ConfigurationError::NotAuthenticated { reason })
        }
    }
}

#[cfg(test)]
mod tests;
