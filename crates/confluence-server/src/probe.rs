//! Whether an instance's settings work: one small request, as the caller would make it.

use std::error::Error as _;

use confluence_api::{ApiErrorKind, Client, Error, spaces::ListSpaces};
use confluence_connector::{Caller, Connector, Policy};

/// Asks Confluence for one space; where it answered, or why it did not.
pub(crate) async fn test(connector: &Connector, caller: &Caller) -> Result<String, String> {
    match connector.access(caller, &Policy::default()).await {
        Ok(access) => probe(&access.client).await.map_err(|error| told(&error)),
        Err(denial) => Err(denial.failure.text),
    }
}

async fn probe(client: &Client) -> Result<String, Error> {
    let one = ListSpaces { limit: Some(1), ..ListSpaces::default() };
    client.page(&one).await?;
    let authorized = client.credentials().authorized().await.map_err(Error::Credentials)?;
    Ok(authorized.root.as_str().trim_end_matches('/').to_owned())
}

/// Whose fault it is: the credential's, or something else's.
fn told(error: &Error) -> String {
    if let Error::Credentials(source) = error {
        return source.to_string();
    }
    if let Error::Api(api) = error {
        let status = api.status.as_u16();
        return if api.kind == ApiErrorKind::Unauthorized {
            format!("Authentication failed (status {status}).")
        } else {
            format!("Authentication worked but the call failed (status {status}).")
        };
    }
    error.source().map_or_else(|| error.to_string(), |it| format!("{error}: {it}"))
}
