//! Labels: read through v2, added through v1.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{GUEST, Site, send};

fn global(names: &[&str]) -> Value {
    names.iter().map(|it| json!({ "prefix": "global", "name": it })).collect()
}

#[tokio::test]
async fn labels_that_cannot_be_read_are_refused() {
    let site = Site::empty().await;
    let id = site.page("Labelled", "").await;
    let path = format!("/wiki/rest/api/content/{id}/label");
    for body in [json!([{ "prefix": "global" }]), json!("red"), json!([{ "name": "red" }])] {
        let reply = site.post(&path, body).await.expect(400);
        let expected = "com.atlassian.confluence.api.service.exceptions.BadRequestException: Could not parse Labels";
        assert_eq!(reply.message(), expected);
        assert_eq!(reply.json()["statusCode"], 400);
        assert_eq!(
            reply.json()["data"],
            json!({ "authorized": true, "valid": true, "errors": [], "successful": true })
        );
    }
}

#[tokio::test]
async fn bad_names_and_too_many_are_refused_and_change_nothing() {
    let site = Site::empty().await;
    let id = site.page("Labelled", "").await;
    let path = format!("/wiki/rest/api/content/{id}/label");
    let long = "x".repeat(256);
    for name in ["two words", "a,b", "hash#", "", &long, "what?", "a:b"] {
        let reply = site.post(&path, global(&["fine", name])).await.expect(400);
        assert!(reply.message().contains("BadRequestException"), "{}", reply.text);
    }
    let many: Vec<String> = (0..21).map(|it| format!("label-{it}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    site.post(&path, global(&many)).await.expect(400);
    site.post(&path, json!([{ "prefix": "planet", "name": "x" }])).await.expect(400);
    let listed = site.get(&format!("/wiki/api/v2/pages/{id}/labels")).await.expect(200);
    assert_eq!(listed.column("name"), [""; 0]);
}

#[tokio::test]
async fn who_reads_may_not_label_and_who_sees_nothing_finds_nothing() {
    let site = Site::empty().await;
    let id = site.page("Labelled", "").await;
    let path = format!("/wiki/rest/api/content/{id}/label");
    site.send_as(GUEST, Method::POST, &path, global(&["red"])).await.expect(403);
    let nowhere = "/wiki/rest/api/content/999/label";
    let reply = site.post(nowhere, global(&["red"])).await.expect(404);
    assert!(reply.message().contains("NotFoundException"));
    site.post("/wiki/rest/api/content/x/label", global(&["red"])).await.expect(404);
}

#[tokio::test]
async fn adding_keeps_what_is_there_and_answers_with_everything() {
    let site = Site::empty().await;
    let id = site.page("Labelled", "").await;
    let path = format!("/wiki/rest/api/content/{id}/label");
    site.post(&path, global(&["red"])).await.expect(200);
    let reply = site.post(&path, global(&["Green", "red"])).await.expect(200);
    assert_eq!(reply.column("name"), ["red", "green"]);
    let answer = reply.json();
    assert_eq!(answer["size"], 2);
    assert_eq!(answer["start"], 0);
    assert_eq!(answer["results"][0]["label"], "red");
    // A single object does, too; and one label has one id everywhere.
    let other = site.page("Other", "").await;
    let path = format!("/wiki/rest/api/content/{other}/label");
    let one = site.post(&path, json!({ "prefix": "global", "name": "red" })).await.expect(200);
    assert_eq!(one.json()["results"][0]["id"], answer["results"][0]["id"]);
}

#[tokio::test]
async fn the_xsrf_header_is_accepted_and_recorded() {
    let site = Site::empty().await;
    let id = site.page("Labelled", "").await;
    let path = format!("/wiki/rest/api/content/{id}/label");
    let request = site.request(Method::POST, &path).header("X-Atlassian-Token", "no-check");
    send(request.json(&global(&["red"]))).await.expect(200);
    let seen = site.sandbox.requests().pop().unwrap();
    assert_eq!(seen.header("x-atlassian-token"), Some("no-check"));
}

#[tokio::test]
async fn labels_are_filtered_sorted_and_paged() {
    let site = Site::empty().await;
    let id = site.page("Labelled", "").await;
    let add = format!("/wiki/rest/api/content/{id}/label");
    site.post(&add, global(&["cherry", "apple", "banana"])).await.expect(200);
    site.post(&add, json!([{ "prefix": "my", "name": "mine" }])).await.expect(200);
    let path = format!("/wiki/api/v2/pages/{id}/labels");
    let names = |query: &str| {
        let path = format!("{path}{query}");
        let site = &site;
        async move { site.get(&path).await.expect(200).column("name") }
    };
    assert_eq!(names("?prefix=my").await, ["mine"]);
    assert_eq!(names("?prefix=global&sort=name").await, ["apple", "banana", "cherry"]);
    assert_eq!(names("?prefix=global&sort=-name&limit=1").await, ["cherry"]);
    assert_eq!(names("?sort=-created-date&limit=1").await, ["mine"]);
    assert_eq!(names("?sort=id&limit=1").await, ["cherry"]);
    site.get(&format!("{path}?prefix=your")).await.expect(400);
    let others = site.get_as(GUEST, &path).await.expect(200).column("name");
    assert_eq!(others, ["cherry", "apple", "banana"]);
}
