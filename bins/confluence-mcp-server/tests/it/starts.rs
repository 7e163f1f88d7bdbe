//! Starts that cannot succeed: what is said, and the exit code.

use std::{io::Write, net::TcpListener};

use tokio::process::Command;

use crate::process::{program, run};

/// What people see: the exit code, and both outputs.
async fn told(command: &mut Command) -> String {
    let ended = run(command).await;
    assert_eq!(ended.stdout, "", "standard output is the protocol's");
    format!("exit code {}\n{}", ended.code.unwrap(), ended.stderr)
}

/// `stdio` with an account, and one variable more.
fn account() -> Command {
    let mut command = program(&["stdio"]);
    command.env("CONFLUENCE_EMAIL", "ada@example.com").env("CONFLUENCE_API_TOKEN", "planted-token");
    command
}

#[tokio::test]
async fn without_an_account_the_ways_to_one_are_told() {
    insta::assert_snapshot!(told(&mut program(&["stdio"])).await);
}

#[tokio::test]
async fn a_site_that_is_not_atlassians_is_refused() {
    let expected = told(account().env("CONFLUENCE_SITE", "evil.com/")).await;
    insta::assert_snapshot!(expected);
    for site in ["acme.atlassian.net.evil.com", "a@b", "https://evil.com/acme.atlassian.net"] {
        assert_eq!(told(account().env("CONFLUENCE_SITE", site)).await, expected, "{site}");
    }
}

#[tokio::test]
async fn an_address_elsewhere_is_refused() {
    let mut command = account();
    insta::assert_snapshot!(
        told(command.env("CONFLUENCE_API_BASE_URL", "https://evil.example.com")).await
    );
}

#[tokio::test]
async fn two_tokens_without_a_mode_are_refused() {
    let mut command = account();
    command.env("CONFLUENCE_SITE", "example");
    insta::assert_snapshot!(told(command.env("CONFLUENCE_ACCESS_TOKEN", "planted-other")).await);
}

#[tokio::test]
async fn an_empty_secret_is_told_apart_from_a_missing_one() {
    let mut command = account();
    command.env("CONFLUENCE_SITE", "example").env("CONFLUENCE_API_TOKEN", " ");
    insta::assert_snapshot!(told(&mut command).await);
}

#[tokio::test]
async fn an_empty_key_is_not_taken_for_none() {
    let mut command = program(&["serve", "--sandbox"]);
    insta::assert_snapshot!(told(command.env("CONFLUENCE_WORKSPACE_KEY", "")).await);
}

#[tokio::test]
async fn a_key_that_can_be_guessed_is_refused() {
    let mut command = program(&["serve", "--sandbox", "--listen=127.0.0.1:0"]);
    insta::assert_snapshot!(told(command.env("CONFLUENCE_WORKSPACE_KEY", "planted")).await);
}

#[tokio::test]
async fn a_secret_that_cannot_be_sent_is_refused() {
    let mut command = account();
    command.env("CONFLUENCE_SITE", "example").env("CONFLUENCE_API_TOKEN", "planted\ntoken");
    insta::assert_snapshot!(told(&mut command).await);
}

#[tokio::test]
async fn a_secret_and_its_file_exclude_each_other() {
    let mut command = account();
    command
        .env("CONFLUENCE_SITE", "example")
        .env("CONFLUENCE_API_TOKEN_FILE", "/run/secrets/token");
    insta::assert_snapshot!(told(&mut command).await);
}

#[tokio::test]
async fn a_file_that_is_not_there_is_named() {
    let mut command = account();
    command
        .env_remove("CONFLUENCE_API_TOKEN")
        .env("CONFLUENCE_SITE", "example")
        .env("CONFLUENCE_API_TOKEN_FILE", "/nowhere/token");
    insta::assert_snapshot!(told(&mut command).await);
}

#[tokio::test]
async fn certificates_that_are_none_are_refused() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(b"planted, and no certificate").unwrap();
    let path = file.path().to_str().unwrap();
    let mut command = program(&["stdio", "--sandbox", "--ca-file", path]);
    insta::assert_snapshot!(told(&mut command).await.replace(path, "/ca.pem"));
}

#[tokio::test]
async fn a_secret_as_an_argument_is_refused() {
    insta::assert_snapshot!(told(&mut program(&["stdio", "--api-token", "planted"])).await);
}

#[tokio::test]
async fn an_unknown_flag_is_refused_without_its_value() {
    let told = told(&mut program(&["stdio", "--api-tokens=planted"])).await;
    assert!(!told.contains("planted"), "{told}");
    assert!(told.starts_with("exit code 2"), "{told}");
}

#[tokio::test]
async fn other_machines_need_a_key() {
    let mut command = program(&["serve", "--sandbox", "--listen", "0.0.0.0:0"]);
    insta::assert_snapshot!(told(&mut command).await);
}

#[tokio::test]
async fn postgres_without_a_master_key_is_refused() {
    let mut command = program(&["serve", "--listen=127.0.0.1:0"]);
    command.env("CONFLUENCE_DATABASE_URL", "postgres://planted:planted@127.0.0.1:9/none");
    insta::assert_snapshot!(told(&mut command).await);
}

#[tokio::test]
async fn a_master_key_that_is_none_is_refused() {
    let mut command = program(&["serve", "--listen=127.0.0.1:0"]);
    insta::assert_snapshot!(told(command.env("CONFLUENCE_MASTER_KEY", "planted")).await);
}

#[tokio::test]
async fn a_maintainer_key_that_can_be_guessed_is_refused() {
    let mut command = program(&["serve", "--listen=127.0.0.1:0"]);
    insta::assert_snapshot!(told(command.env("CONFLUENCE_MAINTAINER_KEY", "planted")).await);
}

#[tokio::test]
async fn a_port_in_use_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let told = told(&mut program(&["serve", "--sandbox", "--listen", &address])).await;
    assert!(told.starts_with("exit code 1\nerror: cannot listen on 127.0.0.1:"), "{told}");
    assert!(told.contains("--listen, CONFLUENCE_LISTEN"), "{told}");
}

#[tokio::test]
async fn help_and_version_are_no_failures() {
    for (name, arguments) in [
        ("help", &["--help"][..]),
        ("help-stdio", &["stdio", "--help"]),
        ("help-serve", &["serve", "--help"]),
    ] {
        let mut command = program(arguments);
        command.env("CONFLUENCE_SITE", "planted").env("CONFLUENCE_API_TOKEN", "planted");
        let ended = run(&mut command).await;
        assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));
        assert!(!ended.stdout.contains("planted"), "{}", ended.stdout);
        insta::assert_snapshot!(name, ended.stdout);
    }
    let short = run(&mut program(&["-V"])).await;
    assert_eq!((short.code, short.stderr.as_str()), (Some(0), ""));
    assert_eq!(short.stdout, concat!("confluence-mcp-server ", env!("CARGO_PKG_VERSION"), "\n"));
    let long = run(&mut program(&["--version"])).await;
    assert_eq!((long.code, long.stderr.as_str()), (Some(0), ""));
    let lines: Vec<_> = long.stdout.lines().collect();
    let [first, commit, target, rustc] = lines.as_slice() else { panic!("{}", long.stdout) };
    assert_eq!(*first, short.stdout.trim_end());
    assert!(commit.starts_with("commit: "), "{commit}");
    assert!(target.contains(std::env::consts::ARCH), "{target}");
    assert!(rustc.starts_with("rustc: 1."), "{rustc}");
}

#[tokio::test]
async fn nothing_to_do_is_a_mistake_that_shows_help() {
    let ended = run(&mut program(&[])).await;
    assert_eq!(ended.code, Some(2));
    assert!(ended.stderr.contains("Usage: confluence-mcp-server <COMMAND>"), "{}", ended.stderr);
}
