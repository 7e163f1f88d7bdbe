//! What is above and below a page.

use serde_json::json;

use crate::{
    pages::demo_folder,
    support::{GUEST, Site},
};

async fn small_tree(site: &Site) -> [String; 4] {
    let root = site.page("Root", "").await;
    let a = site.page_below("Child A", "", Some(&root)).await;
    let b = site.page_below("Child B", "", Some(&root)).await;
    let grandchild = site.page_below("Grandchild", "", Some(&a)).await;
    [root, a, b, grandchild]
}

#[tokio::test]
async fn what_hangs_on_an_unknown_page_is_not_found() {
    let site = Site::empty().await;
    for below in ["children", "direct-children", "ancestors", "descendants"] {
        let reply = site.get(&format!("/wiki/api/v2/pages/999/{below}")).await.expect(404);
        assert_eq!(reply.error(), "Content with id: [999] not found");
        site.get(&format!("/wiki/api/v2/pages/x/{below}")).await.expect(400);
    }
}

#[tokio::test]
async fn direct_children_have_neither_space_nor_links() {
    let site = Site::empty().await;
    let [root, a, ..] = small_tree(&site).await;
    let reply = site.get(&format!("/wiki/api/v2/pages/{root}/direct-children")).await.expect(200);
    assert_eq!(reply.column("title"), ["Child A", "Child B"]);
    let row = &reply.json()["results"][0];
    assert_eq!(row["id"], json!(a));
    assert_eq!(row["type"], "page");
    assert!(row["childPosition"].is_number());
    assert_eq!(row.as_object().unwrap().len(), 5, "{row}");
}

#[tokio::test]
async fn children_are_sorted_and_paged() {
    let site = Site::empty().await;
    let [root, ..] = small_tree(&site).await;
    let path = format!("/wiki/api/v2/pages/{root}/direct-children");
    let reply = site.get(&format!("{path}?sort=-child-position&limit=1")).await.expect(200);
    assert_eq!(reply.column("title"), ["Child B"]);
    let next = reply.next().unwrap();
    assert_eq!(site.get(&next).await.expect(200).column("title"), ["Child A"]);
    for sort in ["created-date", "id", "modified-date", "title", "child-position"] {
        let reply = site.get(&format!("{path}?sort={sort}")).await.expect(200);
        assert_eq!(reply.column("title"), ["Child A", "Child B"], "{sort}");
        let reply = site.get(&format!("{path}?sort=-{sort}")).await.expect(200);
        assert_eq!(reply.column("title"), ["Child B", "Child A"], "{sort}");
    }
}

#[tokio::test]
async fn the_old_operation_is_silent_about_folders() {
    let site = Site::demo().await;
    let folder = demo_folder(&site).await;
    let above = folder_parent(&site, &folder).await;
    let new = site.get(&format!("/wiki/api/v2/pages/{above}/direct-children?limit=250")).await;
    assert!(new.expect(200).column("type").contains(&"folder".to_owned()));
    let old = site.get(&format!("/wiki/api/v2/pages/{above}/children?limit=250")).await.expect(200);
    assert!(!old.column("id").contains(&folder));
    let row = &old.json()["results"][0];
    assert!(row["spaceId"].is_string());
    assert!(row.get("type").is_none());
}

async fn folder_parent(site: &Site, folder: &str) -> String {
    let spaces = site.get("/wiki/api/v2/spaces").await.json();
    for space in spaces["results"].as_array().unwrap() {
        let home = space["homepageId"].as_str().unwrap();
        let path = format!("/wiki/api/v2/pages/{home}/descendants?depth=10&limit=250");
        let below = site.get(&path).await.expect(200).json();
        let found =
            below["results"].as_array().unwrap().iter().find(|it| it["id"] == json!(folder));
        if let Some(found) = found {
            return found["parentId"].as_str().unwrap().to_owned();
        }
    }
    panic!("the folder is below no home page");
}

#[tokio::test]
async fn ancestors_come_from_the_top_with_id_and_type_only() {
    let site = Site::empty().await;
    let [root, a, _, grandchild] = small_tree(&site).await;
    let path = format!("/wiki/api/v2/pages/{grandchild}/ancestors");
    let reply = site.get(&path).await.expect(200);
    let ids = reply.column("id");
    assert_eq!(ids.len(), 3);
    assert_eq!(ids[1..], [root.clone(), a.clone()]);
    assert_eq!(reply.json()["results"][2], json!({ "id": a, "type": "page" }));
    assert!(reply.header("link").is_none());
    // Fewer means the nearest; the rest is found from the first of them.
    let reply = site.get(&format!("{path}?limit=1")).await.expect(200);
    assert_eq!(reply.column("id"), [a]);
    assert!(reply.next().is_none());
}

#[tokio::test]
async fn descendants_go_as_deep_as_asked() {
    let site = Site::empty().await;
    let [root, a, ..] = small_tree(&site).await;
    let path = format!("/wiki/api/v2/pages/{root}/descendants");
    let reply = site.get(&path).await.expect(200);
    assert_eq!(reply.column("title"), ["Child A", "Grandchild", "Child B"]);
    assert_eq!(reply.json()["results"][1]["depth"], 2);
    assert_eq!(reply.json()["results"][1]["parentId"], json!(a));
    let reply = site.get(&format!("{path}?depth=1")).await.expect(200);
    assert_eq!(reply.column("title"), ["Child A", "Child B"]);
    let reply = site.get(&format!("{path}?limit=2")).await.expect(200);
    assert_eq!(site.get(&reply.next().unwrap()).await.column("title"), ["Child B"]);
    for depth in ["0", "11", "deep"] {
        site.get(&format!("{path}?depth={depth}")).await.expect(400);
    }
}

#[tokio::test]
async fn hidden_children_leave_short_pages() {
    let site = Site::empty().await;
    let root = site.page("Root", "").await;
    let space = site.space("SAND").await;
    let body = json!({ "spaceId": space, "title": "Hidden", "parentId": root });
    site.post("/wiki/api/v2/pages?private=true", body).await.expect(200);
    site.page_below("Shown", "", Some(&root)).await;
    let path = format!("/wiki/api/v2/pages/{root}/direct-children?limit=1");
    let reply = site.get_as(GUEST, &path).await.expect(200);
    assert_eq!(reply.column("title"), [""; 0]);
    let rest = site.get_as(GUEST, &reply.next().unwrap()).await.expect(200);
    assert_eq!(rest.column("title"), ["Shown"]);
}
