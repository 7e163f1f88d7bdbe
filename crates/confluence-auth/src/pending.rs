//! A sign-in that is under way: what has to be remembered while the user is at Atlassian's.

use std::{fmt, time::Duration};

use jiff::Timestamp;
use secrecy::SecretString;
use url::Url;

use crate::{Fingerprint, connection::ConnectionKey, ids::AgentId};

/// How long a user has to sign in and to agree.
pub const SIGN_IN_TIME: Duration = Duration::from_mins(10);

/// A sign-in that is under way.
#[derive(Clone)]
pub struct PendingSignIn {
    /// Fingerprint of the random part of `state`, by which the sign-in is found again. The state
    /// itself is kept nowhere.
    pub state: Fingerprint,
    /// Fingerprint of the secret in the cookie of the browser that started.
    pub browser: Fingerprint,
    /// The verifier of PKCE (RFC 7636).
    pub code_verifier: SecretString,
    /// The callback that Atlassian was given. The exchange has to name the same one.
    pub redirect_uri: Url,
    /// Whose connection it will be.
    pub key: ConnectionKey,
    /// The agent on whose behalf the user was asked.
    pub agent: Option<AgentId>,
    /// The client, with its scopes, that the user is asked to agree to.
    pub client: Fingerprint,
    /// When it was started.
    pub created_at: Timestamp,
    /// When it is too late: [`SIGN_IN_TIME`] later.
    pub expires_at: Timestamp,
}

impl fmt::Debug for PendingSignIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PendingSignIn")
            .field("key", &self.key)
            .field("agent", &self.agent)
            .field("redirect_uri", &self.redirect_uri.as_str())
            .field("created_at", &self.created_at)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}
