//! A session on a terminal, as people have it. `docs/cli-session.md` is its recording.

use std::{fmt::Write as _, fs, path::Path};

use crate::{
    process::{PAGE, Rig},
    pty::{On, Seen, on_terminal},
};

/// Set, the recording is written instead of compared.
const RECORD: &str = "RECORD_CLI_SESSION";

/// A session under way.
struct Session {
    rig: Rig,
    recording: String,
}

impl Session {
    fn start() -> Self {
        let recording = "<!-- Recorded by the test `session` of confluence-cli: see CONTRIBUTING.md. Do not edit. -->\n\n# A session on a terminal\n\nThe demo content of the sandbox, as `confluence-cli` shows it. The account comes from the environment; addresses are shortened.\n".to_owned();
        Self { rig: Rig::demo(), recording }
    }

    /// Begins a part.
    fn part(&mut self, title: &str) {
        let _ = write!(self.recording, "\n## {title}\n");
    }

    /// A command on the terminal.
    fn run(&mut self, arguments: &[&str]) {
        self.answer(arguments, "");
    }

    /// A command that asks, and the answer.
    fn answer(&mut self, arguments: &[&str], answer: &str) {
        let seen = on_terminal(&self.rig, arguments, On { stdout: true }, answer, false);
        self.record(arguments, "", &seen);
    }

    /// A command whose output goes into a file.
    fn save(&mut self, arguments: &[&str], file: &str) {
        let seen = on_terminal(&self.rig, arguments, On { stdout: false }, "", false);
        self.record(arguments, &format!(" > {file}"), &seen);
        let lines = seen.stdout.lines().count();
        let _ = write!(self.recording, "\n```console\n$ wc -l {file}\n{lines} {file}\n```\n");
    }

    fn record(&mut self, arguments: &[&str], redirection: &str, seen: &Seen) {
        let command: Vec<_> = arguments.iter().map(|it| quoted(it)).collect();
        let address = self.rig.sandbox.address().unwrap().to_string();
        let screen = displayed(&seen.screen).replace(&address, "127.0.0.1:…");
        assert!(!screen.contains("```"), "it would end the block: {screen}");
        let _ = write!(
            self.recording,
            "\n```console\n$ confluence-cli {}{redirection}\n{screen}",
            command.join(" ")
        );
        if seen.code != 0 {
            let _ = writeln!(self.recording, "$ echo $?\n{}", seen.code);
        }
        self.recording.push_str("```\n");
    }
}

/// An argument as it is typed.
fn quoted(argument: &str) -> String {
    let plain = |it: char| it.is_ascii_alphanumeric() || "-_./=".contains(it);
    if argument.chars().all(plain) {
        argument.to_owned()
    } else {
        format!("'{}'", argument.replace('\'', r"'\''"))
    }
}

/// What remains on the screen: a carriage return goes back to the start of the line.
fn displayed(screen: &str) -> String {
    let mut out = String::new();
    for line in screen.split_terminator('\n') {
        let line = line.trim_end_matches('\r');
        out.push_str(line.rsplit('\r').next().unwrap_or(line).trim_end());
        out.push('\n');
    }
    out
}

#[test]
#[expect(clippy::disallowed_methods, reason = "no configuration of the program")]
fn a_session_is_as_it_was_recorded() {
    let mut session = Session::start();
    session.part("Finding and reading");
    session.run(&["search", "cql", "type = page AND text ~ \"escalation\"", "--limit=2"]);
    session.run(&["pages", "get", PAGE, "--include-labels"]);
    session.run(&["pages", "get-body", PAGE, "--version=1"]);
    session.run(&["content", "ancestors", "65732611"]);
    session.run(&["attachments", "list-for-page", PAGE]);

    session.part("Everything of a list");
    session.save(&["pages", "list", "--space-id=65538", "--all", "--limit=20"], "pages.jsonl");

    session.part("Writing");
    let text = "<p>Every second Tuesday, 14:00.</p>";
    let create = ["pages", "create", "--space-id=65538", "--title=Pager review", "--body", text];
    session.run(&[&create[..], &["--dry-run"]].concat());
    session.run(&create);
    session.run(&["labels", "add-to-page", PAGE, "on-call", "review"]);
    let update = ["pages", "update", PAGE, "--title=On-Call Handbook", "--body", text];
    session.run(&[&update[..], &["--version-number=3"]].concat());

    session.part("Deleting");
    session.answer(&["pages", "delete", "65732613"], "n\n");
    session.answer(&["pages", "delete", "65732613"], "y\n");
    assert_eq!(session.rig.sent("DELETE"), 1);

    session.part("When something is wrong");
    session.run(&["pages", "get", "1"]);
    session.run(&["pages", "list", "--space-id=ENG"]);
    session.run(&["pages", "get", "https://other.atlassian.net/wiki/spaces/ENG/pages/65699842"]);
    session.run(&["doctor"]);
    session.rig.sandbox.tokens().revoke(&session.rig.sandbox.credentials().api_token);
    session.run(&["pages", "get", PAGE]);
    session.run(&["doctor"]);

    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/cli-session.md");
    if std::env::var_os(RECORD).is_some() {
        fs::write(&file, &session.recording).unwrap();
    }
    let recorded = fs::read_to_string(&file).unwrap();
    compare(&recorded, &session.recording);
}

/// Compares line by line, so that a difference is found.
#[track_caller]
fn compare(recorded: &str, now: &str) {
    for (number, (recorded, now)) in recorded.lines().zip(now.lines()).enumerate() {
        assert_eq!(now, recorded, "line {}; {RECORD}=1 records anew", number + 1);
    }
    assert_eq!(now.lines().count(), recorded.lines().count(), "{RECORD}=1 records anew");
}
