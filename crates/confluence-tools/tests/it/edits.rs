//! `pages edit`: one read, one write, and what is told where an edit cannot be made.

use std::fmt::Write as _;

use confluence_sandbox::Fault;
use confluence_tools::FailureKind;
use serde_json::{Value, json};
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::method};

use crate::{
    loss::{page, stored},
    rig::{Rig, client_at, empty, requests},
};

const BODY: &str = "<h1>Plan</h1><p>First words, twice: words.</p><ac:structured-macro ac:name=\"toc\" ac:schema-version=\"1\" ac:macro-id=\"t-1\" /><h2>Steps</h2><p>Do <strong>it</strong> now.</p><h1>Ends</h1><p>Old&nbsp;end.</p><h2>Steps</h2><p>More.</p>";

fn edit(id: &Value, version: u64, edits: &Value) -> Value {
    json!({ "action": "edit", "id": id, "version": version, "edits": edits })
}

async fn edited(edits: Value) -> (String, String, String) {
    let rig = empty().await;
    let (id, version, before) = page(&rig, BODY).await;
    let text = rig.text("pages", edit(&id, version, &edits)).await;
    assert_eq!(requests(&rig), ["GET", "PUT"]);
    let (now, after) = stored(&rig, &id).await;
    assert_eq!(now, version + 1);
    (before, after, text)
}

#[tokio::test]
async fn each_operation_changes_what_it_names_and_no_other_byte() {
    let cases = [
        (
            json!({ "op": "findReplace", "find": "Old\u{a0}end", "replace": "New <end>" }),
            "Old&nbsp;end",
            "New &lt;end&gt;",
        ),
        (
            json!({ "op": "replaceSection", "section": "steps", "content": "Wait." }),
            "Do <strong>it</strong> now.",
            "Wait.",
        ),
        (
            json!({ "op": "replaceSection", "section": "steps", "content": "## Steps\n\nWait." }),
            "Do <strong>it</strong> now.",
            "Wait.",
        ),
        (
            json!({ "op": "appendToSection", "section": "Plan", "content": "Then *rest*." }),
            "<strong>it</strong> now.</p>",
            "<strong>it</strong> now.</p><p>Then <em>rest</em>.</p>",
        ),
        (
            json!({ "op": "prependToSection", "section": "ends", "representation": "storage", "content": "<p>Raw.</p>" }),
            "<h1>Ends</h1>",
            "<h1>Ends</h1><p>Raw.</p>",
        ),
        (
            json!({ "op": "appendToSection", "content": "Last." }),
            "<p>More.</p>",
            "<p>More.</p><p>Last.</p>",
        ),
    ];
    for (change, old, new) in cases {
        let context = change.to_string();
        let (before, after, text) = edited(json!([change])).await;
        assert_eq!(before.matches(old).count(), 1, "{context}: {before}");
        assert_eq!(after, before.replacen(old, new, 1), "{context}");
        assert!(text.contains("```diff\n") && text.contains("\n+ "), "{context}: {text}");
        assert!(!text.contains("ac:structured-macro") && text.len() < 900, "{context}: {text}");
    }
}

#[tokio::test]
async fn edits_are_made_in_order_and_the_diff_shows_them() {
    let (_, after, text) = edited(json!([
        { "op": "replaceSection", "section": "steps-2", "content": "One. Two." },
        { "op": "findReplace", "find": "One", "replace": "Three" },
        { "op": "findReplace", "section": "plan", "find": "words", "replace": "lines", "replaceAll": true },
    ]))
    .await;
    assert!(
        after.contains("Three. Two.") && after.contains("First lines, twice: lines."),
        "{after}"
    );
    assert!(text.contains("- First words, twice: words.\n+ First lines, twice: lines."), "{text}");
    assert!(text.contains("+ Three. Two."), "{text}");
}

#[tokio::test]
async fn an_edit_that_cannot_be_made_says_which_and_why() {
    let rig = empty().await;
    let (id, version, before) = page(&rig, BODY).await;
    let mut told = Vec::new();
    for change in [
        json!({ "op": "replaceSection", "section": "nowhere", "content": "x" }),
        json!({ "op": "appendToSection", "section": "Steps", "content": "x" }),
        json!({ "op": "findReplace", "find": "absent", "replace": "x" }),
        json!({ "op": "findReplace", "find": "words", "replace": "x" }),
        json!({ "op": "findReplace", "find": "Do it", "replace": "x" }),
        json!({ "op": "findReplace", "find": "", "replace": "x" }),
        json!({ "op": "appendToSection", "content": "[[macro:jira key=A-1 #m77]]" }),
        json!({ "op": "appendToSection", "representation": "storage", "content": "<p>open" }),
        json!({ "op": "replaceSection", "section": "plan", "content": "The list is gone." }),
        json!({ "op": "findReplace", "find": "More", "replace": "More" }),
    ] {
        rig.sandbox.reset_requests();
        let good = json!({ "op": "findReplace", "find": "First", "replace": "1st" });
        let unchanged = change["replace"] == "More";
        let edits = if unchanged { json!([change]) } else { json!([good, change]) };
        let failure = rig.failure("pages", edit(&id, version, &edits)).await;
        assert_eq!(failure.kind, FailureKind::Arguments, "{}", failure.text);
        assert_eq!(requests(&rig), ["GET"], "{}", failure.text);
        told.push(failure.text.replace(id.as_str().unwrap(), "ID"));
    }
    insta::assert_snapshot!(told.join("\n"));
    assert_eq!(stored(&rig, &id).await, (version, before));
}

#[tokio::test]
async fn an_edit_that_is_no_edit_is_refused_before_anything_is_sent() {
    let rig = empty().await;
    let mut told = Vec::new();
    for edits in [
        json!([]),
        json!("not JSON"),
        json!([{ "section": "a" }]),
        json!([{ "op": "rename", "section": "a" }]),
        json!(["x"]),
        json!([{ "op": "findReplace", "find": "a" }]),
        json!([{ "op": "findReplace", "find": "a", "replace": "b", "content": "c" }]),
        json!([{ "op": "replaceSection", "content": "c" }]),
        json!([{ "op": "appendToSection", "content": "c", "representation": "wiki" }]),
        json!([{ "op": "appendToSection", "text": "c" }]),
    ] {
        told.push(rig.refused("pages", edit(&json!("1"), 1, &edits)).await);
    }
    told.push(rig.refused("pages", json!({ "action": "edit", "id": "1", "edits": [] })).await);
    insta::assert_snapshot!(told.join("\n"));
}

#[tokio::test]
async fn a_conflict_tells_what_changed_meanwhile() {
    let rig = empty().await;
    let (id, version, _) = page(&rig, BODY).await;
    let change =
        |from: &str, to: &str| json!([{ "op": "findReplace", "find": from, "replace": to }]);
    rig.call("pages", edit(&id, version, &change("First", "Somebody's"))).await;
    rig.sandbox.reset_requests();
    let failure = rig.failure("pages", edit(&id, version, &change("More", "Less"))).await;
    assert_eq!(failure.kind, FailureKind::Conflict);
    assert_eq!(requests(&rig), ["GET", "GET"], "the page, and the version that was read");
    let text = failure.text;
    assert!(text.contains("- First words, twice: words.\n+ Somebody's words"), "{text}");
    let again = format!("repeat the call with version {}", version + 1);
    assert!(text.contains(&again), "{text}");
    rig.call("pages", edit(&id, version + 1, &change("More", "Less"))).await;
    let failure = rig.failure("pages", edit(&id, version + 9, &change("Less", "None"))).await;
    assert_eq!(failure.kind, FailureKind::Conflict);
    assert!(failure.text.contains("could not be read"), "{}", failure.text);
}

#[tokio::test]
async fn a_page_in_the_trash_is_not_edited() {
    let rig = empty().await;
    let (id, _, _) = page(&rig, BODY).await;
    rig.call("pages", json!({ "action": "delete", "id": id })).await;
    let version =
        rig.raw("getPage", json!({ "id": id })).await["version"]["number"].as_u64().unwrap();
    rig.sandbox.reset_requests();
    let change = json!([{ "op": "findReplace", "find": "More", "replace": "Less" }]);
    let failure = rig.failure("pages", edit(&id, version, &change)).await;
    assert!(failure.text.contains("in the trash"), "{}", failure.text);
    assert_eq!(requests(&rig), ["GET"]);
}

#[tokio::test]
async fn a_loss_is_refused_unless_it_is_allowed() {
    let rig = empty().await;
    let (id, version, _) = page(&rig, BODY).await;
    let edits = json!([{ "op": "replaceSection", "section": "plan", "content": "Short." }]);
    let mut arguments = edit(&id, version, &edits);
    let failure = rig.failure("pages", arguments.clone()).await;
    assert!(failure.text.contains("- macro removed: toc"), "{}", failure.text);
    arguments["allowLoss"] = json!(true);
    rig.call("pages", arguments).await;
    assert!(!stored(&rig, &id).await.1.contains("toc"));
}

#[tokio::test]
async fn a_write_of_unknown_outcome_says_how_to_find_out() {
    let rig = empty().await;
    let (id, version, _) = page(&rig, BODY).await;
    rig.sandbox.faults().inject(Fault::LostResponse.on("PUT", "/wiki/api/v2/pages/"));
    let change = json!([{ "op": "findReplace", "find": "More", "replace": "Less" }]);
    let failure = rig.failure("pages", edit(&id, version, &change)).await;
    assert!(failure.text.contains("read the page again"), "{}", failure.text);
    assert_eq!(requests(&rig), ["GET", "PUT"]);
}

#[tokio::test]
async fn an_instruction_answers_with_confluences_json() {
    let rig = empty().await;
    let (id, version, _) = page(&rig, BODY).await;
    let edits = json!([{ "op": "findReplace", "find": "More", "replace": "Less" }]);
    let page = rig.raw("editPage", json!({ "id": id, "version": version, "edits": edits })).await;
    assert_eq!(page["version"]["number"], version + 1);
    assert!(page.get("__diff").is_none() && page["id"] == id, "{page}");
}

#[tokio::test]
async fn a_body_that_is_no_storage_format_is_neither_converted_nor_edited() {
    let server = MockServer::start().await;
    let storage = json!({ "representation": "storage", "value": "<p>open <b>bold</p>" });
    let answer = json!({ "id": "1", "title": "Broken", "status": "current", "spaceId": "2", "version": { "number": 3 }, "body": { "storage": storage } });
    let answer = ResponseTemplate::new(200).set_body_json(answer);
    Mock::given(method("GET")).respond_with(answer).mount(&server).await;
    let rig = Rig { client: client_at(&server.uri(), "a@example.com", "token"), ..empty().await };
    let body = json!({ "title": "Broken", "version": { "number": 4 }, "body": { "representation": "markdown", "value": "x" } });
    for arguments in [
        json!({ "action": "getBody", "id": "1", "bodyFormat": "markdown" }),
        json!({ "action": "getBody", "id": "1", "outline": true }),
        json!({ "action": "getBody", "id": "1", "section": "plan" }),
        edit(&json!("1"), 3, &json!([{ "op": "findReplace", "find": "open", "replace": "x" }])),
        json!({ "action": "update", "id": "1", "body": body }),
    ] {
        let failure = rig.failure("pages", arguments.clone()).await;
        assert_eq!(failure.kind, FailureKind::Upstream, "{arguments}: {}", failure.text);
        assert!(failure.text.contains("not well-formed at line 1"), "{}", failure.text);
    }
    let received = server.received_requests().await.unwrap();
    assert!(received.iter().all(|it| it.method.as_str() == "GET"), "{received:?}");
    let raw = rig.text("pages", json!({ "action": "getBody", "id": "1" })).await;
    assert!(raw.contains("<p>open <b>bold</p>"), "{raw}");
}

#[tokio::test]
async fn a_big_page_is_read_by_its_outline_and_in_parts() {
    let rig = empty().await;
    let mut body = String::new();
    for chapter in 0..60 {
        let _ = write!(body, "<h1>Chapter {chapter}</h1>");
        for part in 0..8 {
            let _ =
                write!(body, "<h2>Part {chapter}.{part}</h2><p>{}</p>", "Many words. ".repeat(250));
        }
    }
    let (id, ..) = page(&rig, &body).await;
    let text = rig.text("pages", json!({ "action": "getBody", "id": id, "outline": true })).await;
    assert!(text.contains("60 of 540 headings"), "{text}");
    assert!(text.contains("480 more headings have no room here: those below level 1"), "{text}");
    assert!(text.len() < 8_000, "{}", text.len());
    let section = |offset: u64| json!({ "action": "getBody", "id": id, "bodyFormat": "markdown", "section": "chapter-7", "offset": offset, "outputFormat": "both" });
    let mut read = String::new();
    loop {
        let success = rig.call("pages", section(read.chars().count() as u64)).await;
        let json = success.structured.unwrap();
        let body = &json["body"]["markdown"];
        read += body["value"].as_str().unwrap();
        assert!(
            success.text.contains("Do not use a part of a body for an update"),
            "{}",
            success.text
        );
        if !success.text.contains("Read on: ") {
            break;
        }
        let next = format!(
            "bodyFormat markdown, section chapter-7, offset {} ",
            body["__truncated"]["end"]
        );
        assert!(success.text.contains(&next), "{}", success.text);
    }
    assert!(read.starts_with("# Chapter 7\n\n## Part 7.0\n"), "{}", &read[..80]);
    assert!(read.contains("## Part 7.7") && !read.contains("Chapter 8"));
    let small = rig.text("pages", json!({ "action": "getBody", "id": id, "bodyFormat": "storage", "section": "part-7-3", "maxChars": 9_000 })).await;
    assert!(small.contains("[Only the section part-7-3: change it with pages edit."), "{small}");
}

#[tokio::test]
async fn arguments_for_parts_that_exclude_each_other_are_refused() {
    let rig = empty().await;
    for extra in [
        json!({ "outline": true, "section": "a" }),
        json!({ "outline": true, "offset": 5 }),
        json!({ "outline": true, "bodyFormat": "view" }),
        json!({ "section": "a", "bodyFormat": "atlas_doc_format" }),
    ] {
        let mut arguments = json!({ "action": "getBody", "id": "1" });
        arguments.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        let text = rig.refused("pages", arguments).await;
        assert!(text.contains("outline"), "{text}");
    }
    let (id, ..) = page(&rig, BODY).await;
    let failure =
        rig.failure("pages", json!({ "action": "getBody", "id": id, "section": "Steps" })).await;
    assert!(failure.text.contains("several sections are called `Steps`"), "{}", failure.text);
}

#[tokio::test]
async fn an_old_version_is_given_as_markdown() {
    let rig = empty().await;
    let (id, version, _) = page(&rig, BODY).await;
    let change = json!([{ "op": "findReplace", "find": "More", "replace": "Less" }]);
    rig.call("pages", edit(&id, version, &change)).await;
    for (version, word) in [(version, "More."), (version + 1, "Less.")] {
        let arguments =
            json!({ "action": "getBody", "id": id, "bodyFormat": "markdown", "version": version });
        let text = rig.text("pages", arguments).await;
        assert!(text.contains(word), "{text}");
    }
}
