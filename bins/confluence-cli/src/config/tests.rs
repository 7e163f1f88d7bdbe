use confluence_setup::Source;

use super::{Config, Stop, Task, Token, command, from_matches};

fn parse(line: &[&str]) -> Result<Config, String> {
    let mut command = command();
    let words = [&["confluence-cli"], line].concat();
    let matches = command.try_get_matches_from_mut(words).map_err(|it| it.to_string())?;
    from_matches(&command, &matches).map_err(|stop| match stop {
        Stop::Usage(error) => error.to_string(),
        Stop::Problems(problems) => problems.to_string(),
    })
}

#[track_caller]
fn refused(line: &[&str], expected: &str) {
    let error = parse(line).unwrap_err();
    assert!(error.contains(expected), "{error}");
}

#[test]
fn secrets_are_no_arguments() {
    for flag in ["--api-token=planted", "--access-token=planted"] {
        for line in [&[flag, "spaces", "list"][..], &["spaces", "list", flag], &["doctor", flag]] {
            let error = parse(line).unwrap_err();
            assert!(error.contains("seen by everyone on this machine"), "{error}");
            assert!(!error.contains("planted"), "{error}");
        }
    }
}

#[test]
fn what_excludes_each_other_is_refused() {
    refused(&["pages", "list", "--all", "--cursor=c"], "cannot be used with");
    refused(&["pages", "create", "--body=x", "--body-file=y"], "cannot be used with");
    refused(&["pages", "create", "--representation=storage"], "required");
    refused(&["pages", "get", "1", "--dry-run"], "unexpected argument");
    refused(&["pages", "update", "1", "--yes"], "unexpected argument");
}

#[test]
fn a_missing_account_is_no_mistake_of_the_command_line() {
    let config = parse(&["pages", "delete", "1", "--dry-run"]).unwrap();
    assert!(matches!(config.confluence.unwrap().source, Source::Profile(_)));
    assert!(matches!(config.task, Task::Call(call) if call.dry_run && !call.yes));
}

#[test]
fn a_token_to_read_is_a_flag_and_never_a_value() {
    let asked = |line: &[&str]| {
        let Task::Auth(task) = parse(line).unwrap().task else { panic!("not about profiles") };
        task.token
    };
    assert_eq!(asked(&["auth", "login"]), None);
    assert_eq!(asked(&["auth", "login", "--api-token"]), Some(Token::Api));
    assert_eq!(asked(&["auth", "login", "--access-token", "--site=acme"]), Some(Token::Access));
    refused(&["auth", "login", "--api-token", "--access-token"], "cannot be used with");
    for line in [
        &["auth", "login", "--api-token=planted"][..],
        &["auth", "login", "--access-token=planted"],
        &["--api-token=planted", "auth", "login"],
        &["auth", "status", "--api-token=planted"],
        &["auth", "login", "--oauth-client-secret=planted"],
    ] {
        let error = parse(line).unwrap_err();
        assert!(error.contains("seen by everyone on this machine"), "{error}");
        assert!(!error.contains("planted"), "{error}");
    }
}

#[test]
fn a_callback_stays_on_this_machine() {
    for url in [
        "https://localhost:9400/callback",
        "http://localhost/callback",
        "http://localhost:0/callback",
        "http://example.com:9400/callback",
        "http://user@localhost:9400/callback",
        "http://localhost:9400/callback?x=1",
        "callback",
    ] {
        refused(&["auth", "login", "--callback-url", url], "expected `http://localhost:PORT/PATH`");
    }
    refused(&["auth", "login", "--wait=11m"], "10 minutes at most");
    refused(&["auth", "switch"], "required");
    parse(&["auth", "login", "--callback-url=http://127.0.0.1:9/x", "--wait=5s"]).unwrap();
}

#[test]
fn settings_can_stand_anywhere() {
    for line in [
        &["--sandbox", "--output=json", "spaces", "list"],
        &["spaces", "list", "--sandbox", "-ojson"],
    ] {
        let config = parse(line).unwrap();
        assert!(config.confluence.is_ok());
        assert_eq!(config.format, super::Format::Json);
    }
}

#[test]
fn addresses_of_pages_are_remembered() {
    let page = "https://example.atlassian.net/wiki/spaces/ENG/pages/98306/On-Call";
    let config = parse(&["pages", "update", page, "--parent-id", "/wiki/x/AoAB"]).unwrap();
    let Task::Call(call) = config.task else { panic!("no call") };
    assert_eq!(call.call.arguments["id"], "98306");
    assert_eq!(call.call.arguments["body"]["parentId"], "98306");
    let origins: Vec<_> = call.origins.iter().map(url::Origin::ascii_serialization).collect();
    assert_eq!(origins, ["https://example.atlassian.net"]);
}

#[test]
fn the_definition_is_sound() {
    let mut root = command();
    root.build();
    root.debug_assert();
}
