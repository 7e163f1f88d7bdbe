//! `…/auth`: how an instance signs in. Secrets go in and never come out.

use std::sync::Arc;

use axum::extract::State;
use confluence_api::id::{CloudId, SiteName};
use confluence_auth::{AuthMode, scopes::Scopes};
use confluence_connector::{AuthChange, SecretChange};
use serde::Deserialize;

use super::{
    AdminState, Answered,
    body::{Body, secret},
    failed::Failed,
    who::{InInstance, Who, accepted},
};

/// New settings. What the mode has no use for has to be left out.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct New {
    mode: AuthMode,
    site: Option<String>,
    cloud_id: Option<CloudId>,
    email: Option<String>,
    client_id: Option<String>,
    scopes: Option<String>,
    /// The mode's secret: left out to keep it, `null` to have none.
    #[serde(default, deserialize_with = "secret")]
    secret: SecretChange,
}

pub(super) async fn show(
    Who(who): Who,
    State(state): State<Arc<AdminState>>,
    InInstance(key): InInstance,
) -> Answered {
    let instance = state.administration().instance(&who, &key).await?;
    Ok(accepted(&instance.auth.shown()))
}

pub(super) async fn change(
    Who(who): Who,
    State(state): State<Arc<AdminState>>,
    InInstance(key): InInstance,
    Body(new): Body<New>,
) -> Answered {
    let change = new.change()?;
    let instance = state.administration().change_auth(&who, &key, change).await?;
    Ok(accepted(&instance.auth.shown()))
}

/// A text that is there.
fn text(text: Option<String>) -> Option<String> {
    text.map(|it| it.trim().to_owned()).filter(|it| !it.is_empty())
}

/// Scopes as a request has them; none if there is nothing in it.
pub(super) fn scopes(said: Option<String>) -> Result<Option<Scopes>, Failed> {
    let invalid = |error| Failed::invalid(format!("`scopes`: {error}"));
    text(said).map(|it| it.parse()).transpose().map_err(invalid)
}

impl New {
    fn change(self) -> Result<AuthChange, Failed> {
        let Self { mode, site, cloud_id, email, client_id, scopes: list, secret } = self;
        let given = [
            ("cloudId", cloud_id.is_some()),
            ("email", email.is_some()),
            ("clientId", client_id.is_some()),
            ("scopes", list.is_some()),
            ("secret", !matches!(secret, SecretChange::Keep)),
        ];
        let of_use: &[&str] = match mode {
            AuthMode::OAuthCentral => &["scopes"],
            AuthMode::OAuth => &["clientId", "secret", "scopes"],
            AuthMode::ApiToken => &["email", "secret", "cloudId"],
            AuthMode::AccessToken => &["secret", "cloudId"],
        };
        if let Some((name, _)) = given.iter().find(|(name, is)| *is && !of_use.contains(name)) {
            return Err(Failed::invalid(format!("`{name}` is of no use in mode `{mode}`")));
        }
        let invalid = |error| Failed::invalid(format!("`site`: {error}"));
        let site: Option<SiteName> =
            text(site).map(|it| it.parse()).transpose().map_err(invalid)?;
        Ok(match mode {
            AuthMode::OAuthCentral => AuthChange::OAuthCentral { scopes: scopes(list)?, site },
            AuthMode::OAuth => AuthChange::OAuth {
                client_id: text(client_id),
                client_secret: secret,
                scopes: scopes(list)?,
                site,
            },
            AuthMode::ApiToken => {
                AuthChange::ApiToken { email: text(email), token: secret, site, cloud_id }
            }
            AuthMode::AccessToken => AuthChange::AccessToken { token: secret, cloud_id, site },
        })
    }
}
