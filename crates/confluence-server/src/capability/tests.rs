use confluence_auth::{AuthMode, scopes::Scopes};
use confluence_connector::{Addresses, InstanceKey};
use serde_json::{Value, json};

use super::Capability;

fn capability(workspace: &str, mode: AuthMode) -> Capability {
    let addresses = Addresses::at(&"https://connector.example/v2".parse().unwrap());
    let name = "ConfluenceNext".parse().unwrap();
    let instance = InstanceKey { workspace: workspace.parse().unwrap(), name };
    Capability::of(&addresses, &instance, mode, &"read:page:confluence".parse::<Scopes>().unwrap())
}

const ACME: &str = "https://connector.example/v2/workspaces/slug:acme/webhooks/ConfluenceNext";

#[test]
fn a_tool_names_the_endpoint_and_where_users_connect() {
    let auth = json!({
        "type": "oauth",
        "status_url": format!("{ACME}.oauthStatus"),
        "connect_url": format!("{ACME}.oauthConnect"),
        "disconnect_url": format!("{ACME}.oauthDisconnect"),
        "scopes": ["read:page:confluence"],
    });
    for mode in [AuthMode::OAuth, AuthMode::OAuthCentral] {
        let expected = json!({
            "type": "mcp",
            "name": "confluence_next",
            "server": format!("{ACME}.mcp"),
            "scope": "context_id,agent_id,user_id",
            "auth": auth,
        });
        assert_eq!(capability("acme", mode).tool(), expected, "{mode}");
    }
}

#[test]
fn where_one_account_is_shared_nobody_is_sent_to_connect() {
    for mode in [AuthMode::ApiToken, AuthMode::AccessToken] {
        let capability = capability("acme", mode);
        assert_eq!(capability.tool().get("auth"), None, "{mode}");
        assert_eq!(capability.entry().get("auth"), None, "{mode}");
    }
}

#[test]
fn the_catalogue_has_the_core_endpoint_and_another_kind_of_sign_in() {
    let entry = capability("confluence-next", AuthMode::OAuthCentral).entry();
    let core = "https://connector.example/v2/workspaces/slug:confluence-next/webhooks/mcp";
    let properties = &entry["config_schema"]["properties"];
    assert_eq!(properties["server"]["default"], core);
    assert_eq!(properties["scope"]["default"], "context_id,agent_id,user_id");
    assert_eq!(entry["auth"]["type"], "oauth2");
}

#[test]
fn every_client_is_told_the_endpoint_and_none_a_key() {
    let clients = capability("acme", AuthMode::ApiToken).clients();
    let names: Vec<_> = clients.iter().map(|it| it.client).collect();
    assert_eq!(names, ["Claude Desktop", "Claude Code", "Cursor", "VS Code", "Any other client"]);
    for client in clients {
        assert!(client.text.contains(&format!("{ACME}.mcp")), "{}", client.text);
        assert!(client.text.contains("Authorization"), "{}", client.text);
        if client.id != "claude-code" {
            let json: Value = serde_json::from_str(&client.text).unwrap();
            assert!(json.is_object());
        }
    }
}
