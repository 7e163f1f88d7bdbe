//! The program with an environment of its own, and a Confluence that it finds there.

use std::{
    io::Write,
    process::{Command, Stdio},
};

use confluence_sandbox::{Clock, Sandbox, SandboxBuilder};
use serde_json::Value;
use tokio::runtime::{Builder, Runtime};

/// The moment at which every test happens.
const NOW: &str = "2026-11-20T10:00:00Z";

/// A page of the demo content with everything that a page can have.
pub(crate) const PAGE: &str = "65699842";

/// A Confluence of the test's own, and the account that the program uses there.
pub(crate) struct Rig {
    pub(crate) sandbox: Sandbox,
    token: String,
    base: String,
    // Serves the sandbox: dropped after it.
    _runtime: Runtime,
}

impl Rig {
    /// The demo site.
    pub(crate) fn demo() -> Self {
        Self::start(Sandbox::builder().demo())
    }

    pub(crate) fn start(builder: SandboxBuilder) -> Self {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let clock = Clock::manual(NOW.parse().unwrap());
        let sandbox = runtime.block_on(builder.clock(clock).start()).unwrap();
        let (token, base) = (sandbox.credentials().api_token.clone(), sandbox.site_url());
        Self { sandbox, token, base, _runtime: runtime }
    }

    /// Uses another token, through the gateway.
    pub(crate) fn through_gateway(self, token: &str) -> Self {
        Self { token: token.to_owned(), base: self.sandbox.gateway_url(), ..self }
    }

    /// The program with these arguments and an account.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = program(arguments);
        command
            .env("CONFLUENCE_SITE", "example")
            .env("CONFLUENCE_API_BASE_URL", &self.base)
            .env("CONFLUENCE_EMAIL", &self.sandbox.credentials().email)
            .env("CONFLUENCE_API_TOKEN", &self.token);
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

    /// What the program writes when all goes well, which has to be one line of JSON.
    #[track_caller]
    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        let output = self.output(&[arguments, &["--output=json"]].concat());
        serde_json::from_str(&output).unwrap()
    }

    /// How the program ends when it fails: the exit code, and what it tells.
    #[track_caller]
    pub(crate) fn failure(&self, arguments: &[&str]) -> (i32, String) {
        let ended = self.run(arguments);
        assert_eq!(ended.stdout, "", "{arguments:?}");
        (ended.code.unwrap(), ended.stderr)
    }

    /// Requests that were sent, by method.
    pub(crate) fn sent(&self, method: &str) -> usize {
        self.sandbox.requests().iter().filter(|it| it.method == method).count()
    }
}

/// The program with these arguments, and without the variables of whoever runs the tests.
pub(crate) fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_confluence-cli"));
    command.env_clear().args(arguments);
    // No profiles of whoever runs the tests either.
    command.env("HOME", concat!(env!("CARGO_TARGET_TMPDIR"), "/nobody"));
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// How a process ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Runs a program until its end.
pub(crate) fn run(command: &mut Command) -> Ended {
    ended(command.output().unwrap())
}

/// Runs a program that reads `input`.
pub(crate) fn run_with(command: &mut Command, input: &[u8]) -> Ended {
    let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(input).unwrap();
    drop(stdin);
    ended(child.wait_with_output().unwrap())
}

fn ended(output: std::process::Output) -> Ended {
    Ended {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}
