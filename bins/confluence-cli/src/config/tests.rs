use super::{Config, Stop, Task, command, from_matches};

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
    assert!(config.confluence.is_err());
    assert!(matches!(config.task, Task::Call(call) if call.dry_run && !call.yes));
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
