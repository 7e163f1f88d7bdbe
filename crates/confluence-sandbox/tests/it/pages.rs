//! Reading single pages.

use serde_json::{Value, json};

use crate::support::{GUEST, Site};

#[tokio::test]
async fn an_unknown_page_is_named_in_the_answer() {
    let site = Site::empty().await;
    let reply = site.get("/wiki/api/v2/pages/999").await.expect(404);
    assert_eq!(
        reply.json(),
        json!({ "errors": [{ "status": 404, "code": "NOT_FOUND",
            "title": "Cannot find a page with id [999]", "detail": null }] })
    );
}

#[tokio::test]
async fn a_space_key_is_not_an_id() {
    let site = Site::empty().await;
    let reply = site.get("/wiki/api/v2/pages/Docs").await.expect(400);
    assert_eq!(
        reply.json()["errors"][0],
        json!({ "status": 400, "code": "INVALID_REQUEST_PARAMETER",
            "title": "Provided value {Docs} for 'id' is not the correct type. Expected type is long.",
            "detail": null })
    );
}

#[tokio::test]
async fn a_folder_is_no_page() {
    let site = Site::demo().await;
    let folder = demo_folder(&site).await;
    site.get(&format!("/wiki/api/v2/pages/{folder}")).await.expect(404);
}

#[tokio::test]
async fn an_unknown_body_format_is_refused() {
    let site = Site::empty().await;
    let id = site.page("Formats", "<p>x</p>").await;
    let reply = site.get(&format!("/wiki/api/v2/pages/{id}?body-format=html")).await.expect(400);
    assert!(reply.error().starts_with("Provided value {html} for 'body-format'"), "{}", reply.text);
}

#[tokio::test]
async fn an_unknown_version_is_not_found() {
    let site = Site::empty().await;
    let id = site.page("Versions", "<p>x</p>").await;
    site.get(&format!("/wiki/api/v2/pages/{id}?version=2")).await.expect(404);
    site.get(&format!("/wiki/api/v2/pages/{id}?version=0")).await.expect(404);
    site.get(&format!("/wiki/api/v2/pages/{id}?version=x")).await.expect(400);
}

#[tokio::test]
async fn a_page_is_sent_as_it_is_recorded_live() {
    let site = Site::empty().await;
    let id = site.page("MarkSync Spike — Storage", "<p>x</p>").await;
    let reply = site.get(&format!("/wiki/api/v2/pages/{id}")).await.expect(200);
    let page = reply.json();
    assert_eq!(page["id"], json!(id));
    assert_eq!(page["status"], "current");
    assert_eq!(page["parentType"], "page");
    assert_eq!(page["lastOwnerId"], Value::Null);
    assert_eq!(page["createdAt"], "2026-11-02T10:20:30.456Z");
    assert_eq!(page["version"]["number"], 1);
    assert_eq!(page["version"]["message"], "");
    assert_eq!(page["body"], json!({}));
    assert_eq!(
        page["_links"]["webui"],
        json!(format!("/spaces/SAND/pages/{id}/MarkSync+Spike+Storage"))
    );
    assert_eq!(page["_links"]["editui"], json!(format!("/pages/resumedraft.action?draftId={id}")));
    assert_eq!(page["_links"]["base"], "https://example.atlassian.net/wiki");
    assert!(page["_links"]["tinyui"].as_str().unwrap().starts_with("/x/"));
}

#[tokio::test]
async fn request_ids_are_sent_and_differ() {
    let site = Site::empty().await;
    let one = site.get("/wiki/api/v2/spaces").await;
    let other = site.get("/wiki/api/v2/spaces").await;
    assert!(one.header("atl-traceid").is_some());
    assert_ne!(one.header("atl-request-id"), other.header("atl-request-id"));
}

#[tokio::test]
async fn each_body_format_comes_under_its_name() {
    let site = Site::empty().await;
    let id = site.page("Bodies", "<p>Hello <strong>you</strong></p>").await;
    for format in [
        "storage",
        "atlas_doc_format",
        "view",
        "export_view",
        "anonymous_export_view",
        "styled_view",
        "editor",
    ] {
        let path = format!("/wiki/api/v2/pages/{id}?body-format={format}");
        let page = site.get(&path).await.expect(200).json();
        assert_eq!(page["body"][format]["representation"], format);
        assert!(page["body"][format]["value"].as_str().unwrap().contains("Hello"), "{page}");
    }
    let path = format!("/wiki/api/v2/pages/{id}?body-format=atlas_doc_format");
    let page = site.get(&path).await.json();
    let text = page["body"]["atlas_doc_format"]["value"].as_str().unwrap();
    let document: Value = serde_json::from_str(text).unwrap();
    assert_eq!(document["type"], "doc");
}

#[tokio::test]
async fn a_version_of_the_past_has_its_own_title_and_body() {
    let site = Site::empty().await;
    let id = site.page("First", "<p>one</p>").await;
    let path = format!("/wiki/api/v2/pages/{id}");
    site.put(&path, Site::update(&id, "Second", "<p>two</p>", 2)).await.expect(200);
    let old = site.get(&format!("{path}?version=1&body-format=storage")).await.expect(200).json();
    assert_eq!(old["title"], "First");
    assert_eq!(old["status"], "historical");
    assert_eq!(old["version"]["number"], 1);
    assert!(old["body"]["storage"]["value"].as_str().unwrap().contains("one"));
    let new = site.get(&format!("{path}?version=2")).await.expect(200).json();
    assert_eq!(new["status"], "current");
}

#[tokio::test]
async fn extras_come_when_asked_for() {
    let site = Site::empty().await;
    let id = site.page("Extras", "<p>x</p>").await;
    site.page_below("Child", "<p>x</p>", Some(&id)).await;
    let path = format!("/wiki/rest/api/content/{id}/label");
    site.post(&path, json!([{ "prefix": "global", "name": "red" }])).await.expect(200);
    let page = site
        .get(&format!(
            "/wiki/api/v2/pages/{id}?include-labels=true&include-versions=true&include-version=false\
             &include-operations=true&include-likes=true&include-properties=true\
             &include-favorited-by-current-user-status=true&include-direct-children=true"
        ))
        .await
        .expect(200)
        .json();
    assert_eq!(page["labels"]["results"][0]["name"], "red");
    assert_eq!(page["labels"]["meta"]["hasMore"], false);
    assert_eq!(page["versions"]["results"][0]["number"], 1);
    assert_eq!(page["operations"]["results"][1]["operation"], "update");
    assert_eq!(page["likes"]["results"], json!([]));
    assert_eq!(page["isFavoritedByCurrentUser"], false);
    assert_eq!(page["directChildren"]["results"][0]["title"], "Child");
    assert!(page.get("version").is_none());
    site.get(&format!("/wiki/api/v2/pages/{id}?include-labels=perhaps")).await.expect(400);
}

#[tokio::test]
async fn a_status_that_the_page_does_not_have_finds_nothing() {
    let site = Site::empty().await;
    let id = site.page("Current", "<p>x</p>").await;
    site.get(&format!("/wiki/api/v2/pages/{id}?status=trashed")).await.expect(404);
    site.get(&format!("/wiki/api/v2/pages/{id}?status=trashed,current")).await.expect(200);
    site.get(&format!("/wiki/api/v2/pages/{id}?status=trashed&status=current")).await.expect(200);
    site.get(&format!("/wiki/api/v2/pages/{id}?status=gone")).await.expect(400);
}

#[tokio::test]
async fn what_may_not_be_seen_does_not_exist() {
    let site = Site::empty().await;
    let space = site.space("SAND").await;
    let reply = site
        .post(
            "/wiki/api/v2/pages?private=true",
            json!({ "spaceId": space, "title": "Mine", "body": { "representation": "storage", "value": "" } }),
        )
        .await
        .expect(200);
    let id = reply.json()["id"].as_str().unwrap().to_owned();
    let path = format!("/wiki/api/v2/pages/{id}");
    site.get(&path).await.expect(200);
    let hidden = site.get_as(GUEST, &path).await.expect(404);
    assert_eq!(hidden.error(), format!("Cannot find a page with id [{id}]"));
    for below in [
        "labels",
        "versions",
        "attachments",
        "footer-comments",
        "inline-comments",
        "direct-children",
        "children",
        "ancestors",
        "descendants",
    ] {
        site.get_as(GUEST, &format!("{path}/{below}")).await.expect(404);
    }
}

pub(crate) async fn demo_folder(site: &Site) -> String {
    let found = site.get("/wiki/rest/api/search?cql=type%3Dfolder").await.expect(200);
    let json = found.json();
    json["results"][0]["content"]["id"].as_str().expect("a folder in the demo").to_owned()
}
