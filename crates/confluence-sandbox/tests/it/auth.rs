//! Credentials, scopes, and all the ways of being turned away.

use std::time::Duration;

use confluence_sandbox::{ALL_SCOPES, SandboxBuilder};
use reqwest::{Method, RequestBuilder};
use serde_json::json;

use crate::support::{NOW, Reply, Site, send};

const PAGES: &str = "/wiki/api/v2/pages";
const SEARCH: &str = "/wiki/rest/api/search?cql=type%3Dpage";
const ME: &str = "/wiki/rest/api/user/current";

fn gateway(site: &Site, path: &str) -> RequestBuilder {
    site.anonymous(Method::GET, &format!("{}{path}", site.sandbox.gateway_url()))
}

/// Asserts the answers that a credential gets which Confluence does not accept.
#[track_caller]
fn check_rejected(v2: &Reply, search: &Reply, me: &Reply) {
    assert_eq!(v2.status, 404);
    assert_eq!(
        v2.json(),
        json!({ "errors": [{ "status": 404, "code": "NOT_FOUND", "title": "Not Found",
            "detail": null }] })
    );
    assert_eq!(search.status, 403);
    assert_eq!(search.message(), "Current user not permitted to use Confluence");
    assert_eq!(me.status, 403);
    assert_eq!(me.message(), "caller cannot access Confluence");
}

#[tokio::test]
async fn rejected_credentials_look_like_missing_pages_to_v2() {
    let site = Site::empty().await;
    let wrong = ("demo@example.com", "wrong");
    check_rejected(
        &site.get_as(wrong, PAGES).await,
        &site.get_as(wrong, SEARCH).await,
        &site.get_as(wrong, ME).await,
    );
    // Even for paths that do not exist at all.
    let reply = site.get_as(wrong, &format!("{PAGES}/1/nothing")).await.expect(404);
    assert_eq!(reply.error(), "Not Found");
    let stranger = ("stranger@example.com", "sandbox-api-token");
    site.get_as(stranger, PAGES).await.expect(404);
}

#[tokio::test]
async fn no_credential_is_a_rejected_one_at_the_site() {
    let site = Site::empty().await;
    let get = |path| send(site.anonymous(Method::GET, path));
    check_rejected(&get(PAGES).await, &get(SEARCH).await, &get(ME).await);
    for header in ["Basic", "Basic !!!", "Digest x", "Basic bm9jb2xvbg=="] {
        send(site.anonymous(Method::GET, PAGES).header("authorization", header)).await.expect(404);
    }
    send(gateway(&site, PAGES)).await.expect(401);
}

#[tokio::test]
async fn the_site_sends_scoped_tokens_away_in_html() {
    let site = Site::empty().await;
    let credentials = site.sandbox.credentials().clone();
    let scoped = (credentials.email.as_str(), credentials.scoped_api_token.as_str());
    let basic = site.get_as(scoped, PAGES).await.expect(401);
    let bearer = send(site.anonymous(Method::GET, PAGES).bearer_auth(&credentials.access_token));
    for reply in [basic, bearer.await.expect(401)] {
        assert!(reply.header("content-type").unwrap().starts_with("text/html"));
        assert!(reply.text.contains("HTTP Status 401"), "{}", reply.text);
    }
}

#[tokio::test]
async fn the_gateway_takes_all_three_kinds() {
    let site = Site::empty().await;
    let it = site.sandbox.credentials().clone();
    for request in [
        gateway(&site, PAGES).basic_auth(&it.email, Some(&it.api_token)),
        gateway(&site, PAGES).basic_auth(&it.email, Some(&it.scoped_api_token)),
        gateway(&site, PAGES).bearer_auth(&it.access_token),
    ] {
        let reply = send(request).await.expect(200);
        // Links name the site, whichever way the request came.
        assert_eq!(reply.json()["_links"]["base"], "https://example.atlassian.net/wiki");
    }
    let seen = site.sandbox.requests().pop().unwrap();
    assert!(seen.through_gateway);
    assert_eq!(seen.path, PAGES);
}

#[tokio::test]
async fn next_links_through_the_gateway_are_relative_to_the_site() {
    let site = Site::with(|it| it.space("TWO", "Second")).await;
    let token = site.sandbox.credentials().access_token.clone();
    let reply = send(gateway(&site, &format!("{PAGES}?limit=1")).bearer_auth(&token)).await;
    let next = reply.expect(200).next().unwrap();
    assert!(next.starts_with("/wiki/api/v2/pages?"), "{next}");
    send(gateway(&site, &next).bearer_auth(&token)).await.expect(200);
}

#[tokio::test]
async fn a_scoped_api_token_is_no_bearer_token() {
    let site = Site::empty().await;
    let token = site.sandbox.credentials().scoped_api_token.clone();
    let get = |path| send(gateway(&site, path).bearer_auth(&token));
    check_rejected(&get(PAGES).await, &get(SEARCH).await, &get(ME).await);
}

#[tokio::test]
async fn another_cloud_is_a_bare_404() {
    let site = Site::empty().await;
    let it = site.sandbox.credentials().clone();
    for path in
        ["/ex/confluence/other/wiki/api/v2/pages", "/ex/confluence/other", "/ex/confluence/"]
    {
        let reply = send(site.anonymous(Method::GET, path).bearer_auth(&it.access_token)).await;
        assert_eq!(reply.expect(404).text, "");
    }
}

#[tokio::test]
async fn an_access_token_expires_and_can_be_revoked() {
    let until = NOW.parse::<jiff::Timestamp>().unwrap() + jiff::SignedDuration::from_hours(1);
    let site =
        Site::with(|it| it.access_token("demo@example.com", "short", &ALL_SCOPES, Some(until)))
            .await;
    let get = |path: &'static str| send(gateway(&site, path).bearer_auth("short"));
    get(PAGES).await.expect(200);
    site.clock.advance(Duration::from_hours(1));
    check_rejected(&get(PAGES).await, &get(SEARCH).await, &get(ME).await);
    site.sandbox.tokens().add_access_token("demo@example.com", "short", &ALL_SCOPES, None);
    get(PAGES).await.expect(200);
    site.sandbox.tokens().revoke("short");
    get(PAGES).await.expect(404);
}

#[tokio::test]
async fn expired_tokens_can_be_answered_as_documented() {
    let site = Site::with(SandboxBuilder::invalid_bearer_is_401).await;
    let reply = send(gateway(&site, PAGES).bearer_auth("gone")).await.expect(401);
    assert_eq!(reply.json(), json!({ "code": 401, "message": "Unauthorized" }));
}

#[tokio::test]
async fn each_operation_needs_its_own_scopes() {
    let site = Site::empty().await;
    let cases: [(Method, &str, &[&[&str]]); 31] = [
        (Method::GET, "/wiki/api/v2/pages", &[&["read:page:confluence"]]),
        (Method::POST, "/wiki/api/v2/pages", &[&["write:page:confluence"]]),
        (Method::GET, "/wiki/api/v2/pages/1", &[&["read:page:confluence"]]),
        (Method::PUT, "/wiki/api/v2/pages/1", &[&["write:page:confluence"]]),
        (Method::DELETE, "/wiki/api/v2/pages/1", &[&["delete:page:confluence"]]),
        (Method::PUT, "/wiki/api/v2/pages/1/title", &[&["write:page:confluence"]]),
        (Method::GET, "/wiki/api/v2/pages/1/children", &[&["read:page:confluence"]]),
        (
            Method::GET,
            "/wiki/api/v2/pages/1/direct-children",
            &[&["read:hierarchical-content:confluence"]],
        ),
        (Method::GET, "/wiki/api/v2/pages/1/ancestors", &[&["read:content.metadata:confluence"]]),
        (
            Method::GET,
            "/wiki/api/v2/pages/1/descendants",
            &[&["read:hierarchical-content:confluence"]],
        ),
        (Method::GET, "/wiki/api/v2/pages/1/footer-comments", &[&["read:comment:confluence"]]),
        (Method::GET, "/wiki/api/v2/pages/1/inline-comments", &[&["read:comment:confluence"]]),
        (Method::POST, "/wiki/api/v2/footer-comments", &[&["write:comment:confluence"]]),
        (Method::GET, "/wiki/api/v2/footer-comments/1", &[&["read:comment:confluence"]]),
        (Method::GET, "/wiki/api/v2/inline-comments/1", &[&["read:comment:confluence"]]),
        (Method::GET, "/wiki/api/v2/footer-comments/1/children", &[&["read:comment:confluence"]]),
        (Method::GET, "/wiki/api/v2/inline-comments/1/children", &[&["read:comment:confluence"]]),
        (Method::GET, "/wiki/api/v2/pages/1/labels", &[&["read:page:confluence"]]),
        (Method::GET, "/wiki/api/v2/pages/1/attachments", &[&["read:attachment:confluence"]]),
        (Method::GET, "/wiki/api/v2/attachments/att1", &[&["read:attachment:confluence"]]),
        (Method::GET, "/wiki/api/v2/pages/1/versions", &[&["read:page:confluence"]]),
        (Method::GET, "/wiki/api/v2/pages/1/versions/1", &[&["read:page:confluence"]]),
        (Method::GET, "/wiki/api/v2/spaces", &[&["read:space:confluence"]]),
        (Method::GET, "/wiki/api/v2/spaces/1", &[&["read:space:confluence"]]),
        (Method::GET, "/wiki/api/v2/spaces/1/pages", &[&["read:page:confluence"]]),
        (Method::POST, "/wiki/api/v2/users-bulk", &[&["read:user:confluence"]]),
        (
            Method::GET,
            "/wiki/rest/api/search",
            &[&["read:content-details:confluence"], &["search:confluence"]],
        ),
        (
            Method::POST,
            "/wiki/rest/api/content/1/label",
            &[&["read:label:confluence", "write:label:confluence"], &["write:confluence-content"]],
        ),
        (
            Method::GET,
            "/wiki/rest/api/user/current",
            &[&["read:content-details:confluence"], &["read:confluence-user"]],
        ),
        (
            Method::GET,
            "/wiki/rest/api/user",
            &[&["read:content-details:confluence"], &["read:confluence-user"]],
        ),
        (
            Method::GET,
            "/wiki/rest/api/content/1/child/attachment/att1/download",
            &[&["read:attachment:confluence"], &["readonly:content.attachment:confluence"]],
        ),
    ];
    for (method, path, alternatives) in cases {
        let url = format!("{}{path}", site.sandbox.gateway_url());
        let probe = async |scopes: &[&str]| {
            site.sandbox.tokens().add_access_token("demo@example.com", "probe", scopes, None);
            send(site.anonymous(method.clone(), &url).bearer_auth("probe")).await
        };
        let others: Vec<&str> =
            ALL_SCOPES.into_iter().filter(|it| !alternatives.concat().contains(it)).collect();
        let refused = probe(&others).await.expect(401);
        let expected = json!({ "code": 401, "message": "Unauthorized; scope does not match" });
        assert_eq!(refused.json(), expected, "{method} {path}");
        for set in alternatives {
            let reply = probe(set).await;
            assert_ne!(reply.status, 401, "{method} {path} with {set:?}");
            if set.len() > 1 {
                probe(&set[..1]).await.expect(401);
            }
        }
    }
}

#[tokio::test]
async fn what_atlassian_removed_is_gone_and_the_rest_unknown() {
    let site = Site::empty().await;
    for path in [
        "/wiki/rest/api/content",
        "/wiki/rest/api/content/1",
        "/wiki/rest/api/space/SAND",
        "/wiki/rest/api/content/1/label",
    ] {
        let reply = site.get(path).await.expect(410);
        assert_eq!(
            reply.message(),
            "com.atlassian.confluence.api.service.exceptions.GoneException: This deprecated endpoint has been removed."
        );
        assert_eq!(reply.json()["statusCode"], 410);
    }
    site.get("/wiki/rest/api/contentious").await.expect(404);
    site.get("/wiki/rest/api/content/1/child/attachment").await.expect(404);
    let reply = site.get("/wiki/api/v2/whatever").await.expect(404);
    assert_eq!(reply.error(), "Not Found");
    site.delete("/wiki/api/v2/spaces/1").await.expect(405);
}

#[tokio::test]
async fn the_cloud_tells_its_id_to_anyone_and_its_sites_to_token_holders() {
    let site = Site::empty().await;
    let info = send(site.anonymous(Method::GET, "/_edge/tenant_info")).await.expect(200);
    assert_eq!(info.json(), json!({ "cloudId": site.sandbox.cloud_id() }));
    let path = "/oauth/token/accessible-resources";
    send(site.anonymous(Method::GET, path)).await.expect(401);
    send(site.anonymous(Method::GET, path).bearer_auth("wrong")).await.expect(401);
    let token = site.sandbox.credentials().access_token.clone();
    let list = send(site.anonymous(Method::GET, path).bearer_auth(token)).await.expect(200).json();
    assert_eq!(list[0]["id"], site.sandbox.cloud_id());
    assert_eq!(list[0]["url"], "https://example.atlassian.net");
    assert_eq!(list[0]["name"], "example");
    assert_eq!(list[0]["scopes"].as_array().unwrap().len(), ALL_SCOPES.len());
}

#[tokio::test]
async fn debug_output_holds_no_secret() {
    let site = Site::empty().await;
    let it = site.sandbox.credentials();
    let shown = format!("{it:?} {:?} {:?}", site.sandbox, site.sandbox.requests());
    for secret in [&it.api_token, &it.scoped_api_token, &it.access_token] {
        assert!(!shown.contains(secret.as_str()));
    }
}
