//! How the identity service behaves where Atlassian's behaviour differs, changes, or is not known.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_with::{DurationSeconds, serde_as};

/// Rules of the identity service, open to change while the sandbox runs.
#[serde_as]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct IdentityPolicy {
    /// How long access tokens work that are issued from now on; an hour, as documented.
    #[serde_as(as = "DurationSeconds<u64>")]
    pub access_token_lifetime: Duration,
    /// Whether token answers have an `expires_in`; they do by default.
    pub says_expiry: bool,
    /// How long a code can be exchanged; five minutes, which is our choice.
    #[serde_as(as = "DurationSeconds<u64>")]
    pub code_lifetime: Duration,
    /// How long a refresh token lives without being used; 90 days, as documented.
    #[serde_as(as = "DurationSeconds<u64>")]
    pub refresh_token_inactivity: Duration,
    /// How long a sign-in can be refreshed at all.
    ///
    /// `None`, the default, is for ever: Atlassian's staff once named 365 days, its
    /// documentation names no limit.
    #[serde_as(as = "Option<DurationSeconds<u64>>")]
    pub refresh_token_lifetime: Option<Duration>,
    /// For how long a refresh token that has been rotated still refreshes.
    ///
    /// Ten minutes, as documented; zero turns the second use down at once.
    #[serde_as(as = "DurationSeconds<u64>")]
    pub reuse_leeway: Duration,
    /// What becomes of a sign-in whose rotated token comes back after the leeway.
    pub late_reuse: LateReuse,
    /// Whether the verifier is compared with the challenge, where one was sent.
    ///
    /// It is by default. Whether Atlassian does so is not known.
    pub verify_pkce: bool,
    /// How the use of a dead refresh token is refused.
    pub dead_token: DeadToken,
    /// Whether the list of accessible resources has a Jira entry beside each site, with the same
    /// id, even if no scope of Jira was granted.
    pub lists_jira: bool,
}

/// The refusal of a refresh token that is unknown, expired, rotated or revoked; 403 either way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum DeadToken {
    /// `unauthorized_client`, `refresh_token is invalid`: what has been measured.
    #[default]
    Measured,
    /// `invalid_grant`, `Unknown or invalid refresh token.`: what is documented.
    Documented,
}

/// What becomes of a sign-in when one of its refresh tokens is used too late.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum LateReuse {
    /// That use is refused, and newer tokens go on: what has been seen.
    #[default]
    Refused,
    /// All refresh tokens of the sign-in end, as RFC 9700, section 4.14.2, advises.
    EndsSignIn,
}

impl Default for IdentityPolicy {
    fn default() -> Self {
        Self {
            access_token_lifetime: Duration::from_hours(1),
            says_expiry: true,
            code_lifetime: Duration::from_mins(5),
            refresh_token_inactivity: Duration::from_hours(90 * 24),
            refresh_token_lifetime: None,
            reuse_leeway: Duration::from_mins(10),
            late_reuse: LateReuse::default(),
            verify_pkce: true,
            dead_token: DeadToken::default(),
            lists_jira: false,
        }
    }
}
