use clap::{ArgAction, value_parser};

use super::*;

fn rows(program: Command) -> Vec<String> {
    let text = markdown(&[program]);
    text.lines().filter(|it| it.starts_with("| `")).map(str::to_owned).collect()
}

#[test]
fn a_variable_is_described_by_its_argument() {
    let timeout = Arg::new("timeout")
        .long("timeout")
        .env("APP_TIMEOUT")
        .default_value("60s")
        .value_name("DURATION")
        .help("How long a call\nmay take | wait");
    let read_only =
        Arg::new("read-only").long("read-only").env("APP_READ_ONLY").action(ArgAction::SetTrue);
    assert_eq!(
        rows(Command::new("app").args([timeout, read_only])),
        [
            "| `APP_READ_ONLY` | `--read-only` | `app` |  |  |",
            "| `APP_TIMEOUT` | `--timeout <DURATION>` | `app` | `60s` | How long a call may take \\| wait |",
        ]
    );
}

#[test]
fn a_secret_has_no_flag() {
    let token = Arg::new("token").long("token").hide(true).env("APP_TOKEN").help("The token");
    assert_eq!(
        rows(Command::new("app").arg(token)),
        ["| `APP_TOKEN` |  | `app` |  | The token |",]
    );
}

#[test]
fn each_command_that_takes_a_variable_is_named_once() {
    let log = Arg::new("log").long("log").env("APP_LOG").global(true);
    let site = || Arg::new("site").long("site").env("APP_SITE");
    let program = Command::new("app")
        .arg(log)
        .subcommand(Command::new("serve").arg(site()))
        .subcommand(Command::new("stdio").arg(site()));
    assert_eq!(
        rows(program),
        [
            "| `APP_LOG` | `--log <log>` | `app` |  |  |",
            "| `APP_SITE` | `--site <site>` | `app serve`, `app stdio` |  |  |",
        ]
    );
}

#[test]
fn the_choices_are_listed() {
    let format = Arg::new("format")
        .long("format")
        .env("APP_FORMAT")
        .value_parser(["text", "json"])
        .help("How lines look.");
    assert_eq!(
        rows(Command::new("app").arg(format)),
        [
            "| `APP_FORMAT` | `--format <format>` | `app` |  | How lines look. One of `text`, `json`. |",
        ]
    );
    let port = Arg::new("port").env("APP_PORT").value_parser(value_parser!(u16));
    assert_eq!(rows(Command::new("app").arg(port)), ["| `APP_PORT` |  | `app` |  |  |"]);
}
