//! Requests that nobody can carry out.

use super::{Admin, told};
use crate::support::Request;

fn signed(admin: &Admin, method: &str, path: &str) -> Request {
    let request = admin.server.request(method, &format!("/admin/v1{path}"));
    request.header("authorization", &format!("Bearer {}", admin.maintainer))
}

#[tokio::test]
async fn a_path_that_is_none_and_a_wrong_method_are_told() {
    let admin = Admin::start().await;
    for path in ["/nothing", "/workspaces/acme/nothing", "/workspaces/acme/", "/keys/a/b/c"] {
        let (status, code, _) = told(&signed(&admin, "GET", path).send().await);
        assert_eq!((status, code.as_str()), (404, "not_found"), "{path}");
    }
    for path in ["", "/"] {
        assert_eq!(signed(&admin, "GET", path).send().await.status, 404, "{path}");
    }
    for (method, path, allowed) in [
        ("PUT", "/workspaces", "GET,HEAD,POST"),
        ("PATCH", "/workspaces/acme", "GET,HEAD,DELETE"),
        ("GET", "/workspaces/acme/users/remove", "POST"),
    ] {
        let answer = signed(&admin, method, path).send().await;
        assert_eq!(told(&answer).0, 405, "{path}");
        assert_eq!(answer.header("allow"), Some(allowed), "{path}");
    }
}

#[tokio::test]
async fn a_body_that_cannot_be_read_is_told_without_a_word_of_it() {
    let admin = Admin::start().await;
    let path = "/workspaces/acme/instances/ConfluenceNext/auth";
    let before = admin.get(path).await;
    for (kind, body, status, expected) in [
        ("text/plain", "{}", 415, "send JSON"),
        ("application/json", "planted", 400, "the body is no JSON, at line 1"),
        ("application/json", "{}", 400, "missing field `mode`"),
        ("application/json", r#"{"mode":"planted"}"#, 400, "`mode`: expected one of `apiToken`"),
        ("application/json", r#"{"mode":"apiToken","secret":77}"#, 400, "`secret`: expected"),
        ("application/json", r#"{"mode":"apiToken"} planted"#, 400, "the body is more than one"),
        ("application/json", r#"{"mode":"apiToken","planted":1}"#, 400, "a field of"),
    ] {
        let mut request = signed(&admin, "PUT", path).header("content-type", kind);
        request.body = body.as_bytes().to_vec();
        let answer = request.send().await;
        let (got, code, text) = told(&answer);
        assert_eq!((got, code.as_str()), (status, "invalid"), "{body}");
        assert!(text.starts_with(expected), "{body}: {text}");
        assert!(!text.contains("77"), "{text}");
    }
    let mut long = signed(&admin, "PUT", path).header("content-type", "application/json");
    long.body = vec![b' '; 9 * 1024 * 1024];
    assert_eq!(told(&long.send().await).0, 413);
    assert_eq!(admin.get(path).await, before);
}

#[tokio::test]
async fn pages_of_other_origins_and_foreign_hosts_get_nothing() {
    let admin = Admin::start().await;
    let foreign = signed(&admin, "GET", "/workspaces").header("origin", "https://evil.example");
    let answer = foreign.send().await;
    assert_eq!(told(&answer).0, 403);
    assert_eq!(answer.header("access-control-allow-origin"), None);
    let rebound = signed(&admin, "GET", "/workspaces").set("host", "evil.example");
    assert_eq!(told(&rebound.send().await).0, 403);
    // Not even a page of our own: nobody opens this in a browser.
    let own = signed(&admin, "GET", "/workspaces");
    let own = own.header("origin", &format!("http://{}", admin.server.address)).send().await;
    assert_eq!(own.header("access-control-allow-origin"), None);
}

#[tokio::test]
async fn several_keys_are_none() {
    let admin = Admin::start().await;
    let twice = signed(&admin, "GET", "/whoami").header("authorization", "Bearer other");
    assert_eq!(told(&twice.send().await).0, 401);
    let basic = admin.server.request("GET", "/admin/v1/whoami");
    let basic = basic.header("authorization", &format!("Basic {}", admin.maintainer));
    assert_eq!(told(&basic.send().await).0, 401);
}
