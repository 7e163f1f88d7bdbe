//! Tokens: which account they stand for, where they are accepted, and until when.

use std::{
    collections::BTreeSet,
    fmt,
    sync::{PoisonError, RwLock},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use jiff::Timestamp;

/// What a newcomer needs to talk to a fresh sandbox.
///
/// These are documented values of a throw-away site, yet `Debug` leaves them out: code that
/// logs them would log real ones too.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// E-mail address of the account, the user name with either API token.
    pub email: String,
    /// API token without scopes: accepted by the site and by the gateway.
    pub api_token: String,
    /// API token with every scope: accepted by the gateway only.
    pub scoped_api_token: String,
    /// OAuth access token with every scope: `Bearer`, gateway only.
    pub access_token: String,
}

impl Default for Credentials {
    fn default() -> Self {
        Self {
            email: "demo@example.com".to_owned(),
            api_token: "sandbox-api-token".to_owned(),
            scoped_api_token: "sandbox-scoped-api-token".to_owned(),
            access_token: "sandbox-access-token".to_owned(),
        }
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("email", &self.email).finish_non_exhaustive()
    }
}

/// The kind of a token, and with it where it works.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Grant {
    /// The older API token that may do whatever its account may do.
    Unscoped,
    /// The newer API token, which the site itself turns away.
    Scoped(BTreeSet<String>),
    /// An OAuth access token.
    Access { scopes: BTreeSet<String>, expires_at: Option<Timestamp> },
}

struct Token {
    secret: String,
    email: String,
    grant: Grant,
}

impl Token {
    fn authenticated(&self) -> Authenticated {
        Authenticated { email: self.email.clone(), grant: self.grant.clone(), sites: None }
    }
}

/// The tokens a sandbox accepts, open to change while it runs.
#[derive(Default)]
pub struct TokenStore(RwLock<Vec<Token>>);

impl fmt::Debug for TokenStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenStore").finish_non_exhaustive()
    }
}

/// A credential as it came in the `Authorization` header.
pub(crate) enum Presented {
    /// No header at all.
    Nothing,
    /// User name and password of Basic authentication.
    Basic { email: String, secret: String },
    /// A bearer token.
    Bearer(String),
    /// Something that is neither.
    Unreadable,
}

impl Presented {
    pub(crate) fn read(header: Option<&str>) -> Self {
        let Some(header) = header else { return Self::Nothing };
        let (scheme, rest) = header.split_once(' ').unwrap_or((header, ""));
        if scheme.eq_ignore_ascii_case("bearer") {
            return Self::Bearer(rest.trim().to_owned());
        }
        if !scheme.eq_ignore_ascii_case("basic") {
            return Self::Unreadable;
        }
        let decoded = STANDARD.decode(rest.trim()).ok().and_then(|it| String::from_utf8(it).ok());
        match decoded.as_deref().and_then(|it| it.split_once(':')) {
            Some((email, secret)) => {
                Self::Basic { email: email.to_owned(), secret: secret.to_owned() }
            }
            None => Self::Unreadable,
        }
    }
}

/// What is known of the caller once the token has been found.
#[derive(Debug)]
pub(crate) struct Authenticated {
    pub(crate) email: String,
    pub(crate) grant: Grant,
    /// Cloud ids of the sites that it is limited to, if it is.
    pub(crate) sites: Option<BTreeSet<String>>,
}

impl Authenticated {
    /// Whether the token is meant for that site.
    pub(crate) fn opens(&self, cloud_id: &str) -> bool {
        self.sites.as_ref().is_none_or(|it| it.contains(cloud_id))
    }

    /// Whether the token covers one of the sets of scopes that open an operation.
    pub(crate) fn covers(&self, alternatives: &[&[&str]]) -> bool {
        let held = match &self.grant {
            Grant::Unscoped => return true,
            Grant::Scoped(scopes) | Grant::Access { scopes, .. } => scopes,
        };
        alternatives.is_empty()
            || alternatives.iter().any(|set| set.iter().all(|it| held.contains(*it)))
    }
}

impl TokenStore {
    /// Adds an API token without scopes.
    pub fn add_api_token(&self, email: &str, secret: &str) {
        self.add(email, secret, Grant::Unscoped);
    }

    /// Adds an API token that carries scopes and works through the gateway only.
    pub fn add_scoped_api_token(&self, email: &str, secret: &str, scopes: &[&str]) {
        self.add(email, secret, Grant::Scoped(owned(scopes)));
    }

    /// Adds an OAuth access token; one without an expiry never expires.
    pub fn add_access_token(
        &self,
        email: &str,
        secret: &str,
        scopes: &[&str],
        expires_at: Option<Timestamp>,
    ) {
        self.add(email, secret, Grant::Access { scopes: owned(scopes), expires_at });
    }

    /// Revokes a token, of whichever kind.
    pub fn revoke(&self, secret: &str) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).retain(|it| it.secret != secret);
    }

    fn add(&self, email: &str, secret: &str, grant: Grant) {
        let mut tokens = self.0.write().unwrap_or_else(PoisonError::into_inner);
        tokens.retain(|it| it.secret != secret);
        tokens.push(Token { secret: secret.to_owned(), email: email.to_owned(), grant });
    }

    /// The API token of that account, expired bearer tokens and strangers being nobody.
    pub(crate) fn basic(&self, email: &str, secret: &str) -> Option<Authenticated> {
        let tokens = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let token =
            tokens.iter().find(|it| it.secret == secret && it.email.eq_ignore_ascii_case(email))?;
        if matches!(token.grant, Grant::Access { .. }) {
            return None;
        }
        Some(token.authenticated())
    }

    /// The access token, as long as it is valid.
    pub(crate) fn bearer(&self, secret: &str, now: Timestamp) -> Option<Authenticated> {
        let tokens = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let token = tokens.iter().find(|it| it.secret == secret)?;
        match &token.grant {
            Grant::Access { expires_at, .. } if expires_at.is_none_or(|it| it > now) => {
                Some(token.authenticated())
            }
            Grant::Access { .. } | Grant::Unscoped | Grant::Scoped(_) => None,
        }
    }
}

fn owned(scopes: &[&str]) -> BTreeSet<String> {
    scopes.iter().map(|it| (*it).to_owned()).collect()
}
