//! From the first sign-in to the last, as a person goes through it.

use std::time::Duration;

use confluence_sandbox::IdentityRequest;

use super::rig::{CLIENT, Rig};

#[test]
fn a_connection_lives_from_login_to_logout() {
    let rig = Rig::start();
    let (code, told) = rig.failure(&["spaces", "list"]);
    assert_eq!(code, 2, "{told}");
    assert!(told.contains("`confluence-cli auth login`"), "{told}");

    let ended = rig.signed_in(&[]);
    assert!(ended.stdout.starts_with("Connected: Dana Whitfield at "), "{}", ended.stdout);
    assert!(ended.stdout.contains("profile `default`"), "{}", ended.stdout);
    let status = rig.json(&["auth", "status"]);
    assert_eq!(status["profile"], "default", "{status}");
    assert_eq!((&status["connected"], &status["authMethod"]), (&true.into(), &"oauth".into()));
    assert_eq!(status["account"], "Dana Whitfield", "{status}");
    assert_eq!(status["profiles"][0]["current"], true, "{status}");
    assert!(rig.output(&["spaces", "list"]).contains("ENG"));
    assert_eq!(rig.refreshes().requests, 0);

    // The token ends before its time, and is renewed within the call.
    rig.sandbox.identity().expire_access_tokens();
    assert!(rig.output(&["spaces", "list"]).contains("ENG"));
    assert_eq!(rig.refreshes().granted, 1);
    assert!(rig.output(&["spaces", "list"]).contains("ENG"));
    assert_eq!(rig.refreshes().granted, 1, "it is kept");

    // Its time has come, and it is renewed before the call.
    rig.tokens_are_always_stale();
    rig.signed_in(&[]);
    for renewed in 2..5 {
        assert!(rig.output(&["api", "GET", "/wiki/api/v2/spaces"]).contains("ENG"));
        assert_eq!(rig.refreshes().granted, renewed);
    }

    rig.sandbox.identity().revoke_all();
    let (code, told) = rig.failure(&["spaces", "list"]);
    assert_eq!(code, 3, "{told}");
    assert!(told.contains("Confluence token refresh failed"), "{told}");
    assert!(told.contains("must reconnect"), "{told}");
    assert!(told.contains("Run `confluence-cli auth login`"), "{told}");
    // The connection is dropped: nobody asks Atlassian again.
    let asked = rig.refreshes().requests;
    let (code, told) = rig.failure(&["spaces", "list"]);
    assert_eq!(code, 3, "{told}");
    assert!(told.contains("Confluence is not connected for this user. Run `con"), "{told}");
    assert_eq!(rig.refreshes().requests, asked);
    let ended = rig.run(&["auth", "status", "--output=json"]);
    assert_eq!(ended.code, Some(3), "{ended:?}");
    assert!(ended.stdout.contains("\"connected\":false"), "{ended:?}");

    // The client is kept with the profile.
    let first = ["auth", "login", "--no-browser", "--callback-url", &rig.callback];
    let login = super::rig::LoggingIn::start(rig.command(&first));
    assert!(login.address.contains(CLIENT), "{}", login.address);
    super::browser::open(&super::browser::decide(&login.address, true));
    assert_eq!(login.ended().code, Some(0));
    assert!(rig.output(&["spaces", "list"]).contains("ENG"));

    let told = rig.output(&["auth", "logout"]);
    assert!(told.contains("`default` is removed"), "{told}");
    assert!(told.contains("id.atlassian.com"), "{told}");
    let (code, told) = rig.failure(&["spaces", "list"]);
    assert_eq!(code, 2, "{told}");
    assert!(!rig.kept().contains("planted"), "{}", rig.kept());
}

#[test]
fn a_passing_fault_disconnects_nobody() {
    let rig = Rig::start();
    rig.signed_in(&[]);
    rig.tokens_are_always_stale();
    rig.sandbox.identity().expire_access_tokens();
    let fault = confluence_sandbox::Fault::unavailable(None);
    rig.sandbox.faults().inject(fault.during(IdentityRequest::TokenRefresh).times(4));
    let (code, told) = rig.failure(&["spaces", "list"]);
    assert_eq!(code, 1, "{told}");
    assert!(told.contains("temporarily unavailable"), "{told}");
    rig.sandbox.faults().clear();
    assert!(rig.output(&["spaces", "list"]).contains("ENG"));
}

#[test]
fn a_call_that_gives_up_loses_no_token() {
    let rig = Rig::start();
    rig.signed_in(&[]);
    rig.tokens_are_always_stale();
    rig.sandbox.identity().expire_access_tokens();
    assert!(rig.output(&["spaces", "list"]).contains("ENG"));
    // Old tokens do not work a second time: what is not kept is lost.
    rig.sandbox.identity().change_policy(|it| it.reuse_leeway = Duration::ZERO);
    let late = confluence_sandbox::Fault::LateAnswer(Duration::from_millis(1_500));
    rig.sandbox.faults().inject(late.during(IdentityRequest::TokenRefresh).once());
    let (code, told) = rig.failure(&["spaces", "list", "--timeout=300ms"]);
    assert_eq!(code, 1, "{told}");
    assert!(rig.output(&["spaces", "list"]).contains("ENG"));
    assert_eq!(rig.sandbox.identity().reused_refreshes(), 0);
}
