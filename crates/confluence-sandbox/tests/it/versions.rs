//! Versions of a page.

use serde_json::json;

use crate::support::Site;

async fn three_versions(site: &Site) -> String {
    let id = site.page("One", "<p>1</p>").await;
    let path = format!("/wiki/api/v2/pages/{id}");
    site.put(&path, Site::update(&id, "Two", "<p>2</p>", 2)).await.expect(200);
    site.put(&path, Site::update(&id, "Three", "<p>3</p>", 3)).await.expect(200);
    id
}

fn numbers(reply: &crate::support::Reply) -> Vec<i64> {
    let json = reply.json();
    json["results"].as_array().unwrap().iter().map(|it| it["number"].as_i64().unwrap()).collect()
}

#[tokio::test]
async fn versions_of_an_unknown_page_are_not_found() {
    let site = Site::empty().await;
    let reply = site.get("/wiki/api/v2/pages/999/versions").await.expect(404);
    assert_eq!(reply.error(), "Cannot find [page] entity with id [999]");
    site.get("/wiki/api/v2/pages/x/versions").await.expect(400);
    let id = site.page("One", "").await;
    site.get(&format!("/wiki/api/v2/pages/{id}/versions/2")).await.expect(404);
    site.get(&format!("/wiki/api/v2/pages/{id}/versions/x")).await.expect(400);
    site.get(&format!("/wiki/api/v2/pages/{id}/versions?body-format=view")).await.expect(400);
}

#[tokio::test]
async fn the_newest_comes_first() {
    let site = Site::empty().await;
    let id = three_versions(&site).await;
    let path = format!("/wiki/api/v2/pages/{id}/versions");
    let reply = site.get(&path).await.expect(200);
    assert_eq!(numbers(&reply), [3, 2, 1]);
    assert_eq!(reply.json()["results"][0]["message"], "changed");
    let reply = site.get(&format!("{path}?sort=modified-date&limit=2")).await.expect(200);
    assert_eq!(numbers(&reply), [1, 2]);
    assert_eq!(numbers(&site.get(&reply.next().unwrap()).await), [3]);
}

#[tokio::test]
async fn a_body_format_brings_the_page_along() {
    let site = Site::empty().await;
    let id = three_versions(&site).await;
    let path = format!("/wiki/api/v2/pages/{id}/versions?body-format=storage");
    let json = site.get(&path).await.expect(200).json();
    let oldest = &json["results"][2]["page"];
    assert_eq!(oldest["title"], "One");
    assert_eq!(oldest["id"], json!(id));
    assert!(oldest["body"]["storage"]["value"].as_str().unwrap().contains('1'));
}

#[tokio::test]
async fn a_single_version_knows_its_neighbours() {
    let site = Site::empty().await;
    let id = three_versions(&site).await;
    let path = format!("/wiki/api/v2/pages/{id}/versions");
    let middle = site.get(&format!("{path}/2")).await.expect(200).json();
    assert_eq!(middle["prevVersion"], 1);
    assert_eq!(middle["nextVersion"], 3);
    assert_eq!(middle["collaborators"], json!(["557058:sandbox-owner"]));
    let last = site.get(&format!("{path}/3")).await.expect(200).json();
    assert!(last.get("nextVersion").is_none());
}
