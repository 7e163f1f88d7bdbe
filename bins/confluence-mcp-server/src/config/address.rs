//! Addresses that the HTTP server listens on and is reached at.

use std::net::{Ipv4Addr, SocketAddr};

use url::{Host, Origin, Url};

/// Why a text is not the address it should be. Its text is not shown: it may hold a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum InvalidAddress {
    /// Not where one can listen.
    #[error("expected an IP address and a port, such as `127.0.0.1:8080` or `[::1]:8080`")]
    Listen,
    /// Not an address that clients can use.
    #[error(
        "expected `https://host/path` or `http://host:port/path`, without user name, `?` or `#`"
    )]
    PublicUrl,
    /// Not a host name.
    #[error("expected a host name such as `mcp.example.com`, with or without a port")]
    Host,
    /// Not the origin of a web page.
    #[error(
        "expected an origin such as `https://app.example.com` or `http://localhost:*`, without a path"
    )]
    Origin,
}

/// Reads where to listen.
pub(super) fn listen(text: &str) -> Result<SocketAddr, InvalidAddress> {
    let text = text.trim();
    let port = text.strip_prefix("localhost:").map(str::parse);
    match port {
        Some(port) => port
            .map(|port| SocketAddr::from((Ipv4Addr::LOCALHOST, port)))
            .map_err(|_no_port| InvalidAddress::Listen),
        None => text.parse().map_err(|_no_address| InvalidAddress::Listen),
    }
}

/// Reads the address below which clients find everything.
pub(super) fn public_url(text: &str) -> Result<Url, InvalidAddress> {
    let mut url = web_address(text).ok_or(InvalidAddress::PublicUrl)?;
    let path = url.path().trim_end_matches('/').to_owned();
    url.set_path(&path);
    Ok(url)
}

/// Reads the name of a host, with or without a port, in lower case.
pub(super) fn host(text: &str) -> Result<String, InvalidAddress> {
    let text = text.trim();
    let safe = |it: u8| it.is_ascii_alphanumeric() || b"-.:[]".contains(&it);
    if !text.bytes().all(safe) {
        return Err(InvalidAddress::Host);
    }
    let url = web_address(&format!("http://{text}")).ok_or(InvalidAddress::Host)?;
    // A port that is the default one of `http` is not in the parsed address.
    let known = url.as_str().trim_start_matches("http://").trim_end_matches('/');
    let lower = text.to_ascii_lowercase();
    let unchanged = lower == known || lower.strip_suffix(":80") == Some(known);
    if unchanged { Ok(lower) } else { Err(InvalidAddress::Host) }
}

/// Reads the origin of a web page; `:*` stands for every port.
pub(super) fn origin(text: &str) -> Result<String, InvalidAddress> {
    let (text, any_port) = match text.trim().strip_suffix(":*") {
        Some(text) => (text, ":*"),
        None => (text, ""),
    };
    let url = web_address(text).filter(|it| it.path() == "/").ok_or(InvalidAddress::Origin)?;
    match (url.origin(), url.port()) {
        (Origin::Tuple(..), Some(_)) if !any_port.is_empty() => Err(InvalidAddress::Origin),
        (origin @ Origin::Tuple(..), _) => Ok(origin.ascii_serialization() + any_port),
        (Origin::Opaque(_), _) => Err(InvalidAddress::Origin),
    }
}

/// Whether an address leads to this machine whatever the resolver says.
pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn web_address(text: &str) -> Option<Url> {
    let url: Url = text.trim().parse().ok()?;
    let plain = url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    (plain && matches!(url.scheme(), "http" | "https") && url.has_host()).then_some(url)
}

#[cfg(test)]
mod tests {
    use super::{host, is_loopback, listen, origin, public_url};

    #[test]
    fn what_is_not_an_address_is_refused() {
        for text in
            ["", "8080", ":8080", "localhost", "localhost:", "example.com:80", "1.2.3.4", "::1"]
        {
            assert!(listen(text).is_err(), "{text}");
        }
        for text in
            ["", "mcp.example.com", "ftp://a", "https://u:p@a", "https://a?b", "https://a#b"]
        {
            assert!(public_url(text).is_err(), "{text}");
        }
        for text in ["", "*", "a/b", "https://a", "u@a", "a b", "a:b", "a?b", "a#b", "a\\b"] {
            assert!(host(text).is_err(), "{text}: {:?}", host(text));
        }
        for text in
            ["", "*", "null", "a", "https://a/b", "https://u@a", "file:///a", "http://a:1:*"]
        {
            assert!(origin(text).is_err(), "{text}");
        }
    }

    #[test]
    fn addresses_are_read() {
        assert_eq!(listen("localhost:0").unwrap().to_string(), "127.0.0.1:0");
        assert_eq!(listen(" [::1]:8080 ").unwrap().to_string(), "[::1]:8080");
        assert_eq!(public_url("https://a.example/mcp/").unwrap().as_str(), "https://a.example/mcp");
        assert_eq!(host("Mcp.example.com").as_deref(), Ok("mcp.example.com"));
        assert_eq!(host("mcp.example.com:80").as_deref(), Ok("mcp.example.com:80"));
        assert_eq!(host("[::1]:8443").as_deref(), Ok("[::1]:8443"));
        assert_eq!(origin("https://App.example.com/").as_deref(), Ok("https://app.example.com"));
        assert_eq!(origin("http://localhost:*").as_deref(), Ok("http://localhost:*"));
        assert_eq!(origin("http://localhost:3000").as_deref(), Ok("http://localhost:3000"));
    }

    #[test]
    fn only_this_machine_is_loopback() {
        let check = |text: &str| is_loopback(&public_url(text).unwrap());
        assert!(check("http://localhost:8080"));
        assert!(check("http://127.1.2.3"));
        assert!(check("http://[::1]:1"));
        assert!(!check("http://localhost.example.com"));
        assert!(!check("http://0.0.0.0"));
        assert!(!check("https://mcp.example.com"));
    }
}
