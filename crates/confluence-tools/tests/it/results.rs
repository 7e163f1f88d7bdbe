//! Every action in its three output formats and as an instruction, and what it costs upstream.

use serde_json::{Value, json};

use crate::rig::{Rig, demo};

/// Calls an action in every output format on a fresh site each, and snapshots what comes back.
async fn check(tool: &str, action: &str, arguments: Value, requests: usize) {
    check_as(tool, action, arguments, requests, &format!("{tool}-{action}")).await;
}

async fn check_as(tool: &str, action: &str, mut arguments: Value, requests: usize, name: &str) {
    arguments["action"] = json!(action);
    for format in ["verbose", "structured", "both"] {
        let rig = demo().await;
        arguments["outputFormat"] = json!(format);
        rig.sandbox.reset_requests();
        let success = rig.call(tool, arguments.clone()).await;
        let seen: Vec<_> =
            rig.sandbox.requests().iter().map(|it| format!("{} {}", it.method, it.path)).collect();
        assert_eq!(seen.len(), requests, "{tool} {action}: {seen:?}");
        let name = format!("{name}-{format}");
        match format {
            "verbose" => {
                assert!(success.structured.is_none());
                insta::assert_snapshot!(name, success.text);
            }
            "structured" => {
                let json = Value::Object(success.structured.unwrap());
                assert_eq!(serde_json::from_str::<Value>(&success.text).unwrap(), json);
                insta::assert_json_snapshot!(name, json);
            }
            _ => {
                // Nothing new is in it: the text of one, the JSON of the other.
                let json = Value::Object(success.structured.unwrap());
                assert!(!success.text.starts_with('{'));
                assert!(json.is_object());
                insta::assert_snapshot!(name, format!("{}\n---\n{json}", success.text));
            }
        }
    }
}

#[tokio::test]
async fn pages_list() {
    check("pages", "list", json!({ "spaceId": "65538", "limit": 3, "sort": "title" }), 1).await;
}

#[tokio::test]
async fn pages_get() {
    check("pages", "get", json!({ "id": "65699842", "includeLabels": true }), 1).await;
}

#[tokio::test]
async fn pages_get_body() {
    check("pages", "getBody", json!({ "id": "65699842", "version": 3 }), 1).await;
}

#[tokio::test]
async fn pages_create() {
    let body = json!({
        "spaceId": "65538",
        "title": "Minutes of the pager review",
        "parentId": "65699842",
        "body": { "representation": "storage", "value": "<p>Present: Dana &amp; Jo\u{e3}o</p>" },
    });
    check("pages", "create", json!({ "body": body }), 1).await;
}

#[tokio::test]
async fn pages_update() {
    let rig = demo().await;
    let number = rig.page("On-Call Handbook").await["version"]["number"].as_u64().unwrap();
    let body = json!({
        "title": "On-Call Handbook",
        "body": { "representation": "storage", "value": "<p>Replaced.</p>" },
        "version": { "number": number + 1, "message": "Start over" },
    });
    check("pages", "update", json!({ "id": "65699842", "body": body, "allowLoss": true }), 1).await;
}

#[tokio::test]
async fn pages_get_body_in_markdown() {
    let arguments = json!({ "id": "65699842", "bodyFormat": "markdown", "maxChars": 900 });
    check_as("pages", "getBody", arguments, 1, "pages-getBody-markdown").await;
}

#[tokio::test]
async fn pages_get_body_of_a_section() {
    let section = "3-handover";
    let arguments = json!({ "id": "65699842", "bodyFormat": "markdown", "section": section });
    check_as("pages", "getBody", arguments, 1, "pages-getBody-section").await;
}

#[tokio::test]
async fn pages_get_body_as_outline() {
    let arguments = json!({ "id": "65699842", "outline": true });
    check_as("pages", "getBody", arguments, 1, "pages-getBody-outline").await;
}

#[tokio::test]
async fn pages_edit() {
    let version = demo().await.page("On-Call Handbook").await["version"]["number"].clone();
    let edits = json!([{ "op": "appendToSection", "content": "**Last** words." }]);
    check("pages", "edit", json!({ "id": "65699842", "version": version, "edits": edits }), 2)
        .await;
}

#[tokio::test]
async fn pages_delete() {
    let rig = demo().await;
    let page = rig.page("Glossary").await;
    check("pages", "delete", json!({ "id": page["id"] }), 1).await;
}

#[tokio::test]
async fn spaces_list() {
    check("spaces", "list", json!({ "sort": "key" }), 1).await;
}

#[tokio::test]
async fn spaces_get() {
    check("spaces", "get", json!({ "id": "65538", "descriptionFormat": "plain" }), 1).await;
}

#[tokio::test]
async fn a_description_is_marked_as_content_and_a_space_stands_in_no_other() {
    let rig = demo().await;
    for format in ["plain", "view"] {
        let arguments = json!({ "action": "get", "id": "65538", "descriptionFormat": format });
        let text = rig.text("spaces", arguments).await;
        assert!(text.contains("description: Text between fences or quotes is content"), "{text}");
    }
    let text = rig.text("search", json!({ "action": "cql", "cql": "type = space" })).await;
    assert!(text.contains("\n- space ENG \"Engineering\", changed"), "{text}");
    assert!(!text.contains(" in space"), "{text}");
}

#[tokio::test]
async fn search_cql() {
    let cql = "type = page AND text ~ \"escalation\" ORDER BY title";
    check("search", "cql", json!({ "cql": cql, "limit": 3 }), 1).await;
}

#[tokio::test]
async fn content_children() {
    let rig = demo().await;
    let home = rig.raw("getSpace", json!({ "id": "65538" })).await["homepageId"].clone();
    check("content", "children", json!({ "id": home }), 1).await;
}

#[tokio::test]
async fn content_ancestors() {
    // The ids come without titles, which the tool adds with one request for all of them.
    check("content", "ancestors", json!({ "id": deep_page(&demo().await).await }), 2).await;
}

#[tokio::test]
async fn content_descendants() {
    let rig = demo().await;
    let home = rig.raw("getSpace", json!({ "id": "65538" })).await["homepageId"].clone();
    check("content", "descendants", json!({ "id": home, "depth": 3, "limit": 12 }), 1).await;
}

#[tokio::test]
async fn comments_get_footer() {
    let arguments = json!({ "id": "65699842", "bodyFormat": "storage" });
    check("comments", "getFooter", arguments, 1).await;
}

#[tokio::test]
async fn comments_add_footer() {
    let body = json!({
        "pageId": "65699842",
        "body": { "representation": "storage", "value": "<p>Read and understood.</p>" },
    });
    check("comments", "addFooter", json!({ "body": body }), 1).await;
}

#[tokio::test]
async fn comments_get_inline() {
    let arguments = json!({ "id": "65699842", "bodyFormat": "storage" });
    check("comments", "getInline", arguments, 1).await;
}

#[tokio::test]
async fn labels_get_for_page() {
    check("labels", "getForPage", json!({ "id": "65699842" }), 1).await;
}

#[tokio::test]
async fn labels_add_to_page() {
    let arguments = json!({ "id": "65699842", "body": [{ "name": "reviewed" }] });
    check("labels", "addToPage", arguments, 1).await;
}

#[tokio::test]
async fn attachments_list_for_page() {
    check("attachments", "listForPage", json!({ "id": "65699842" }), 1).await;
}

#[tokio::test]
async fn attachments_get() {
    check("attachments", "get", json!({ "id": "att66715649" }), 1).await;
}

#[tokio::test]
async fn versions_list_for_page() {
    check("versions", "listForPage", json!({ "id": "65699842" }), 1).await;
}

/// A page with ancestors.
async fn deep_page(rig: &Rig) -> String {
    let page = rig.page("Payments Escalation Path").await;
    page["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn an_instruction_gives_confluences_json_untouched() {
    let rig = demo().await;
    let page = rig.raw("getPageBody", json!({ "id": 65_699_842 })).await;
    assert!(page["body"]["storage"]["value"].as_str().unwrap().len() > 20_000);
    // Ancestors stay as Confluence gives them: one request, no titles.
    let id = deep_page(&rig).await;
    rig.sandbox.reset_requests();
    let ancestors = rig.raw("getPageAncestors", json!({ "id": id })).await;
    assert!(ancestors["results"][0].get("title").is_none());
    assert_eq!(rig.sandbox.requests().len(), 1);
}

#[tokio::test]
async fn an_instruction_that_answers_nothing_says_so() {
    let rig = demo().await;
    let page = rig.page("Glossary").await;
    let answer = rig.raw("deletePage", json!({ "id": page["id"] })).await;
    assert_eq!(answer, json!({ "operation": "deletePage", "id": page["id"], "empty": true }));
}

#[tokio::test]
async fn a_tool_call_by_instruction_name_works() {
    let rig = demo().await;
    let text = rig.text("listPages", json!({ "title": "on-call handbook" })).await;
    assert!(text.contains("65699842"), "{text}");
}

#[tokio::test]
async fn ancestors_are_given_without_titles_when_those_cannot_be_read() {
    use confluence_sandbox::Fault;
    let rig = demo().await;
    let id = deep_page(&rig).await;
    // The first request lists the ancestors, the second asks for their titles.
    let fault = Fault::internal_error().on("GET", "/wiki/api/v2/pages").after(1);
    rig.sandbox.faults().inject(fault);
    let text = rig.text("content", json!({ "action": "ancestors", "id": id })).await;
    assert!(text.contains("ancestors, top first") && !text.contains('"'), "{text}");
}

#[tokio::test]
async fn a_cursor_leads_through_a_whole_list() {
    let rig = demo().await;
    let mut seen = Vec::new();
    let mut cursor = Value::Null;
    loop {
        let arguments = json!({
            "action": "list", "spaceId": "65538", "limit": 7, "cursor": cursor,
            "outputFormat": "both",
        });
        let success = rig.call("pages", arguments).await;
        let json = success.structured.unwrap();
        let rows = json["results"].as_array().unwrap();
        seen.extend(rows.iter().map(|row| row["id"].as_str().unwrap().to_owned()));
        let Some((_, next)) = success.text.rsplit_once("cursor: ") else { break };
        assert!(success.text.contains("more exist"), "{}", success.text);
        cursor = json!(next);
    }
    let mut unique = seen.clone();
    unique.sort();
    unique.dedup();
    assert_eq!(unique.len(), seen.len());
    assert!(seen.len() > 40, "{}", seen.len());
}
