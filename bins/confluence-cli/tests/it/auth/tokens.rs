//! Signing in with a token.

use std::process::Stdio;

use confluence_sandbox::Fault;
use serde_json::Value;

use super::rig::Rig;
use crate::process::{Ended, run, run_with};

const ACCOUNT: [&str; 2] = ["--site=example", "--email=demo@example.com"];

/// `auth login` with a token on standard input.
fn log_in(rig: &Rig, arguments: &[&str], token: &[u8]) -> Ended {
    let mut command = rig.command(&[&["auth", "login"], arguments].concat());
    command.env("CONFLUENCE_API_BASE_URL", rig.sandbox.site_url());
    run_with(&mut command, token)
}

/// The program as it uses the profile.
fn lists(rig: &Rig) -> Ended {
    let mut command = rig.command(&["spaces", "list"]);
    run(command.env("CONFLUENCE_API_BASE_URL", rig.sandbox.site_url()))
}

#[test]
fn an_api_token_is_tried_and_kept() {
    let rig = Rig::start();
    let token = rig.sandbox.credentials().api_token.clone();
    let arguments = [&["--api-token", "--output=json"], &ACCOUNT[..]].concat();
    let ended = log_in(&rig, &arguments, format!("{token}\r\n").as_bytes());
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""), "{ended:?}");
    let json: Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(
        (&json["authMethod"], &json["account"]),
        (&"apiToken".into(), &"Dana Whitfield".into())
    );
    assert!(!ended.stdout.contains(&token), "{ended:?}");
    assert_eq!(lists(&rig).code, Some(0));
    let status = rig.output(&["auth", "status"]);
    assert!(status.contains("apiToken, a token is set"), "{status}");
    assert!(status.contains("* default  apiToken  https://example.atlassian.net/"), "{status}");
    assert!(!status.contains(&token), "{status}");
    rig.output(&["auth", "logout"]);
    assert!(!rig.kept().contains(&token), "{}", rig.kept());
}

#[test]
fn an_access_token_is_tried_and_kept() {
    let rig = Rig::start();
    let token = rig.sandbox.credentials().access_token.clone();
    let cloud_id = format!("--cloud-id={}", rig.sandbox.cloud_id());
    let mut command = rig.command(&["auth", "login", "--access-token", &cloud_id]);
    let ended = run_with(&mut command, token.as_bytes());
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(rig.output(&["spaces", "list"]).contains("ENG"));
    assert!(!ended.stdout.contains(&token), "{ended:?}");
}

#[test]
fn a_token_that_does_not_work_is_not_kept() {
    let rig = Rig::start();
    let arguments = [&["--api-token"], &ACCOUNT[..]].concat();
    let ended = log_in(&rig, &arguments, b"planted-wrong");
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(3), ""), "{ended:?}");
    assert!(ended.stderr.contains("nothing was saved"), "{ended:?}");
    assert!(!ended.stderr.contains("planted"), "{ended:?}");
    rig.sandbox.faults().inject(Fault::internal_error().everywhere());
    let ended = log_in(&rig, &arguments, rig.sandbox.credentials().api_token.as_bytes());
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(!rig.file().exists());
}

#[test]
fn what_is_missing_is_said_before_the_token_is_read() {
    let rig = Rig::start();
    let (code, told) = rig.failure(&["auth", "login", "--api-token"]);
    assert_eq!(code, 2, "{told}");
    assert!(told.contains("--site and --email"), "{told}");
    let (code, told) = rig.failure(&["auth", "login", "--access-token"]);
    assert_eq!(code, 2, "{told}");
    assert!(told.contains("--site"), "{told}");
    let long = "x".repeat(70_000);
    for empty in [&b""[..], b" \n", b"\xff\xfe", long.as_bytes()] {
        let ended = log_in(&rig, &[&["--api-token"], &ACCOUNT[..]].concat(), empty);
        assert_eq!(ended.code, Some(2), "{ended:?}");
    }
    // Nobody can type, either.
    let mut closed = rig.command(&[&["auth", "login", "--api-token"], &ACCOUNT[..]].concat());
    let ended = run(closed.stdin(Stdio::null()));
    assert_eq!(ended.code, Some(2), "{ended:?}");
    assert!(ended.stderr.contains("there is no API token"), "{ended:?}");
    assert_eq!(rig.sandbox.request_count(), 0);
    assert!(!rig.file().exists());
}

#[test]
fn a_token_that_is_typed_is_not_shown() {
    let rig = Rig::start();
    let token = rig.sandbox.credentials().api_token.clone();
    let mut command = rig.command(&[&["auth", "login", "--api-token"], &ACCOUNT[..]].concat());
    command.env("CONFLUENCE_API_BASE_URL", rig.sandbox.site_url());
    let typed = format!("{token}\n");
    let seen = crate::pty::type_at(command, "(not shown): ", &typed);
    assert_eq!(seen.code, 0, "{}", seen.screen);
    assert!(seen.screen.contains("The API token works: Dana Whitfield"), "{}", seen.screen);
    assert!(!seen.screen.contains(&token), "{}", seen.screen);
    assert_eq!(lists(&rig).code, Some(0));
}
