//! `confluence-mcp-server stdio` with the profiles that the command line made.

use std::{
    io::{BufRead, BufReader, Read, Write},
    path::PathBuf,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use serde_json::{Value, json};

use super::rig::Rig;

/// The other program, from the same build.
fn server() -> PathBuf {
    let name = format!("confluence-mcp-server{}", std::env::consts::EXE_SUFFIX);
    let path = PathBuf::from(env!("CARGO_BIN_EXE_confluence-cli")).with_file_name(name);
    assert!(
        path.exists(),
        "`cargo build --package confluence-mcp-server` first: cargo builds no programs of other \
         packages for a test"
    );
    path
}

/// An agent's own server.
pub(super) struct Agent {
    child: Child,
    stdin: Option<ChildStdin>,
    asked: u32,
    stdout: BufReader<ChildStdout>,
}

impl Agent {
    pub(super) fn start(rig: &Rig, arguments: &[&str]) -> Self {
        let mut command = Command::new(server());
        command.env_clear().arg("stdio").args(arguments);
        rig.settings(&mut command);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let (stdin, stdout) = (child.stdin.take(), child.stdout.take().unwrap());
        Self { child, stdin, asked: 0, stdout: BufReader::new(stdout) }
    }

    /// Asks for a call without waiting for the answer.
    pub(super) fn ask(&mut self, tool: &str, arguments: &Value) {
        self.asked += 1;
        let call = json!({
            "jsonrpc": "2.0",
            "id": self.asked,
            "method": "tools/call",
            "params": { "name": tool, "arguments": arguments },
        });
        let stdin = self.stdin.as_mut().unwrap();
        stdin.write_all(format!("{call}\n").as_bytes()).unwrap();
        stdin.flush().unwrap();
    }

    /// The answer: whether it is a failure, and its text.
    pub(super) fn answer(&mut self) -> (bool, String) {
        let mut line = String::new();
        self.stdout.read_line(&mut line).unwrap();
        let mut told = String::new();
        if line.is_empty() {
            self.child.stderr.take().unwrap().read_to_string(&mut told).unwrap();
        }
        assert!(!line.is_empty(), "it ended: {told}");
        let answer: Value = serde_json::from_str(&line).unwrap();
        let result = &answer["result"];
        let text = result["content"][0]["text"].as_str().expect("an answer with text").to_owned();
        (result["isError"] == true, text)
    }

    pub(super) fn list_spaces(&mut self) -> (bool, String) {
        self.ask("spaces", &json!({ "action": "list" }));
        self.answer()
    }

    /// Its exit code, and what it logged.
    pub(super) fn end(mut self) -> (Option<i32>, String) {
        drop(self.stdin.take());
        let mut told = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut told).unwrap();
        (self.child.wait().unwrap().code(), told)
    }

    pub(super) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

#[test]
fn an_agent_uses_the_current_profile() {
    let rig = Rig::start();
    rig.signed_in(&[]);
    let mut server = Agent::start(&rig, &[]);
    let (failed, text) = server.list_spaces();
    assert!(!failed && text.contains("ENG"), "{text}");
    assert_eq!(rig.refreshes().requests, 0);
    rig.sandbox.identity().expire_access_tokens();
    let (failed, text) = server.list_spaces();
    assert!(!failed && text.contains("ENG"), "{text}");
    assert_eq!(rig.refreshes().granted, 1);
    // What it renewed, the command line uses.
    assert!(rig.output(&["spaces", "list"]).contains("ENG"));
    assert_eq!(rig.refreshes().granted, 1);

    // A token that was renewed after a rejection is not renewed for another one.
    rig.sandbox.identity().expire_access_tokens();
    let (failed, text) = server.list_spaces();
    assert!(failed && text.contains("reconnect, with `confluence-cli auth login`"), "{text}");

    // A new connection, as the token of this one has just been renewed after a rejection.
    rig.tokens_are_always_stale();
    rig.signed_in(&[]);
    rig.sandbox.identity().revoke_all();
    let (failed, text) = server.list_spaces();
    assert!(failed && text.contains("must reconnect"), "{text}");
    let (failed, text) = server.list_spaces();
    assert!(failed, "{text}");
    assert_eq!(
        text,
        "Confluence is not connected for this user. Run `confluence-cli auth login` in a terminal, \
         then repeat the call."
    );
    // Whoever signs in need not start the agent anew.
    rig.signed_in(&[]);
    let (failed, text) = server.list_spaces();
    assert!(!failed && text.contains("ENG"), "{text}");
    rig.output(&["auth", "logout"]);
    let (failed, text) = server.list_spaces();
    assert!(failed && text.starts_with("Confluence is not connected for this user."), "{text}");
    let (code, told) = server.end();
    assert_eq!(code, Some(0), "{told}");
    assert!(!told.contains("planted"), "{told}");
}

#[test]
fn an_agent_can_be_started_before_anybody_has_signed_in() {
    let rig = Rig::start();
    let mut server = Agent::start(&rig, &["--auth-mode=oauth"]);
    let (failed, text) = server.list_spaces();
    assert!(
        failed && text.starts_with("Confluence is not connected for this user. Run `"),
        "{text}"
    );
    rig.signed_in(&[]);
    let (failed, text) = server.list_spaces();
    assert!(!failed && text.contains("ENG"), "{text}");
    server.kill();
}

#[test]
fn a_named_profile_is_named_in_what_to_do() {
    let rig = Rig::start();
    let (code, told) = Agent::start(&rig, &["--profile=work"]).end();
    assert_eq!(code, Some(2), "{told}");
    assert!(told.contains("there is no profile `work`"), "{told}");
    rig.signed_in(&["--profile=work"]);
    let mut server = Agent::start(&rig, &["--profile=work"]);
    assert!(!server.list_spaces().0);
    rig.sandbox.identity().revoke_all();
    let (failed, text) = server.list_spaces();
    assert!(failed && text.contains("Run `confluence-cli auth login --profile work`"), "{text}");
    server.kill();
}
