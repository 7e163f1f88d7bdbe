//! The account that was connected is named in the next answer, and in no other.

use confluence_sandbox::{Consent, Fault, Sandbox};
use futures::future::join_all;
use serde_json::json;

use super::{ACME, Acme, Browser, bearer, outcome};
use crate::support::{request, text};

const NAMED: &str = "Newly connected: from now on these tools act in Confluence as the Atlassian account \"Greta Holm\", at http";

/// Connects a user as Greta, who may only look.
async fn connect(acme: &Acme, user: &str) {
    let mut browser = Browser::default();
    let sent = browser.confirm(&acme.server, &acme.link(user).await).await;
    let greta = Consent::accept().account("guest@example.com");
    let callback = acme.sandbox.consent(sent.header("location").unwrap(), &greta).await.unwrap();
    let page = browser.come_back(&acme.server, None, &callback).await;
    assert_eq!(outcome(&page), "connected", "{}", page.body);
    assert!(page.body.contains("Greta Holm"), "{}", page.body);
}

async fn acme() -> Acme {
    Acme::with_own_client_at(Sandbox::builder().demo().start().await.unwrap()).await
}

#[tokio::test]
async fn the_next_answer_names_the_account_and_no_other() {
    let acme = acme().await;
    connect(&acme, "ada").await;
    let (ok, told) = acme.call("ada").await;
    assert!(ok && told.contains(NAMED), "{told}");
    let (ok, told) = acme.call("ada").await;
    assert!(ok && !told.contains("Newly connected"), "{told}");
    // Who connects again may have chosen another account.
    let key = acme.server.rig().personal("acme", "ada", "agent-1").await;
    let link = super::visits::parting(&acme, &mut Browser::default(), &key).await;
    let page = Browser::default().confirm(&acme.server, &link).await;
    assert_eq!(outcome(&page), "disconnected");
    connect(&acme, "ada").await;
    assert!(acme.call("ada").await.1.contains(NAMED));
}

#[tokio::test]
async fn of_many_answers_at_once_one_names_the_account() {
    let acme = acme().await;
    connect(&acme, "ada").await;
    let told = join_all((0..20).map(|_| acme.call("ada"))).await;
    assert!(told.iter().all(|it| it.0), "{told:?}");
    assert_eq!(told.iter().filter(|it| it.1.contains(NAMED)).count(), 1, "{told:?}");
}

#[tokio::test]
async fn an_answer_that_is_a_failure_names_it_too() {
    let acme = acme().await;
    connect(&acme, "ada").await;
    let fault = Fault::Status { status: 400, retry_after: None }.on("GET", "/wiki/api/v2/spaces");
    acme.sandbox.faults().inject(fault.once());
    let (ok, told) = acme.call("ada").await;
    assert!(!ok && told.starts_with("Bad request") && told.contains(NAMED), "{told}");
    assert!(!acme.call("ada").await.1.contains("Newly connected"));
}

#[tokio::test]
async fn json_stays_json_and_leaves_it_to_an_answer_with_text() {
    let acme = acme().await;
    connect(&acme, "ada").await;
    let arguments = json!({
        "action": "list", "agent_id": "agent-1", "user_id": "ada", "outputFormat": "structured",
    });
    let call = request("tools/call", json!({ "name": "spaces", "arguments": arguments }));
    let call = acme.server.post(call).to(&format!("{ACME}.mcp"));
    let answer = call.header("authorization", &bearer(&acme.platform)).send().await.json();
    let json: serde_json::Value = serde_json::from_str(text(&answer["result"])).unwrap();
    assert_eq!(json, answer["result"]["structuredContent"]);
    assert!(acme.call("ada").await.1.contains(NAMED));
}
