//! Parameters that all lists check alike.

use crate::support::Site;

#[tokio::test]
async fn limits_are_checked_on_every_list() {
    let site = Site::empty().await;
    let id = site.page("Lists", "").await;
    let lists = [
        "/wiki/api/v2/pages".to_owned(),
        "/wiki/api/v2/spaces".to_owned(),
        format!("/wiki/api/v2/pages/{id}/children"),
        format!("/wiki/api/v2/pages/{id}/direct-children"),
        format!("/wiki/api/v2/pages/{id}/ancestors"),
        format!("/wiki/api/v2/pages/{id}/descendants"),
        format!("/wiki/api/v2/pages/{id}/footer-comments"),
        format!("/wiki/api/v2/pages/{id}/inline-comments"),
        format!("/wiki/api/v2/pages/{id}/labels"),
        format!("/wiki/api/v2/pages/{id}/attachments"),
        format!("/wiki/api/v2/pages/{id}/versions"),
    ];
    for list in lists {
        for (limit, expected) in [("0", "'limit'"), ("251", "'limit'"), ("-1", "'limit'")] {
            let reply = site.get(&format!("{list}?limit={limit}")).await.expect(400);
            assert!(reply.error().contains(expected), "{list}: {}", reply.text);
        }
        let reply = site.get(&format!("{list}?limit=many")).await.expect(400);
        assert_eq!(
            reply.error(),
            "Provided value {many} for 'limit' is not the correct type. Expected type is int."
        );
        site.get(&format!("{list}?limit=250")).await.expect(200);
    }
}

#[tokio::test]
async fn unknown_sorts_are_refused_on_every_list_that_sorts() {
    let site = Site::empty().await;
    let id = site.page("Lists", "").await;
    for list in [
        "children",
        "direct-children",
        "footer-comments",
        "inline-comments",
        "labels",
        "attachments",
        "versions",
    ] {
        let reply =
            site.get(&format!("/wiki/api/v2/pages/{id}/{list}?sort=size")).await.expect(400);
        assert!(reply.error().starts_with("Provided value {size} for 'sort'"), "{}", reply.text);
    }
    // The older operation does not sort by title, the newer one does.
    site.get(&format!("/wiki/api/v2/pages/{id}/children?sort=title")).await.expect(400);
    site.get(&format!("/wiki/api/v2/pages/{id}/direct-children?sort=-title")).await.expect(200);
}

#[tokio::test]
async fn parameters_nobody_knows_are_ignored() {
    let site = Site::empty().await;
    site.get("/wiki/api/v2/pages?colour=red").await.expect(200);
}
