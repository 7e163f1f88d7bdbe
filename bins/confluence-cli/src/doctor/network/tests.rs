use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Response, header};
use jiff::Timestamp;

use super::{Finding, clock, is_exception, proxy_address, told};

#[track_caller]
fn check(finding: &Finding, expected: &str) {
    let finding = format!("{finding:?}");
    assert!(finding.contains(expected), "{finding}");
}

#[test]
fn a_proxy_is_named_without_its_password() {
    let address = proxy_address("http://ada:planted@proxy.example.com:3128/").unwrap();
    assert_eq!(address, ("proxy.example.com".to_owned(), 3128));
    assert_eq!(proxy_address("proxy.example.com"), Some(("proxy.example.com".to_owned(), 80)));
    assert_eq!(proxy_address("http://"), None);
    assert_eq!(proxy_address(" "), None);
}

#[test]
fn exceptions_cover_names_below_them() {
    assert!(is_exception("acme.atlassian.net", "localhost, .atlassian.net"));
    assert!(is_exception("acme.atlassian.net", "atlassian.net"));
    assert!(is_exception("acme.atlassian.net", "*"));
    assert!(!is_exception("acme.atlassian.net", "lassian.net,net.atlassian"));
    assert!(!is_exception("acme.atlassian.net", " , "));
}

#[test]
fn a_clock_that_is_off_is_told() {
    let now: Timestamp = "2026-03-02T10:00:00Z".parse().unwrap();
    let mut headers = HeaderMap::new();
    check(&clock(&headers, now), "does not tell");
    for (date, expected) in [
        ("Mon, 02 Mar 2026 10:00:59 GMT", "agrees"),
        ("Mon, 02 Mar 2026 09:50:00 GMT", "by 600 seconds"),
        ("Mon, 02 Mar 2026 11:00:00 GMT", "by 3600 seconds"),
        ("yesterday", "does not tell"),
    ] {
        headers.insert(header::DATE, HeaderValue::from_static(date));
        check(&clock(&headers, now), expected);
    }
}

#[test]
fn a_cloud_id_of_another_site_is_told() {
    let answer = |body: &'static str| Response::new(Bytes::from_static(body.as_bytes()));
    check(&told(&answer("{\"cloudId\":\"a\"}"), Some("b")), "another one is set");
    check(&told(&answer("{\"cloudId\":\"a\"}"), Some("a")), "Ok");
    check(&told(&answer("{\"cloudId\":\"a\"}"), None), "Ok");
    check(&told(&answer("<html>"), None), "does not tell");
    let mut missing = answer("");
    *missing.status_mut() = http::StatusCode::NOT_FOUND;
    check(&told(&missing, None), "no such Atlassian site");
}
