//! What `oauthStatus` answers, and what it costs.

use std::time::Duration;

use confluence_auth::{AuthMode, ConnectionError, status::ConnectionStatus};
use serde_json::{Value, json};

use super::{identity::Odd, rig::Rig};

async fn status(rig: &Rig) -> Result<Value, ConnectionError> {
    let mode = AuthMode::OAuth;
    let status = ConnectionStatus::of(&rig.refresher, &rig.key, mode, &rig.client).await?;
    Ok(serde_json::to_value(status).unwrap())
}

#[tokio::test(start_paused = true)]
async fn who_has_not_connected_is_not_connected() {
    let rig = Rig::empty();
    let reason = "Confluence is not connected for this user.";
    let expected = json!({ "connected": false, "authMethod": "oauth", "reason": reason });
    assert_eq!(status(&rig).await.unwrap(), expected);
}

#[tokio::test(start_paused = true)]
async fn a_dead_connection_is_found_out_when_its_token_is_due() {
    let rig = Rig::stale();
    rig.identity.revoke();
    let answer = status(&rig).await.unwrap();
    assert_eq!(answer["connected"], false);
    assert!(answer["reason"].as_str().unwrap().starts_with("Confluence token refresh failed"));
}

#[tokio::test(start_paused = true)]
async fn a_passing_fault_leaves_the_user_connected() {
    for odd in [
        Odd::Html(503),
        Odd::Lost,
        Odd::Hang,
        // An administrator has to act, not the user.
        Odd::Answer(401, r#"{"error":"access_denied"}"#),
    ] {
        let rig = Rig::stale();
        rig.identity.always(Some(odd.clone()));
        let answer = status(&rig).await.unwrap();
        assert_eq!(answer["connected"], true, "{odd:?}");
        assert!(answer["reason"].is_string(), "{odd:?}");
        assert_eq!(answer["site"]["url"], "https://example.atlassian.net/");
    }
}

#[tokio::test(start_paused = true)]
async fn a_store_that_does_not_say_is_no_answer() {
    let rig = Rig::fresh();
    *rig.memory.down.lock().unwrap() = true;
    assert!(matches!(status(&rig).await, Err(ConnectionError::Unavailable(_))));
}

#[tokio::test(start_paused = true)]
async fn a_platform_that_asks_before_every_call_costs_atlassian_nothing() {
    let rig = Rig::fresh();
    for _ in 0..100 {
        assert_eq!(status(&rig).await.unwrap()["connected"], true);
    }
    assert_eq!(rig.identity.all().len(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_status_refreshes_when_that_is_due_and_shows_no_token() {
    let rig = Rig::stale();
    let answer = status(&rig).await.unwrap();
    assert_eq!(rig.identity.refreshes(), 1);
    let names: Vec<_> = answer.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(names, ["connected", "authMethod", "site", "otherSites", "scopes", "connectedAt"]);
    assert_eq!(answer["scopes"], json!(["read:page:confluence", "offline_access"]));
    assert!(!answer.to_string().contains("s3cret"));
}

#[tokio::test(start_paused = true)]
async fn a_status_during_a_refresh_waits_for_it_instead_of_making_its_own() {
    let rig = Rig::stale();
    let (call, answer) = futures::join!(rig.current(), async {
        tokio::time::sleep(Duration::from_millis(5)).await;
        status(&rig).await
    });
    call.unwrap();
    assert_eq!(answer.unwrap()["connected"], true);
    assert_eq!(rig.identity.refreshes(), 1);
}

#[test]
fn modes_without_sign_in_are_always_connected() {
    let status = ConnectionStatus::shared(AuthMode::ApiToken);
    let expected = json!({ "connected": true, "authMethod": "apiToken" });
    assert_eq!(serde_json::to_value(status).unwrap(), expected);
}
