//! The token endpoint: who asks, with what, and the words in which Atlassian refuses.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::{
    State,
    client::OAuthClient,
    grants::{Grantor, Issued, OFFLINE_ACCESS},
    parameters::Parameters,
    policy::DeadToken,
    tally::IdentityRequest,
};

/// A refusal of the token endpoint.
#[derive(Debug)]
pub(crate) struct TokenRefusal {
    pub(crate) status: u16,
    pub(crate) error: &'static str,
    pub(crate) description: String,
}

impl TokenRefusal {
    fn new(status: u16, error: &'static str, description: &str) -> Self {
        Self { status, error, description: description.to_owned() }
    }

    /// An application that is unknown, or does not know its secret.
    fn unauthorized() -> Self {
        Self::new(401, "access_denied", "Unauthorized")
    }

    fn missing(name: &str) -> Self {
        Self::new(400, "invalid_request", &format!("Missing required parameter: {name}"))
    }

    fn code() -> Self {
        Self::new(403, "invalid_grant", "Invalid authorization code")
    }

    fn dead_token(words: DeadToken) -> Self {
        match words {
            DeadToken::Measured => {
                Self::new(403, "unauthorized_client", "refresh_token is invalid")
            }
            DeadToken::Documented => {
                Self::new(403, "invalid_grant", "Unknown or invalid refresh token.")
            }
        }
    }
}

/// What an application presents for its tokens.
#[derive(Debug, Clone, Copy)]
enum GrantType {
    AuthorizationCode,
    RefreshToken,
    ClientCredentials,
}

impl GrantType {
    fn of(parameters: &Parameters) -> Result<Self, TokenRefusal> {
        match parameters.one("grant_type") {
            Some("authorization_code") => Ok(Self::AuthorizationCode),
            Some("refresh_token") => Ok(Self::RefreshToken),
            Some("client_credentials") => Ok(Self::ClientCredentials),
            Some(_) => {
                let text = "Only authorization_code, refresh_token and client_credentials \
                            are supported";
                Err(TokenRefusal::new(400, "unsupported_grant_type", text))
            }
            None => Err(TokenRefusal::missing("grant_type")),
        }
    }
}

/// Which kind of request the parameters make.
pub(super) fn kind(parameters: &Parameters) -> Option<IdentityRequest> {
    Some(match GrantType::of(parameters).ok()? {
        GrantType::AuthorizationCode => IdentityRequest::CodeExchange,
        GrantType::RefreshToken => IdentityRequest::TokenRefresh,
        GrantType::ClientCredentials => IdentityRequest::ClientCredentials,
    })
}

impl State {
    /// Tokens for what the application presents.
    ///
    /// `service` finds the account that an application acts as, and every site.
    pub(super) fn issue(
        &mut self,
        parameters: &Parameters,
        now: Timestamp,
        service: impl FnOnce(&str) -> Option<(Grantor, BTreeSet<String>)>,
    ) -> Result<Issued, TokenRefusal> {
        let grant_type = GrantType::of(parameters)?;
        let client = self.client(parameters)?.clone();
        match grant_type {
            GrantType::AuthorizationCode => self.exchange(parameters, &client, now),
            GrantType::RefreshToken => self.refresh(parameters, &client, now),
            GrantType::ClientCredentials => self.serve(&client, service, now),
        }
    }

    /// The application. PKCE does not replace its secret, and Basic authentication is not
    /// documented.
    fn client(&self, parameters: &Parameters) -> Result<&OAuthClient, TokenRefusal> {
        parameters
            .one("client_id")
            .and_then(|it| self.clients.get(it))
            .filter(|it| parameters.one("client_secret") == Some(&it.secret))
            .ok_or_else(TokenRefusal::unauthorized)
    }

    fn exchange(
        &mut self,
        parameters: &Parameters,
        client: &OAuthClient,
        now: Timestamp,
    ) -> Result<Issued, TokenRefusal> {
        let code = parameters.one("code").ok_or_else(|| TokenRefusal::missing("code"))?;
        let callback_url =
            parameters.one("redirect_uri").ok_or_else(|| TokenRefusal::missing("redirect_uri"))?;
        let code = self
            .sign_ins
            .redeem(code, &client.id, self.policy.code_lifetime, now)
            .ok_or_else(TokenRefusal::code)?;
        if code.callback_url != callback_url {
            return Err(TokenRefusal::code());
        }
        if let Some(challenge) = code.challenge.filter(|_| self.policy.verify_pkce) {
            let verifier = parameters.one("code_verifier").unwrap_or_default();
            if !challenge.accepts(verifier) {
                let description = "Failed to verify code verifier";
                return Err(TokenRefusal::new(403, "invalid_grant", description));
            }
        }
        self.grants.sign_in(code.grant, &self.policy, now).ok_or_else(TokenRefusal::code)
    }

    fn refresh(
        &mut self,
        parameters: &Parameters,
        client: &OAuthClient,
        now: Timestamp,
    ) -> Result<Issued, TokenRefusal> {
        let token = parameters
            .one("refresh_token")
            .ok_or_else(|| TokenRefusal::missing("refresh_token"))?;
        let refreshed = self
            .grants
            .refresh(token, &client.id, &self.policy, now)
            .ok_or_else(|| TokenRefusal::dead_token(self.policy.dead_token))?;
        if refreshed.reused {
            self.reused_refreshes += 1;
        }
        Ok(refreshed.issued)
    }

    /// Tokens for the application itself, without a person and so without refresh tokens.
    fn serve(
        &mut self,
        client: &OAuthClient,
        service: impl FnOnce(&str) -> Option<(Grantor, BTreeSet<String>)>,
        now: Timestamp,
    ) -> Result<Issued, TokenRefusal> {
        let refused = || {
            let description = "The client may not act on its own behalf";
            TokenRefusal::new(403, "unauthorized_client", description)
        };
        let email = client.service_account.as_deref().ok_or_else(refused)?;
        let (person, sites) = service(email).ok_or_else(refused)?;
        let scopes = client.scopes.iter().filter(|it| *it != OFFLINE_ACCESS).cloned().collect();
        let grant = self.grants.enter(&client.id, person, scopes, sites, now);
        self.grants.sign_in(grant, &self.policy, now).ok_or_else(refused)
    }
}
