//! Signing in where something is in the way.

use std::{
    io::{Read, Write},
    net::TcpListener,
    process::Stdio,
    time::{Duration, Instant},
};

use confluence_sandbox::{Fault, IdentityRequest, OAuthClient};
use serde_json::Value;

use super::{
    browser::{self, decide, open},
    rig::{CLIENT, LoggingIn, Rig, SECRET},
};
use crate::process::run;

#[test]
fn what_is_shown_is_small_and_keeps_the_code_to_itself() {
    let rig = Rig::start();
    let login = rig.log_in(&[]);
    let page = open(&decide(&login.address, true));
    assert_eq!(page.status, 200);
    assert!(page.body.contains("You are signed in"), "{page:?}");
    assert!(page.body.len() < 1_000, "{page:?}");
    assert_eq!(page.header("referrer-policy"), Some("no-referrer"));
    assert_eq!(page.header("cache-control"), Some("no-store"));
    assert!(page.header("content-security-policy").unwrap().starts_with("default-src 'none'"));
    assert!(!page.body.contains("code"), "{page:?}");
    assert_eq!(login.ended().code, Some(0));
}

#[test]
fn an_answer_with_another_state_changes_nothing() {
    let rig = Rig::start();
    let login = rig.log_in(&[]);
    let good = decide(&login.address, true);
    let other = rig.callback.clone() + "?code=x&state=" + &"a".repeat(43);
    for bad in [
        rig.callback.clone(),
        rig.callback.clone() + "?code=x",
        rig.callback.clone() + "?state=x&code=x",
        other.clone(),
        other.replace("code=x", "error=access_denied"),
        good.clone() + "&code=other",
    ] {
        let page = open(&bad);
        assert_eq!(page.status, 400, "{bad}: {page:?}");
        assert!(page.body.contains("not the answer"), "{page:?}");
    }
    assert_eq!(browser::request("POST", &good, "", "").status, 405);
    assert_eq!(open(&good.replace("/callback?", "/other?")).status, 404);
    assert!(!rig.file().exists());
    assert_eq!(open(&good).status, 200);
    assert_eq!(login.ended().code, Some(0));
}

#[test]
fn there_is_one_answer() {
    let rig = Rig::start();
    let login = rig.log_in(&[]);
    let good = decide(&login.address, true);
    // While the first one is dealt with, the second one comes.
    let late = Fault::LateAnswer(Duration::from_secs(1));
    rig.sandbox.faults().inject(late.during(IdentityRequest::CodeExchange).once());
    let first = std::thread::spawn({
        let good = good.clone();
        move || open(&good).status
    });
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(open(&good).status, 400);
    assert_eq!(first.join().unwrap(), 200);
    assert_eq!(login.ended().code, Some(0));
    assert_eq!(rig.sandbox.identity().tally(IdentityRequest::CodeExchange).requests, 1);
}

#[test]
fn who_declines_is_not_signed_in() {
    let rig = Rig::start();
    let login = rig.log_in(&["--output=json"]);
    let page = open(&decide(&login.address, false));
    assert!(page.body.contains("You are not signed in"), "{page:?}");
    let ended = login.ended();
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(3), ""), "{ended:?}");
    let error: Value = serde_json::from_str(ended.stderr.lines().last().unwrap()).unwrap();
    assert_eq!(error["error"]["kind"], "authentication", "{error}");
    assert!(error["error"]["message"].as_str().unwrap().contains("access_denied"), "{error}");
    assert!(!rig.file().exists());
}

#[test]
fn declining_leaves_the_profile_that_was_there() {
    let rig = Rig::start();
    rig.signed_in(&[]);
    let before = rig.kept();
    let login = rig.log_in(&["--oauth-scopes=read:space:confluence"]);
    open(&decide(&login.address, false));
    assert_eq!(login.ended().code, Some(3));
    assert_eq!(rig.kept(), before);
    assert!(rig.output(&["spaces", "list"]).contains("ENG"));
}

#[test]
fn a_port_that_is_taken_is_said_plainly() {
    let rig = Rig::start();
    let port = rig.callback.split([':', '/']).nth(4).unwrap().parse::<u16>().unwrap();
    for host in ["127.0.0.1", "::1"] {
        let Ok(_taken) = TcpListener::bind((host, port)) else {
            assert_eq!(host, "::1", "only IPv6 may be missing");
            continue;
        };
        let mut command =
            rig.command(&["auth", "login", "--no-browser", "--callback-url", &rig.callback]);
        command.env("CONFLUENCE_OAUTH_CLIENT_ID", CLIENT);
        command.env("CONFLUENCE_OAUTH_CLIENT_SECRET", SECRET);
        let ended = run(&mut command);
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(1), ""), "{ended:?}");
        let told = &ended.stderr;
        assert!(told.contains(&format!("port {port} of this machine cannot be had")), "{told}");
        assert!(told.contains("another program has it"), "{told}");
        assert!(!told.contains("authorize"), "nobody is sent to Atlassian: {told}");
    }
}

#[test]
fn nobody_is_waited_for_longer_than_was_said() {
    let rig = Rig::start();
    let login = rig.log_in(&["--wait=700ms"]);
    let start = Instant::now();
    // A connection on which nothing is said does not keep it.
    let authority = rig.callback.trim_start_matches("http://").trim_end_matches("/callback");
    let mut silent = std::net::TcpStream::connect(authority).unwrap();
    silent.write_all(b"GET /call").unwrap();
    let ended = login.ended();
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.stderr.contains("nobody came back from Atlassian within 700ms"), "{ended:?}");
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
    let mut rest = Vec::new();
    let _ = silent.read_to_end(&mut rest);
    assert!(!rig.file().exists());
}

#[test]
fn what_atlassian_refuses_is_told_apart() {
    let rig = Rig::start();
    let exchanges = |fault: Fault| {
        rig.sandbox.faults().inject(fault.during(IdentityRequest::CodeExchange).once());
        let login = rig.log_in(&[]);
        let page = open(&decide(&login.address, true));
        assert!(page.body.contains("You are not signed in"), "{page:?}");
        login.ended()
    };
    let ended = exchanges(Fault::unavailable(None));
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.stderr.contains("Nothing was changed"), "{ended:?}");
    let ended = exchanges(Fault::Disconnect);
    assert_eq!(ended.code, Some(1), "{ended:?}");

    let known = OAuthClient::new(CLIENT, "another-secret", &rig.callback);
    rig.sandbox.identity().register(known);
    let login = rig.log_in(&[]);
    open(&decide(&login.address, true));
    let ended = login.ended();
    assert_eq!(ended.code, Some(2), "{ended:?}");
    assert!(ended.stderr.contains("CONFLUENCE_OAUTH_CLIENT_SECRET"), "{ended:?}");
    assert!(!rig.file().exists());
}

#[test]
fn a_site_that_was_not_chosen_is_not_replaced_by_another() {
    let rig = Rig::start();
    let login = rig.log_in(&["--site=elsewhere"]);
    open(&decide(&login.address, true));
    let ended = login.ended();
    assert_eq!(ended.code, Some(6), "{ended:?}");
    assert!(ended.stderr.contains("does not reach the site `elsewhere`"), "{ended:?}");
    assert!(!rig.file().exists());
}

#[test]
fn without_a_client_the_ways_to_sign_in_are_told() {
    let rig = Rig::start();
    let (code, told) = rig.failure(&["auth", "login"]);
    assert_eq!(code, 2, "{told}");
    for way in ["CONFLUENCE_OAUTH_CLIENT_ID", "http://localhost:9400/callback", "--api-token"] {
        assert!(told.contains(way), "{told}");
    }
    let (code, told) = rig.failure(&["auth", "login", "--oauth-client-id=x"]);
    assert_eq!(code, 2, "{told}");
    assert!(told.contains("CONFLUENCE_OAUTH_CLIENT_SECRET"), "{told}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_browser_is_opened_if_there_is_one() {
    use std::os::unix::fs::PermissionsExt;

    let rig = Rig::start();
    let tools = tempfile::tempdir().unwrap();
    let seen = tools.path().join("seen");
    let script_path = tools.path().join("xdg-open");
    let script = format!("#!/bin/sh\nprintf %s \"$1\" > {0}.new\nmv {0}.new {0}\n", seen.display());
    std::fs::write(&script_path, script).unwrap();
    std::fs::set_permissions(&script_path, std::fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:/usr/bin:/bin", tools.path().display());
    let mut command = rig.command(&["auth", "login", "--callback-url", &rig.callback]);
    command.env("PATH", path).stdout(Stdio::piped());
    command.env("CONFLUENCE_OAUTH_CLIENT_ID", CLIENT);
    command.env("CONFLUENCE_OAUTH_CLIENT_SECRET", SECRET);
    let login = LoggingIn::start(command);
    let start = Instant::now();
    let opened = loop {
        if let Ok(opened) = std::fs::read_to_string(&seen) {
            break opened;
        }
        assert!(start.elapsed() < Duration::from_secs(30), "no browser was opened");
        std::thread::sleep(Duration::from_millis(20));
    };
    assert_eq!(opened, login.address);
    open(&decide(&opened, true));
    assert_eq!(login.ended().code, Some(0));
}
