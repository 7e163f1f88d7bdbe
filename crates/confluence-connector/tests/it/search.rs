//! A policy on spaces, for searches: attempts to get out of it.

use std::collections::BTreeSet;

use serde_json::json;

use crate::rig::{Rig, closing, opening, start};

/// The spaces of what a search finds.
async fn found(rig: &Rig, cql: &str) -> BTreeSet<String> {
    let arguments = json!({ "cql": cql, "limit": 100, "expand": "content.space" });
    let found = rig.raw("searchCql", arguments).await;
    assert!(found.get("__omitted").is_none(), "narrowed by Confluence itself: {cql}");
    let rows = found["results"].as_array().unwrap();
    rows.iter()
        .map(|row| {
            let key = row.pointer("/content/space/key").or(row.pointer("/space/key"));
            key.unwrap().as_str().unwrap().to_owned()
        })
        .collect()
}

/// Queries that find something in `PEOPLE` where everything is open.
const REACHING: [&str; 14] = [
    "type = page",
    "space = PEOPLE",
    "space = people",
    "space in (PEOPLE, ENG)",
    "type = page or space = PEOPLE",
    "(type = page) or (space = PEOPLE)",
    "not space = ENG",
    "space != ENG order by created",
    "type = comment or type = attachment or type = space",
    "title ~ \"travel\" or title = '\"' or space = PEOPLE",
    "text ~ \"x\\\") or (space = \\\"PEOPLE\" or space = PEOPLE",
    "space = \"PEOPLE\" ORDER BY title DESC, created",
    "type = page AND (space = ENG OR NOT (space = ENG))",
    "space not in (ENG, PROD) and type = page",
];

#[tokio::test]
async fn queries_find_nothing_in_a_closed_space() {
    let rig = start().await;
    for cql in REACHING {
        assert!(found(&rig, cql).await.contains("PEOPLE"), "reaches it without a policy: {cql}");
    }
    rig.limit(closing(&[("PEOPLE", None)]));
    for cql in REACHING {
        assert!(!found(&rig, cql).await.contains("PEOPLE"), "{cql}");
    }
    rig.limit(opening(&[("ENG", None), ("PROD", None)]));
    for cql in REACHING {
        let found = found(&rig, cql).await;
        assert!(found.iter().all(|it| it == "ENG" || it == "PROD"), "{cql}: {found:?}");
    }
}

#[tokio::test]
async fn what_is_not_understood_is_not_sent() {
    let rig = start().await;
    rig.limit(closing(&[("PEOPLE", None)]));
    for cql in [
        "type = page) OR (space = PEOPLE",
        ") OR (",
        "type = page ORDER BY created) OR (space = PEOPLE",
        "type = page /* AND */ OR space = PEOPLE /*",
        "type = page -- AND",
        "type = page # ",
        "type = page; space = PEOPLE",
        "title = \"a\" \" OR space = PEOPLE",
        "title = \"a\\\" OR space = PEOPLE",
        "title = 'a OR space = PEOPLE",
        "title = \"\"\" OR space = PEOPLE",
        "type = page \u{ff2f}\u{ff32} space = PEOPLE",
        "type = page \u{2215} space = PEOPLE",
        "type = page \0",
        "ｓｐａｃｅ = PEOPLE",
        "ORDER BY created",
        "type",
    ] {
        let text = rig.failure("searchCql", json!({ "cql": cql })).await;
        assert!(text.starts_with("Forbidden while searchCql: "), "{cql}: {text}");
        assert!(text.contains("at character "), "{cql}: {text}");
        assert_eq!(rig.sent(), [""; 0], "{cql}");
    }
}

#[tokio::test]
async fn a_quoted_break_out_is_a_text_like_any_other() {
    let rig = start().await;
    rig.limit(closing(&[("PEOPLE", None)]));
    for cql in [
        "title = \"x\\\") or space = PEOPLE or (title = \\\"\"",
        "title = '\") or space = \"PEOPLE'",
        "title = \"\\\\\" and title = \") or space = PEOPLE or title = (\"",
        "title = \"\u{201d}) or space = PEOPLE\"",
        "title = \"a\\u0022) or space = PEOPLE or (title = \\u0022\"",
    ] {
        assert_eq!(found(&rig, cql).await, BTreeSet::new(), "{cql}");
    }
}

#[tokio::test]
async fn what_is_sent_is_the_tree() {
    let rig = start().await;
    rig.limit(opening(&[("ENG", None), ("fin", None)]));
    rig.sent();
    rig.raw("searchCql", json!({ "cql": "type=page or space='PEOPLE' order by created" })).await;
    let query = rig.sandbox.requests()[0].query.clone();
    let pairs: Vec<(String, String)> =
        url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let cql = &pairs.iter().find(|it| it.0 == "cql").unwrap().1;
    assert_eq!(
        cql,
        "space IN (\"ENG\", \"fin\") AND (type = \"page\" OR space = \"PEOPLE\") ORDER BY created"
    );
}

#[tokio::test]
async fn rows_of_a_closed_space_are_dropped_whatever_confluence_finds() {
    let rig = start().await;
    // The key that the policy knows is not the one that this site has for a query, so that the
    // query cannot keep the rows away.
    let found = rig.raw("searchCql", json!({ "cql": "space = PEOPLE and type = page" })).await;
    let next = found["results"].as_array().unwrap().len();
    assert!(next > 3);
    let cursor = {
        let found = rig.raw("searchCql", json!({ "cql": "type = page", "limit": 1 })).await;
        let link = found["_links"]["next"].as_str().unwrap().to_owned();
        confluence_api::cursor_of(&link).unwrap()
    };
    rig.limit(closing(&[("PEOPLE", None)]));
    let arguments = json!({ "cql": "type = page", "cursor": cursor, "limit": 100 });
    let found = rig.raw("searchCql", arguments).await;
    let keys: Vec<_> = found["results"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|it| it.pointer("/content/space/key").cloned())
        .collect();
    assert!(!keys.is_empty() && !keys.contains(&json!("PEOPLE")), "{keys:?}");
}
