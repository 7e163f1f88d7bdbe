//! The account behind a credential (REST API v1).

use http::Method;
use serde::Deserialize;

use crate::{Endpoint, scope::Scope};

/// An Atlassian account, as its privacy settings show it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct User {
    /// Its id.
    pub account_id: Option<String>,
    /// `atlassian`, `app`, …
    pub account_type: Option<String>,
    /// The name shown to people.
    pub display_name: Option<String>,
    /// The name shown to those who may see it.
    pub public_name: Option<String>,
    /// Often hidden.
    pub email: Option<String>,
}

/// `GET /wiki/rest/api/user/current`: who the credential belongs to.
///
/// ```no_run
/// # async fn example(client: confluence_api::Client) -> Result<(), confluence_api::Error> {
/// use confluence_api::users::GetCurrentUser;
///
/// let me = client.send(&GetCurrentUser).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy)]
pub struct GetCurrentUser;

impl Endpoint for GetCurrentUser {
    type Response = User;
    const METHOD: Method = Method::GET;
    const SCOPES: &'static [Scope] = &[Scope::ReadContentDetails];

    fn path(&self) -> String {
        "/wiki/rest/api/user/current".to_owned()
    }
}
