//! Addresses that stand in for Atlassian's own: for tests, the sandbox, and proxies.
//!
//! A credential goes wherever these point, so they are checked when they are made.

use std::{fmt, str::FromStr};

use confluence_api::id::CloudId;
use url::{Host, Url};

/// Atlassian's gateway, through which all but unscoped API tokens have to go.
const GATEWAY: &str = "https://api.atlassian.com";

/// Atlassian's identity service, where users agree and tokens are made.
const AUTH: &str = "https://auth.atlassian.com";

/// Where requests go instead of to Atlassian's own addresses.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Endpoints {
    /// Stands before `/wiki/…` whatever the mode. Nothing is looked up then.
    pub api: Option<BaseUrl>,
    /// Instead of `https://{site}.atlassian.net`.
    pub site: Option<BaseUrl>,
    /// Instead of `https://api.atlassian.com`.
    pub gateway: Option<BaseUrl>,
    /// Instead of `https://auth.atlassian.com`. A client's secret and refresh tokens go there.
    pub auth: Option<BaseUrl>,
}

impl Endpoints {
    /// Root of the API for a site, by way of the gateway.
    pub fn gateway_root(&self, cloud_id: &CloudId) -> Url {
        // A cloud id has only characters that are safe in a path.
        below(self.gateway(), &format!("ex/confluence/{cloud_id}"))
    }

    /// Root of the API for a connection: the operator's address, else the gateway.
    pub(crate) fn oauth_root(&self, cloud_id: &CloudId) -> Url {
        self.api.as_ref().map_or_else(|| self.gateway_root(cloud_id), |it| it.as_url().clone())
    }

    /// The gateway itself.
    pub(crate) fn gateway(&self) -> Url {
        or_default(self.gateway.as_ref(), GATEWAY)
    }

    /// Where users agree.
    pub fn authorize(&self) -> Url {
        below(or_default(self.auth.as_ref(), AUTH), "authorize")
    }

    /// Where tokens are made.
    pub(crate) fn token(&self) -> Url {
        below(or_default(self.auth.as_ref(), AUTH), "oauth/token")
    }
}

fn or_default(base: Option<&BaseUrl>, default: &str) -> Url {
    base.map_or_else(
        || default.parse().expect("a constant address is valid"),
        |base| base.as_url().clone(),
    )
}

fn below(mut url: Url, path: &str) -> Url {
    let path = format!("{}/{path}", url.path().trim_end_matches('/'));
    url.set_path(&path);
    url
}

/// An address that may receive a credential: what stands before `/wiki/…`.
///
/// Parsing from text allows this machine only; [`BaseUrl::parse`] can allow more.
///
/// `http` is for this machine, everything else needs `https`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseUrl(Url);

/// Which hosts may receive a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hosts {
    /// This machine: `localhost`, `127.0.0.0/8`, `::1`.
    Loopback,
    /// Any. The operator has said so.
    Any,
}

/// Why an address is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidBaseUrl {
    /// It is not an absolute `http` or `https` address with a host.
    #[error("not an address: expected `https://host` or `http://localhost:port`")]
    NotAnAddress,
    /// It has a user name or a password.
    #[error("an address with a user name or password is refused")]
    UserInfo,
    /// It has a query or a fragment.
    #[error("an address with `?` or `#` is refused")]
    QueryOrFragment,
    /// It already has the part that the client adds.
    #[error("leave `/wiki` out of the address: it is added to it")]
    Wiki,
    /// The host is not this machine, and no others are allowed.
    #[error("the address is not on this machine: custom endpoints have to be allowed explicitly")]
    NotLoopback,
    /// Plain text over the network.
    #[error("an address on another machine needs `https`")]
    NotEncrypted,
}

impl BaseUrl {
    /// Checks `text`.
    ///
    /// # Errors
    ///
    /// See [`InvalidBaseUrl`].
    pub fn parse(text: &str, hosts: Hosts) -> Result<Self, InvalidBaseUrl> {
        let mut url: Url = text.trim().parse().map_err(|_error| InvalidBaseUrl::NotAnAddress)?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(InvalidBaseUrl::NotAnAddress);
        }
        let loopback = is_loopback(&url);
        if !url.username().is_empty() || url.password().is_some() {
            return Err(InvalidBaseUrl::UserInfo);
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(InvalidBaseUrl::QueryOrFragment);
        }
        if hosts == Hosts::Loopback && !loopback {
            return Err(InvalidBaseUrl::NotLoopback);
        }
        if url.scheme() != "https" && !loopback {
            return Err(InvalidBaseUrl::NotEncrypted);
        }
        let path = url.path().trim_end_matches('/').to_owned();
        if path.ends_with("/wiki") || path.contains("/wiki/") {
            return Err(InvalidBaseUrl::Wiki);
        }
        url.set_path(&path);
        Ok(Self(url))
    }

    /// The address.
    pub fn as_url(&self) -> &Url {
        &self.0
    }

    /// Whether it is on this machine.
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.0)
    }
}

/// Names below `localhost` are not counted: whether they stay here is up to the resolver.
fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

impl FromStr for BaseUrl {
    type Err = InvalidBaseUrl;

    fn from_str(text: &str) -> Result<Self, InvalidBaseUrl> {
        Self::parse(text, Hosts::Loopback)
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

#[cfg(test)]
mod tests;
