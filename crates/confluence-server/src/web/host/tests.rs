use http::{HeaderMap, Uri};
use url::Url;

use super::{AllowedHosts, HostName, is_loopback_url};

#[test]
fn names_of_this_machine_are_loopback() {
    for host in ["localhost", "LOCALHOST:80", "127.0.0.1", "127.9.9.9:1", "[::1]", "[::1]:80"] {
        assert!(HostName::parse(host).unwrap().is_loopback(), "{host}");
    }
    for host in ["localhost.", "localhost.example.com", "0.0.0.0", "[::]", "10.0.0.1", "127.1"] {
        assert!(!HostName::parse(host).is_some_and(|it| it.is_loopback()), "{host}");
    }
}

#[test]
fn what_is_no_host_is_not_read() {
    for host in ["", "a b", "a@b", "@b", "a/b", ":80", "a:b:c"] {
        assert_eq!(HostName::parse(host), None, "{host}");
    }
}

#[test]
fn a_url_with_another_host_than_the_header_is_refused() {
    let public = Url::parse("https://mcp.example.com").unwrap();
    let hosts = AllowedHosts::new(&public, false, &[]).unwrap();
    let mut headers = HeaderMap::new();
    let uri = |text: &str| text.parse::<Uri>().unwrap();
    assert!(hosts.check(&uri("/mcp"), &headers).is_none());
    assert!(hosts.check(&uri("http://mcp.example.com/mcp"), &headers).is_some());
    headers.insert("host", "mcp.example.com".parse().unwrap());
    assert!(hosts.check(&uri("/mcp"), &headers).is_some());
    assert!(hosts.check(&uri("http://evil.example.com/mcp"), &headers).is_none());
}

#[test]
fn urls_of_this_machine_are_loopback() {
    for url in ["http://localhost:1", "http://127.0.0.1", "https://[::1]/x"] {
        assert!(is_loopback_url(&Url::parse(url).unwrap()), "{url}");
    }
    for url in ["http://0.0.0.0", "http://example.com", "http://[::]", "data:,x"] {
        assert!(!is_loopback_url(&Url::parse(url).unwrap()), "{url}");
    }
}
