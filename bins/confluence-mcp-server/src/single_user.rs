//! What the configuration says about the single user: how workspace `default` signs in, and where.

use std::{io, sync::Arc};

use anyhow::Context;
use confluence_api::Transport;
use confluence_auth::{AuthMode, Endpoints, client::OAuthClient};
use confluence_connector::{Addresses, AuthSettings};
use confluence_server::single_user_instance;
use confluence_setup::SandboxAccount;

use crate::{
    banner::Reached,
    config::{Account, ConfiguredClient, Serve, SingleUser},
    wiring::Failure,
};

/// The single user's way to Confluence, and what comes with it for all workspaces.
#[derive(Debug)]
pub(crate) struct Prepared {
    /// How workspace `default` signs in; `None` without a single user.
    pub(crate) auth: Option<AuthSettings>,
    /// Addresses instead of Atlassian's.
    pub(crate) endpoints: Endpoints,
    /// The OAuth client of the whole deployment.
    pub(crate) central: Option<OAuthClient>,
    /// What people are told.
    pub(crate) reached: Reached,
    /// The embedded Confluence, which ends when this is dropped.
    pub(crate) sandbox: Option<SandboxAccount>,
}

impl Prepared {
    /// Reads secrets, and starts the sandbox if that is asked for.
    pub(crate) async fn from(
        given: &Serve,
        transport: &Arc<dyn Transport>,
        addresses: &Addresses,
    ) -> Result<Self, Failure> {
        let Serve { deployment, confluence, .. } = given;
        let client = deployment.oauth_client.as_ref().map(oauth_client).transpose();
        let nobody = Self {
            auth: None,
            endpoints: confluence.endpoints.clone(),
            central: client.map_err(Failure::Configuration)?,
            reached: Reached::Workspaces,
            sandbox: None,
        };
        match &confluence.single_user {
            None => Ok(nobody),
            Some(SingleUser::Sandbox { pages, sign_in }) => {
                let account = SandboxAccount::new(Arc::clone(transport), *pages);
                let started = nobody.in_sandbox(account, *sign_in, addresses).await;
                started.context("cannot start the sandbox").map_err(Failure::Run)
            }
            Some(SingleUser::Account(account)) => {
                let auth = shared(account).map_err(Failure::Configuration)?;
                Ok(Self { auth: Some(auth), reached: Reached::account(account), ..nobody })
            }
            Some(SingleUser::SignIn { mode: AuthMode::OAuth, site }) => {
                let (scopes, site) = (deployment.oauth_scopes.clone(), site.clone());
                let reached = Reached::sign_in(AuthMode::OAuth, site.as_ref());
                let auth = AuthSettings::OAuth { client: nobody.central, scopes, site };
                Ok(Self { auth: Some(auth), reached, central: None, ..nobody })
            }
            Some(SingleUser::SignIn { mode, site }) => {
                let reached = Reached::sign_in(*mode, site.as_ref());
                // The scopes are the central client's.
                let auth = AuthSettings::OAuthCentral { scopes: None, site: site.clone() };
                Ok(Self { auth: Some(auth), reached, ..nobody })
            }
        }
    }

    /// The sandbox's account for the single user, or a way to sign in there; and its OAuth client
    /// for everybody else. A client that is configured is none of the sandbox's.
    async fn in_sandbox(
        self,
        account: SandboxAccount,
        sign_in: Option<AuthMode>,
        addresses: &Addresses,
    ) -> io::Result<Self> {
        let running = account.running().await?;
        let email = running.email().to_owned();
        let central = running.central_client(&addresses.core_callback());
        let auth = match sign_in {
            Some(AuthMode::OAuth) => {
                let client = running.own_client(&addresses.callback(&single_user_instance()));
                AuthSettings::OAuth { client: Some(client), scopes: None, site: None }
            }
            Some(AuthMode::OAuthCentral) => AuthSettings::OAuthCentral { scopes: None, site: None },
            Some(AuthMode::ApiToken | AuthMode::AccessToken) | None => AuthSettings::ApiToken {
                email: Some(email.clone()),
                token: Some(running.api_token()),
                site: None,
                cloud_id: None,
            },
        };
        let web_address = running.web_address();
        Ok(Self {
            auth: Some(auth),
            endpoints: running.endpoints()?,
            central: Some(central),
            reached: Reached::Sandbox { web_address, email, pages: account.pages(), sign_in },
            sandbox: Some(account),
        })
    }
}

/// The settings of an account that all callers share.
fn shared(account: &Account) -> anyhow::Result<AuthSettings> {
    let Account { mode, location, email, token } = account;
    let (site, cloud_id) = (location.site.clone(), location.cloud_id.clone());
    let token = Some(token.read()?);
    Ok(match mode {
        AuthMode::AccessToken => AuthSettings::AccessToken { token, cloud_id, site },
        AuthMode::ApiToken | AuthMode::OAuth | AuthMode::OAuthCentral => {
            AuthSettings::ApiToken { email: email.clone(), token, site, cloud_id }
        }
    })
}

fn oauth_client(given: &ConfiguredClient) -> anyhow::Result<OAuthClient> {
    Ok(OAuthClient { id: given.id.clone(), secret: given.secret.read()? })
}
