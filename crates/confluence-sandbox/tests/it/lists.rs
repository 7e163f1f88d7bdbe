//! Listing pages: filters, orders, cursors.

use serde_json::json;

use crate::support::{GUEST, NOW, Site};

const PAGES: &str = "/wiki/api/v2/pages";

async fn lettered(site: &Site) -> Vec<String> {
    let mut ids = Vec::new();
    for title in ["banana", "Apple", "cherry"] {
        ids.push(site.page(title, "<p>x</p>").await);
        site.clock.advance(std::time::Duration::from_mins(1));
    }
    ids
}

async fn walk(site: &Site, path: &str, column: &str) -> Vec<Vec<String>> {
    let mut pages = Vec::new();
    let mut next = Some(path.to_owned());
    while let Some(path) = next {
        let reply = site.get(&path).await.expect(200);
        pages.push(reply.column(column));
        next = reply.next();
        assert!(pages.len() < 50, "the list does not end");
    }
    pages
}

#[tokio::test]
async fn a_list_gives_neither_views_nor_drafts() {
    let site = Site::empty().await;
    let reply = site.get(&format!("{PAGES}?body-format=view")).await.expect(400);
    assert!(reply.error().starts_with("Provided value {view} for 'body-format'"));
    let reply = site.get(&format!("{PAGES}?status=draft")).await.expect(400);
    assert!(reply.error().starts_with("Provided value {draft} for 'status'"));
}

#[tokio::test]
async fn a_cursor_that_was_not_given_is_refused() {
    let site = Site::empty().await;
    site.get(&format!("{PAGES}?cursor=nonsense")).await.expect(400);
    lettered(&site).await;
    let next = site.get(&format!("{PAGES}?limit=1")).await.next().unwrap();
    site.get(&format!("{next}&sort=title")).await.expect(400);
}

#[tokio::test]
async fn next_is_relative_to_the_site_and_also_in_the_header() {
    let site = Site::empty().await;
    lettered(&site).await;
    let reply = site.get(&format!("{PAGES}?limit=2&status=current")).await.expect(200);
    let next = reply.next().unwrap();
    assert!(next.starts_with("/wiki/api/v2/pages?limit=2&status=current&cursor="), "{next}");
    assert_eq!(
        reply.header("link").unwrap(),
        format!("<{next}>; rel=\"next\", <https://example.atlassian.net/wiki>; rel=\"base\"")
    );
    let last = site.get(&next).await.expect(200);
    assert!(last.next().is_none());
    assert_eq!(last.header("link").unwrap(), "<https://example.atlassian.net/wiki>; rel=\"base\"");
    assert_eq!(last.json()["_links"], json!({ "base": "https://example.atlassian.net/wiki" }));
}

#[tokio::test]
async fn every_order_pages_through_everything_once() {
    let site = Site::empty().await;
    let ids = lettered(&site).await;
    let update = Site::update(&ids[0], "banana", "<p>y</p>", 2);
    site.put(&format!("{PAGES}/{}", ids[0]), update).await.expect(200);
    let cases = [
        ("id", ["Sandbox", "banana", "Apple", "cherry"]),
        ("-id", ["cherry", "Apple", "banana", "Sandbox"]),
        ("created-date", ["Sandbox", "banana", "Apple", "cherry"]),
        ("-created-date", ["cherry", "Apple", "banana", "Sandbox"]),
        ("modified-date", ["Sandbox", "Apple", "cherry", "banana"]),
        ("-modified-date", ["banana", "cherry", "Apple", "Sandbox"]),
        ("title", ["Apple", "banana", "cherry", "Sandbox"]),
        ("-title", ["Sandbox", "cherry", "banana", "Apple"]),
    ];
    for (sort, expected) in cases {
        for limit in 1..5 {
            let path = format!("{PAGES}?sort={sort}&limit={limit}");
            let titles = walk(&site, &path, "title").await.concat();
            assert_eq!(titles, expected, "{sort} by {limit}");
        }
    }
    site.get(&format!("{PAGES}?sort=size")).await.expect(400);
}

#[tokio::test]
async fn a_title_is_found_whole_and_in_any_case() {
    let site = Site::empty().await;
    lettered(&site).await;
    assert_eq!(site.get(&format!("{PAGES}?title=APPLE")).await.column("title"), ["Apple"]);
    for nothing in ["App", "", "Apple%20"] {
        let reply = site.get(&format!("{PAGES}?title={nothing}")).await.expect(200);
        assert_eq!(reply.column("title"), [""; 0], "{nothing}");
    }
}

#[tokio::test]
async fn ids_come_repeated_or_separated_by_commas() {
    let site = Site::empty().await;
    let ids = lettered(&site).await;
    let both = [
        format!("{PAGES}?id={}&id={}", ids[2], ids[0]),
        format!("{PAGES}?id={},{}", ids[2], ids[0]),
    ];
    for path in both {
        assert_eq!(site.get(&path).await.column("id"), [ids[0].clone(), ids[2].clone()]);
    }
    site.get(&format!("{PAGES}?id=x")).await.expect(400);
    let many = vec!["1"; 251].join(",");
    site.get(&format!("{PAGES}?id={many}")).await.expect(400);
    let many = vec!["1"; 101].join(",");
    site.get(&format!("{PAGES}?space-id={many}")).await.expect(400);
}

#[tokio::test]
async fn trashed_pages_are_listed_when_asked_for() {
    let site = Site::empty().await;
    let ids = lettered(&site).await;
    site.delete(&format!("{PAGES}/{}", ids[0])).await.expect(204);
    assert!(!site.get(PAGES).await.column("id").contains(&ids[0]));
    let reply = site.get(&format!("{PAGES}?status=trashed")).await.expect(200);
    assert_eq!(reply.column("status"), ["trashed"]);
    assert_eq!(site.get(&format!("{PAGES}?status=deleted")).await.column("id"), [""; 0]);
}

#[tokio::test]
async fn permissions_leave_gaps_in_pages_but_not_in_the_walk() {
    let site = Site::empty().await;
    let space = site.space("SAND").await;
    for number in 0..4 {
        site.page(&format!("open {number}"), "").await;
        let path = format!("{PAGES}?private=true");
        let body = json!({ "spaceId": space, "title": format!("private {number}") });
        site.post(&path, body).await.expect(200);
    }
    let mut sizes = Vec::new();
    let mut next = Some(format!("{PAGES}?limit=1"));
    while let Some(path) = next {
        let reply = site.get_as(GUEST, &path).await.expect(200);
        sizes.push(reply.column("id").len());
        next = reply.next();
    }
    assert_eq!(sizes, [1, 1, 0, 1, 0, 1, 0, 1, 0]);
}

#[tokio::test]
async fn a_space_lists_its_own_pages() {
    let site = Site::with(|it| it.space("TWO", "Second")).await;
    lettered(&site).await;
    let (one, two) = (site.space("SAND").await, site.space("TWO").await);
    assert_eq!(
        site.get(&format!("/wiki/api/v2/spaces/{two}/pages")).await.column("title"),
        ["Second"]
    );
    let path = format!("/wiki/api/v2/spaces/{one}/pages?depth=root");
    assert_eq!(site.get(&path).await.column("title"), ["Sandbox"]);
    assert_eq!(site.get(&format!("{PAGES}?space-id={two}")).await.column("title"), ["Second"]);
    assert_eq!(site.get(&format!("{PAGES}?space-id=77")).await.column("title"), [""; 0]);
    site.get("/wiki/api/v2/spaces/77/pages").await.expect(404);
    site.get("/wiki/api/v2/spaces/SAND/pages").await.expect(400);
    site.get(&format!("/wiki/api/v2/spaces/{one}/pages?depth=deep")).await.expect(400);
}

#[tokio::test]
async fn rows_of_a_list_have_an_empty_body_and_no_base() {
    let site = Site::empty().await;
    let row = site.get(PAGES).await.json()["results"][0].clone();
    assert_eq!(row["body"], json!({}));
    assert!(row["_links"].get("base").is_none());
    assert_eq!(row["createdAt"], NOW);
    let row = site.get(&format!("{PAGES}?body-format=storage")).await.json()["results"][0].clone();
    assert_eq!(row["body"]["storage"]["representation"], "storage");
}
