//! Creating, changing and deleting pages.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{ADMIN, GUEST, OTHER, Site, send};

const PAGES: &str = "/wiki/api/v2/pages";

const TAKEN: &str = "A page with this title already exists: A page already exists with the same TITLE in this space";

fn storage(value: &str) -> Value {
    json!({ "representation": "storage", "value": value })
}

#[tokio::test]
async fn a_create_request_has_to_be_complete() {
    let site = Site::empty().await;
    let space = site.space("SAND").await;
    let cases = [
        (json!({ "title": "x" }), "Missing required field 'spaceId'"),
        (json!({ "spaceId": space }), "Missing required field 'title'"),
        (json!({ "spaceId": space, "title": " " }), "A title is required"),
        (
            json!({ "spaceId": "SAND", "title": "x" }),
            "Provided value {SAND} for 'spaceId' is not the correct type. Expected type is Long",
        ),
        (
            json!({ "spaceId": space, "title": "x", "status": "archived" }),
            "Provided value {archived} for 'status'",
        ),
        (
            json!({ "spaceId": space, "title": "x", "body": { "representation": "html", "value": "" } }),
            "Provided value {html} for 'representation'",
        ),
        (
            json!({ "spaceId": space, "title": "x", "body": { "representation": "storage" } }),
            "Missing required field 'body.value'",
        ),
        (
            json!({ "spaceId": space, "title": "x", "body": { "value": "<p/>" } }),
            "Missing required field 'body.representation'",
        ),
        (json!({ "spaceId": space, "title": "x".repeat(256) }), "Title cannot be longer"),
        (json!([]), "Could not read request body"),
    ];
    for (body, expected) in cases {
        let reply = site.post(PAGES, body.clone()).await.expect(400);
        assert!(reply.error().starts_with(expected), "{body}: {}", reply.text);
    }
}

#[tokio::test]
async fn malformed_markup_is_refused_and_says_where() {
    let site = Site::empty().await;
    let space = site.space("SAND").await;
    let body = json!({ "spaceId": space, "title": "x", "body": storage("<p>open") });
    let reply = site.post(PAGES, body).await.expect(400);
    assert!(reply.error().starts_with("Error parsing xhtml: "), "{}", reply.text);
    assert!(reply.error().contains("[row,col {unknown-source}]: [1,"), "{}", reply.text);
    let adf = json!({ "spaceId": space, "title": "x",
        "body": { "representation": "atlas_doc_format", "value": "{\"type\":\"paragraph\"}" } });
    site.post(PAGES, adf).await.expect(400);
}

#[tokio::test]
async fn a_body_that_is_no_json_or_too_large_is_refused() {
    let site = Site::empty().await;
    let broken = site.request(Method::POST, PAGES).header("content-type", "application/json");
    send(broken.body("{")).await.expect(400);
    send(site.request(Method::POST, PAGES).body("{}")).await.expect(415);
    let large = site.request(Method::POST, PAGES).header("content-type", "application/json");
    send(large.body(" ".repeat(5 * 1024 * 1024 + 1))).await.expect(413);
}

#[tokio::test]
async fn a_place_that_does_not_exist_is_not_found() {
    let site = Site::empty().await;
    let space = site.space("SAND").await;
    site.post(PAGES, json!({ "spaceId": "9", "title": "x" })).await.expect(404);
    site.post(PAGES, json!({ "spaceId": space, "title": "x", "parentId": "9" })).await.expect(404);
    let both = format!("{PAGES}?root-level=true");
    site.post(&both, json!({ "spaceId": space, "title": "x", "parentId": "9" })).await.expect(400);
}

#[tokio::test]
async fn who_only_reads_finds_no_space_to_write_to() {
    let site = Site::empty().await;
    let space = site.space("SAND").await;
    let body = json!({ "spaceId": space, "title": "x" });
    site.send_as(GUEST, Method::POST, PAGES, body).await.expect(404);
    let id = site.page("Read only", "<p>x</p>").await;
    let path = format!("{PAGES}/{id}");
    let update = Site::update(&id, "Read only", "<p>y</p>", 2);
    let reply = site.send_as(GUEST, Method::PUT, &path, update).await.expect(404);
    assert_eq!(reply.error(), format!("Cannot find a page with id [{id}]"));
    site.send_as(GUEST, Method::DELETE, &path, json!({})).await.expect(404);
}

#[tokio::test]
async fn a_title_is_unique_in_its_space_whatever_its_case() {
    let site = Site::with(|it| it.space("TWO", "Second")).await;
    site.page("Unique", "").await;
    let space = site.space("SAND").await;
    let reply = site.post(PAGES, json!({ "spaceId": space, "title": "uNIQUE" })).await.expect(400);
    assert_eq!(reply.error(), TAKEN);
    let two = site.space("TWO").await;
    site.post(PAGES, json!({ "spaceId": two, "title": "Unique" })).await.expect(200);
    let id = site.page("Another", "").await;
    let path = format!("{PAGES}/{id}");
    let reply = site.put(&path, Site::update(&id, "UNIQUE", "", 2)).await.expect(400);
    assert_eq!(reply.error(), TAKEN);
    // Neither drafts nor the trash reserve titles.
    let draft = json!({ "spaceId": space, "title": "Unique", "status": "draft" });
    site.post(PAGES, draft).await.expect(200);
    site.delete(&path).await.expect(204);
    site.page("Another", "").await;
}

#[tokio::test]
async fn an_archived_page_keeps_its_title_to_itself() {
    let site = Site::demo().await;
    let archived = site.get(&format!("{PAGES}?status=archived&limit=1")).await.expect(200).json();
    let (space, title) = (&archived["results"][0]["spaceId"], &archived["results"][0]["title"]);
    assert!(title.is_string(), "the demo has an archived page: {archived}");
    let reply = site.post(PAGES, json!({ "spaceId": space, "title": title })).await.expect(400);
    assert_eq!(reply.error(), TAKEN);
}

#[tokio::test]
async fn a_page_goes_below_the_home_page_unless_told_otherwise() {
    let site = Site::empty().await;
    let space = site.space("SAND").await;
    let home = site.get(&format!("/wiki/api/v2/spaces/{space}")).await.json()["homepageId"].clone();
    let page = site.post(PAGES, json!({ "spaceId": space, "title": "a" })).await.json();
    assert_eq!(page["parentId"], home);
    let top = format!("{PAGES}?root-level=true");
    let page = site.post(&top, json!({ "spaceId": space, "title": "b" })).await.json();
    assert_eq!(page["parentId"], Value::Null);
    assert_eq!(page["parentType"], Value::Null);
}

#[tokio::test]
async fn creating_answers_200_with_the_body_in_its_representation() {
    let site = Site::empty().await;
    let space = site.space("SAND").await;
    let adf = json!({ "type": "doc", "version": 1, "content": [
        { "type": "paragraph", "content": [{ "type": "text", "text": "from ADF" }] }] });
    let body = json!({ "spaceId": space, "title": "ADF", "body":
        { "representation": "atlas_doc_format", "value": adf.to_string() } });
    let page = site.post(PAGES, body).await.expect(200).json();
    assert!(page["body"]["atlas_doc_format"]["value"].as_str().unwrap().contains("from ADF"));
    assert_eq!(page["_links"]["base"], "https://example.atlassian.net/wiki");
    let nested = json!({ "spaceId": space, "title": "Nested", "body":
        { "storage": storage("<p>nested</p>") } });
    let page = site.post(PAGES, nested).await.expect(200).json();
    assert!(page["body"]["storage"]["value"].as_str().unwrap().contains("nested"));
    let wiki = json!({ "spaceId": space, "title": "Wiki", "body":
        { "representation": "wiki", "value": "h2. A & B\n\nText <here>" } });
    let page = site.post(PAGES, wiki).await.expect(200).json();
    let value = page["body"]["storage"]["value"].as_str().unwrap();
    assert!(value.contains("<h2>A &amp; B</h2>"), "{value}");
}

#[tokio::test]
async fn storage_does_not_come_back_byte_for_byte() {
    let site = Site::empty().await;
    let id = site
        .page("Normal", "<hr/><ac:structured-macro ac:name=\"info\"><ac:rich-text-body><p>x</p></ac:rich-text-body></ac:structured-macro>")
        .await;
    let page = site.get(&format!("{PAGES}/{id}?body-format=storage")).await.json();
    let value = page["body"]["storage"]["value"].as_str().unwrap();
    assert!(value.contains("<hr />"), "{value}");
    assert!(value.contains("ac:schema-version"), "{value}");
    assert!(value.contains("ac:macro-id"), "{value}");
}

#[tokio::test]
async fn an_update_has_to_be_complete() {
    let site = Site::empty().await;
    let id = site.page("Whole", "<p>x</p>").await;
    let path = format!("{PAGES}/{id}");
    for field in ["id", "status", "title", "body", "version"] {
        let mut update = Site::update(&id, "Whole", "<p>y</p>", 2);
        update.as_object_mut().unwrap().remove(field);
        let reply = site.put(&path, update).await.expect(400);
        assert!(reply.error().contains(&format!("'{field}'")), "{}", reply.text);
    }
    let other = Site::update("1", "Whole", "<p>y</p>", 2);
    site.put(&path, other).await.expect(400);
    site.put(&format!("{PAGES}/999"), Site::update("999", "x", "", 2)).await.expect(404);
    assert_eq!(site.get(&path).await.json()["version"]["number"], 1);
}

#[tokio::test]
async fn a_stale_version_is_a_conflict_in_atlassians_words() {
    let site = Site::empty().await;
    let id = site.page("Conflict", "<p>1</p>").await;
    let path = format!("{PAGES}/{id}");
    site.put(&path, Site::update(&id, "Conflict", "<p>2</p>", 2)).await.expect(200);
    site.put(&path, Site::update(&id, "Conflict", "<p>3</p>", 3)).await.expect(200);
    let reply = site.put(&path, Site::update(&id, "Conflict", "<p>4</p>", 3)).await.expect(409);
    assert_eq!(
        reply.json(),
        json!({ "errors": [{ "status": 409, "code": "CONFLICT", "title":
            "Version must be incremented when updating a page. Current Version: [3]. Provided version: [3]",
            "detail": null }] })
    );
    site.put(&path, Site::update(&id, "Conflict", "<p>9</p>", 9)).await.expect(409);
    let page = site.get(&format!("{path}?body-format=storage")).await.json();
    assert!(page["body"]["storage"]["value"].as_str().unwrap().contains('3'));
}

#[tokio::test]
async fn of_many_updates_at_once_one_wins() {
    let site = Site::empty().await;
    let id = site.page("Race", "<p>0</p>").await;
    let path = format!("{PAGES}/{id}");
    let updates = (0..20).map(|number| {
        let body = format!("<p>{number}</p>");
        site.put(&path, Site::update(&id, "Race", &body, 2))
    });
    let mut statuses: Vec<u16> =
        futures::future::join_all(updates).await.iter().map(|it| it.status.as_u16()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses[0], 200);
    assert_eq!(statuses[1..], [409; 19]);
    assert_eq!(site.get(&path).await.json()["version"]["number"], 2);
}

#[tokio::test]
async fn an_update_changes_title_body_owner_and_message() {
    let site = Site::empty().await;
    let id = site.page("Before", "<p>1</p>").await;
    let mut update = Site::update(&id, "After", "<p>2</p>", 2);
    update["ownerId"] = json!("557058:other");
    let page = site.put(&format!("{PAGES}/{id}"), update).await.expect(200).json();
    assert_eq!(page["title"], "After");
    assert_eq!(page["version"]["number"], 2);
    assert_eq!(page["version"]["message"], "changed");
    assert_eq!(page["ownerId"], "557058:other");
    assert_eq!(page["lastOwnerId"], "557058:sandbox-owner");
    assert!(page["body"]["storage"]["value"].as_str().unwrap().contains('2'));
}

#[tokio::test]
async fn a_page_moves_within_its_space_but_not_below_itself() {
    let site = Site::with(|it| it.space("TWO", "Second")).await;
    let above = site.page("Above", "").await;
    let below = site.page_below("Below", "", Some(&above)).await;
    let target = site.page("Target", "").await;
    let path = format!("{PAGES}/{above}");
    let mut update = Site::update(&above, "Above", "", 2);
    update["parentId"] = json!(below);
    site.put(&path, update.clone()).await.expect(400);
    update["parentId"] = json!(above);
    site.put(&path, update.clone()).await.expect(400);
    update["parentId"] = json!("999");
    site.put(&path, update.clone()).await.expect(404);
    update["parentId"] = json!(target);
    let page = site.put(&path, update.clone()).await.expect(200).json();
    assert_eq!(page["parentId"], json!(target));
    update["version"]["number"] = json!(3);
    update["spaceId"] = json!(site.space("TWO").await);
    site.put(&path, update).await.expect(400);
}

#[tokio::test]
async fn a_title_can_be_changed_alone() {
    let site = Site::empty().await;
    let id = site.page("Old title", "<p>same</p>").await;
    let path = format!("{PAGES}/{id}/title");
    site.put(&path, json!({ "title": "x" })).await.expect(400);
    site.put(&path, json!({ "status": "current" })).await.expect(400);
    let page =
        site.put(&path, json!({ "status": "current", "title": "New title" })).await.expect(200);
    assert_eq!(page.json()["title"], "New title");
    assert_eq!(page.json()["version"]["number"], 2);
}

#[tokio::test]
async fn a_draft_is_there_for_its_author_who_asks_for_it() {
    let site = Site::empty().await;
    let space = site.space("SAND").await;
    let body = json!({ "spaceId": space, "status": "draft", "body": storage("<p>d</p>") });
    let draft = site.post(PAGES, body).await.expect(200).json();
    assert_eq!(draft["status"], "draft");
    assert_eq!(draft["title"], "");
    assert_eq!(draft["version"]["number"], 1);
    let id = draft["id"].as_str().unwrap();
    let path = format!("{PAGES}/{id}");
    site.get(&path).await.expect(404);
    site.get(&format!("{path}?get-draft=true")).await.expect(200);
    site.get_as(OTHER, &format!("{path}?get-draft=true")).await.expect(404);
    // Publishing: version 1, and a title by now.
    let stale = Site::update(id, "Published", "<p>d</p>", 2);
    site.put(&path, stale).await.expect(409);
    let page = site.put(&path, Site::update(id, "Published", "<p>d</p>", 1)).await.expect(200);
    assert_eq!(page.json()["status"], "current");
    site.get_as(OTHER, &path).await.expect(200);
}

#[tokio::test]
async fn a_published_page_can_have_a_draft_beside_it() {
    let site = Site::empty().await;
    let id = site.page("Both", "<p>public</p>").await;
    let path = format!("{PAGES}/{id}");
    let mut update = Site::update(&id, "Both, changed", "<p>secret</p>", 2);
    update["status"] = json!("draft");
    let reply = site.put(&path, update.clone()).await.expect(400);
    assert!(reply.error().contains("must be 1"), "{}", reply.text);
    update["version"]["number"] = json!(1);
    let draft = site.put(&path, update).await.expect(200).json();
    assert_eq!(draft["status"], "draft");
    let page = site.get(&format!("{path}?body-format=storage")).await.json();
    assert_eq!(page["title"], "Both");
    assert!(page["body"]["storage"]["value"].as_str().unwrap().contains("public"));
    let draft = site.get(&format!("{path}?get-draft=true&body-format=storage")).await.json();
    assert_eq!(draft["title"], "Both, changed");
    assert!(draft["body"]["storage"]["value"].as_str().unwrap().contains("secret"));
    site.delete(&format!("{path}?draft=true")).await.expect(204);
    let page = site.get(&format!("{path}?get-draft=true")).await.expect(200).json();
    assert_eq!(page["status"], "current");
    site.delete(&format!("{path}?draft=true")).await.expect(404);
}

#[tokio::test]
async fn an_unpublished_draft_is_discarded_for_good() {
    let site = Site::empty().await;
    let space = site.space("SAND").await;
    let draft = site.post(PAGES, json!({ "spaceId": space, "status": "draft" })).await.json();
    let path = format!("{PAGES}/{}", draft["id"].as_str().unwrap());
    site.delete(&path).await.expect(404);
    site.delete(&format!("{path}?draft=true")).await.expect(204);
    site.get(&format!("{path}?get-draft=true")).await.expect(404);
}

#[tokio::test]
async fn a_deleted_page_still_answers_from_the_trash() {
    let site = Site::empty().await;
    let above = site.page("Above", "").await;
    let id = site.page_below("Doomed", "", Some(&above)).await;
    let child = site.page_below("Orphan", "", Some(&id)).await;
    let path = format!("{PAGES}/{id}");
    let reply = site.delete(&path).await.expect(204);
    assert_eq!(reply.text, "");
    let page = site.get(&path).await.expect(200).json();
    assert_eq!(page["status"], "trashed");
    for field in ["parentId", "parentType", "position"] {
        assert_eq!(page[field], Value::Null, "{field}");
    }
    let child = site.get(&format!("{PAGES}/{child}")).await.json();
    assert_eq!(child["parentId"], json!(above));
    site.delete(&path).await.expect(400);
}

#[tokio::test]
async fn restoring_ignores_the_body() {
    let site = Site::empty().await;
    let id = site.page("Phoenix", "<p>kept</p>").await;
    let path = format!("{PAGES}/{id}");
    site.delete(&path).await.expect(204);
    let page =
        site.put(&path, Site::update(&id, "Ignored", "<p>ignored</p>", 2)).await.expect(200).json();
    assert_eq!(page["status"], "current");
    assert_eq!(page["title"], "Phoenix");
    assert!(page["body"]["storage"]["value"].as_str().unwrap().contains("kept"));
    site.delete(&path).await.expect(204);
    site.page("phoenix", "").await;
    let reply = site.put(&path, Site::update(&id, "Phoenix", "", 2)).await.expect(400);
    assert_eq!(reply.error(), TAKEN);
}

#[tokio::test]
async fn only_a_space_admin_purges_and_only_from_the_trash() {
    let site = Site::empty().await;
    let id = site.page("Gone", "").await;
    let path = format!("{PAGES}/{id}");
    let purge = format!("{path}?purge=true");
    site.delete(&purge).await.expect(400);
    site.delete(&path).await.expect(204);
    site.send_as(OTHER, Method::DELETE, &purge, json!({})).await.expect(404);
    site.get(&path).await.expect(200);
    site.send_as(ADMIN, Method::DELETE, &purge, json!({})).await.expect(204);
    site.get(&path).await.expect(404);
    site.delete(&format!("{path}?purge=true&draft=true")).await.expect(400);
    site.delete(&format!("{path}?purge=maybe")).await.expect(400);
}

#[tokio::test]
async fn a_home_page_stays() {
    let site = Site::empty().await;
    let space = site.space("SAND").await;
    let home = site.get(&format!("/wiki/api/v2/spaces/{space}")).await.json()["homepageId"].clone();
    site.delete(&format!("{PAGES}/{}", home.as_str().unwrap())).await.expect(400);
}
