//! Reading the audit.

use std::time::Duration;

use confluence_connector::{AuditLog, AuditRecord};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::Admin;

/// When the first call was.
const START: &str = "2026-11-20T10:00:00Z";

impl Admin {
    /// Adds calls to the audit of a workspace, a second apart.
    pub(crate) async fn audit(&self, workspace: &str, calls: u64) {
        let start: Timestamp = START.parse().unwrap();
        let record = |index: u64| AuditRecord {
            at: start.checked_add(Duration::from_secs(index)).unwrap(),
            workspace: workspace.parse().unwrap(),
            instance: "ConfluenceNext".parse().unwrap(),
            key: None,
            user: Some(format!("user-{}", index % 2).parse().unwrap()),
            agent: Some("agent-1".parse().unwrap()),
            operation: Some("getPage".to_owned()),
            target: Some(index.to_string()),
            outcome: "ok".to_owned(),
            duration: Duration::from_millis(17),
        };
        let records: Vec<_> = (0..calls).map(record).collect();
        AuditLog::append(&self.rig().store, &records).await.unwrap();
    }

    /// Targets of all calls that a query finds, in order.
    async fn targets(&self, query: &str) -> Vec<String> {
        let mut targets = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = self.get(&format!("/audit?{query}&cursor={cursor}")).await;
            let items = page["items"].as_array().unwrap();
            targets.extend(items.iter().map(|it| it["target"].as_str().unwrap().to_owned()));
            let Some(next) = page["next"].as_str() else { return targets };
            next.clone_into(&mut cursor);
        }
    }
}

#[tokio::test]
async fn pages_join_to_the_whole_and_newer_calls_do_not_disturb_them() {
    let admin = Admin::start().await;
    admin.audit("acme", 25).await;
    let whole: Vec<String> = (0..25).rev().map(|it| it.to_string()).collect();
    for limit in [1, 7, 25, 26, 1000, 5000] {
        assert_eq!(admin.targets(&format!("limit={limit}")).await, whole, "{limit}");
    }
    let first = admin.get("/audit?limit=10").await;
    admin.audit("acme", 5).await;
    let next = first["next"].as_str().unwrap();
    let second = admin.get(&format!("/audit?limit=10&cursor={next}")).await;
    assert_eq!(second["items"][0]["target"], "14");
}

#[tokio::test]
async fn conditions_hold_together() {
    let admin = Admin::start().await;
    admin.audit("acme", 10).await;
    admin.audit("other", 4).await;
    for (query, expected) in [
        ("workspace=acme&user=user-1", &["9", "7", "5", "3", "1"][..]),
        ("workspace=other&agent=agent-1&user=user-0", &["2", "0"]),
        ("workspace=acme&since=2026-11-20T10:00:08Z", &["9", "8"]),
        ("workspace=acme&until=2026-11-20T10:00:02Z&instance=ConfluenceNext", &["1", "0"]),
        ("workspace=acme&instance=Second", &[]),
        ("workspace=gone", &[]),
    ] {
        assert_eq!(admin.targets(query).await, expected, "{query}");
    }
}

#[tokio::test]
async fn a_line_says_who_did_what() {
    let admin = Admin::start().await;
    admin.audit("acme", 1).await;
    let mut page = admin.get("/audit").await;
    let line = page["items"][0].take();
    assert!(line["position"].is_u64(), "{line}");
    let expected = json!({
        "position": line["position"],
        "at": "2026-11-20T10:00:00Z",
        "workspace": "acme",
        "instance": "ConfluenceNext",
        "key": null,
        "user": "user-0",
        "agent": "agent-1",
        "operation": "getPage",
        "target": "0",
        "outcome": "ok",
        "durationMs": 17,
    });
    assert_eq!(line, expected);
}

#[tokio::test]
async fn what_is_no_condition_is_told() {
    let admin = Admin::start().await;
    for (query, expected) in [
        ("since=yesterday", "`since`: "),
        ("workspace=No", "`workspace`: `No` is not a workspace slug"),
        ("limit=-1", "`limit`: "),
        ("cursor=x", "`cursor`: "),
        ("colour=red", "a parameter is unknown here"),
        ("limit=1&limit=2", "a parameter is given twice"),
    ] {
        let (status, code, text) = admin.refused("GET", &format!("/audit?{query}"), None).await;
        assert_eq!((status, code.as_str()), (400, "invalid"), "{query}");
        assert!(text.starts_with(expected), "{query}: {text}");
    }
    assert_eq!(admin.get("/audit?limit=0").await["next"], Value::Null);
}
