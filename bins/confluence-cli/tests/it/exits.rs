//! What is told about failures, and the exit codes.

use std::process::{Command, Stdio};

use confluence_sandbox::{Fault, Sandbox};
use serde_json::Value;

use crate::process::{PAGE, Rig, program, run};

fn ends(rig: &Rig, arguments: &[&str], code: i32, expected: &str) {
    let (got, told) = rig.failure(arguments);
    assert_eq!(got, code, "{told}");
    assert!(told.starts_with("error: "), "{told}");
    assert!(told.contains(expected), "{told}");
    let ended = rig.run(&[arguments, &["-o", "json"]].concat());
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(code), ""));
    let json: Value = serde_json::from_str(&ended.stderr).unwrap();
    assert_eq!(json["error"]["exitCode"], code, "{json}");
    assert!(json["error"]["message"].as_str().unwrap().contains(expected), "{json}");
}

#[test]
fn each_sort_of_failure_has_a_code() {
    let rig = Rig::demo();
    ends(&rig, &["pages", "get", "1"], 4, "Resource not found while getPage");
    ends(&rig, &["search", "cql", "text ~"], 1, "Bad request while searchCql");
    ends(&rig, &["search", "cql", "text ~ \"\""], 2, "searches for nothing");
    ends(&rig, &["pages", "get", "../admin"], 2, "not a page id");
    ends(&rig, &["pages", "frobnicate"], 2, "unrecognized subcommand");
    let update = ["pages", "update", PAGE, "--title=T", "--body=x", "--version-number=2"];
    ends(&rig, &update, 5, "send --version-number 5");
    let create = ["--read-only", "pages", "create", "--space-id=65538", "--title=T", "--body=x"];
    ends(&rig, &create, 6, "createPage is refused: it writes, and read-only is set");
    rig.sandbox.tokens().revoke(&rig.sandbox.credentials().api_token);
    ends(&rig, &["pages", "get", PAGE], 3, "Authentication failed while getPage");
}

#[test]
fn a_missing_scope_is_forbidden() {
    let builder = Sandbox::builder().scoped_api_token(
        "demo@example.com",
        "narrow",
        &["read:space:confluence"],
    );
    let rig = Rig::start(builder).through_gateway("narrow");
    ends(&rig, &["pages", "get", PAGE], 6, "read:page:confluence");
}

#[test]
fn too_many_requests_have_a_code() {
    let rig = Rig::demo();
    let fault = Fault::TooManyRequests { retry_after: Some(3600) };
    rig.sandbox.faults().inject(fault.everywhere());
    ends(&rig, &["spaces", "list"], 7, "Throttled by Confluence while listSpaces");
}

#[test]
fn a_failing_confluence_has_a_code() {
    let rig = Rig::demo();
    rig.sandbox.faults().inject(Fault::internal_error().everywhere());
    ends(&rig, &["spaces", "list"], 1, "Confluence server error while listSpaces");
    let mut nowhere = program(&["spaces", "list"]);
    nowhere
        .env("CONFLUENCE_API_BASE_URL", "http://127.0.0.1:9")
        .env("CONFLUENCE_EMAIL", "ada@example.com")
        .env("CONFLUENCE_API_TOKEN", "t");
    let ended = run(&mut nowhere);
    assert_eq!(ended.code, Some(1), "{}", ended.stderr);
    assert!(ended.stderr.contains("could not be reached"), "{}", ended.stderr);
}

#[test]
fn without_an_account_the_ways_to_one_are_told() {
    let ended = run(&mut program(&["spaces", "list"]));
    assert_eq!(ended.code, Some(2));
    insta::assert_snapshot!(ended.stderr);
}

#[test]
fn what_is_left_out_is_named_as_it_is_typed() {
    let rig = Rig::demo();
    let told = |arguments: &[&str]| rig.failure(arguments).1;
    insta::assert_snapshot!(
        [
            told(&["pages", "create", "--title=T", "--body=x"]),
            told(&["pages", "create", "--space-id=65538", "--body=x"]),
            told(&["pages", "create", "--space-id=65538", "--title=T"]),
            told(&[
                "pages",
                "create",
                "--space-id=1",
                "--title=T",
                "--body=x",
                "--version-number=1"
            ]),
            told(&["pages", "update", PAGE, "--title=T", "--body=x"]),
            told(&["comments", "add-footer", "--body=x"]),
        ]
        .join("")
    );
    assert_eq!(rig.sandbox.requests().len(), 0);
}

#[test]
fn a_closed_pipe_is_no_failure() {
    let rig = Rig::demo();
    for arguments in [
        &["pages", "list", "--all"][..],
        &["pages", "get-body", PAGE],
        &["doctor"],
        &["completions", "zsh"],
        &["--help"],
    ] {
        let mut child = rig.command(arguments).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), stderr.as_str()), (Some(0), ""), "{arguments:?}");
    }
}

#[test]
fn a_full_disk_is_a_failure() {
    let Ok(full) = std::fs::OpenOptions::new().write(true).open("/dev/full") else { return };
    let rig = Rig::demo();
    let mut command: Command = rig.command(&["spaces", "list"]);
    let ended = run(command.stdout(Stdio::from(full)));
    assert_eq!(ended.code, Some(1));
    assert!(ended.stderr.contains("cannot write to standard output"), "{}", ended.stderr);
}
