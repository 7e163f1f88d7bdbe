//! Atlassian's token endpoint: codes and refresh tokens in, tokens out.

mod exchange;
mod refusal;

use std::{fmt, sync::Arc};

use confluence_api::Transport;
use http::StatusCode;
use jiff::Timestamp;
use secrecy::SecretString;
use url::Url;

use crate::{Endpoints, central::RemoteCentral, client::OAuthClient, connection::Grant};

use exchange::{Asked, ask};
pub(crate) use refusal::code;
pub use refusal::{TokenError, Unanswered};

/// Where tokens come from.
#[derive(Debug, Clone)]
pub enum TokenEndpoint {
    /// Atlassian, with the client's own credentials.
    Atlassian(OAuthClient),
    /// The core of another deployment, which adds the credentials of the central client.
    Central(Arc<RemoteCentral>),
}

/// What an authorization code is exchanged with.
pub(crate) struct CodeExchange<'a> {
    pub(crate) client_id: &'a str,
    pub(crate) code: &'a SecretString,
    pub(crate) code_verifier: &'a SecretString,
    pub(crate) redirect_uri: &'a Url,
}

/// A grant; what the answer left out is the caller's to fill in.
pub(crate) struct Granted {
    pub(crate) access_token: SecretString,
    pub(crate) refresh_token: Option<SecretString>,
    pub(crate) expires_at: Timestamp,
    /// `None` if Atlassian did not say: what was asked for, or what there was before.
    pub(crate) scopes: Option<Vec<String>>,
}

impl fmt::Debug for Granted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Granted").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

impl TokenEndpoint {
    /// Exchanges a code. One request; the code is used up whatever the answer.
    pub(crate) async fn exchange_code(
        &self,
        transport: &dyn Transport,
        endpoints: &Endpoints,
        exchange: &CodeExchange<'_>,
    ) -> Result<Granted, TokenError> {
        ask(self, transport, endpoints, exchange.client_id, &Asked::Code(exchange)).await
    }

    /// Renews a grant. One request, after which `refresh_token` may be void.
    pub(crate) async fn refresh(
        &self,
        transport: &dyn Transport,
        endpoints: &Endpoints,
        client_id: &str,
        refresh_token: &SecretString,
    ) -> Result<Granted, TokenError> {
        ask(self, transport, endpoints, client_id, &Asked::Refresh(refresh_token)).await
    }
}

impl Granted {
    /// The next grant of a connection: what Atlassian leaves out stays as it was.
    pub(crate) fn after(self, before: &Grant) -> Grant {
        let Self { access_token, refresh_token, expires_at, scopes } = self;
        Grant {
            access_token,
            refresh_token: refresh_token.or_else(|| before.refresh_token.clone()),
            expires_at,
            scopes: scopes.unwrap_or_else(|| before.scopes.clone()),
        }
    }

    /// The first grant of a connection, for which `asked` was asked.
    pub(crate) fn first(self, asked: &crate::scopes::Scopes) -> Grant {
        let Self { access_token, refresh_token, expires_at, scopes } = self;
        let scopes = scopes.unwrap_or_else(|| asked.iter().map(str::to_owned).collect());
        Grant { access_token, refresh_token, expires_at, scopes }
    }
}

/// A status as it is told, with Atlassian's code if there is one: `403 unauthorized_client`.
pub(crate) struct Told<'a>(pub(crate) StatusCode, pub(crate) Option<&'a str>);

impl fmt::Display for Told<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.as_u16())?;
        self.1.map_or(Ok(()), |code| write!(f, " {code}"))
    }
}
