//! What may be sent, what is forgiven, and what is refused before anything is sent.

use confluence_api::text::is_unsafe;
use serde_json::{Value, json};

use crate::rig::{demo, empty};

#[tokio::test]
async fn ids_may_be_numbers_and_lists_may_be_text() {
    let rig = demo().await;
    let first = rig.text("pages", json!({ "action": "get", "id": "65699842" })).await;
    let second = rig.text("pages", json!({ "action": "get", "id": 65_699_842 })).await;
    assert_eq!(first, second);
    for keys in [json!("ENG,PROD"), json!(["ENG", "PROD"]), json!(" ENG , PROD ")] {
        let text = rig.text("spaces", json!({ "action": "list", "keys": keys })).await;
        assert!(text.starts_with("2 spaces shown"), "{text}");
    }
    for id in [json!(65_538), json!("65538"), json!([65_538]), json!(["65538"])] {
        let arguments = json!({ "action": "list", "spaceId": id, "limit": 1 });
        assert!(rig.text("pages", arguments).await.starts_with("1 page shown"));
    }
}

#[tokio::test]
async fn a_body_may_be_text_that_holds_json() {
    let rig = empty().await;
    let home = rig.raw("listPages", json!({})).await["results"][0]["id"].clone();
    let body = json!([{ "name": "one" }]).to_string();
    let text = rig.text("labels", json!({ "action": "addToPage", "id": home, "body": body })).await;
    assert!(text.contains("one"), "{text}");
    let body = json!({ "pageId": home, "body": { "representation": "storage", "value": "<p/>" } });
    let arguments = json!({ "action": "addFooter", "body": body.to_string() });
    assert!(rig.text("comments", arguments).await.starts_with("Added comment"));
}

#[tokio::test]
async fn null_is_as_good_as_left_out() {
    let rig = empty().await;
    let arguments = json!({ "action": "list", "cursor": null, "limit": null, "title": null });
    rig.text("pages", arguments).await;
}

#[tokio::test]
async fn an_unknown_argument_is_not_taken_for_one_that_only_sounds_like_it() {
    let rig = demo().await;
    let text = rig.refused("pages", json!({ "action": "list", "targetUserId": "x" })).await;
    assert!(text.contains("unknown argument `targetUserId`. pages list takes:"), "{text}");
    for (given, meant) in [("titel", "title"), ("spaceKey", "spaceId"), ("Limit", "limit")] {
        let text = rig.refused("pages", json!({ "action": "list", given: "x" })).await;
        assert!(text.contains(&format!("did you mean `{meant}`?")), "{text}");
    }
}

#[tokio::test]
async fn arguments_without_room_in_an_address_are_refused() {
    let rig = empty().await;
    let text =
        rig.refused("pages", json!({ "action": "list", "title": "x".repeat(100_000) })).await;
    assert!(text.contains("listPages: the arguments make no request that can be sent"), "{text}");
}

#[tokio::test]
async fn injected_arguments_are_accepted_and_never_forwarded() {
    let rig = empty().await;
    rig.sandbox.reset_requests();
    let injected = json!({
        "action": "list",
        "context_id": "ctx-planted",
        "agent_id": "agent-planted",
        "user_id": "user-planted",
        "attachment_urls": ["https://example.com/planted"],
    });
    rig.text("spaces", injected).await;
    let home = rig.raw("listPages", json!({ "user_id": "planted" })).await;
    let write = json!({
        "action": "addToPage",
        "id": home["results"][0]["id"],
        "body": [{ "name": "a" }],
        "user_id": "user-planted",
    });
    rig.text("labels", write).await;
    for request in rig.sandbox.requests() {
        assert!(!format!("{request:?}").contains("planted"), "{request:?}");
    }
}

#[tokio::test]
async fn limits_are_clamped() {
    let rig = demo().await;
    for (asked, sent) in [(0, "limit=1"), (-5, "limit=1"), (7, "limit=7"), (100_000, "limit=100")] {
        rig.sandbox.reset_requests();
        rig.text("pages", json!({ "action": "list", "limit": asked })).await;
        assert_eq!(rig.sandbox.requests()[0].query, sent);
        rig.sandbox.reset_requests();
        rig.raw("listPages", json!({ "limit": asked })).await;
        assert_eq!(rig.sandbox.requests()[0].query, sent);
    }
}

/// Wrong calls of every kind.
#[expect(clippy::too_many_lines, reason = "a table, one line per call")]
fn wrong_calls() -> Vec<(&'static str, Value)> {
    let storage = json!({ "representation": "storage", "value": "<p/>" });
    let version = json!({ "number": 2 });
    vec![
        ("page", json!({ "action": "get" })),
        ("", json!({})),
        ("pages", json!({})),
        ("pages", json!({ "action": null })),
        ("pages", json!({ "action": "read" })),
        ("pages", json!({ "action": 7 })),
        ("pages", json!({ "action": "get" })),
        ("pages", json!({ "action": "get", "id": null })),
        ("pages", json!({ "action": "get", "id": "" })),
        ("pages", json!({ "action": "get", "id": "../spaces" })),
        ("pages", json!({ "action": "get", "id": "1%2e%2e" })),
        ("pages", json!({ "action": "get", "id": "1?x=y" })),
        ("pages", json!({ "action": "get", "id": "1\u{0}2" })),
        ("pages", json!({ "action": "get", "id": 1.5 })),
        ("pages", json!({ "action": "get", "id": ["1"] })),
        ("pages", json!({ "action": "get", "id": { "id": "1" } })),
        ("pages", json!({ "action": "get", "id": "1", "pageid": "2" })),
        ("pages", json!({ "action": "get", "id": "1", "versoin": 2 })),
        ("pages", json!({ "action": "get", "id": "1", "targetUserId": "u" })),
        ("pages", json!({ "action": "get", "id": "1", "bodyFormat": "html" })),
        ("pages", json!({ "action": "get", "id": "1", "version": "two" })),
        ("pages", json!({ "action": "get", "id": "1", "version": -1 })),
        ("pages", json!({ "action": "get", "id": "1", "includeLabels": "yes" })),
        ("pages", json!({ "action": "get", "id": "1", "outputFormat": "xml" })),
        ("pages", json!({ "action": "get", "id": "1", "outputFormat": 1 })),
        ("pages", json!({ "action": "list", "limit": "many" })),
        ("pages", json!({ "action": "list", "bodyFormat": "view" })),
        ("pages", json!({ "action": "list", "status": "draft" })),
        ("pages", json!({ "action": "list", "status": { "a": 1 } })),
        ("pages", json!({ "action": "list", "spaceId": "a b" })),
        ("pages", json!({ "action": "list", "spaceId": [true] })),
        ("pages", json!({ "action": "list", "sort": "newest" })),
        ("pages", json!({ "action": "create" })),
        ("pages", json!({ "action": "create", "body": "not json" })),
        ("pages", json!({ "action": "create", "body": [] })),
        ("pages", json!({ "action": "create", "body": {} })),
        ("pages", json!({ "action": "create", "body": { "title": "t", "body": storage } })),
        ("pages", json!({ "action": "create", "body": { "spaceId": "1", "title": "t" } })),
        ("pages", json!({ "action": "create", "body": { "spaceId": "1", "body": storage } })),
        ("pages", json!({ "action": "create", "title": "t", "body": {} })),
        (
            "pages",
            json!({ "action": "create", "body": { "spaceId": "1", "title": "t", "body": "<p/>" } }),
        ),
        (
            "pages",
            json!({ "action": "create", "body": { "spaceId": "1", "title": "t", "body": { "representation": "html", "value": "" } } }),
        ),
        (
            "pages",
            json!({ "action": "create", "body": { "spaceId": "1", "title": "t", "body": { "representation": "atlas_doc_format", "value": { "type": "doc" } } } }),
        ),
        (
            "pages",
            json!({ "action": "create", "body": { "spaceId": "1", "title": "t", "content": "x" } }),
        ),
        (
            "pages",
            json!({ "action": "create", "body": { "id": "1", "spaceId": "1", "title": "t", "body": storage } }),
        ),
        (
            "pages",
            json!({ "action": "create", "body": { "spaceId": "1", "title": "t", "body": storage, "version": version } }),
        ),
        ("pages", json!({ "action": "update", "id": "1" })),
        ("pages", json!({ "action": "update", "body": {} })),
        (
            "pages",
            json!({ "action": "update", "id": "1", "body": { "title": "t", "body": storage } }),
        ),
        (
            "pages",
            json!({ "action": "update", "id": "1", "body": { "title": "t", "body": storage, "version": {} } }),
        ),
        (
            "pages",
            json!({ "action": "update", "id": "1", "body": { "title": "t", "body": storage, "version": { "number": "2" } } }),
        ),
        (
            "pages",
            json!({ "action": "update", "id": "1", "body": { "id": "2", "title": "t", "body": storage, "version": version } }),
        ),
        (
            "pages",
            json!({ "action": "update", "id": "1", "body": { "body": storage, "version": version } }),
        ),
        (
            "pages",
            json!({ "action": "update", "id": "1", "body": { "title": "t", "version": version } }),
        ),
        ("pages", json!({ "action": "delete", "id": "1", "purge": true, "draft": true })),
        ("spaces", json!({ "action": "list", "type": "team" })),
        ("spaces", json!({ "action": "get", "id": "~57", "descriptionFormat": "html" })),
        ("search", json!({ "action": "cql" })),
        ("search", json!({ "action": "cql", "cql": "  " })),
        ("search", json!({ "action": "cql", "cql": "type = page and text ~ \"\"" })),
        ("search", json!({ "action": "cql", "cql": ["type = page"] })),
        ("search", json!({ "action": "cql", "cql": "type = page", "excerpt": "long" })),
        ("content", json!({ "action": "descendants", "id": "1", "depth": 11 })),
        ("content", json!({ "action": "descendants", "id": "1", "depth": 0 })),
        ("content", json!({ "action": "ancestors", "id": "1", "cursor": "x" })),
        ("comments", json!({ "action": "addFooter", "body": { "body": storage } })),
        ("comments", json!({ "action": "addFooter", "body": { "pageId": "1" } })),
        ("comments", json!({ "action": "addFooter", "pageId": "1" })),
        ("comments", json!({ "action": "getFooter" })),
        ("labels", json!({ "action": "addToPage", "id": "1" })),
        ("labels", json!({ "action": "addToPage", "id": "1", "body": [] })),
        ("labels", json!({ "action": "addToPage", "id": "1", "body": { "name": "x" } })),
        ("labels", json!({ "action": "addToPage", "id": "1", "body": [{ "prefix": "global" }] })),
        ("labels", json!({ "action": "addToPage", "id": "1", "body": ["x"] })),
        ("attachments", json!({ "action": "get", "id": "att/../1" })),
        ("listPages", json!({ "action": "get" })),
    ]
}

#[tokio::test]
async fn wrong_arguments_are_named() {
    let rig = empty().await;
    let cases = wrong_calls();
    let mut told = Vec::new();
    for (tool, arguments) in cases {
        let call = format!("{tool} {arguments}");
        let text = rig.refused(tool, arguments).await;
        assert!(!text.chars().any(char::is_control), "{text:?}");
        told.push(format!("{call}\n  {text}"));
    }
    insta::assert_snapshot!(told.join("\n"));
}

#[tokio::test]
async fn refusals_repeat_little_of_a_call_and_nothing_that_disturbs() {
    let rig = empty().await;
    let name = format!("\u{1b}[2J\u{202e}\u{0}{}", "long".repeat(2_000));
    for (tool, arguments) in [
        (name.as_str(), json!({})),
        ("pages", json!({ "action": name })),
        ("pages", json!({ "action": "list", "outputFormat": name })),
        ("pages", json!({ "action": "list", name.as_str(): 1 })),
        ("pages", json!({ "action": "list", "limit": name })),
        ("pages", json!({ "action": "list", "status": name })),
        ("pages", json!({ "action": "get", "id": name })),
        ("pages", json!({ "action": "create", "body": { "spaceId": "1", name.as_str(): 1 } })),
        (
            "labels",
            json!({ "action": "addToPage", "id": "1", "body": [{ "name": "a", "prefix": name }] }),
        ),
        ("comments", json!({ "action": "addFooter", "body": { "body": { name.as_str(): 1 } } })),
        ("search", json!({ "action": "cql", "cql": format!("{name} ~ \"\"") })),
    ] {
        let text = rig.refused(tool, arguments).await;
        assert!(!text.contains(is_unsafe), "{text:?}");
        assert!(text.chars().count() < 600, "{text}");
        assert!(!text.contains(&"long".repeat(100)), "{text}");
    }
}

#[tokio::test]
async fn an_echoed_id_and_a_reply_are_sent_as_confluence_wants_them() {
    let rig = demo().await;
    let page = rig.page("On-Call Handbook").await;
    let number = page["version"]["number"].as_u64().unwrap() + 1;
    rig.sandbox.reset_requests();
    let body = json!({
        "id": page["id"],
        "title": "On-Call Handbook",
        "body": { "representation": "storage", "value": "<p>New</p>" },
        "version": { "number": number },
    });
    let arguments =
        json!({ "action": "update", "id": page["id"], "body": body, "allowLoss": true });
    rig.text("pages", arguments).await;
    let sent: Value = serde_json::from_str(rig.sandbox.requests()[0].body.as_str()).unwrap();
    assert_eq!((&sent["id"], &sent["status"]), (&page["id"], &json!("current")));

    let reply = json!({
        "pageId": page["id"],
        "parentCommentId": "66060301",
        "body": { "representation": "storage", "value": "<p>Yes.</p>" },
    });
    rig.sandbox.reset_requests();
    let text = rig.text("comments", json!({ "action": "addFooter", "body": reply })).await;
    assert!(text.contains("as a reply to comment 66060301"), "{text}");
    let sent: Value = serde_json::from_str(rig.sandbox.requests()[0].body.as_str()).unwrap();
    assert!(sent.get("pageId").is_none() && sent["parentCommentId"] == "66060301");
}

#[tokio::test]
async fn start_is_forwarded_and_the_answer_says_that_it_does_nothing() {
    let rig = demo().await;
    rig.sandbox.reset_requests();
    let arguments = json!({ "action": "cql", "cql": "type = page", "start": 25, "limit": 1 });
    let text = rig.text("search", arguments).await;
    assert!(text.contains("`start` has no effect"), "{text}");
    assert!(rig.sandbox.requests()[0].query.contains("start=25"));
}
