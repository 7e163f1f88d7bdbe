//! Which site a new connection is for, and whose account it is.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use confluence_api::{
    Authorized, Client, Credentials, CredentialsError, Error, Rejected, RejectedAnswer, Transport,
    id::SiteName,
    sites::{AccessibleResource, ListAccessibleResources},
    text::excerpt,
    users::GetCurrentUser,
};
use http::HeaderValue;
use url::Url;

use crate::{
    Endpoints,
    connection::{Account, ConnectedSite},
};

/// How long Atlassian may take to list the sites; the user is waiting.
const SITES: Duration = Duration::from_secs(15);

/// How long it may take to name the account: without a name the user is connected all the same.
const ACCOUNT: Duration = Duration::from_secs(5);

/// Most sites that are remembered beside the one that is used.
const MAX_SITES: usize = 100;

/// The longest name of a site or an account, in characters.
const MAX_NAME: usize = 200;

/// A token that has just been given, at one address.
#[derive(Debug)]
struct Fixed(Authorized);

#[async_trait]
impl Credentials for Fixed {
    async fn authorized(&self) -> Result<Authorized, CredentialsError> {
        Ok(self.0.clone())
    }

    async fn rejected(&self, _used: &Authorized, _answer: RejectedAnswer) -> Rejected {
        Rejected::Unrelated
    }
}

fn client(transport: &Arc<dyn Transport>, root: Url, header: &HeaderValue) -> Client {
    let credentials = Fixed(Authorized { root, header: header.clone() });
    Client::new(Arc::clone(transport), Arc::new(credentials))
}

/// The Confluence sites that a token reaches, each once, in Atlassian's order.
pub(crate) async fn sites(
    transport: &Arc<dyn Transport>,
    endpoints: &Endpoints,
    header: &HeaderValue,
) -> Result<Vec<ConnectedSite>, Error> {
    let client = client(transport, endpoints.gateway(), header).with_timeout(SITES);
    let resources = client.send(&ListAccessibleResources).await?;
    let mut sites: Vec<ConnectedSite> = Vec::new();
    for resource in resources.into_iter().filter(is_confluence) {
        // A site is listed once per product.
        let known = sites.iter().any(|it| it.cloud_id == resource.id);
        if !known
            && sites.len() <= MAX_SITES
            && let Some(site) = site(resource)
        {
            sites.push(site);
        }
    }
    Ok(sites)
}

/// The list does not name products; their scopes tell.
fn is_confluence(resource: &AccessibleResource) -> bool {
    let mut words = resource.scopes.iter().flat_map(|scope| scope.split(':'));
    words.any(|it| it == "confluence" || it.starts_with("confluence-"))
}

fn site(resource: AccessibleResource) -> Option<ConnectedSite> {
    let url: Url = resource.url.parse().ok()?;
    let safe = matches!(url.scheme(), "https" | "http") && url.host_str().is_some();
    let name = excerpt(&resource.name, MAX_NAME);
    safe.then_some(ConnectedSite { cloud_id: resource.id, url, name })
}

/// Takes the site to use out of `sites`: the configured one and no other, else the first.
///
/// Another site than the configured one would let agents write where nobody expects it.
pub(crate) fn choose(
    mut sites: Vec<ConnectedSite>,
    configured: Option<&SiteName>,
) -> Option<(ConnectedSite, Vec<ConnectedSite>)> {
    let index = match configured {
        Some(name) => sites.iter().position(|it| it.is(name))?,
        None if sites.is_empty() => return None,
        None => 0,
    };
    let chosen = sites.remove(index);
    Some((chosen, sites))
}

/// The account behind a token, if it lets itself be seen.
pub(crate) async fn account(
    transport: &Arc<dyn Transport>,
    endpoints: &Endpoints,
    site: &ConnectedSite,
    header: &HeaderValue,
) -> Option<Account> {
    let client = client(transport, endpoints.oauth_root(&site.cloud_id), header);
    let user = match client.with_timeout(ACCOUNT).send(&GetCurrentUser).await {
        Ok(user) => user,
        Err(error) => {
            tracing::info!(%error, "connected, but the account's name is not known");
            return None;
        }
    };
    let name = user.display_name.or(user.public_name).unwrap_or_default();
    let name = excerpt(&name, MAX_NAME);
    let id = excerpt(&user.account_id?, MAX_NAME);
    (!id.is_empty()).then_some(Account { id, name })
}

#[cfg(test)]
mod tests;
