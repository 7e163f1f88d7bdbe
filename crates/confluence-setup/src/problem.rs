//! What can be wrong with a configuration, in words that say what to do.
//!
//! Values are not repeated: now and then one of them is a secret in the wrong place.

use std::fmt;

use confluence_auth::AuthMode;

use crate::SecretNames;

/// A setting by both of its names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setting {
    flag: &'static str,
    variable: &'static str,
}

impl Setting {
    pub(crate) const SANDBOX_PAGES: Self = Self::new("--sandbox-pages", "CONFLUENCE_SANDBOX_PAGES");
    pub(crate) const AUTH_MODE: Self = Self::new("--auth-mode", "CONFLUENCE_AUTH_MODE");
    pub(crate) const SITE: Self = Self::new("--site", "CONFLUENCE_SITE");
    pub(crate) const CLOUD_ID: Self = Self::new("--cloud-id", "CONFLUENCE_CLOUD_ID");
    pub(crate) const API_BASE_URL: Self = Self::new("--api-base-url", "CONFLUENCE_API_BASE_URL");
    pub(crate) const GATEWAY_BASE_URL: Self =
        Self::new("--gateway-base-url", "CONFLUENCE_GATEWAY_BASE_URL");
    pub(crate) const AUTH_BASE_URL: Self = Self::new("--auth-base-url", "CONFLUENCE_AUTH_BASE_URL");
    pub(crate) const TIMEOUT: Self = Self::new("--timeout", "CONFLUENCE_TIMEOUT");
    pub(crate) const LOG: Self = Self::new("--log", "CONFLUENCE_LOG");
    pub(crate) const LOG_FORMAT: Self = Self::new("--log-format", "CONFLUENCE_LOG_FORMAT");

    /// A setting by its flag and its variable.
    pub const fn new(flag: &'static str, variable: &'static str) -> Self {
        Self { flag, variable }
    }
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.flag, self.variable)
    }
}

/// Something that is wrong with a configuration.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Problem {
    /// Nothing says which Confluence to use.
    #[error(
        "no Confluence account is configured. There are four ways:\n\
         \n  \
           to try it out    --sandbox\n  \
           to sign in       `confluence-cli auth login`, once, for all programs on this machine\n  \
           an API token     CONFLUENCE_SITE, CONFLUENCE_EMAIL and CONFLUENCE_API_TOKEN\n  \
           an access token  CONFLUENCE_ACCESS_TOKEN, and CONFLUENCE_CLOUD_ID or CONFLUENCE_SITE\n\
         \n\
         An API token is made at https://id.atlassian.com/manage-profile/security/api-tokens.\n\
         Instead of a token, CONFLUENCE_API_TOKEN_FILE or CONFLUENCE_ACCESS_TOKEN_FILE can name a file."
    )]
    NoAccount,
    /// A mode without something that it needs.
    #[error("mode `{mode}` also needs {}", .missing.join(" and "))]
    Incomplete {
        /// The mode.
        mode: AuthMode,
        /// What is missing, by its variables.
        missing: Vec<String>,
    },
    /// An API token and an access token.
    #[error(
        "an API token and an access token are set: remove one, or choose with --auth-mode \
         (CONFLUENCE_AUTH_MODE) `apiToken` or `accessToken`"
    )]
    TwoTokens,
    /// A value that cannot be used.
    #[error("{setting}: {reason}")]
    Invalid {
        /// Where it was given.
        setting: Setting,
        /// What is wrong with it, and what is expected.
        reason: String,
    },
    /// A secret where other users of the machine can see it.
    #[error(
        "a secret on the command line is seen by everyone on this machine: set {}, or name a file \
         with {}",
        .0.variable, .0.file_flag
    )]
    SecretOnCommandLine(&'static SecretNames),
    /// A secret and a file with the same secret.
    #[error("{variable} and {variable}_FILE are set: remove one", variable = .0.variable)]
    SecretTwice(&'static SecretNames),
    /// A variable with nothing in it, where that must not be taken for its absence.
    #[error("{} is set, but empty", .0.variable)]
    SecretBlank(&'static SecretNames),
    /// A variable with bytes that are no text.
    #[error("{} is no text", .0.variable)]
    SecretNotText(&'static SecretNames),
    /// Something that only one of the programs checks.
    #[error("{0}")]
    Other(String),
    /// Something that makes sense only together with something else.
    #[error("{setting} is of use only with {needs}")]
    Needs {
        /// What was given.
        setting: Setting,
        /// What is missing.
        needs: &'static str,
    },
}

/// Everything that is wrong with a configuration.
#[derive(Debug, Clone)]
pub struct Problems(pub Vec<Problem>);

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(f, "error: {problem}")?;
        }
        Ok(())
    }
}
