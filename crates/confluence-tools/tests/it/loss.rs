//! Updates that would lose something of the page, and updates in Markdown.

use confluence_sandbox::Fault;
use confluence_tools::FailureKind;
use serde_json::{Value, json};

use crate::rig::{Rig, empty, requests};

/// A page with one of each thing that gets lost easily.
const RICH: &str = "<p>Call <ac:link><ri:user ri:account-id=\"557058:dana\" /></ac:link> about <ac:inline-comment-marker ac:ref=\"c0ffee\">the pager</ac:inline-comment-marker>.</p><ac:structured-macro ac:name=\"jira\" ac:schema-version=\"1\" ac:macro-id=\"m-1\"><ac:parameter ac:name=\"key\">OPS-7</ac:parameter></ac:structured-macro><p>Second&nbsp;paragraph.</p>";

/// A page with that body: its id, its version, and its body as Confluence keeps it.
pub(crate) async fn page(rig: &Rig, storage: &str) -> (Value, u64, String) {
    let space = rig.raw("listSpaces", json!({})).await["results"][0]["id"].clone();
    let body = json!({ "representation": "storage", "value": storage });
    let body = json!({ "spaceId": space, "title": "Rich", "body": body });
    let id = rig.raw("createPage", json!({ "body": body })).await["id"].clone();
    let (version, stored) = stored(rig, &id).await;
    rig.sandbox.reset_requests();
    (id, version, stored)
}

/// The page's version and body now.
pub(crate) async fn stored(rig: &Rig, id: &Value) -> (u64, String) {
    let page = rig.raw("getPageBody", json!({ "id": id })).await;
    let body = page["body"]["storage"]["value"].as_str().unwrap().to_owned();
    (page["version"]["number"].as_u64().unwrap(), body)
}

fn update(id: &Value, number: u64, representation: &str, value: &str) -> Value {
    let body = json!({ "representation": representation, "value": value });
    let body = json!({ "title": "Rich", "body": body, "version": { "number": number } });
    json!({ "action": "update", "id": id, "body": body })
}

#[tokio::test]
async fn an_update_that_drops_what_cannot_be_typed_again_is_refused() {
    let rig = empty().await;
    let (id, version, before) = page(&rig, RICH).await;
    for (representation, value) in [
        ("storage", "<p>Call Dana about the pager.</p>"),
        ("markdown", "Call Dana about the pager."),
    ] {
        rig.sandbox.reset_requests();
        let failure = rig.failure("pages", update(&id, version + 1, representation, value)).await;
        assert_eq!(failure.kind, FailureKind::Arguments);
        let text = failure.text.replace(id.as_str().unwrap(), "ID");
        insta::assert_snapshot!(format!("loss-{representation}"), text);
        assert_eq!(requests(&rig), ["GET"], "nothing is written");
        assert_eq!(stored(&rig, &id).await, (version, before.clone()));
    }
}

#[tokio::test]
async fn a_comment_anchor_alone_counts() {
    let rig = empty().await;
    let (id, version, before) = page(&rig, RICH).await;
    let (start, rest) = before.split_once("<ac:inline-comment-marker").unwrap();
    let (_, rest) = rest.split_once('>').unwrap();
    let without = format!("{start}{}", rest.replacen("</ac:inline-comment-marker>", "", 1));
    let failure = rig.failure("pages", update(&id, version + 1, "storage", &without)).await;
    assert!(failure.text.contains("- inline comment removed: "), "{}", failure.text);
    assert_eq!(failure.text.matches("\n- ").count(), 1, "{}", failure.text);
}

#[tokio::test]
async fn allow_loss_writes_without_a_read() {
    let rig = empty().await;
    let (id, version, _) = page(&rig, RICH).await;
    let mut arguments = update(&id, version + 1, "storage", "<p>All new.</p>");
    arguments["allowLoss"] = json!(true);
    rig.call("pages", arguments).await;
    assert_eq!(requests(&rig), ["PUT"]);
    assert_eq!(stored(&rig, &id).await, (version + 1, "<p>All new.</p>".to_owned()));
}

#[tokio::test]
async fn an_update_that_loses_nothing_is_one_read_and_one_write() {
    let rig = empty().await;
    let (id, version, before) = page(&rig, RICH).await;
    let edited = before.replace("paragraph", "words");
    rig.call("pages", update(&id, version + 1, "storage", &edited)).await;
    assert_eq!(requests(&rig), ["GET", "PUT"]);
    assert_eq!(stored(&rig, &id).await, (version + 1, edited));
}

#[tokio::test]
async fn markdown_that_is_edited_keeps_every_other_byte() {
    let rig = empty().await;
    let (id, version, before) = page(&rig, RICH).await;
    let read = rig.raw("getPageBody", json!({ "id": id, "bodyFormat": "markdown" })).await;
    let markdown = read["body"]["markdown"]["value"].as_str().unwrap();
    assert!(markdown.contains("[[macro:jira key=OPS-7 #"), "{markdown}");
    rig.sandbox.reset_requests();
    let edited = markdown.replace("paragraph", "**words**");
    let text = rig.text("pages", update(&id, version + 1, "markdown", &edited)).await;
    assert!(!text.contains("words"), "the body is not echoed: {text}");
    assert_eq!(requests(&rig), ["GET", "PUT"]);
    let after = stored(&rig, &id).await;
    assert_eq!(after, (version + 1, before.replace("paragraph", "<strong>words</strong>")));
}

#[tokio::test]
async fn a_placeholder_that_was_altered_is_named_and_nothing_is_written() {
    let rig = empty().await;
    let (id, version, before) = page(&rig, RICH).await;
    let read = rig.raw("getPageBody", json!({ "id": id, "bodyFormat": "markdown" })).await;
    let markdown = read["body"]["markdown"]["value"].as_str().unwrap();
    for (edited, told) in [
        (markdown.replace("OPS-7", "OPS-8"), "OPS-8"),
        (format!("{markdown}\n[[macro:jira key=OPS-9 #m99]]\n"), "#m99"),
    ] {
        let failure = rig.failure("pages", update(&id, version + 1, "markdown", &edited)).await;
        assert_eq!(failure.kind, FailureKind::Arguments, "{}", failure.text);
        assert!(failure.text.contains(told), "{}", failure.text);
        assert!(failure.text.contains("nothing was written"), "{}", failure.text);
    }
    assert_eq!(stored(&rig, &id).await, (version, before));
}

#[tokio::test]
async fn a_failed_read_refuses_the_write() {
    for fault in [Fault::internal_error(), Fault::HtmlPage { status: 502 }, Fault::TruncatedJson] {
        let rig = empty().await;
        let (id, version, before) = page(&rig, RICH).await;
        rig.sandbox.faults().inject(fault.clone().on("GET", "/wiki/api/v2/pages/"));
        let edit = json!({ "action": "edit", "id": id, "version": version, "edits": [
            { "op": "findReplace", "find": "Second", "replace": "Third" },
        ] });
        for arguments in [update(&id, version + 1, "storage", &before), edit] {
            let failure = rig.failure("pages", arguments).await;
            assert_eq!(failure.kind, FailureKind::Upstream, "{fault:?}: {}", failure.text);
            assert!(failure.text.ends_with("nothing was written."), "{}", failure.text);
            assert!(!failure.text.contains("may or may not"), "{}", failure.text);
        }
        assert!(requests(&rig).iter().all(|it| it == "GET"), "{fault:?}");
        rig.sandbox.faults().clear();
        assert_eq!(stored(&rig, &id).await, (version, before));
    }
}

#[tokio::test]
async fn a_stale_version_is_a_conflict_before_anything_is_compared_or_written() {
    let rig = empty().await;
    let (id, version, _) = page(&rig, RICH).await;
    for number in [version, version + 2] {
        rig.sandbox.reset_requests();
        let failure = rig.failure("pages", update(&id, number, "storage", "<p>x</p>")).await;
        assert_eq!(failure.kind, FailureKind::Conflict, "{}", failure.text);
        let advised = format!("send version.number {}.", version + 1);
        assert!(failure.text.ends_with(&advised), "{}", failure.text);
        assert_eq!(requests(&rig), ["GET"]);
    }
}

#[tokio::test]
async fn a_body_that_cannot_be_compared_is_refused_where_something_could_get_lost() {
    let rig = empty().await;
    let (id, version, _) = page(&rig, RICH).await;
    let adf = json!({ "type": "doc", "version": 1, "content": [] }).to_string();
    let failure = rig.failure("pages", update(&id, version + 1, "atlas_doc_format", &adf)).await;
    assert!(failure.text.contains("cannot be compared"), "{}", failure.text);
    assert!(failure.text.contains("- macro removed: jira"), "{}", failure.text);
    assert_eq!(requests(&rig), ["GET"]);
    let mut arguments = update(&id, version + 1, "atlas_doc_format", &adf);
    arguments["allowLoss"] = json!(true);
    rig.call("pages", arguments).await;
}

#[tokio::test]
async fn malformed_storage_is_refused_before_anything_is_sent() {
    let rig = empty().await;
    let (id, version, _) = page(&rig, RICH).await;
    let text =
        rig.refused("pages", update(&id, version + 1, "storage", "<p>open <b>bold</p>")).await;
    assert!(text.contains("`body.body.value`") && text.contains("line 1, column"), "{text}");
}

#[tokio::test]
async fn a_new_draft_can_be_written_and_published() {
    let rig = empty().await;
    let space = rig.raw("listSpaces", json!({})).await["results"][0]["id"].clone();
    let body = json!({ "representation": "storage", "value": RICH });
    let body = json!({ "spaceId": space, "title": "Rich", "status": "draft", "body": body });
    let id = rig.raw("createPage", json!({ "body": body })).await["id"].clone();
    let lost = rig.failure("pages", update(&id, 1, "markdown", "Nothing left.")).await;
    assert!(lost.text.contains("- macro removed: jira"), "{}", lost.text);
    let draft =
        rig.raw("getPage", json!({ "id": id, "getDraft": true, "bodyFormat": "storage" })).await;
    let text = draft["body"]["storage"]["value"].as_str().unwrap();
    rig.call("pages", update(&id, 1, "storage", text)).await;
    assert_eq!(stored(&rig, &id).await.1, text);
}

#[tokio::test]
async fn pages_and_comments_are_made_from_markdown() {
    let rig = empty().await;
    let space = rig.raw("listSpaces", json!({})).await["results"][0]["id"].clone();
    let value = "# Plan\n\n- one\n- *two* <script>\n";
    let body = json!({ "representation": "markdown", "value": value });
    let page = json!({ "spaceId": space, "title": "New", "body": body });
    rig.sandbox.reset_requests();
    let id = rig.raw("createPage", json!({ "body": page })).await["id"].clone();
    assert_eq!(requests(&rig), ["POST"]);
    let (_, storage) = stored(&rig, &id).await;
    assert!(storage.contains("<h1>Plan</h1>") && storage.contains("<em>two</em>"), "{storage}");
    assert!(!storage.contains("<script"), "{storage}");
    let comment =
        json!({ "pageId": id, "body": { "representation": "markdown", "value": "**Yes**" } });
    rig.call("comments", json!({ "action": "addFooter", "body": comment })).await;
    for (format, shown) in [("storage", "<strong>Yes</strong>"), ("markdown", "**Yes**")] {
        let arguments = json!({ "action": "getFooter", "id": id, "bodyFormat": format });
        let text = rig.text("comments", arguments).await;
        assert!(text.contains(&format!("```{format}\n")) && text.contains(shown), "{text}");
    }
    let placeholder =
        json!({ "representation": "markdown", "value": "[[macro:jira key=A-1 #m3]]" });
    let page = json!({ "spaceId": space, "title": "Other", "body": placeholder });
    let text = rig.refused("pages", json!({ "action": "create", "body": page })).await;
    assert!(text.contains("stands for nothing on this page"), "{text}");
}
