//! `auth-mode`.

use super::served::Served;
use crate::process::run_with;

fn started() -> Served {
    let served = Served::start();
    served.output(&["workspace", "create", "acme"]);
    served
}

#[test]
fn a_mode_is_set_and_its_secret_is_not_shown() {
    let served = started();
    let set = ["auth-mode", "set", "acme", "apiToken", "--set", "site=acme"];
    let set = [&set[..], &["--set", "email=bot@acme.example", "--secret-file", "-"]].concat();
    let ended = run_with(&mut served.command(&set), b"planted-token\n");
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));
    insta::assert_snapshot!(ended.stdout);
    assert_eq!(served.output(&["auth-mode", "show", "acme"]), ended.stdout);
    let shown = served.json(&["auth-mode", "show", "acme"]);
    assert_eq!(shown[0]["secretIsSet"], true);
    assert!(!shown[0].to_string().contains("planted"), "{shown:?}");
    let forgotten = ["auth-mode", "set", "acme", "apiToken", "--forget-secret"];
    assert!(served.output(&forgotten).contains("secret        not set"));
    let central = served.output(&["auth-mode", "set", "acme", "oauthCentral"]);
    assert_eq!(central, "mode          oauthCentral\n");
}

#[test]
fn what_cannot_be_is_told_with_an_exit_code() {
    let served = started();
    let set = |mode: &'static str, more: &[&'static str]| {
        [&["auth-mode", "set", "acme", mode][..], more].concat()
    };
    served.fails(&set("basic", &[]), 2, "unknown mode `basic`");
    served.fails(&set("apiToken", &["--set", "site=evil.example"]), 2, "`site`: ");
    served.fails(&set("apiToken", &["--set", "colour=red"]), 2, "the name is `site`");
    served.fails(&set("oauth", &["--set", "email=x"]), 2, "`email` is of no use in mode `oauth`");
    served.fails(&set("oauth", &["--set", "clientId=x"]), 2, "needs its secret");
    served.fails(&set("apiToken", &["--secret-file", "/nowhere/x"]), 2, "cannot read");
    served.fails(&set("apiToken", &["--secret-file", "/dev/null"]), 2, "no secret in it");
    served.fails(&["auth-mode", "show", "nowhere"], 4, "there is no such instance");
    assert_eq!(served.output(&["auth-mode", "show", "acme"]), "mode          oauthCentral\n");
}

#[test]
fn the_variables_of_ones_own_account_are_not_a_workspaces() {
    let served = started();
    let mut command = served.command(&["auth-mode", "set", "acme", "apiToken"]);
    command
        .env("CONFLUENCE_SITE", "planted")
        .env("CONFLUENCE_EMAIL", "planted@acme.example")
        .env("CONFLUENCE_API_TOKEN", "planted");
    let ended = crate::process::run(&mut command);
    assert_eq!(ended.stdout, "mode          apiToken\nsecret        not set\n");
}

#[test]
fn what_the_servers_configuration_says_is_changed_there() {
    let data = tempfile::TempDir::new().unwrap();
    let served = Served::on(data, |command| {
        command
            .env("CONFLUENCE_SITE", "acme")
            .env("CONFLUENCE_EMAIL", "bot@acme.example")
            .env("CONFLUENCE_API_TOKEN", "planted-token");
    });
    let text = "set by the server's own configuration";
    served.fails(&["auth-mode", "set", "default", "oauthCentral"], 5, text);
    served.fails(&["workspace", "delete", "default", "-y"], 5, "comes from the server's own");
    assert!(served.output(&["auth-mode", "show", "default"]).contains("bot@acme.example"));
}
