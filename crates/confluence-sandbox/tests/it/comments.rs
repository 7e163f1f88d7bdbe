//! Footer and inline comments.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{GUEST, Site};

const COMMENTS: &str = "/wiki/api/v2/footer-comments";

fn body(text: &str) -> Value {
    json!({ "representation": "storage", "value": format!("<p>{text}</p>") })
}

async fn comment(site: &Site, target: &str, id: &str, text: &str) -> String {
    let reply = site.post(COMMENTS, json!({ target: id, "body": body(text) })).await.expect(201);
    reply.json()["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_comment_needs_exactly_one_target_and_a_body() {
    let site = Site::empty().await;
    let page = site.page("Discussed", "").await;
    let root = comment(&site, "pageId", &page, "root").await;
    let cases = [
        (json!({ "body": body("x") }), 400),
        (json!({ "pageId": page }), 400),
        (json!({ "pageId": page, "parentCommentId": root, "body": body("x") }), 400),
        (json!({ "pageId": "x", "body": body("x") }), 400),
        (json!({ "pageId": "999", "body": body("x") }), 404),
        (json!({ "parentCommentId": "999", "body": body("x") }), 404),
        (json!({ "blogPostId": "1", "body": body("x") }), 404),
        (json!({ "pageId": page, "body": { "representation": "storage", "value": "<p>" } }), 400),
    ];
    for (request, status) in cases {
        site.post(COMMENTS, request).await.expect(status);
    }
    let request = json!({ "pageId": page, "body": body("x") });
    site.send_as(GUEST, Method::POST, COMMENTS, request).await.expect(404);
}

#[tokio::test]
async fn creating_answers_201_and_says_where() {
    let site = Site::empty().await;
    let page = site.page("Discussed", "").await;
    let request = json!({ "pageId": page, "body": body("hello") });
    let reply = site.post(COMMENTS, request).await.expect(201);
    let created = reply.json();
    let id = created["id"].as_str().unwrap();
    assert!(reply.header("location").unwrap().ends_with(&format!("{COMMENTS}/{id}")[5..]));
    assert_eq!(created["pageId"], json!(page));
    assert_eq!(created["version"]["authorId"], "557058:sandbox-owner");
    assert!(created.get("authorId").is_none());
    assert!(created["body"]["storage"]["value"].as_str().unwrap().contains("hello"));
    assert_eq!(created["_links"]["base"], "https://example.atlassian.net/wiki");
}

#[tokio::test]
async fn the_page_lists_roots_and_a_comment_its_replies() {
    let site = Site::empty().await;
    let page = site.page("Discussed", "").await;
    let first = comment(&site, "pageId", &page, "first").await;
    let second = comment(&site, "pageId", &page, "second").await;
    let reply = comment(&site, "parentCommentId", &first, "answer").await;
    let nested = comment(&site, "parentCommentId", &reply, "answer to the answer").await;
    let path = format!("/wiki/api/v2/pages/{page}/footer-comments");
    let listed = site.get(&path).await.expect(200);
    assert_eq!(listed.column("id"), [first.clone(), second.clone()]);
    assert_eq!(listed.json()["results"][0]["body"], json!({}));
    let newest = site.get(&format!("{path}?sort=-created-date&limit=1")).await.expect(200);
    assert_eq!(newest.column("id"), [second]);
    assert!(newest.next().is_some());
    let children = site.get(&format!("{COMMENTS}/{first}/children")).await.expect(200);
    assert_eq!(children.column("id"), std::slice::from_ref(&reply));
    assert_eq!(children.json()["results"][0]["parentCommentId"], json!(first));
    let children = site.get(&format!("{COMMENTS}/{reply}/children")).await.expect(200);
    assert_eq!(children.column("id"), [nested]);
    site.get(&format!("{COMMENTS}/999/children")).await.expect(404);
}

#[tokio::test]
async fn a_single_comment_can_be_read() {
    let site = Site::empty().await;
    let page = site.page("Discussed", "").await;
    let id = comment(&site, "pageId", &page, "hello").await;
    let one = site.get(&format!("{COMMENTS}/{id}?body-format=storage")).await.expect(200).json();
    assert!(one["body"]["storage"]["value"].as_str().unwrap().contains("hello"));
    assert!(one["_links"]["webui"].as_str().unwrap().contains(&format!("focusedCommentId={id}")));
    site.get(&format!("{COMMENTS}/999")).await.expect(404);
    site.get(&format!("/wiki/api/v2/inline-comments/{id}")).await.expect(404);
}

#[tokio::test]
async fn formats_and_statuses_are_checked() {
    let site = Site::empty().await;
    let page = site.page("Discussed", "").await;
    comment(&site, "pageId", &page, "hello").await;
    let path = format!("/wiki/api/v2/pages/{page}/footer-comments");
    site.get(&format!("{path}?body-format=view")).await.expect(400);
    site.get(&format!("{path}?status=new")).await.expect(400);
    assert_eq!(site.get(&format!("{path}?status=trashed")).await.column("id"), [""; 0]);
    assert_eq!(site.get(&format!("{path}?status=current")).await.column("id").len(), 1);
    let inline = format!("/wiki/api/v2/pages/{page}/inline-comments");
    site.get(&format!("{inline}?resolution-status=done")).await.expect(400);
}

#[tokio::test]
async fn inline_comments_carry_their_marker_twice() {
    let site = Site::demo().await;
    let found = site.get("/wiki/rest/api/search?cql=type%3Dcomment&limit=250").await.expect(200);
    let mut seen = 0;
    for row in found.json()["results"].as_array().unwrap() {
        let id = row["content"]["id"].as_str().unwrap();
        let reply = site.get(&format!("/wiki/api/v2/inline-comments/{id}")).await;
        if reply.status != 200 || reply.json()["parentCommentId"].is_string() {
            continue;
        }
        let comment = reply.json();
        assert!(comment["resolutionStatus"].is_string());
        let properties = &comment["properties"];
        assert_eq!(properties["inlineMarkerRef"], properties["inline-marker-ref"]);
        assert_eq!(properties["inlineOriginalSelection"], properties["inline-original-selection"]);
        let page = comment["pageId"].as_str().unwrap();
        let status = comment["resolutionStatus"].as_str().unwrap();
        let path = format!("/wiki/api/v2/pages/{page}/inline-comments");
        let same = site.get(&format!("{path}?resolution-status={status}")).await.expect(200);
        assert!(same.column("id").contains(&id.to_owned()));
        // The footer operation does not answer inline threads.
        let request = json!({ "parentCommentId": id, "body": body("x") });
        site.post(COMMENTS, request).await.expect(404);
        seen += 1;
    }
    assert!(seen > 0, "the demo has inline comments");
}

#[tokio::test]
async fn comments_vanish_with_a_purged_page() {
    let site = Site::empty().await;
    let page = site.page("Discussed", "").await;
    let id = comment(&site, "pageId", &page, "hello").await;
    let path = format!("/wiki/api/v2/pages/{page}");
    site.delete(&path).await.expect(204);
    site.get(&format!("{COMMENTS}/{id}")).await.expect(200);
    let request = json!({ "pageId": page, "body": body("too late") });
    site.post(COMMENTS, request).await.expect(404);
    site.delete(&format!("{path}?purge=true")).await.expect(204);
    site.get(&format!("{COMMENTS}/{id}")).await.expect(404);
}
