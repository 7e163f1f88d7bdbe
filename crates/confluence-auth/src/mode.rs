//! The names of the ways to authenticate.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A way to authenticate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum AuthMode {
    /// An account's e-mail address and API token.
    ApiToken,
    /// An access token that the caller manages.
    AccessToken,
    /// Each user signs in, with the workspace's own OAuth client.
    #[serde(rename = "oauth")]
    OAuth,
    /// Each user signs in, with the platform's OAuth client.
    #[serde(rename = "oauthCentral")]
    OAuthCentral,
}

/// The text is not the name of a mode.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown mode `{0}`: expected `apiToken`, `accessToken`, `oauth` or `oauthCentral`")]
pub struct UnknownAuthMode(String);

impl AuthMode {
    /// Every mode.
    pub const ALL: [Self; 4] = [Self::ApiToken, Self::AccessToken, Self::OAuth, Self::OAuthCentral];

    /// Its name in configurations.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ApiToken => "apiToken",
            Self::AccessToken => "accessToken",
            Self::OAuth => "oauth",
            Self::OAuthCentral => "oauthCentral",
        }
    }
}

impl FromStr for AuthMode {
    type Err = UnknownAuthMode;

    fn from_str(text: &str) -> Result<Self, UnknownAuthMode> {
        let name = text.trim();
        let known = Self::ALL.into_iter().find(|mode| mode.as_str().eq_ignore_ascii_case(name));
        known.ok_or_else(|| {
            // Shown to people: short, and without control characters.
            UnknownAuthMode(name.chars().filter(|it| !it.is_control()).take(60).collect())
        })
    }
}

impl fmt::Display for AuthMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::AuthMode;

    #[test]
    fn a_name_that_is_not_known_is_told_with_the_known_ones() {
        let error = "o\u{1b}auth3".parse::<AuthMode>().unwrap_err().to_string();
        assert!(error.starts_with("unknown mode `oauth3`: expected `apiToken`"), "{error}");
        assert!("".parse::<AuthMode>().is_err());
        assert!("x".repeat(9_000).parse::<AuthMode>().unwrap_err().to_string().len() < 200);
    }

    #[test]
    fn every_mode_is_read_back_from_its_name() {
        for mode in AuthMode::ALL {
            assert_eq!(mode.to_string().parse(), Ok(mode));
            assert_eq!(mode.as_str().to_lowercase().parse(), Ok(mode));
            let json = serde_json::to_string(&mode).unwrap();
            assert_eq!(json, format!("\"{mode}\""));
            assert_eq!(serde_json::from_str::<AuthMode>(&json).unwrap(), mode);
        }
    }
}
