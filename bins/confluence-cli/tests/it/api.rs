//! Any request: what is sent, and what is not.

use confluence_sandbox::{Authorization, Fault};
use serde_json::Value;

use crate::process::{Rig, run_with};

#[test]
fn evil_paths_are_not_sent() {
    let rig = Rig::demo();
    for path in [
        "https://evil.example/wiki/api/v2/pages",
        "//evil.example/wiki/",
        "/rest/api/3/issue",
        "/wiki/../rest/api/3/issue",
        "/wiki/%2e%2e/rest",
        "/wiki//evil.example/",
        "/wiki/..;/rest",
        "/wiki/\\evil.example",
        "/wiki/a\r\nHost: evil.example",
        "wiki/api/v2/pages",
    ] {
        let (code, told) = rig.failure(&["api", "GET", path]);
        assert_eq!(code, 2, "{path}: {told}");
    }
    assert_eq!(rig.sandbox.requests().len(), 0);
}

#[test]
fn a_request_is_sent_with_its_query_and_its_body() {
    let rig = Rig::demo();
    let path = "/wiki/api/v2/pages?limit=1&title=a%20b";
    let output = rig.output(&["api", "get", path, "-f", "sort=-id", "--field", "x=1=2&3"]);
    assert!(serde_json::from_str::<Value>(&output).unwrap()["results"].is_array(), "{output}");
    let seen = rig.sandbox.requests().pop().unwrap();
    assert_eq!(seen.query, "limit=1&title=a+b&sort=-id&x=1%3D2%263");
    assert_eq!(seen.authorization, Authorization::Basic);
    let mut command = rig.command(&["api", "POST", "/wiki/api/v2/pages", "--input=-"]);
    let ended = run_with(&mut command, b"{\"spaceId\":\"65538\",\"title\":\"Raw\"}");
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert_eq!(serde_json::from_str::<Value>(&ended.stdout).unwrap()["title"], "Raw");
}

#[test]
fn what_makes_no_request_is_refused() {
    let rig = Rig::demo();
    let api = |arguments: &[&str]| rig.failure(&[&["api"], arguments].concat());
    assert_eq!(api(&["GET", "/wiki/x", "-f", "novalue"]).0, 2);
    assert_eq!(api(&["GET", "/wiki/x", "--input", "/dev/null"]).0, 2);
    assert_eq!(api(&["POST", "/wiki/x", "--input", "/dev/null"]).0, 2);
    assert_eq!(api(&["TRACE", "/wiki/x"]).0, 2);
    assert_eq!(api(&["POST", "/wiki/x", "--read-only"]).0, 6);
    assert_eq!(rig.sandbox.requests().len(), 0);
}

#[test]
fn a_redirect_is_not_followed() {
    let rig = Rig::demo();
    let location = format!("{}/wiki/api/v2/spaces", rig.sandbox.site_url());
    rig.sandbox.faults().inject(Fault::Redirect { location }.on("GET", "/wiki/api/v2/pages"));
    let (code, told) = rig.failure(&["api", "GET", "/wiki/api/v2/pages"]);
    assert_eq!(code, 1, "{told}");
    assert!(told.contains("302"), "{told}");
    assert_eq!(rig.sandbox.requests().len(), 1);
}

#[test]
fn failures_have_their_codes() {
    let rig = Rig::demo();
    let (code, told) = rig.failure(&["api", "GET", "/wiki/api/v2/pages/1"]);
    assert_eq!(code, 4);
    assert!(told.contains("404 Not Found from GET /wiki/api/v2/pages/1"), "{told}");
    rig.sandbox.tokens().revoke(&rig.sandbox.credentials().api_token);
    assert_eq!(rig.failure(&["api", "GET", "/wiki/api/v2/pages/65699842"]).0, 3);
}
