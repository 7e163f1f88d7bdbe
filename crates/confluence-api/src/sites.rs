//! Which Cloud sites there are: the two requests that come before all others.
//!
//! Both have a root of their own, so they are sent with [`send_once`](crate::send_once).

use http::Method;
use serde::Deserialize;

use crate::{Endpoint, id::CloudId, lenient::or_default, scope::Scope};

/// A site that an access token reaches.
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct AccessibleResource {
    /// The site's cloud id. Not unique: a site is listed once per product.
    pub id: CloudId,
    /// The site's name.
    #[serde(default, deserialize_with = "or_default")]
    pub name: String,
    /// The site's address, such as `https://acme.atlassian.net`.
    #[serde(default, deserialize_with = "or_default")]
    pub url: String,
    /// Scopes granted; they tell the product.
    #[serde(default, deserialize_with = "or_default")]
    pub scopes: Vec<String>,
}

/// `GET /oauth/token/accessible-resources` on `https://api.atlassian.com`: what a token reaches.
///
/// The answer is a bare array.
#[derive(Debug, Clone, Copy)]
pub struct ListAccessibleResources;

impl Endpoint for ListAccessibleResources {
    type Response = Vec<AccessibleResource>;
    const METHOD: Method = Method::GET;
    const SCOPES: &'static [Scope] = &[];

    fn path(&self) -> String {
        "/oauth/token/accessible-resources".to_owned()
    }
}

/// A site's own word about its cloud id.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct TenantInfo {
    /// The site's cloud id.
    pub cloud_id: CloudId,
}

/// `GET /_edge/tenant_info` on the site: its cloud id, without a credential.
///
/// Source: Atlassian's knowledge base; not part of the API documentation.
#[derive(Debug, Clone, Copy)]
pub struct GetTenantInfo;

impl Endpoint for GetTenantInfo {
    type Response = TenantInfo;
    const METHOD: Method = Method::GET;
    const SCOPES: &'static [Scope] = &[];

    fn path(&self) -> String {
        "/_edge/tenant_info".to_owned()
    }
}
