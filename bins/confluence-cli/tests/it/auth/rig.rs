//! Profiles of the test's own, and an identity service to sign in at.

use std::{
    fs,
    io::{BufRead, BufReader, Read},
    net::TcpListener,
    path::PathBuf,
    process::{Child, ChildStderr, Command, Stdio},
    sync::atomic::{AtomicU16, Ordering},
};

use confluence_sandbox::{Clock, IdentityRequest, OAuthClient, Sandbox, Tally};
use serde_json::Value;
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

use super::browser;
use crate::process::{Ended, program, run};

pub(crate) const CLIENT: &str = "planted-client";
pub(crate) const SECRET: &str = "planted-client-secret";

/// An identity service with an application, and one person's profiles.
pub(crate) struct Rig {
    pub(crate) sandbox: Sandbox,
    pub(crate) folder: TempDir,
    pub(crate) callback: String,
    // Serves the sandbox: dropped after it.
    _runtime: Runtime,
}

/// A port that no test asks the system for, and no other test of this process has had: the callback
/// has to be known before anybody listens there.
fn port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    // Far enough apart for processes that were started one after the other.
    let first = std::process::id().wrapping_mul(97) % 20_000;
    loop {
        let next = u32::from(NEXT.fetch_add(1, Ordering::Relaxed));
        let port = u16::try_from(10_000 + (first + next) % 20_000).unwrap();
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

impl Rig {
    pub(crate) fn start() -> Self {
        let callback = format!("http://localhost:{}/callback", port());
        let client = OAuthClient::new(CLIENT, SECRET, &callback);
        let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let builder = Sandbox::builder().demo().oauth_client(client).clock(Clock::ahead());
        let sandbox = runtime.block_on(builder.start()).unwrap();
        Self { sandbox, folder: tempfile::tempdir().unwrap(), callback, _runtime: runtime }
    }

    /// Settings that lead to the sandbox and to these profiles.
    pub(crate) fn settings<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        command
            .env("CONFLUENCE_DATA_DIR", self.folder.path())
            .env("CONFLUENCE_NO_KEYRING", "true")
            .env("CONFLUENCE_AUTH_BASE_URL", self.sandbox.auth_base_url())
            .env("CONFLUENCE_GATEWAY_BASE_URL", self.sandbox.api_base_url())
    }

    /// The program with these arguments.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = program(arguments);
        self.settings(&mut command);
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ended {
        run(&mut self.command(arguments))
    }

    /// What the program writes when all goes well.
    #[track_caller]
    pub(crate) fn output(&self, arguments: &[&str]) -> String {
        let ended = self.run(arguments);
        assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""), "{arguments:?}");
        ended.stdout
    }

    #[track_caller]
    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.output(&[arguments, &["--output=json"]].concat())).unwrap()
    }

    /// How the program ends when it fails: the exit code, and what it tells.
    #[track_caller]
    pub(crate) fn failure(&self, arguments: &[&str]) -> (i32, String) {
        let ended = self.run(arguments);
        assert_eq!(ended.stdout, "", "{arguments:?}");
        (ended.code.unwrap(), ended.stderr)
    }

    /// `auth login` up to the point where it waits for a browser.
    pub(crate) fn log_in(&self, more: &[&str]) -> LoggingIn {
        let first = ["auth", "login", "--no-browser", "--callback-url", &self.callback];
        let mut command = self.command(&[&first, more].concat());
        command.env("CONFLUENCE_OAUTH_CLIENT_ID", CLIENT);
        command.env("CONFLUENCE_OAUTH_CLIENT_SECRET", SECRET);
        LoggingIn::start(command)
    }

    /// Signs in.
    #[track_caller]
    pub(crate) fn signed_in(&self, more: &[&str]) -> Ended {
        let login = self.log_in(more);
        let page = browser::open(&browser::decide(&login.address, true));
        assert_eq!(page.status, 200, "{page:?}");
        let ended = login.ended();
        assert_eq!(ended.code, Some(0), "{ended:?}");
        ended
    }

    /// What the identity service has seen of refreshes.
    pub(crate) fn refreshes(&self) -> Tally {
        self.sandbox.identity().tally(IdentityRequest::TokenRefresh)
    }

    /// Tokens that are issued from now on are so short-lived that each call renews them.
    pub(crate) fn tokens_are_always_stale(&self) {
        self.sandbox.identity().change_policy(|it| {
            it.access_token_lifetime = std::time::Duration::from_mins(1);
        });
    }

    pub(crate) fn file(&self) -> PathBuf {
        self.folder.path().join("profiles.json")
    }

    pub(crate) fn kept(&self) -> String {
        fs::read_to_string(self.file()).unwrap_or_default()
    }
}

/// A sign-in that waits for the browser.
pub(crate) struct LoggingIn {
    /// Where the browser is sent.
    pub(crate) address: String,
    child: Child,
    stderr: BufReader<ChildStderr>,
    seen: String,
}

impl LoggingIn {
    pub(crate) fn start(mut command: Command) -> Self {
        let mut child = command.stdin(Stdio::null()).spawn().unwrap();
        let mut stderr = BufReader::new(child.stderr.take().unwrap());
        let mut seen = String::new();
        let address = loop {
            let mut line = String::new();
            let length = stderr.read_line(&mut line).unwrap();
            seen.push_str(&line);
            assert_ne!(length, 0, "it ended: {seen}");
            let json: Option<Value> = serde_json::from_str(&line).ok();
            if let Some(address) = json.as_ref().and_then(|it| it["signIn"]["address"].as_str()) {
                break address.to_owned();
            }
            if line.starts_with("http") {
                break line.trim().to_owned();
            }
        };
        Self { address, child, stderr, seen }
    }

    /// Its end.
    pub(crate) fn ended(mut self) -> Ended {
        self.stderr.read_to_string(&mut self.seen).unwrap();
        let output = self.child.wait_with_output().unwrap();
        let stdout = String::from_utf8(output.stdout).unwrap();
        Ended { code: output.status.code(), stdout, stderr: self.seen }
    }
}
