//! What keeps results from flooding a model's context.

use confluence_sandbox::Sandbox;
use serde_json::{Value, json};

use crate::rig::{demo, empty, start};

/// Creates a page with that storage body and gives its id.
async fn page(rig: &crate::rig::Rig, storage: &str) -> Value {
    let space = rig.raw("listSpaces", json!({})).await["results"][0]["id"].clone();
    let body = json!({ "representation": "storage", "value": storage });
    let body = json!({ "spaceId": space, "title": "Big", "body": body });
    rig.raw("createPage", json!({ "body": body })).await["id"].clone()
}

/// The text between the fences of a `getBody` answer.
fn fenced(text: &str) -> &str {
    let (_, rest) = text.split_once("```storage\n").unwrap();
    rest.split_once("\n```").unwrap().0
}

#[tokio::test]
async fn a_long_body_is_read_in_parts_that_make_up_the_whole() {
    let rig = demo().await;
    let id = json!("65699842");
    let whole = rig.raw("getPageBody", json!({ "id": id })).await;
    let whole = whole["body"]["storage"]["value"].as_str().unwrap();
    let mut read = String::new();
    let mut offset = 0;
    let mut calls = 0;
    loop {
        let arguments =
            json!({ "action": "getBody", "id": id, "offset": offset, "outputFormat": "both" });
        let success = rig.call("pages", arguments).await;
        let text = success.text;
        assert!(text.chars().count() < 22_500, "{}", text.chars().count());
        assert!(text.contains("Do not use a part of a body for an update"));
        let json = Value::Object(success.structured.unwrap());
        let part = json["body"]["storage"]["value"].as_str().unwrap();
        assert_eq!(part.trim_end_matches('\n'), fenced(&text).trim_end_matches('\n'));
        read.push_str(part);
        calls += 1;
        let cut = &json["body"]["storage"]["__truncated"];
        assert!(cut["hint"].as_str().unwrap().ends_with("Do not use it for an update."), "{cut}");
        let end = cut["end"].as_u64().unwrap();
        if !text.contains("Read on: ") {
            break;
        }
        assert!(text.contains(&format!("offset {end} ")), "{text}");
        offset = end;
    }
    assert!(calls > 1);
    assert_eq!(read, whole);
}

#[tokio::test]
async fn a_part_ends_behind_a_line_or_a_tag_or_between_characters() {
    let rig = empty().await;
    let lines = "<p>line</p>\n".repeat(5_000);
    let id = page(&rig, &lines).await;
    let arguments =
        json!({ "action": "getBody", "id": id, "maxChars": 100, "outputFormat": "structured" });
    let success = rig.call("pages", arguments).await;
    let json = success.structured.unwrap();
    let part = json["body"]["storage"]["value"].as_str().unwrap();
    assert!(part.ends_with('\n') && part.len() <= 100, "{part:?}");

    let rig = empty().await;
    let id = page(&rig, &format!("<p>{}</p>", "é".repeat(30_000))).await;
    let text = rig.text("pages", json!({ "action": "getBody", "id": id })).await;
    assert!(text.contains("characters 0 to 20000 of 30007"), "{}", &text[..300]);
    let text = rig.text("pages", json!({ "action": "getBody", "id": id, "offset": 30_000 })).await;
    assert!(text.contains("This is the end of the body"), "{text}");
    let text = rig.text("pages", json!({ "action": "getBody", "id": id, "offset": 99_999 })).await;
    assert!(text.contains("Nothing at offset 99999"), "{text}");
    let text =
        rig.text("pages", json!({ "action": "getBody", "id": id, "maxChars": 40_000 })).await;
    assert!(text.contains("30007 characters.") && text.chars().count() > 30_000);
}

#[tokio::test]
async fn a_fence_is_longer_than_any_inside() {
    let rig = empty().await;
    let id = page(&rig, "<p>``` not the end\n````` nor this</p>").await;
    let text = rig.text("pages", json!({ "action": "getBody", "id": id })).await;
    assert!(text.contains("``````storage\n") && text.ends_with("\n``````"), "{text}");
}

#[tokio::test]
async fn a_list_with_bodies_stays_readable() {
    let rig = demo().await;
    let arguments = json!({ "action": "list", "spaceId": "65538", "limit": 100, "bodyFormat": "storage", "outputFormat": "both" });
    let success = rig.call("pages", arguments).await;
    assert!(success.text.chars().count() < 22_500, "{}", success.text.chars().count());
    assert!(success.text.contains("[cut: "));
    assert_eq!(success.text.matches("\n```").count() % 2, 0, "a fence is left open");
    for row in success.structured.unwrap()["results"].as_array().unwrap() {
        let body = row["body"]["storage"]["value"].as_str().unwrap();
        assert!(body.chars().count() < 20_300);
    }
}

#[tokio::test]
async fn titles_and_names_cannot_break_the_lines_of_a_result() {
    let rig = empty().await;
    let space = rig.raw("listSpaces", json!({})).await["results"][0]["id"].clone();
    let title = "One\ntwo \u{1b}[31mred \u{202e}reversed ``` \"quoted\"";
    let body = json!({ "representation": "storage", "value": "<p/>" });
    let body = json!({ "spaceId": space, "title": title, "body": body });
    rig.raw("createPage", json!({ "body": body })).await;
    let text = rig.text("pages", json!({ "action": "list" })).await;
    assert!(text.contains("\"One two [31mred reversed ``` \"quoted\"\""), "{text}");
    assert!(!text.contains(['\u{1b}', '\u{202e}']));
}

#[tokio::test]
async fn a_generated_site_is_listed_a_hundred_rows_at_a_time() {
    let rig = start(Sandbox::builder().generate(300)).await;
    let arguments = json!({ "action": "list", "limit": 250, "outputFormat": "both" });
    let success = rig.call("pages", arguments).await;
    assert_eq!(success.structured.unwrap()["results"].as_array().unwrap().len(), 100);
    assert!(success.text.contains(" pages shown, more exist."));
}

/// The text between two marks.
#[track_caller]
fn between<'t>(text: &'t str, before: &str, after: &str) -> &'t str {
    let (_, rest) = text.split_once(before).unwrap_or_else(|| panic!("{before:?}: {text}"));
    rest.split_once(after).unwrap_or_else(|| panic!("{after:?}: {text}")).0
}

#[tokio::test]
async fn a_list_without_room_says_what_it_shows_and_how_to_go_on() {
    let rig = start(Sandbox::builder().generate(250)).await;
    for (tool, mut arguments) in [
        ("pages", json!({ "action": "list", "limit": 100, "bodyFormat": "storage" })),
        ("search", json!({ "action": "cql", "cql": "type = page", "limit": 100 })),
    ] {
        let mut ids = Vec::new();
        let mut repeated = 0;
        loop {
            let text = rig.text(tool, arguments.clone()).await;
            assert!(text.chars().count() <= 22_000, "{}", text.chars().count());
            assert_eq!(text.matches("\n```").count() % 2, 0, "a fence is left open: {text}");
            let rows: Vec<_> = text.lines().filter(|it| it.starts_with("- ")).collect();
            let shown = text.split_once(' ').unwrap().0;
            assert_eq!(shown, rows.len().to_string(), "{text}");
            if text.contains("have no room here") {
                assert!(!text.contains("with cursor: "), "it would skip rows: {text}");
                let limit: u64 = between(&text, "with limit: ", " for").parse().unwrap();
                assert_eq!(limit, rows.len() as u64);
                arguments["limit"] = json!(limit);
                repeated += 1;
                continue;
            }
            let id = |row: &&str| {
                row.split(' ').find(|it| it.parse::<u64>().is_ok()).unwrap().to_owned()
            };
            ids.extend(rows.iter().map(id));
            let Some((_, cursor)) = text.split_once("with cursor: ") else { break };
            arguments["cursor"] = json!(cursor);
        }
        assert!(repeated > 0, "{tool} has to be made longer for this test");
        let read = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!((read, ids.len()), (250, 250), "{tool}");
    }
}

#[tokio::test]
async fn a_long_comment_is_not_to_be_read_as_a_page() {
    let rig = demo().await;
    let body =
        json!({ "representation": "storage", "value": format!("<p>{}</p>", "x".repeat(30_000)) });
    let comment = json!({ "pageId": "65699842", "body": body });
    rig.call("comments", json!({ "action": "addFooter", "body": comment })).await;
    let text = rig.text("comments", json!({ "action": "getFooter", "id": "65699842" })).await;
    assert!(text.contains("a smaller limit shows more of each"), "{text}");
    assert!(!text.contains("pages getBody"), "{text}");
}
