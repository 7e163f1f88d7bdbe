//! Applications that are registered with the identity service.

use std::{collections::BTreeSet, fmt};

use crate::access::ALL_SCOPES;

/// Scopes beside those of Confluence's REST v2 that the demo application may ask for.
const FURTHER_SCOPES: [&str; 10] = [
    "offline_access",
    "read:me",
    "search:confluence",
    "read:confluence-user",
    "read:confluence-content.all",
    "write:confluence-content",
    "readonly:content.attachment:confluence",
    "read:jira-work",
    "write:jira-work",
    "read:jira-user",
];

/// An application as it is registered in Atlassian's developer console.
#[derive(Clone, PartialEq, Eq)]
pub struct OAuthClient {
    /// Its public id.
    pub id: String,
    /// Its secret, without which the token endpoint answers nobody.
    pub secret: String,
    /// Name on the consent screen.
    pub name: String,
    /// The one callback URL, compared letter by letter.
    pub callback_url: String,
    /// The scopes it may ask for.
    pub scopes: BTreeSet<String>,
    /// E-mail of the account that it acts as with its own credentials, if it may.
    pub service_account: Option<String>,
}

impl OAuthClient {
    /// An application with every scope that the sandbox knows.
    pub fn new(id: &str, secret: &str, callback_url: &str) -> Self {
        Self {
            id: id.to_owned(),
            secret: secret.to_owned(),
            name: id.to_owned(),
            callback_url: callback_url.to_owned(),
            scopes: ALL_SCOPES.iter().chain(&FURTHER_SCOPES).map(|it| (*it).to_owned()).collect(),
            service_account: None,
        }
    }

    /// The application that every sandbox knows from the start.
    ///
    /// Its callback URL is `http://localhost:9400/callback`.
    pub fn demo() -> Self {
        let client = Self::new(
            "sandbox-oauth-client",
            "sandbox-oauth-secret",
            "http://localhost:9400/callback",
        );
        Self { name: "Sandbox demo app".to_owned(), ..client }
    }

    /// The same application, which may ask for these scopes only.
    #[must_use]
    pub fn scopes(mut self, scopes: &[&str]) -> Self {
        self.scopes = scopes.iter().map(|it| (*it).to_owned()).collect();
        self
    }

    /// The same application, which also gets tokens for that account with its own credentials.
    #[must_use]
    pub fn service_account(mut self, email: &str) -> Self {
        self.service_account = Some(email.to_owned());
        self
    }
}

impl fmt::Debug for OAuthClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OAuthClient")
            .field("id", &self.id)
            .field("name", &self.name)
            .field("callback_url", &self.callback_url)
            .field("scopes", &self.scopes)
            .field("service_account", &self.service_account)
            .finish_non_exhaustive()
    }
}
