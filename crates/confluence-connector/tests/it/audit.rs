//! The audit: one record for each call, whatever comes of it, and none of what was read or written.

use std::{sync::Arc, time::Duration};

use confluence_connector::{Allowlist, AuditTrail, AuthSettings, Policy};
use confluence_sandbox::Fault;
use serde_json::json;

use crate::{
    memory::Memory,
    rig::{caller, closing, instance, object, start},
};

const LONG: Duration = Duration::from_secs(20);

#[tokio::test]
async fn each_call_is_in_the_audit_with_what_came_of_it() {
    let rig = start().await;
    let page = rig.raw("listPages", json!({ "limit": 1 })).await["results"][0]["id"].clone();
    rig.text("pages", json!({ "action": "get", "id": page })).await;
    rig.failure("pages", json!({ "action": "get", "id": "999" })).await;
    rig.failure("pages", json!({ "action": "nonsense" })).await;
    rig.failure("nonsense", json!({ "id": "../etc/passwd" })).await;
    rig.limit(closing(&[("ENG", None), ("PROD", None)]));
    rig.failure("listSpaces", json!({ "keys": "ENG" })).await;
    rig.memory.change(&instance("acme"), |it| it.allowlist = Allowlist::Nobody);
    let body = json!({ "pageId": 42, "body": { "representation": "storage", "value": "secret" } });
    rig.failure("comments", json!({ "action": "addFooter", "body": body })).await;
    rig.memory.change(&instance("acme"), |it| {
        it.allowlist = Allowlist::Everyone;
        it.auth = AuthSettings::AccessToken { token: None, cloud_id: None, site: None };
    });
    rig.failure("getPage", json!({ "id": 7 })).await;
    drop(rig.connector);
    rig.writer.finish(LONG).await.unwrap();
    assert_eq!(
        rig.memory.outcomes(),
        [
            "listPages ok",
            "getPage ok",
            "getPage not_found",
            "- arguments",
            "- arguments",
            "listSpaces forbidden",
            "addFooterComment not_allowlisted",
            "getPage not_configured",
        ]
    );
    let audit = rig.memory.audit.lock().unwrap();
    let targets: Vec<_> = audit.iter().map(|it| it.target.as_deref()).collect();
    assert_eq!(
        targets,
        [None, page.as_str(), Some("999"), None, None, None, Some("42"), Some("7")]
    );
    for record in audit.iter() {
        assert_eq!(record.workspace.as_str(), "acme");
        assert_eq!(record.agent.as_ref().unwrap().as_str(), "agent-1");
        assert_eq!(record.user.as_ref().unwrap().as_str(), "ada");
    }
    let all = format!("{audit:?}");
    assert!(!all.contains("secret") && !all.contains("passwd"), "{all}");
}

#[tokio::test]
async fn a_call_that_is_given_up_has_happened() {
    let rig = start().await;
    let slow = Fault::SlowBody { chunk: 1, pause: LONG };
    rig.sandbox.faults().inject(slow.on("GET", "/wiki/api/v2/pages").once());
    let (caller, limits) = (caller("acme"), Policy::default());
    let call = rig.connector.call_tool(&caller, &limits, "listPages", object(json!({})));
    {
        let mut call = std::pin::pin!(call);
        // Until it is on its way.
        while rig.sandbox.request_count() == 0 {
            assert!(futures::poll!(&mut call).is_pending());
            tokio::task::yield_now().await;
        }
    }
    drop(rig.connector);
    rig.writer.finish(LONG).await.unwrap();
    assert_eq!(rig.memory.outcomes(), ["listPages cancelled"]);
}

#[tokio::test]
async fn records_wait_for_a_store_that_is_down() {
    let rig = start().await;
    rig.text("listPages", json!({})).await;
    rig.memory.set(true);
    // Turned away, since its instance cannot be read; and written down all the same, later.
    let text = rig.failure("getPage", json!({ "id": "1" })).await;
    assert!(text.starts_with("The connector is temporarily unavailable: "), "{text}");
    rig.memory.set(false);
    drop(rig.connector);
    rig.writer.finish(LONG).await.unwrap();
    assert_eq!(rig.memory.outcomes(), ["listPages ok", "getPage unavailable"]);
}

#[tokio::test]
async fn a_writer_that_cannot_write_says_so_at_its_deadline() {
    let log = Arc::new(Memory::default());
    log.set(true);
    let (trail, writer) = AuditTrail::start(Arc::<Memory>::clone(&log));
    let rig = crate::rig::with(|parts| parts.audit = trail).await;
    rig.text("listPages", json!({})).await;
    drop(rig.connector);
    writer.finish(Duration::from_millis(50)).await.unwrap_err();
    assert_eq!(log.outcomes(), [""; 0]);
}
