//! Tenants and their settings: nothing crosses, and what is changed holds at once.

use confluence_auth::AuthMode;
use confluence_connector::{Allowlist, AuthSettings, Caller, InstanceKey, Policy, Way};
use confluence_tools::Surface;
use serde_json::json;

use crate::rig::{caller, closing, instance, start};

#[tokio::test]
async fn what_is_set_for_one_workspace_does_not_hold_for_another() {
    let rig = start().await;
    rig.admit("other");
    rig.limit(closing(&[("PEOPLE", None)]));
    rig.memory.change(&instance("acme"), |it| it.policies.everyone.read_only = true);
    let search = json!({ "cql": "space = PEOPLE and type = page" });
    let of = async |workspace: &str| {
        let text = rig.call(&caller(workspace), "searchCql", search.clone()).await.unwrap().text;
        text.contains("Travel")
    };
    assert!(!of("acme").await);
    assert!(of("other").await);
    assert!(!of("acme").await);
    let delete = json!({ "id": "999" });
    let failure = rig.call(&caller("acme"), "deletePage", delete.clone()).await.unwrap_err();
    assert!(failure.text.contains("read-only"), "{}", failure.text);
    let failure = rig.call(&caller("other"), "deletePage", delete).await.unwrap_err();
    assert!(failure.text.starts_with("Resource not found"), "{}", failure.text);
}

#[tokio::test]
async fn a_name_that_nobody_has_is_no_instance() {
    let rig = start().await;
    let unknown = InstanceKey { name: "Other".parse().unwrap(), ..instance("acme") };
    for instance in [unknown, instance("nobody")] {
        let caller = Caller { instance, ..caller("acme") };
        let failure = rig.call(&caller, "listPages", json!({})).await.unwrap_err();
        assert!(failure.text.starts_with("Confluence not authenticated. "), "{}", failure.text);
    }
    assert_eq!(rig.sent(), [""; 0]);
}

#[tokio::test]
async fn a_changed_account_is_used_from_the_next_call_on() {
    let rig = start().await;
    rig.text("listPages", json!({})).await;
    rig.memory.change(&instance("acme"), |it| {
        let AuthSettings::ApiToken { token, .. } = &mut it.auth else { panic!("{it:?}") };
        *token = Some("wrong".to_owned().into());
    });
    let text = rig.failure("listPages", json!({})).await;
    assert!(text.starts_with("Authentication failed while listPages"), "{text}");
    rig.memory.change(&instance("acme"), |it| {
        it.auth = AuthSettings::AccessToken { token: None, cloud_id: None, site: None };
    });
    let text = rig.failure("listPages", json!({})).await;
    assert_eq!(text, "No access token configured.");
}

#[tokio::test]
async fn an_access_token_works_through_the_gateway() {
    let rig = start().await;
    let token = rig.sandbox.credentials().access_token.clone();
    let cloud_id = rig.sandbox.cloud_id().parse().unwrap();
    rig.memory.change(&instance("acme"), |it| {
        it.auth = AuthSettings::AccessToken {
            token: Some(token.into()),
            cloud_id: Some(cloud_id),
            site: None,
        };
    });
    rig.text("listPages", json!({})).await;
    assert!(rig.sandbox.requests()[0].through_gateway);
}

#[tokio::test]
async fn a_mode_that_lacks_something_says_what() {
    let rig = start().await;
    for (auth, text) in [
        (
            AuthSettings::ApiToken { email: None, token: None, site: None, cloud_id: None },
            "apiToken mode requires email, apiToken and site. Missing: email, apiToken.",
        ),
        (
            AuthSettings::AccessToken {
                token: Some(" ".to_owned().into()),
                cloud_id: None,
                site: None,
            },
            "No access token configured.",
        ),
        (AuthSettings::default(), "Confluence OAuth is not configured. "),
        (
            AuthSettings::OAuth { client: None, scopes: None, site: None },
            "Confluence OAuth is not configured. ",
        ),
    ] {
        let mode = auth.mode();
        rig.memory.change(&instance("acme"), |it| it.auth = auth);
        let told = rig.failure("listPages", json!({})).await;
        assert!(told.starts_with(text), "{mode}: {told}");
    }
    assert_eq!(rig.sent(), [""; 0]);
}

#[tokio::test]
async fn the_surface_is_what_operator_workspace_agent_and_request_leave() {
    let rig = start().await;
    let on = |surface: &Surface, tool: &str| {
        surface.operations(tool).map(|it| it.action).collect::<Vec<_>>()
    };
    rig.memory.change(&instance("acme"), |it| {
        it.policies.everyone.actions.denied = [("deletePage".parse().unwrap())].into();
        let agent = it.policies.agents.entry("agent-1".parse().unwrap()).or_default();
        agent.actions.denied = [("updatePage".parse().unwrap())].into();
    });
    let caller = caller("acme");
    let none = Policy::default();
    let surface = rig.connector.surface(&caller, &none).await.unwrap();
    assert_eq!(on(&surface, "pages"), ["list", "get", "getBody", "create"]);
    let headers = Policy::of_headers(Some("true"), Some("pages.get, getPageBody,deletePage, x"));
    let surface = rig.connector.surface(&caller, &headers).await.unwrap();
    assert_eq!(on(&surface, "pages"), ["get", "getBody"]);
    assert_eq!(on(&surface, "spaces"), [""; 0]);
    // Seen or not, it is refused.
    let arguments = crate::rig::object(json!({ "id": "1" }));
    for (name, text) in [
        ("deletePage", "deletePage is not available: this connector is read-only."),
        ("listSpaces", "listSpaces is not available: the connector's policy closes `spaces list`"),
    ] {
        let failure = rig.connector.call_tool(&caller, &headers, name, arguments.clone()).await;
        let failure = failure.unwrap_err();
        assert!(failure.text.starts_with(text), "{}", failure.text);
    }
    let failure = rig.call(&caller, "updatePage", json!({ "id": "1" })).await.unwrap_err();
    assert!(failure.text.contains("policy closes `pages update`"), "{}", failure.text);
    assert_eq!(rig.sent(), [""; 0]);
}

#[tokio::test]
async fn an_operators_limits_are_a_ceiling() {
    let rig = crate::rig::with(|parts| parts.ceiling.read_only = true).await;
    let off = Policy::of_headers(Some("false"), Some("pages"));
    let arguments = crate::rig::object(json!({ "id": "1" }));
    let failure =
        rig.connector.call_tool(&caller("acme"), &off, "deletePage", arguments).await.unwrap_err();
    assert!(failure.text.contains("read-only"), "{}", failure.text);
}

#[tokio::test]
async fn an_instruction_needs_no_agent() {
    let rig = start().await;
    rig.memory.change(&instance("acme"), |it| it.allowlist = Allowlist::Nobody);
    let instruction = Caller { way: Way::Instruction, agent: None, ..caller("acme") };
    let limits = Policy::default();
    let call = |caller: Caller| {
        let (connector, limits) = (rig.connector.clone(), limits.clone());
        async move {
            connector.call_instruction(&caller, &limits, "listPages", serde_json::Map::new()).await
        }
    };
    call(instruction).await.unwrap();
    call(caller("acme")).await.unwrap_err();
}

#[test]
fn settings_survive_being_stored_and_show_no_secret() {
    use confluence_connector::OAuthClient;
    use secrecy::ExposeSecret;

    let secret = "s3cr3t-of-the-test";
    for auth in [
        AuthSettings::OAuthCentral {
            scopes: Some("read:page:confluence".parse().unwrap()),
            site: Some("acme".parse().unwrap()),
        },
        AuthSettings::OAuth {
            client: Some(OAuthClient { id: "id".to_owned(), secret: secret.to_owned().into() }),
            scopes: None,
            site: None,
        },
        AuthSettings::ApiToken {
            email: Some("a@b.c".to_owned()),
            token: Some(secret.to_owned().into()),
            site: Some("acme".parse().unwrap()),
            cloud_id: None,
        },
        AuthSettings::AccessToken {
            token: Some(secret.to_owned().into()),
            cloud_id: Some("c10d".parse().unwrap()),
            site: None,
        },
    ] {
        let json = auth.to_secret_json();
        let read = AuthSettings::from_secret_json(&json).unwrap();
        assert_eq!(read.to_secret_json().expose_secret(), json.expose_secret());
        assert_eq!(read.mode(), auth.mode());
        assert!(auth.mode() == AuthMode::OAuthCentral || json.expose_secret().contains(secret));
        for shown in [format!("{auth:?}"), format!("{:?}", auth.shown())] {
            assert!(!shown.contains(secret), "{shown}");
        }
        // An error tells where, never what.
        let damaged = json.expose_secret().replace("\"mode\"", "\"mood\"").into();
        let error = AuthSettings::from_secret_json(&damaged).unwrap_err();
        let told = format!("{error:?}");
        assert!(!told.contains(secret), "{told}");
    }
}
