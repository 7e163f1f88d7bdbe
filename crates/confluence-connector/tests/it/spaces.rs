//! A policy on spaces, for each of the twenty-one operations.

use std::collections::BTreeSet;

use confluence_api::id::SpaceId;
use confluence_tools::OPERATIONS;
use serde_json::{Value, json};

use crate::rig::{Rig, closing, instance, opening, start};

/// Things in the space that is closed, and in one that is open.
struct Site {
    rig: Rig,
    closed: Content,
    open: Content,
}

struct Content {
    space: String,
    page: String,
    parent: String,
    comment: String,
    attachment: String,
}

const CLOSED: &str = "PEOPLE";
const OPEN: &str = "ENG";

async fn content(rig: &Rig, key: &str) -> Content {
    let space = rig.space_id(key).await;
    let find = async |kind: &str| {
        let cql = format!("type = {kind} and space = {key} order by created");
        let found = rig.raw("searchCql", json!({ "cql": cql })).await;
        found["results"][0]["content"]["id"].as_str().unwrap().to_owned()
    };
    let attachment = find("attachment").await;
    let on = rig.raw("getAttachment", json!({ "id": attachment })).await;
    let page = on["pageId"].as_str().unwrap().to_owned();
    let parent = rig.raw("getPage", json!({ "id": page })).await["parentId"].clone();
    let parent = parent.as_str().unwrap().to_owned();
    let body = json!({ "representation": "storage", "value": "<p>Seen.</p>" });
    let added =
        rig.raw("addFooterComment", json!({ "body": { "pageId": page, "body": body } })).await;
    let comment = added["id"].as_str().unwrap().to_owned();
    Content { space, page, parent, comment, attachment }
}

async fn site() -> Site {
    let rig = start().await;
    let (closed, open) = (content(&rig, CLOSED).await, content(&rig, OPEN).await);
    rig.sent();
    Site { rig, closed, open }
}

/// Calls that reach `to` in every way there is, from `from` where something has to be there already;
/// each with its instruction, and the most requests that it may take to be refused.
fn calls(to: &Content, from: &Content) -> Vec<(&'static str, Value, usize)> {
    let body = json!({ "representation": "storage", "value": "<p>x</p>" });
    let new = |space: &Content, parent: &Content, title: &str| json!({ "body": { "spaceId": space.space, "parentId": parent.parent, "title": title, "body": body } });
    let update = |extra: Value| {
        let mut page = json!({ "title": "T", "body": body, "version": { "number": 99 } });
        page.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        page
    };
    let change = json!({ "op": "findReplace", "find": "a", "replace": "b" });
    vec![
        ("listPages", json!({ "spaceId": to.space }), 0),
        ("listPages", json!({ "spaceId": [from.space, to.space] }), 0),
        ("getPage", json!({ "id": to.page }), 1),
        ("getPage", json!({ "id": to.page, "version": 1 }), 1),
        ("getPageBody", json!({ "id": to.page }), 1),
        ("createPage", new(to, to, "One"), 0),
        ("createPage", new(from, to, "Two"), 1),
        ("updatePage", json!({ "id": to.page, "body": update(json!({})) }), 1),
        (
            "updatePage",
            json!({ "id": from.page, "body": update(json!({ "spaceId": to.space })) }),
            0,
        ),
        (
            "updatePage",
            json!({ "id": from.page, "body": update(json!({ "parentId": to.parent })) }),
            2,
        ),
        ("editPage", json!({ "id": to.page, "version": 1, "edits": [change] }), 1),
        ("deletePage", json!({ "id": to.page }), 1),
        ("deletePage", json!({ "id": to.page, "purge": true }), 1),
        ("deletePage", json!({ "id": to.page, "draft": true }), 1),
        ("listSpaces", json!({ "ids": to.space }), 0),
        ("listSpaces", json!({ "keys": [OPEN, CLOSED] }), 0),
        ("listSpaces", json!({ "keys": "people" }), 0),
        ("getSpace", json!({ "id": to.space }), 0),
        ("getPageChildren", json!({ "id": to.parent }), 1),
        ("getPageAncestors", json!({ "id": to.page }), 1),
        ("getPageDescendants", json!({ "id": to.parent }), 1),
        ("getFooterComments", json!({ "id": to.page }), 1),
        ("addFooterComment", json!({ "body": { "pageId": to.page, "body": body } }), 1),
        ("addFooterComment", json!({ "body": { "parentCommentId": to.comment, "body": body } }), 2),
        (
            "addFooterComment",
            json!({ "body": { "pageId": from.page, "parentCommentId": to.comment, "body": body } }),
            2,
        ),
        ("getInlineComments", json!({ "id": to.page }), 1),
        ("getPageLabels", json!({ "id": to.page }), 1),
        ("addPageLabel", json!({ "id": to.page, "body": [{ "name": "x" }] }), 1),
        ("getPageAttachments", json!({ "id": to.page }), 1),
        ("getAttachment", json!({ "id": to.attachment }), 2),
        ("getPageVersions", json!({ "id": to.page }), 1),
    ]
}

/// Nothing but reads, each of one thing, or of several spaces at once.
fn is_look_up(request: &str) -> bool {
    if request == "GET /wiki/api/v2/spaces" {
        return true;
    }
    let path = request.strip_prefix("GET /wiki/api/v2/").unwrap_or_default();
    let mut parts = path.split('/');
    let known = ["pages", "footer-comments", "attachments", "spaces"];
    parts.next().is_some_and(|it| known.contains(&it)) && parts.count() == 1
}

/// Makes every call that reaches the closed space, each with nothing remembered.
async fn refuse_all(site: &Site, extra: usize) {
    for (instruction, arguments, requests) in calls(&site.closed, &site.open) {
        // A changed instance starts with nothing remembered.
        site.rig.memory.change(&instance("acme"), |_| {});
        let context = format!("{instruction} {arguments}");
        let text = site.rig.failure(instruction, arguments).await;
        let sent = site.rig.sent();
        assert!(text.starts_with(&format!("Forbidden while {instruction}: ")), "{context}: {text}");
        assert!(text.contains("policy"), "{context}: {text}");
        assert!(!text.contains("Salary") && !text.contains("Visiting"), "{context}: {text}");
        assert!(sent.len() <= requests + extra, "{context}: {sent:?}");
        assert!(sent.iter().all(|it| is_look_up(it)), "{context}: {sent:?}");
    }
}

#[tokio::test]
async fn a_denied_space_is_refused_for_every_operation_that_names_or_reaches_it() {
    let site = site().await;
    site.rig.limit(closing(&[(CLOSED, Some(&site.closed.space))]));
    refuse_all(&site, 0).await;
}

#[tokio::test]
async fn a_space_that_is_not_allowed_is_refused_for_every_operation_that_names_or_reaches_it() {
    let site = site().await;
    site.rig.limit(opening(&[(OPEN, Some(&site.open.space))]));
    refuse_all(&site, 0).await;
}

#[tokio::test]
async fn a_policy_that_knows_only_keys_costs_one_more_look_up_for_each_space() {
    let site = site().await;
    for limits in [closing(&[("people", None)]), opening(&[("eng", None)])] {
        site.rig.limit(limits);
        refuse_all(&site, 2).await;
    }
}

#[tokio::test]
async fn the_matrix_has_every_operation_but_search() {
    let site = site().await;
    let calls = calls(&site.closed, &site.open);
    let named: BTreeSet<_> = calls.iter().map(|it| it.0).collect();
    let missing: Vec<_> =
        OPERATIONS.iter().map(|it| it.instruction).filter(|it| !named.contains(it)).collect();
    // Which has a file of its own.
    assert_eq!(missing, ["searchCql"]);
}

#[tokio::test]
async fn what_is_open_is_reached_as_without_a_policy() {
    let site = site().await;
    site.rig.limit(closing(&[(CLOSED, Some(&site.closed.space))]));
    for (instruction, arguments, _) in calls(&site.open, &site.open) {
        let context = format!("{instruction} {arguments}");
        // These are changed by the calls before them, or do not fit one another.
        if ["updatePage", "editPage", "deletePage"].contains(&instruction)
            || context.contains(CLOSED)
            || context.contains("people")
        {
            continue;
        }
        site.rig.raw(instruction, arguments).await;
        let sent = site.rig.sent();
        assert!(sent.len() <= 3, "{context}: {sent:?}");
    }
    // What was looked up once is remembered.
    site.rig.raw("getPageLabels", json!({ "id": site.open.page })).await;
    assert_eq!(site.rig.sent().len(), 1);
}

#[tokio::test]
async fn lists_leave_out_what_is_closed_and_say_so() {
    let site = site().await;
    site.rig.limit(closing(&[(CLOSED, None)]));
    let text = site.rig.text("spaces", json!({ "action": "list" })).await;
    assert!(!text.contains(CLOSED) && text.contains(OPEN), "{text}");
    assert!(text.contains("1 entry is left out: "), "{text}");
    let spaces = site.rig.raw("listSpaces", json!({})).await;
    assert_eq!(spaces["__omitted"]["count"], 1, "{spaces}");
    let keys: Vec<_> = spaces["results"].as_array().unwrap().iter().map(|it| &it["key"]).collect();
    assert!(!keys.contains(&&json!(CLOSED)), "{keys:?}");

    let pages = site.rig.raw("listPages", json!({ "limit": 100 })).await;
    let rows = pages["results"].as_array().unwrap();
    assert!(!rows.is_empty() && rows.iter().all(|it| it["spaceId"] != json!(site.closed.space)));
    let left_out = pages["__omitted"]["count"].as_u64().unwrap();
    assert!(left_out > 5, "{left_out}");
    let structured = json!({ "action": "list", "limit": 100, "outputFormat": "both" });
    let caller = crate::rig::caller("acme");
    let both = site.rig.call(&caller, "pages", structured).await.unwrap();
    assert!(both.text.contains(&format!("{left_out} entries are left out: ")), "{}", both.text);
    assert_eq!(both.structured.unwrap()["__omitted"]["count"], left_out);
}

#[tokio::test]
async fn lists_of_a_few_open_spaces_ask_for_no_others() {
    let site = site().await;
    site.rig.limit(opening(&[(OPEN, Some(&site.open.space))]));
    let pages = site.rig.raw("listPages", json!({ "limit": 100 })).await;
    assert!(pages.get("__omitted").is_none());
    let requests = site.rig.sandbox.requests();
    assert_eq!(requests[0].query, format!("space-id={}&limit=100", site.open.space));
    site.rig.sent();
    let spaces = site.rig.raw("listSpaces", json!({})).await;
    assert_eq!(spaces["results"].as_array().unwrap().len(), 1);
    assert_eq!(site.rig.sandbox.requests()[0].query, format!("keys={OPEN}"));
}

#[tokio::test]
async fn where_no_space_is_open_nothing_is_sent() {
    let site = site().await;
    site.rig.limit(opening(&[]));
    for (tool, arguments) in [
        ("listPages", json!({})),
        ("listSpaces", json!({})),
        ("searchCql", json!({ "cql": "type = page" })),
        ("getSpace", json!({ "id": site.open.space })),
    ] {
        let text = site.rig.failure(tool, arguments).await;
        assert!(text.starts_with(&format!("Forbidden while {tool}: ")), "{text}");
        assert_eq!(site.rig.sent(), [""; 0], "{tool}");
    }
}

#[tokio::test]
async fn rendered_bodies_are_refused_because_macros_show_other_spaces() {
    let site = site().await;
    site.rig.limit(closing(&[(CLOSED, Some(&site.closed.space))]));
    for format in ["view", "export_view", "styled_view", "anonymous_export_view", "editor"] {
        let arguments = json!({ "id": site.open.page, "bodyFormat": format });
        for instruction in ["getPage", "getPageBody"] {
            let text = site.rig.failure(instruction, arguments.clone()).await;
            assert!(text.contains("rendered formats may show content of other spaces"), "{text}");
        }
    }
    for expand in ["content.body.view", "body.export_view", "content.body.styled_view"] {
        let arguments = json!({ "cql": "type = page", "expand": expand });
        let text = site.rig.failure("searchCql", arguments).await;
        assert!(text.contains("rendered formats"), "{text}");
    }
    assert_eq!(site.rig.sent(), [""; 0]);
}

#[tokio::test]
async fn a_page_that_does_not_exist_is_not_found_whatever_the_policy() {
    let site = site().await;
    site.rig.limit(closing(&[(CLOSED, Some(&site.closed.space))]));
    for (tool, arguments) in [
        ("getPage", json!({ "id": "999" })),
        ("addPageLabel", json!({ "id": "999", "body": [{ "name": "x" }] })),
    ] {
        let text = site.rig.failure(tool, arguments).await;
        assert!(text.starts_with(&format!("Resource not found while {tool}: ")), "{text}");
        assert_eq!(site.rig.sent().len(), 1);
    }
}

#[tokio::test]
async fn a_parent_whose_space_cannot_be_told_is_refused() {
    let site = site().await;
    site.rig.limit(closing(&[(CLOSED, Some(&site.closed.space))]));
    let body = json!({ "representation": "storage", "value": "<p>x</p>" });
    let page = json!({ "spaceId": site.open.space, "parentId": "999", "title": "N", "body": body });
    let text = site.rig.failure("createPage", json!({ "body": page })).await;
    assert!(text.contains("the space of parent 999 cannot be determined"), "{text}");
    assert_eq!(site.rig.sent(), ["GET /wiki/api/v2/pages/999"]);
}

#[tokio::test]
async fn an_agents_policy_stands_below_the_one_for_everyone() {
    let site = site().await;
    let id: SpaceId = site.closed.space.parse().unwrap();
    site.rig.memory.change(&instance("acme"), |it| {
        let own = it.policies.agents.entry("agent-1".parse().unwrap()).or_default();
        own.spaces = closing(&[(CLOSED, Some(id.as_str()))]);
    });
    let arguments = json!({ "id": site.closed.page });
    site.rig.failure("getPage", arguments.clone()).await;
    let mut other = crate::rig::caller("acme");
    other.agent = Some("agent-2".parse().unwrap());
    site.rig.call(&other, "getPage", arguments).await.unwrap();
}
