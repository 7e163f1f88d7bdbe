//! What the doctor finds.

use confluence_sandbox::{Burst, Fault, RateLimits, Sandbox};
use std::time::Duration;

use crate::process::{Ended, Rig, program, run};

/// What was found, without what differs each time.
#[track_caller]
fn found(rig: &Rig, arguments: &[&str]) -> String {
    let Ended { code, stdout, stderr } = rig.run(arguments);
    assert_eq!(stderr, "");
    let address = rig.sandbox.address().unwrap().to_string();
    // The sandbox's own clock stands still, the server's is the machine's.
    let told = stdout.replace(&address, "127.0.0.1:1");
    format!("exit code {}\n{told}", code.unwrap())
}

#[test]
fn all_is_well() {
    insta::assert_snapshot!(found(&Rig::demo(), &["doctor"]));
}

#[test]
fn missing_scopes_are_named() {
    let scopes = ["read:page:confluence", "read:space:confluence"];
    let builder = Sandbox::builder().scoped_api_token("demo@example.com", "narrow", &scopes);
    let rig = Rig::start(builder).through_gateway("narrow");
    insta::assert_snapshot!(found(&rig, &["doctor"]));
    let seen = rig.sandbox.requests();
    assert!(seen.iter().all(|it| it.through_gateway || it.path == "/"), "{seen:?}");
}

#[test]
fn trying_operations_changes_nothing() {
    let rig = Rig::demo();
    let before = rig.json(&["search", "cql", "type in (page, comment)", "--limit=1"]);
    assert_eq!(rig.run(&["doctor"]).code, Some(0));
    let after = rig.json(&["search", "cql", "type in (page, comment)", "--limit=1"]);
    assert_eq!(before, after);
    let writes = rig.sandbox.requests().into_iter().filter(|it| it.method != "GET");
    for write in writes {
        assert!(write.status.is_some_and(|it| (400..500).contains(&it)), "{write:?}");
    }
    rig.sandbox.reset_requests();
    assert_eq!(rig.run(&["doctor", "--read-only"]).code, Some(0));
    assert!(rig.sandbox.requests().iter().all(|it| it.method == "GET"));
}

#[test]
fn a_rejected_credential_is_told() {
    let rig = Rig::demo();
    rig.sandbox.tokens().revoke(&rig.sandbox.credentials().api_token);
    insta::assert_snapshot!(found(&rig, &["doctor"]));
}

#[test]
fn a_rejected_access_token_has_no_e_mail_address() {
    let rig = Rig::demo();
    let mut command = program(&["doctor"]);
    command
        .env("CONFLUENCE_API_BASE_URL", rig.sandbox.gateway_url())
        .env("CONFLUENCE_ACCESS_TOKEN", "revoked");
    let ended = run(&mut command);
    assert_eq!(ended.code, Some(3), "{}", ended.stdout);
    assert!(ended.stdout.contains("→ the access token is wrong, expired or"), "{}", ended.stdout);
    assert!(!ended.stdout.contains("e-mail"), "{}", ended.stdout);
}

#[test]
fn a_site_that_cannot_be_reached_is_told() {
    let mut command = program(&["doctor"]);
    command
        .env("CONFLUENCE_API_BASE_URL", "http://127.0.0.1:9")
        .env("CONFLUENCE_EMAIL", "ada@example.com")
        .env("CONFLUENCE_API_TOKEN", "t");
    let ended = run(&mut command);
    assert_eq!(ended.code, Some(1));
    insta::assert_snapshot!(ended.stdout);
}

#[test]
fn settings_that_cannot_be_used_are_told() {
    let mut command = program(&["doctor"]);
    let command = command.env("CONFLUENCE_SITE", "planted@evil").env("CONFLUENCE_TIMEOUT", "0");
    let ended = run(command.env("CONFLUENCE_EMAIL", "planted@example.com"));
    assert_eq!(ended.code, Some(2));
    assert!(!ended.stdout.contains("planted"), "{}", ended.stdout);
    insta::assert_snapshot!(ended.stdout);
}

#[test]
fn a_failing_confluence_is_told() {
    let rig = Rig::demo();
    rig.sandbox.faults().inject(Fault::internal_error().on("GET", "/wiki/rest/api/user"));
    let ended = rig.run(&["doctor"]);
    assert_eq!(ended.code, Some(1), "{}", ended.stdout);
    assert!(ended.stdout.contains("✗ credential: 500"), "{}", ended.stdout);
}

#[test]
fn limits_are_told() {
    let rig = Rig::demo();
    let burst = Some(Burst { requests: 1, per: Duration::from_hours(1) });
    rig.sandbox.set_rate_limits(RateLimits { burst, quota: None });
    // The first request is for nothing: the second is refused.
    let _ = rig.run(&["spaces", "list"]);
    let ended = rig.run(&["doctor"]);
    assert_eq!(ended.code, Some(7), "{}", ended.stdout);
}

#[test]
fn scripts_read_it_as_json() {
    let rig = Rig::demo();
    let report = rig.json(&["doctor"]);
    assert_eq!((&report["ok"], &report["exitCode"]), (&true.into(), &0.into()));
    let findings = report["findings"].as_array().unwrap();
    assert!(findings.iter().all(|it| it["level"] == "ok" && it["check"].is_string()), "{report}");
}
