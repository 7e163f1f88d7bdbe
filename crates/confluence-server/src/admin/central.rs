//! `/central-client`: the OAuth client of the whole deployment. Its secret goes in and never comes
//! out.

use std::sync::Arc;

use axum::extract::State;
use confluence_connector::SecretChange;
use serde::Deserialize;
use serde_json::json;

use super::{
    AdminState, Answered,
    auth::scopes,
    body::{Body, secret},
    who::{Who, accepted, done},
};

/// The client to be set.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct New {
    client_id: String,
    /// May be left out for the same client.
    #[serde(default, deserialize_with = "secret")]
    client_secret: SecretChange,
    scopes: Option<String>,
}

pub(super) async fn show(Who(who): Who, State(state): State<Arc<AdminState>>) -> Answered {
    let client = state.administration().central_client(&who).await?;
    Ok(accepted(&json!({
        "configured": client.client_id.is_some(),
        "elsewhere": client.is_elsewhere,
        "clientId": client.client_id,
        "scopes": client.scopes.map(|it| it.to_string()),
        "callbackUrl": state.deployment.addresses.core_callback().as_str(),
    })))
}

pub(super) async fn change(
    Who(who): Who,
    State(state): State<Arc<AdminState>>,
    Body(new): Body<New>,
) -> Answered {
    let (secret, scopes) = (new.client_secret, scopes(new.scopes)?);
    let administration = state.administration();
    administration.set_central_client(&who, &new.client_id, &secret, scopes.as_ref()).await?;
    Ok(done())
}
