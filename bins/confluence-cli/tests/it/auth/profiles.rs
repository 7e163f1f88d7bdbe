//! Several profiles, and what wins over them.

use serde_json::Value;

use super::rig::{CLIENT, Rig, SECRET};
use crate::process::{run, run_with};

/// The names of all profiles, the current one with a mark.
fn listed(status: &Value) -> Vec<String> {
    let profiles = status["profiles"].as_array().unwrap();
    let line = |it: &Value| {
        let mark = if it["current"] == true { "*" } else { "" };
        format!("{mark}{}", it["profile"].as_str().unwrap())
    };
    profiles.iter().map(line).collect()
}

fn with_token(rig: &Rig, name: &str) {
    let token = rig.sandbox.credentials().api_token.clone();
    let arguments = [
        "auth",
        "login",
        "--api-token",
        "--profile",
        name,
        "--site=example",
        "--email=demo@example.com",
    ];
    let mut command = rig.command(&arguments);
    command.env("CONFLUENCE_API_BASE_URL", rig.sandbox.site_url());
    let ended = run_with(&mut command, token.as_bytes());
    assert_eq!(ended.code, Some(0), "{ended:?}");
}

#[test]
fn profiles_are_switched_between() {
    let rig = Rig::start();
    rig.signed_in(&[]);
    let ended = rig.signed_in(&["--profile=work"]);
    assert!(ended.stdout.contains("still `default`"), "{}", ended.stdout);
    assert!(ended.stdout.contains("`confluence-cli auth switch work`"), "{}", ended.stdout);
    assert_eq!(listed(&rig.json(&["auth", "status"])), ["*default", "work"]);
    assert_eq!(rig.json(&["auth", "switch", "work"])["profile"], "work");
    let status = rig.json(&["auth", "status"]);
    assert_eq!(
        (&status["profile"], listed(&status)),
        (&"work".into(), vec!["default".to_owned(), "*work".to_owned()])
    );
    let text = rig.output(&["auth", "status"]);
    assert!(text.starts_with("Profile `work`: oauth, connected as Dana Whitfield at "), "{text}");
    assert!(text.contains("\n* work  oauth  "), "{text}");

    let (code, told) = rig.failure(&["auth", "switch", "nowhere"]);
    assert_eq!(code, 4, "{told}");
    assert!(told.contains("there is no profile `nowhere`; there is `default`, `work`"), "{told}");
    let (code, told) = rig.failure(&["--profile=nowhere", "spaces", "list"]);
    assert_eq!(code, 2, "{told}");
    assert!(told.contains("confluence-cli auth login --profile nowhere"), "{told}");

    rig.output(&["auth", "logout"]);
    let (code, told) = rig.failure(&["spaces", "list"]);
    assert_eq!(code, 2, "nobody is someone else by accident: {told}");
    assert!(rig.output(&["--profile=default", "spaces", "list"]).contains("ENG"));
    let (code, told) = rig.failure(&["auth", "logout"]);
    assert_eq!(code, 4, "{told}");
    assert!(told.contains("no profile is in use; there is `default`"), "{told}");
    rig.output(&["auth", "logout", "--profile=default"]);
    let ended = rig.run(&["auth", "status"]);
    assert_eq!(ended.code, Some(3), "{ended:?}");
    assert!(ended.stdout.contains("There is no profile in use."), "{ended:?}");
}

#[test]
fn what_is_given_wins_over_the_profile() {
    let rig = Rig::start();
    with_token(&rig, "token");
    rig.signed_in(&["--profile=person"]);
    rig.output(&["auth", "switch", "person"]);
    // A credential wins, and says so where a profile was named.
    let mut command = rig.command(&["spaces", "list", "--profile=person"]);
    command
        .env("CONFLUENCE_API_BASE_URL", rig.sandbox.site_url())
        .env("CONFLUENCE_SITE", "example")
        .env("CONFLUENCE_EMAIL", "demo@example.com")
        .env("CONFLUENCE_API_TOKEN", &rig.sandbox.credentials().api_token);
    rig.sandbox.identity().revoke_all();
    let ended = run(&mut command);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.stderr.contains("the profile `person` is not used"), "{ended:?}");
    let mut command = rig.command(&["auth", "status"]);
    command
        .env("CONFLUENCE_SITE", "example")
        .env("CONFLUENCE_EMAIL", "demo@example.com")
        .env("CONFLUENCE_API_TOKEN", "planted");
    let ended = run(&mut command);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.stdout.starts_with("apiToken, a token is set"), "{ended:?}");
    assert!(ended.stderr.contains("used instead of any profile"), "{ended:?}");

    // An environment without a token is completed by the profile.
    let mut command = rig.command(&["spaces", "list"]);
    command
        .env("CONFLUENCE_PROFILE", "token")
        .env("CONFLUENCE_API_TOKEN", "")
        .env("CONFLUENCE_API_BASE_URL", rig.sandbox.site_url());
    assert_eq!(run(&mut command).code, Some(0));
    let (code, told) = rig.failure(&["spaces", "list", "--profile=token", "--auth-mode=oauth"]);
    assert_eq!(code, 2, "{told}");
    assert!(told.contains("the profile `token` is for mode `apiToken`"), "{told}");
}

#[test]
fn another_client_or_site_than_the_one_agreed_to_asks_to_sign_in_again() {
    let rig = Rig::start();
    rig.signed_in(&[]);
    let mut command = rig.command(&["spaces", "list"]);
    command.env("CONFLUENCE_OAUTH_CLIENT_ID", "other");
    command.env("CONFLUENCE_OAUTH_CLIENT_SECRET", SECRET);
    let ended = run(&mut command);
    assert_eq!(ended.code, Some(3), "{ended:?}");
    assert!(ended.stderr.contains("Confluence is not connected for this user."), "{ended:?}");
    let (code, told) = rig.failure(&["spaces", "list", "--site=elsewhere"]);
    assert_eq!(code, 3, "{told}");
    assert!(told.contains("does not reach the configured site `elsewhere`"), "{told}");
    let (code, told) = rig.failure(&["spaces", "list", "--oauth-scopes=read:me"]);
    assert_eq!(code, 3, "{told}");
    // Nothing of it is lost.
    assert!(rig.output(&["spaces", "list"]).contains("ENG"));
    let mut same = rig.command(&["spaces", "list", "--auth-mode=oauth"]);
    same.env("CONFLUENCE_OAUTH_CLIENT_ID", CLIENT);
    same.env("CONFLUENCE_OAUTH_CLIENT_SECRET", SECRET);
    assert_eq!(run(&mut same).code, Some(0));
}

#[cfg(unix)]
#[test]
fn the_file_is_its_owners_alone() {
    use std::{fs, os::unix::fs::PermissionsExt as _};

    let rig = Rig::start();
    rig.signed_in(&[]);
    let mode = || fs::metadata(rig.file()).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(), 0o600);
    rig.tokens_are_always_stale();
    rig.sandbox.identity().expire_access_tokens();
    rig.output(&["spaces", "list"]);
    assert_eq!(mode(), 0o600, "after a refresh");
    fs::set_permissions(rig.file(), fs::Permissions::from_mode(0o644)).unwrap();
    let ended = rig.run(&["spaces", "list"]);
    assert_eq!((ended.code, mode()), (Some(0), 0o600));
    assert!(ended.stderr.contains("other users of this machine could read"), "{ended:?}");
    let files = fs::read_dir(rig.folder.path()).unwrap().count();
    assert_eq!(files, 2, "the profiles and their lock");
}

#[test]
fn a_file_that_cannot_be_read_is_left_alone() {
    let rig = Rig::start();
    rig.signed_in(&[]);
    let damaged = rig.kept().replace("\"version\":1", "\"version\":9");
    std::fs::write(rig.file(), &damaged).unwrap();
    for arguments in [
        &["spaces", "list"][..],
        &["auth", "status"],
        &["auth", "logout"],
        &["auth", "switch", "x"],
    ] {
        let (code, told) = rig.failure(arguments);
        assert_eq!(code, 1, "{told}");
        assert!(told.contains("a newer version of this program wrote it"), "{told}");
        assert!(!told.contains("planted"), "{told}");
    }
    assert_eq!(rig.kept(), damaged);
}

#[test]
fn addresses_of_pages_are_compared_with_the_site_that_was_chosen() {
    let rig = Rig::start();
    rig.signed_in(&[]);
    let other = "https://other.atlassian.net/wiki/spaces/ENG/pages/65699842";
    let (code, told) = rig.failure(&["pages", "get", other]);
    assert_eq!(code, 2, "{told}");
    assert!(told.contains("the page is on https://other.atlassian.net"), "{told}");
    let status = rig.json(&["auth", "status"]);
    let site = status["site"]["url"].as_str().unwrap().trim_end_matches('/');
    let own = format!("{site}/wiki/spaces/ENG/pages/65699842");
    assert!(rig.output(&["pages", "get", &own]).contains("65699842"));
}
