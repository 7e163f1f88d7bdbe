//! Spaces.

use serde_json::{Value, json};

use crate::support::{GUEST, Site};

#[tokio::test]
async fn a_space_is_found_by_id_only() {
    let site = Site::empty().await;
    let reply = site.get("/wiki/api/v2/spaces/SAND").await.expect(400);
    assert_eq!(
        reply.error(),
        "Provided value {SAND} for 'id' is not the correct type. Expected type is long."
    );
    let reply = site.get("/wiki/api/v2/spaces/999").await.expect(404);
    assert_eq!(reply.error(), "Cannot find a space with id [999]");
}

#[tokio::test]
async fn filters_are_checked() {
    let site = Site::empty().await;
    for query in [
        "type=team",
        "status=trashed",
        "sort=size",
        "ids=x",
        "description-format=html",
        "include-icon=2",
    ] {
        site.get(&format!("/wiki/api/v2/spaces?{query}")).await.expect(400);
    }
    let keys = vec!["K"; 251].join(",");
    site.get(&format!("/wiki/api/v2/spaces?keys={keys}")).await.expect(400);
}

#[tokio::test]
async fn spaces_are_filtered_sorted_and_paged() {
    let site = Site::with(|it| it.space("BETA", "Alpha").space("ALPHA", "Beta")).await;
    let keys = |query: &str| {
        let path = format!("/wiki/api/v2/spaces?{query}");
        let site = &site;
        async move { site.get(&path).await.expect(200).column("key") }
    };
    assert_eq!(keys("").await, ["SAND", "BETA", "ALPHA"]);
    assert_eq!(keys("sort=key").await, ["ALPHA", "BETA", "SAND"]);
    assert_eq!(keys("sort=-name").await, ["SAND", "ALPHA", "BETA"]);
    assert_eq!(keys("sort=-id&limit=1").await, ["ALPHA"]);
    assert_eq!(keys("keys=BETA,ALPHA").await, ["BETA", "ALPHA"]);
    assert_eq!(keys("keys=BETA&keys=NONE").await, ["BETA"]);
    assert_eq!(keys("type=personal").await, [""; 0]);
    assert_eq!(keys("type=global&status=current").await.len(), 3);
    assert_eq!(keys("status=archived").await, [""; 0]);
    assert_eq!(keys("labels=x").await, [""; 0]);
    let reply = site.get("/wiki/api/v2/spaces?limit=2").await.expect(200);
    assert!(reply.next().unwrap().starts_with("/wiki/api/v2/spaces?limit=2&cursor="));
    assert_eq!(site.get(&reply.next().unwrap()).await.column("key"), ["ALPHA"]);
}

#[tokio::test]
async fn an_archived_space_is_listed_but_not_searched() {
    let site = Site::with(|it| it.archived_space("OLD", "Attic")).await;
    let archived = site.get("/wiki/api/v2/spaces?status=archived").await.expect(200);
    assert_eq!(archived.column("key"), ["OLD"]);
    assert_eq!(site.get("/wiki/api/v2/spaces?status=current").await.column("key"), ["SAND"]);
    let path = "/wiki/rest/api/search?cql=type%3Dpage";
    let sizes = async |more: &str| site.get(&format!("{path}{more}")).await.json()["size"].clone();
    assert_eq!(sizes("").await, 1);
    assert_eq!(sizes("&includeArchivedSpaces=true").await, 2);
    assert_eq!(sizes("&excludeCurrentSpaces=true").await, 1);
}

#[tokio::test]
async fn a_space_is_described_when_asked_for() {
    let site = Site::demo().await;
    let id = site.space("ENG").await;
    let path = format!("/wiki/api/v2/spaces/{id}");
    let plain = site.get(&path).await.expect(200).json();
    assert_eq!(plain["description"], Value::Null);
    assert_eq!(plain["icon"], Value::Null);
    assert_eq!(plain["_links"]["webui"], "/spaces/ENG");
    assert!(plain["homepageId"].is_string());
    let query =
        "description-format=view&include-icon=true&include-operations=true&include-labels=true";
    let full = site.get(&format!("{path}?{query}")).await.expect(200).json();
    assert!(full["description"]["view"]["value"].as_str().unwrap().starts_with("<p>"));
    assert!(full["icon"]["path"].is_string());
    assert_eq!(
        full["operations"]["results"][0],
        json!({ "operation": "read", "targetType": "space" })
    );
    assert_eq!(full["labels"]["results"], json!([]));
}

#[tokio::test]
async fn a_restricted_space_is_not_there_for_others() {
    let site = Site::with(|it| it.demo().api_token(GUEST.0, GUEST.1)).await;
    let mine = site.get("/wiki/api/v2/spaces?limit=250").await.expect(200);
    let theirs = site.get_as(GUEST, "/wiki/api/v2/spaces?limit=250").await.expect(200);
    let hidden: Vec<String> =
        mine.column("id").into_iter().filter(|it| !theirs.column("id").contains(it)).collect();
    assert!(!hidden.is_empty(), "the demo hides a space from guests");
    for id in hidden {
        site.get_as(GUEST, &format!("/wiki/api/v2/spaces/{id}")).await.expect(404);
        site.get_as(GUEST, &format!("/wiki/api/v2/spaces/{id}/pages")).await.expect(404);
    }
}
