//! Which hosts requests may name: without this check, a web page could reach a server on its
//! visitor's machine by pointing a name of its own there (DNS rebinding).

use std::net::{IpAddr, Ipv4Addr};

use http::{HeaderMap, Uri, header, uri::Authority};
use url::{Host, Url};

use crate::ServeError;

/// A host, with a port where that matters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HostName {
    name: String,
    port: Option<u16>,
}

impl HostName {
    fn parse(text: &str) -> Option<Self> {
        let authority: Authority = text.parse().ok()?;
        if authority.as_str().contains('@') {
            return None;
        }
        let name = authority.host().trim_start_matches('[').trim_end_matches(']');
        (!name.is_empty())
            .then(|| Self { name: name.to_ascii_lowercase(), port: authority.port_u16() })
    }

    pub(crate) fn is_loopback(&self) -> bool {
        self.name == "localhost"
            || self.name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
    }

    /// Whether this entry of a list stands for `other`.
    fn covers(&self, other: &Self) -> bool {
        self.name == other.name && self.port.is_none_or(|port| other.port == Some(port))
    }
}

impl std::fmt::Display for HostName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let brackets = self.name.contains(':');
        let (open, close) = if brackets { ("[", "]") } else { ("", "") };
        write!(f, "{open}{}{close}", self.name)?;
        self.port.map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}

/// The hosts that requests may name.
#[derive(Debug)]
pub(crate) struct AllowedHosts(Vec<HostName>);

impl AllowedHosts {
    /// That of the public URL, the names of this machine if `local`, and `more`.
    pub(super) fn new(public: &Url, local: bool, more: &[String]) -> Result<Self, ServeError> {
        let mut hosts = Vec::new();
        hosts.extend(public.host_str().and_then(HostName::parse).map(|it| it.name).map(any_port));
        if local {
            hosts.extend(["localhost", "127.0.0.1", "::1"].map(|name| any_port(name.to_owned())));
        }
        for host in more {
            hosts.push(HostName::parse(host.trim()).ok_or_else(|| ServeError::Option {
                option: "an allowed host",
                value: host.clone(),
                reason: "expected a host name, with or without a port",
            })?);
        }
        Ok(Self(hosts))
    }

    /// The host that a request names, if it is allowed.
    pub(super) fn check(&self, uri: &Uri, headers: &HeaderMap) -> Option<HostName> {
        let mut named = headers.get_all(header::HOST).iter();
        let first = match named.next() {
            Some(host) => Some(HostName::parse(host.to_str().ok()?)?),
            None => None,
        };
        if named.next().is_some() {
            return None;
        }
        // A request line with a whole URL names a host of its own.
        let second = match uri.authority() {
            Some(authority) => Some(HostName::parse(authority.as_str())?),
            None => None,
        };
        let mut all = first.iter().chain(&second).peekable();
        all.peek()?;
        let allowed = all.all(|host| self.0.iter().any(|it| it.covers(host)));
        if allowed { first.or(second) } else { None }
    }

    /// The list as the MCP library wants it.
    pub(super) fn to_strings(&self) -> Vec<String> {
        self.0.iter().map(ToString::to_string).collect()
    }
}

fn any_port(name: String) -> HostName {
    HostName { name, port: None }
}

/// Whether a URL leads to this machine.
pub(super) fn is_loopback_url(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        Some(Host::Ipv4(address)) => Ipv4Addr::is_loopback(&address),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests;
