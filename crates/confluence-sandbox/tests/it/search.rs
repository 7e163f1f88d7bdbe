//! CQL search.

use std::time::Duration;

use confluence_sandbox::Account;
use serde_json::json;

use crate::support::{GUEST, Reply, Site};

async fn search(site: &Site, cql: &str, more: &[(&str, &str)]) -> Reply {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("cql", cql).extend_pairs(more);
    site.get(&format!("/wiki/rest/api/search?{}", query.finish())).await
}

async fn titles(site: &Site, cql: &str) -> Vec<String> {
    let reply = search(site, cql, &[]).await.expect(200).json();
    let rows = reply["results"].as_array().unwrap().iter();
    rows.map(|it| it["content"]["title"].as_str().unwrap_or_default().to_owned()).collect()
}

#[tokio::test]
async fn cql_that_cannot_be_parsed_says_where() {
    let site = Site::empty().await;
    for cql in ["title ~", "nonsense", "status = current", "type = page AND", "\"open"] {
        let reply = search(&site, cql, &[]).await.expect(400);
        let message = reply.message();
        let prefix = "com.atlassian.confluence.api.service.exceptions.BadRequestException: ";
        assert!(message.starts_with(prefix), "{message}");
        assert!(message.contains("line 1, column"), "{message}");
        assert_eq!(reply.json()["statusCode"], 400);
    }
    let reply = search(&site, "status = current", &[]).await.expect(400);
    assert!(reply.message().contains("siteSearch"), "lists the fields: {}", reply.text);
    site.get("/wiki/rest/api/search").await.expect(400);
    site.get("/wiki/rest/api/search?cql=").await.expect(400);
}

#[tokio::test]
async fn an_empty_text_is_a_fault_of_the_server() {
    let site = Site::empty().await;
    for cql in ["text ~ \"\"", "siteSearch ~ \"\""] {
        let reply = search(&site, cql, &[]).await.expect(500);
        assert!(reply.message().contains("NullPointerException"), "{}", reply.text);
    }
}

#[tokio::test]
async fn an_unknown_space_finds_nothing_and_complains_about_nothing() {
    let site = Site::empty().await;
    let reply = search(&site, "space = NOWHERE", &[]).await.expect(200).json();
    assert_eq!(reply["results"], json!([]));
    assert_eq!(reply["totalSize"], 0);
    assert!(reply["_links"].get("next").is_none());
}

#[tokio::test]
async fn limits_and_cursors_are_checked() {
    let site = Site::empty().await;
    search(&site, "type = page", &[("limit", "x")]).await.expect(400);
    search(&site, "type = page", &[("limit", "-1")]).await.expect(400);
    search(&site, "type = page", &[("cursor", "x")]).await.expect(400);
    let none = search(&site, "type = page", &[("limit", "0")]).await.expect(200).json();
    assert_eq!(none["results"], json!([]));
    let most = search(&site, "type = page", &[("limit", "9999")]).await.expect(200).json();
    assert_eq!(most["limit"], 250);
    let expand = [("limit", "250"), ("expand", "content.body.export_view")];
    assert_eq!(search(&site, "type = page", &expand).await.json()["limit"], 25);
}

#[tokio::test]
async fn a_row_looks_like_atlassians() {
    let site = Site::empty().await;
    let id = site.page("Tea & \"Biscuits\"", "<p>Earl <em>Grey</em> &amp; milk</p>").await;
    let reply = search(&site, "text ~ biscuits", &[]).await.expect(200).json();
    let row = &reply["results"][0];
    assert_eq!(row["content"]["id"], json!(id));
    assert_eq!(row["content"]["type"], "page");
    assert_eq!(row["content"]["status"], "current");
    assert_eq!(row["content"]["title"], "Tea & \"Biscuits\"");
    assert_eq!(row["title"], "Tea &amp; &quot;@@@hl@@@Biscuits@@@endhl@@@&quot;");
    assert_eq!(row["url"], json!(format!("/spaces/SAND/pages/{id}/Tea+Biscuits")));
    assert_eq!(
        row["resultGlobalContainer"],
        json!({ "title": "Sandbox", "displayUrl": "/spaces/SAND" })
    );
    assert_eq!(row["breadcrumbs"], json!([]));
    assert_eq!(row["entityType"], "content");
    assert_eq!(row["score"], 0.0);
    assert_eq!(row["lastModified"], "2026-11-02T10:20:30.456Z");
    assert_eq!(row["friendlyLastModified"], "just now");
    assert_eq!(reply["archivedResultCount"], 0);
    assert_eq!(reply["cqlQuery"], "text ~ biscuits");
    assert_eq!(reply["_links"]["context"], "/wiki");
}

#[tokio::test]
async fn excerpts_are_cut_and_marked_as_asked() {
    let site = Site::empty().await;
    let words = "word ".repeat(40);
    site.page("Long", &format!("<p>{words}</p><p>A &amp; needle</p>")).await;
    let excerpt = async |mode: &str| {
        let reply = search(&site, "text ~ needle", &[("excerpt", mode)]).await.expect(200);
        reply.json()["results"][0]["excerpt"].as_str().unwrap().to_owned()
    };
    let highlight = excerpt("highlight").await;
    assert!(highlight.contains("A &amp; @@@hl@@@needle@@@endhl@@@"), "{highlight}");
    let unescaped = excerpt("highlight_unescaped").await;
    assert!(unescaped.contains("A & @@@hl@@@needle@@@endhl@@@"), "{unescaped}");
    assert_eq!(excerpt("indexed").await.chars().count(), 50);
    assert_eq!(excerpt("none").await, "");
    assert_eq!(excerpt("bogus").await, "");
}

#[tokio::test]
async fn only_the_cursor_pages() {
    let site = Site::empty().await;
    for number in 0..5 {
        site.page(&format!("Row {number}"), "<p>row</p>").await;
        site.clock.advance(Duration::from_mins(1));
    }
    let query = "type = page AND title ~ row ORDER BY created";
    let first = search(&site, query, &[("limit", "2"), ("excerpt", "none")]).await.expect(200);
    let ignored = search(&site, query, &[("limit", "2"), ("start", "2")]).await.expect(200);
    assert_eq!(first.json()["results"][0]["content"], ignored.json()["results"][0]["content"]);
    let next = first.next().unwrap();
    assert!(next.starts_with("/rest/api/search?next=true&cursor="), "{next}");
    assert!(!next.contains("excerpt"), "{next}");
    assert!(next.contains("&limit=2&start=2&cql="), "{next}");
    let second = site.get(&format!("/wiki{next}")).await.expect(200);
    assert_eq!(second.json()["results"][0]["content"]["title"], "Row 2");
    // The mode of the excerpt is lost on the way.
    assert_ne!(second.json()["results"][0]["excerpt"], "");
    let third = site.get(&format!("/wiki{}", second.next().unwrap())).await.expect(200);
    assert_eq!(third.json()["size"], 1);
    assert!(third.next().is_none());
}

#[tokio::test]
async fn hidden_rows_leave_short_pages_and_a_total_that_is_too_large() {
    let site = Site::empty().await;
    let space = site.space("SAND").await;
    let body = json!({ "spaceId": space, "title": "needle in private" });
    site.post("/wiki/api/v2/pages?private=true", body).await.expect(200);
    site.page("needle in public", "").await;
    let path = "/wiki/rest/api/search?cql=title~needle&limit=1";
    let mut seen = Vec::new();
    let mut next = Some(path.to_owned());
    while let Some(path) = next {
        let reply = site.get_as(GUEST, &path).await.expect(200);
        assert_eq!(reply.json()["totalSize"], 2);
        seen.push(reply.json()["size"].as_u64().unwrap());
        next = reply.next().map(|it| format!("/wiki{it}"));
    }
    assert_eq!(seen.iter().sum::<u64>(), 1);
    assert_eq!(seen.len(), 2);
}

#[tokio::test]
async fn archived_trashed_and_draft_pages_are_not_found() {
    let site = Site::empty().await;
    let id = site.page("Needle", "").await;
    let space = site.space("SAND").await;
    let draft = json!({ "spaceId": space, "title": "Needle draft", "status": "draft" });
    site.post("/wiki/api/v2/pages", draft).await.expect(200);
    assert_eq!(titles(&site, "title ~ needle").await, ["Needle"]);
    site.delete(&format!("/wiki/api/v2/pages/{id}")).await.expect(204);
    assert_eq!(titles(&site, "title ~ needle").await, [""; 0]);
}

#[tokio::test]
async fn the_index_can_lag_behind() {
    let site = Site::with(|it| it.index_lag(Duration::from_secs(30))).await;
    site.clock.advance(Duration::from_mins(1));
    let id = site.page("Fresh needle", "").await;
    assert_eq!(titles(&site, "title ~ needle").await, [""; 0]);
    site.clock.advance(Duration::from_secs(30));
    assert_eq!(titles(&site, "title ~ needle").await, ["Fresh needle"]);
    let path = format!("/wiki/api/v2/pages/{id}");
    site.put(&path, Site::update(&id, "Renamed", "", 2)).await.expect(200);
    assert_eq!(titles(&site, "title ~ needle").await, ["Fresh needle"]);
    site.clock.advance(Duration::from_secs(30));
    assert_eq!(titles(&site, "title ~ renamed").await, ["Renamed"]);
    site.delete(&path).await.expect(204);
    assert_eq!(titles(&site, "title ~ renamed").await, ["Renamed"]);
    site.clock.advance(Duration::from_secs(30));
    assert_eq!(titles(&site, "title ~ renamed").await, [""; 0]);
}

#[tokio::test]
async fn a_space_is_found_without_content() {
    let site = Site::empty().await;
    let reply = search(&site, "type = space", &[]).await.expect(200).json();
    let row = &reply["results"][0];
    assert!(row.get("content").is_none());
    assert_eq!(row["entityType"], "space");
    assert_eq!(row["space"]["key"], "SAND");
    assert_eq!(row["url"], "/spaces/SAND");
}

#[tokio::test]
async fn fields_of_the_tree_and_of_people_are_known() {
    let site = Site::empty().await;
    let root = site.page("Root", "").await;
    let child = site.page_below("Child", "", Some(&root)).await;
    site.page_below("Grandchild", "", Some(&child)).await;
    let path = format!("/wiki/rest/api/content/{child}/label");
    site.post(&path, json!([{ "prefix": "global", "name": "red" }])).await.expect(200);
    assert_eq!(titles(&site, &format!("parent = {root}")).await, ["Child"]);
    assert_eq!(
        titles(&site, &format!("ancestor = {root} ORDER BY title")).await,
        ["Child", "Grandchild"]
    );
    assert_eq!(titles(&site, "label = red").await, ["Child"]);
    assert_eq!(titles(&site, "creator = currentUser() AND title = Child").await, ["Child"]);
    assert_eq!(titles(&site, "created > now(\"-1d\") AND type = page").await.len(), 4);
}

#[tokio::test]
async fn dates_are_meant_in_the_time_zone_of_whoever_asks() {
    // The clock stands at 10:20:30 in UTC, which is 19:20:30 in Tokyo.
    let tokyo = Account { time_zone: "Asia/Tokyo".to_owned(), ..account("557058:tokyo") };
    let site = Site::with(|it| it.account(tokyo).api_token("tokyo@example.com", "tokyo")).await;
    site.page("Here and now", "").await;
    let query = "created%20%3E%20%222026-11-02%2012%3A00%22%20AND%20title%20~%20here";
    let path = format!("/wiki/rest/api/search?cql={query}");
    assert_eq!(site.get(&path).await.expect(200).json()["size"], 0);
    let there = site.get_as(("tokyo@example.com", "tokyo"), &path).await.expect(200);
    assert_eq!(there.json()["size"], 1);
}

fn account(id: &str) -> Account {
    Account::new(id, "tokyo@example.com", "Toki Yo")
}

#[tokio::test]
async fn rows_expand() {
    let site = Site::empty().await;
    site.page("Expanded", "<p>x</p>").await;
    let expand = "content.space,content.version,content.body.storage,content.ancestors,content.metadata.labels,content.nothing";
    let reply = search(&site, "title = Expanded", &[("expand", expand)]).await.expect(200).json();
    let content = &reply["results"][0]["content"];
    assert_eq!(content["space"]["key"], "SAND");
    assert_eq!(content["version"]["number"], 1);
    assert!(content["body"]["storage"]["value"].as_str().unwrap().contains("<p"));
    assert_eq!(content["ancestors"][0]["title"], "Sandbox");
    assert_eq!(content["metadata"]["labels"]["size"], 0);
}
