//! Who is turned away before anything is sent to Confluence, word for word.

use confluence_api::id::SiteName;
use confluence_connector::AuthSettings;
use confluence_server::HttpOptions;
use serde_json::{Value, json};

use crate::{
    rig::{API, Rig, shared_account},
    support::{Server, confluence, request, text},
};

const SCOPE: &str = "Set the capability Scope to `context_id,agent_id,user_id`: these are identifiers that the platform adds to each call, not OAuth scopes.";

/// What a call of workspace `acme` is told; nothing may have been sent.
async fn denied(auth: AuthSettings, agents: &str, arguments: Value, central: bool) -> String {
    let sandbox = confluence().await;
    let rig = Rig::new(&sandbox).await;
    rig.workspace("acme", auth, agents).await;
    if central {
        rig.central_client().await;
    }
    let key = rig.platform("acme").await;
    let server = Server::of(rig, HttpOptions::default()).await;
    let call = json!({ "name": "spaces", "arguments": arguments });
    let answer = server
        .post(request("tools/call", call))
        .to("/workspaces/slug:acme/webhooks/ConfluenceNext.mcp")
        .header("authorization", &format!("Bearer {key}"))
        .send()
        .await;
    assert_eq!(answer.status, 200, "a denial is a result: {}", answer.body);
    let answer = answer.json();
    assert_eq!(answer["result"]["isError"], true, "{answer}");
    assert_eq!(sandbox.request_count(), 0, "nothing is sent");
    text(&answer["result"]).to_owned()
}

fn ada() -> Value {
    json!({ "action": "list", "agent_id": "agent-1", "user_id": "ada" })
}

async fn shared() -> AuthSettings {
    shared_account(&confluence().await)
}

#[tokio::test]
async fn an_agent_that_is_not_authorized() {
    for agents in ["", "agent-2"] {
        assert_eq!(
            denied(shared().await, agents, ada(), false).await,
            format!(
                "This agent is not authorized to use this connector. Open the configuration app ({API}/apps/confluence-next?workspaceSlug=acme&appInstance=ConfluenceNext) → Authorized agents → tick this agent (id: agent-1), or enable Allow all agents."
            )
        );
    }
}

#[tokio::test]
async fn an_agent_that_cannot_be_identified() {
    for unknown in [json!(null), json!(""), json!("{{agent}}"), json!("two words")] {
        let arguments = json!({ "action": "list", "agent_id": unknown, "user_id": "ada" });
        assert_eq!(
            denied(shared().await, "agent-1", arguments, false).await,
            format!(
                "The calling agent could not be identified, so it cannot be authorized. {SCOPE}"
            )
        );
    }
}

#[tokio::test]
async fn a_user_who_cannot_be_identified() {
    let arguments = json!({ "action": "list", "agent_id": "agent-1" });
    assert_eq!(
        denied(AuthSettings::default(), "*", arguments, true).await,
        format!("The calling user could not be identified. {SCOPE}")
    );
}

#[tokio::test]
async fn a_user_who_is_not_connected_gets_a_link() {
    let told = denied(AuthSettings::default(), "*", ada(), true).await;
    assert!(told.starts_with("Confluence is not connected for this user. "), "{told}");
    let link = format!("{API}/workspaces/slug:acme/webhooks/ConfluenceNext.oauthConnect?ticket=");
    let ticket = told.split(&link).nth(1).unwrap_or_else(|| panic!("no link: {told}"));
    assert!(ticket.len() > 40, "{told}");
    assert!(!told.contains("planted-central-secret"));
}

#[tokio::test]
async fn no_oauth_client_at_all() {
    let told = denied(AuthSettings::default(), "*", ada(), false).await;
    assert!(told.starts_with("Confluence OAuth is not configured."), "{told}");
    let own = AuthSettings::OAuth { client: None, scopes: None, site: None };
    let told = denied(own, "*", ada(), true).await;
    assert!(told.starts_with("Confluence OAuth is not configured."), "{told}");
}

#[tokio::test]
async fn an_api_token_that_is_not_complete() {
    let site: SiteName = "acme".parse().unwrap();
    let auth =
        AuthSettings::ApiToken { email: None, token: None, site: Some(site), cloud_id: None };
    let told = denied(auth, "*", ada(), false).await;
    assert!(told.starts_with("apiToken mode requires email, apiToken and site."), "{told}");
}

#[tokio::test]
async fn no_access_token() {
    let site: SiteName = "acme".parse().unwrap();
    let auth = AuthSettings::AccessToken { token: None, cloud_id: None, site: Some(site) };
    assert_eq!(denied(auth, "*", ada(), false).await, "No access token configured.");
}

#[tokio::test]
async fn the_list_comes_before_the_user_and_the_user_before_the_tool() {
    let nobody = json!({ "action": "nonsense" });
    let told = denied(AuthSettings::default(), "agent-1", nobody.clone(), true).await;
    assert!(told.starts_with("The calling agent could not be identified"), "{told}");
    let told = denied(AuthSettings::default(), "*", nobody, true).await;
    assert!(told.starts_with("The calling user could not be identified"), "{told}");
}
