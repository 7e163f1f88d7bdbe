//! The way to a host: proxy, name, connection, encryption, clock.

use std::{error::Error as _, time::Duration};

use bytes::Bytes;
use confluence_api::{Transport, transport::TransportErrorKind};
use confluence_auth::Endpoints;
use http::{HeaderMap, Request, header};
use jiff::{SignedDuration, Timestamp, fmt::rfc2822::DateTimeParser};
use tokio::{
    net::{TcpStream, lookup_host},
    time::timeout,
};
use url::Url;

use super::report::Finding;
use crate::{
    config::{Proxies, proxies},
    exit::Exit,
    failed::chain,
};

/// How long a name or a connection may take.
const STEP_TIMEOUT: Duration = Duration::from_secs(5);

/// How long an answer may take, encryption included.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);

/// How far the clocks may differ: beyond it, signed addresses and short-lived tokens fail.
const MOST_SKEW: SignedDuration = SignedDuration::from_secs(60);

/// A host that requests go to.
#[derive(Debug)]
pub(super) struct Address {
    kind: Kind,
    root: Url,
    needed: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Site,
    Gateway,
    Custom,
}

impl Address {
    /// The site itself, which tells its cloud id.
    pub(super) fn site(root: Url) -> Self {
        Self { kind: Kind::Site, root, needed: true }
    }

    /// Atlassian's gateway.
    pub(super) fn gateway(needed: bool) -> Self {
        let nowhere = "0".parse().expect("a digit is a cloud id");
        let mut root = Endpoints::default().gateway_root(&nowhere);
        root.set_path("/");
        Self { kind: Kind::Gateway, root, needed }
    }

    /// An address that the settings name.
    pub(super) fn custom(root: Url) -> Self {
        Self { kind: Kind::Custom, root, needed: true }
    }

    fn host(&self) -> &str {
        self.root.host_str().unwrap_or_default()
    }

    /// What can be asked of it without a credential.
    fn question(&self) -> Url {
        let mut url = self.root.clone();
        if self.kind == Kind::Site {
            url.set_path("/_edge/tenant_info");
        }
        url
    }
}

/// How this machine reaches others.
#[derive(Debug)]
pub(super) struct Network<'a> {
    transport: &'a dyn Transport,
    proxies: Proxies,
}

impl<'a> Network<'a> {
    pub(super) fn new(transport: &'a dyn Transport) -> Self {
        Self { transport, proxies: proxies() }
    }

    /// Which proxy there is.
    pub(super) fn proxy(&self) -> Finding {
        let Some((variable, value)) = &self.proxies.https else {
            return Finding::ok("proxy", "none is set");
        };
        match proxy_address(value) {
            Some((host, port)) => {
                Finding::ok("proxy", format!("{variable} leads through {host}:{port}"))
            }
            None => Finding::problem("proxy", Exit::Usage, format!("{variable} is no address"))
                .advising("set it to an address such as `http://proxy.example.com:3128`"),
        }
    }

    /// Everything about one host, up to the first step that fails.
    pub(super) async fn examine(&self, address: &Address, cloud_id: Option<&str>) -> Vec<Finding> {
        let mut findings = Vec::new();
        let host = address.host();
        let proxy = self.proxies.https.as_ref().filter(|_| {
            address.root.scheme() == "https" && !is_exception(host, &self.proxies.exceptions)
        });
        // The proxy looks the name up, not this machine.
        let (host, port) = match proxy.and_then(|(_, value)| proxy_address(value)) {
            Some(proxy) => proxy,
            None => (host.to_owned(), address.root.port_or_known_default().unwrap_or(443)),
        };
        findings.push(name(&host, port).await);
        if findings.iter().all(Finding::is_ok) {
            findings.push(connection(&host, port).await);
        }
        if findings.iter().all(Finding::is_ok) {
            findings.extend(self.exchange(address, cloud_id).await);
        }
        if !address.needed {
            findings = findings.into_iter().map(Finding::optional).collect();
        }
        findings
    }

    /// Encryption, the clock, and what the site tells about itself.
    async fn exchange(&self, address: &Address, cloud_id: Option<&str>) -> Vec<Finding> {
        let check = format!("{} {}", address.root.scheme(), address.host());
        let failed = |text: String| Finding::problem(check.clone(), Exit::Error, text);
        let request = Request::get(address.question().as_str()).body(Bytes::new());
        let Ok(request) = request else {
            return vec![failed("the address cannot be asked".to_owned())];
        };
        let answer = match timeout(ANSWER_TIMEOUT, self.transport.send(request)).await {
            Err(_elapsed) => return vec![failed(format!("no answer within {ANSWER_TIMEOUT:?}"))],
            Ok(Err(error)) => {
                let causes = error.source().map(chain).unwrap_or_default();
                let finding = failed(format!("{error}: {causes}"));
                let tls = error.kind == TransportErrorKind::Setup || causes.contains("certificate");
                return vec![if tls {
                    finding.advising(
                        "if a proxy on the way has a certificate of its own, name a file with the \
                         issuer's in --ca-file (CONFLUENCE_CA_FILE)",
                    )
                } else {
                    finding.advising("a firewall or a proxy may stand in between")
                }];
            }
            Ok(Ok(answer)) => answer,
        };
        let mut findings = vec![Finding::ok(check.clone(), "answers")];
        findings.push(clock(answer.headers(), Timestamp::now()));
        if address.kind == Kind::Site {
            findings.push(told(&answer, cloud_id));
        }
        findings
    }
}

/// Whether a name leads anywhere.
async fn name(host: &str, port: u16) -> Finding {
    let check = format!("dns {host}");
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    if bare.parse::<std::net::IpAddr>().is_ok() {
        return Finding::ok(check, "is an IP address");
    }
    match timeout(STEP_TIMEOUT, lookup_host((bare, port))).await {
        Ok(Ok(addresses)) => {
            let count = addresses.count();
            let noun = if count == 1 { "address" } else { "addresses" };
            Finding::ok(check, format!("{count} {noun}"))
        }
        Ok(Err(error)) => Finding::problem(check, Exit::Error, error.to_string())
            .advising("check the name of the site, and this machine's name server"),
        Err(_elapsed) => Finding::problem(check, Exit::Error, "no answer")
            .advising("check this machine's name server"),
    }
}

/// Whether a host can be connected to.
async fn connection(host: &str, port: u16) -> Finding {
    let check = format!("tcp {host}:{port}");
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    match timeout(STEP_TIMEOUT, TcpStream::connect((bare, port))).await {
        Ok(Ok(_stream)) => Finding::ok(check, "connects"),
        Ok(Err(error)) => Finding::problem(check, Exit::Error, error.to_string())
            .advising("nothing listens there, or a firewall stands in between"),
        Err(_elapsed) => Finding::problem(check, Exit::Error, "no answer")
            .advising("a firewall may stand in between, or a proxy is needed (HTTPS_PROXY)"),
    }
}

/// How far this machine's clock is off.
fn clock(headers: &HeaderMap, now: Timestamp) -> Finding {
    let date = headers.get(header::DATE).and_then(|it| it.to_str().ok());
    let Some(date) = date.and_then(|it| DateTimeParser::new().parse_timestamp(it).ok()) else {
        return Finding::ok("clock", "the host does not tell the time");
    };
    let skew = now.duration_since(date).abs();
    if skew <= MOST_SKEW {
        return Finding::ok("clock", "agrees with the host's");
    }
    let text = format!("differs from the host's by {} seconds", skew.as_secs());
    Finding::warning("clock", text).advising("set this machine's clock")
}

/// What the site says about its cloud id.
fn told(answer: &http::Response<Bytes>, cloud_id: Option<&str>) -> Finding {
    if answer.status().as_u16() == 404 {
        return Finding::problem("site", Exit::NotFound, "there is no such Atlassian site")
            .advising("correct --site (CONFLUENCE_SITE)");
    }
    let json: Option<serde_json::Value> = serde_json::from_slice(answer.body()).ok();
    let known = json.as_ref().and_then(|it| it["cloudId"].as_str());
    match (known, cloud_id) {
        (None, _) => Finding::warning("cloud id", "the site does not tell it"),
        (Some(known), Some(set)) if known != set => {
            let text = format!("the site's is {known}, but another one is set");
            Finding::problem("cloud id", Exit::Usage, text)
                .advising("correct --cloud-id (CONFLUENCE_CLOUD_ID), or leave it out")
        }
        (Some(known), _) => Finding::ok("cloud id", known),
    }
}

/// Host and port of a proxy; never its user name or password.
fn proxy_address(value: &str) -> Option<(String, u16)> {
    let value = value.trim();
    let text = if value.contains("://") { value.to_owned() } else { format!("http://{value}") };
    let url: Url = text.parse().ok()?;
    let port = url.port_or_known_default().unwrap_or(1080);
    Some((url.host_str().filter(|it| !it.is_empty())?.to_owned(), port))
}

/// Whether a host is reached without the proxy.
fn is_exception(host: &str, exceptions: &str) -> bool {
    let names = exceptions.split(',').map(str::trim).filter(|it| !it.is_empty());
    names.into_iter().any(|name| {
        let name = name.trim_start_matches("*.").trim_start_matches('.');
        let below = || host.strip_suffix(name).is_some_and(|it| it.ends_with('.'));
        name == "*" || host == name || below()
    })
}

#[cfg(test)]
mod tests;
