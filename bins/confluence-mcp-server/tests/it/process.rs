//! The program as a process, with an environment of its own.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use confluence_sandbox::Sandbox;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
    process::{Child, ChildStdin, Command},
    task::JoinHandle,
    time::timeout,
};

/// No test waits longer for a process; far more than any needs on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// The server itself gives up earlier.
const LONGEST_CALL: Duration = Duration::from_mins(2);

/// The program with these arguments, and without the variables of whoever runs the tests.
pub(crate) fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_confluence-mcp-server"));
    command.env_clear().args(arguments).kill_on_drop(true);
    command.env("CONFLUENCE_DATA_DIR", data_dir());
    command.env("CONFLUENCE_NO_KEYRING", "true");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// A folder that no other program uses, removed with the next build from scratch.
fn data_dir() -> PathBuf {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let next = NEXT.fetch_add(1, Ordering::Relaxed);
    let folder = format!("data-{}-{next}", std::process::id());
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(folder);
    // Of an earlier process with the same id.
    let _ = std::fs::remove_dir_all(&folder);
    folder
}

/// Settings that lead to a Confluence of the test's own, as an account in Atlassian's cloud would.
pub(crate) fn account<'c>(command: &'c mut Command, confluence: &Sandbox) -> &'c mut Command {
    let credentials = confluence.credentials();
    command
        .env("CONFLUENCE_API_BASE_URL", confluence.site_url())
        .env("CONFLUENCE_EMAIL", &credentials.email)
        .env("CONFLUENCE_API_TOKEN", &credentials.api_token)
}

/// How a process ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Runs a program that is expected to end.
pub(crate) async fn run(command: &mut Command) -> Ended {
    Running::start(command).ended().await
}

/// A process under way, killed when dropped.
pub(crate) struct Running {
    child: Child,
    stdout: JoinHandle<String>,
    stderr: JoinHandle<String>,
}

impl Running {
    /// Starts a program and reads all that it says.
    pub(crate) fn start(command: &mut Command) -> Self {
        let mut child = command.spawn().unwrap();
        let stdout = match child.stdout.take() {
            Some(stdout) => tokio::spawn(all(stdout)),
            None => tokio::spawn(async { String::new() }),
        };
        let stderr = tokio::spawn(all(child.stderr.take().unwrap()));
        Self { child, stdout, stderr }
    }

    pub(crate) fn stdin(&mut self) -> ChildStdin {
        self.child.stdin.take().expect("standard input is a pipe")
    }

    /// Sends a signal by its name, such as `TERM`.
    pub(crate) async fn signal(&self, name: &str) {
        let id = self.child.id().expect("it runs").to_string();
        let sent = Command::new("kill").args(["-s", name, &id]).status().await.unwrap();
        assert!(sent.success());
    }

    /// Kills it, at once and without a chance to do anything.
    pub(crate) fn kill(&mut self) {
        self.child.start_kill().unwrap();
    }

    /// Waits for its end.
    pub(crate) async fn ended(mut self) -> Ended {
        let status = timeout(PATIENCE, self.child.wait()).await.expect("it ends").unwrap();
        let (stdout, stderr) = (self.stdout.await.unwrap(), self.stderr.await.unwrap());
        Ended { code: status.code(), stdout, stderr }
    }
}

async fn all(mut stream: impl AsyncRead + Unpin) -> String {
    let mut text = String::new();
    stream.read_to_string(&mut text).await.unwrap();
    text
}

/// `serve` on a free port.
pub(crate) struct Served {
    pub(crate) running: Running,
    /// What it said before it was ready.
    pub(crate) banner: String,
    pub(crate) endpoint: String,
}

impl Served {
    /// Starts it and waits for the line with the endpoint.
    pub(crate) async fn start(command: &mut Command) -> Self {
        let mut child = command.env("CONFLUENCE_LISTEN", "127.0.0.1:0").spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let stderr = tokio::spawn(all(child.stderr.take().unwrap()));
        let mut banner = String::new();
        let endpoint = loop {
            let line = timeout(PATIENCE, lines.next_line()).await.expect("it is ready").unwrap();
            let Some(line) = line else { panic!("it ended: {}", stderr.await.unwrap()) };
            banner.push_str(&line);
            banner.push('\n');
            if let Some(endpoint) = line.strip_prefix("Endpoint: ") {
                break endpoint.to_owned();
            }
        };
        let stdout = tokio::spawn(all(lines.into_inner()));
        Self { running: Running { child, stdout, stderr }, banner, endpoint }
    }

    /// The host and the port it listens on.
    pub(crate) fn authority(&self) -> &str {
        self.endpoint.split('/').nth(2).expect("the endpoint is an address")
    }

    /// Calls a tool; the status and the JSON of the answer.
    pub(crate) async fn call(
        &self,
        key: Option<&str>,
        name: &str,
        arguments: Value,
    ) -> (u16, Value) {
        call(self.authority(), key, name, arguments).await
    }
}

/// Calls a tool of the server that listens there.
pub(crate) async fn call(
    authority: &str,
    key: Option<&str>,
    name: &str,
    arguments: Value,
) -> (u16, Value) {
    call_at("/mcp", authority, key, name, arguments).await
}

/// Calls a tool at an endpoint of the server that listens there.
pub(crate) async fn call_at(
    path: &str,
    authority: &str,
    key: Option<&str>,
    name: &str,
    arguments: Value,
) -> (u16, Value) {
    let call = json!({
        "jsonrpc": "2.0",
        "id": 1,
        "method": "tools/call",
        "params": { "name": name, "arguments": arguments },
    });
    let key = key.map(|it| format!("Bearer {it}"));
    let mut headers = vec![("Content-Type", "application/json")];
    headers.extend(key.as_deref().map(|it| ("Authorization", it)));
    let answer = request(authority, "POST", path, &headers, &call.to_string()).await.unwrap();
    (answer.status, serde_json::from_str(&answer.body).unwrap_or(Value::Null))
}

/// What a server answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|it| it.split_once(':'));
        lines.find(|(it, _)| it.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }
}

/// Sends a request to the server that listens there. Fails if it is gone before it has answered.
pub(crate) async fn request(
    authority: &str,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> std::io::Result<Answer> {
    let mut request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\nContent-Length: {}\r\n",
        body.len()
    );
    for (name, value) in headers {
        request.extend([name, ": ", value, "\r\n"]);
    }
    request.extend(["\r\n", body]);
    let mut stream = TcpStream::connect(authority).await?;
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    let read = timeout(LONGEST_CALL, stream.read_to_string(&mut answer)).await;
    read.expect("it answers")?;
    let broken = || std::io::Error::from(std::io::ErrorKind::UnexpectedEof);
    let (head, body) = answer.split_once("\r\n\r\n").ok_or_else(broken)?;
    let status = head.split(' ').nth(1).and_then(|it| it.parse().ok()).ok_or_else(broken)?;
    Ok(Answer { status, head: head.to_owned(), body: body.to_owned() })
}

/// The text of a tool's result.
#[track_caller]
pub(crate) fn text(answer: &Value) -> &str {
    answer["result"]["content"][0]["text"].as_str().expect("an answer with text")
}
