//! People.

use serde_json::json;

use crate::support::{GUEST, Site};

#[tokio::test]
async fn the_current_user_is_who_signed_in() {
    let site = Site::empty().await;
    let me = site.get("/wiki/rest/api/user/current").await.expect(200).json();
    assert_eq!(me["type"], "known");
    assert_eq!(me["accountId"], "557058:sandbox-owner");
    assert_eq!(me["email"], "demo@example.com");
    assert_eq!(me["isGuest"], false);
    let guest = site.get_as(GUEST, "/wiki/rest/api/user/current").await.expect(200).json();
    assert_eq!(guest["isGuest"], true);
}

#[tokio::test]
async fn others_keep_their_address_to_themselves() {
    let site = Site::empty().await;
    site.get("/wiki/rest/api/user").await.expect(400);
    site.get("/wiki/rest/api/user?accountId=nobody").await.expect(404);
    let path = "/wiki/rest/api/user?accountId=557058%3Asandbox-guest";
    let guest = site.get(path).await.expect(200).json();
    assert_eq!(guest["displayName"], "Greta Holm");
    assert_eq!(guest["email"], "");
}

#[tokio::test]
async fn many_are_looked_up_at_once() {
    let site = Site::empty().await;
    let path = "/wiki/api/v2/users-bulk";
    site.post(path, json!({})).await.expect(400);
    site.post(path, json!({ "accountIds": [] })).await.expect(400);
    site.post(path, json!({ "accountIds": vec!["x"; 251] })).await.expect(400);
    let ids = json!({ "accountIds": ["557058:sandbox-guest", "nobody"] });
    let found = site.post(path, ids).await.expect(200).json();
    assert_eq!(found["results"].as_array().unwrap().len(), 1);
    assert_eq!(found["results"][0]["accountStatus"], "active");
    assert!(found["results"][0].get("personalSpaceId").is_none());
    let site = Site::demo().await;
    let me = site.get("/wiki/rest/api/user/current").await.json()["accountId"].clone();
    let found = site.post(path, json!({ "accountIds": [me] })).await.expect(200).json();
    assert!(found["results"][0]["personalSpaceId"].is_string());
}
