//! The readable pages behind the links.

use confluence_sandbox::SandboxBuilder;
use reqwest::Method;
use serde_json::json;

use crate::support::{Reply, Site, send};

async fn open(site: &Site, path: &str) -> Reply {
    send(site.anonymous(Method::GET, path)).await
}

#[tokio::test]
async fn what_nobody_may_see_is_not_found() {
    let site = Site::empty().await;
    let space = site.space("SAND").await;
    let draft = json!({ "spaceId": space, "status": "draft", "title": "x" });
    site.post("/wiki/api/v2/pages", draft).await.expect(200);
    for path in [
        "/wiki/spaces/NONE",
        "/wiki/spaces/SAND/pages/1",
        "/wiki/x/zzz",
        "/elsewhere",
        "/wiki/spaces/SAND/pages/x",
        "/wiki/x/%00",
    ] {
        let reply = open(&site, path).await.expect(404);
        assert!(reply.header("content-type").unwrap().starts_with("text/html"), "{path}");
    }
}

#[tokio::test]
async fn the_links_of_a_page_lead_to_it() {
    let site = Site::with(SandboxBuilder::links_to_itself).await;
    let parent = site.page("Above & beyond", "").await;
    let id = site.page_below("<Tricky> \"title\"", "<p>The text</p>", Some(&parent)).await;
    let comment = json!({ "pageId": id, "body":
        { "representation": "storage", "value": "<p>A remark</p>" } });
    site.post("/wiki/api/v2/footer-comments", comment).await.expect(201);
    let page = site.get(&format!("/wiki/api/v2/pages/{id}")).await.json();
    let base = page["_links"]["base"].as_str().unwrap();
    assert_eq!(base, format!("{}/wiki", site.sandbox.site_url()));
    let reply = open(&site, &format!("{base}{}", page["_links"]["webui"].as_str().unwrap())).await;
    let html = reply.expect(200).text;
    for expected in [
        "&lt;Tricky&gt; &quot;title&quot;",
        "Above &amp; beyond",
        "The text",
        "A remark",
        "Version 1 by Dana Whitfield",
    ] {
        assert!(html.contains(expected), "{expected}: {html}");
    }
    assert!(!html.contains("<Tricky>"));
    let tiny = open(&site, &format!("{base}{}", page["_links"]["tinyui"].as_str().unwrap())).await;
    let location = tiny.expect(302).header("location").unwrap().to_owned();
    open(&site, &location).await.expect(200);
}

#[tokio::test]
async fn nothing_on_a_page_can_run_or_be_loaded_from_elsewhere() {
    let site = Site::empty().await;
    let id = site.page("Policy", "<p>x</p>").await;
    let reply = open(&site, &format!("/wiki/spaces/SAND/pages/{id}")).await.expect(200);
    let policy = reply.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
    assert!(!policy.contains("script-src"));
    assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
    let sheet = open(&site, "/wiki/sandbox.css").await.expect(200);
    assert!(sheet.header("content-type").unwrap().starts_with("text/css"));
}

#[tokio::test]
async fn the_demo_can_be_walked_through() {
    let site = Site::demo().await;
    open(&site, "/").await.expect(302);
    assert!(open(&site, "/wiki").await.expect(200).text.contains("/wiki/spaces/ENG"));
    assert!(open(&site, "/wiki/spaces/ENG").await.expect(200).text.contains("<ul>"));
    let pages = site.get("/wiki/api/v2/pages?limit=250").await.expect(200).json();
    for page in pages["results"].as_array().unwrap() {
        let path = format!("/wiki{}", page["_links"]["webui"].as_str().unwrap());
        open(&site, &path).await.expect(200);
    }
}
