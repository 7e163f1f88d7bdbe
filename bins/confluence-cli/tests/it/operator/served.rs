//! A server with a database of its own, and the commands that talk to it.

use std::{
    fmt::Write as _,
    io::{BufRead, BufReader, Read},
    path::Path,
    process::{Child, Command, Stdio},
};

use confluence_store::{DatabaseUrl, Settings, Store};
use serde_json::Value;
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

use crate::process::{Ended, program, run};

/// A server under way, killed when dropped.
pub(crate) struct Served {
    child: Child,
    pub(crate) url: String,
    data: TempDir,
}

/// A database that no server uses yet.
pub(crate) struct Database {
    data: TempDir,
    runtime: Runtime,
    pub(crate) store: Store,
}

impl Database {
    pub(crate) fn new() -> Self {
        let data = TempDir::new().unwrap();
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let store = runtime.block_on(open(data.path()));
        Self { data, runtime, store }
    }

    pub(crate) fn fill<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }

    /// Starts a server on it.
    pub(crate) fn serve(self) -> Served {
        self.runtime.block_on(self.store.close());
        Served::on(self.data, |_| {})
    }
}

async fn open(data: &Path) -> Store {
    let settings = Settings {
        url: DatabaseUrl::File(data.join("connector.db")),
        master_key: None,
        previous_master_key: None,
        key_file: data.join("master.key"),
    };
    Store::open(&settings).await.unwrap()
}

impl Served {
    /// A server without workspaces.
    pub(crate) fn start() -> Self {
        Self::on(TempDir::new().unwrap(), |_| {})
    }

    /// One to try things out, and the maintainer's key that it says.
    pub(crate) fn sandbox() -> (Self, String) {
        let on = |command: &mut Command| _ = command.env("CONFLUENCE_SANDBOX", "true");
        let (served, banner) = Self::telling(TempDir::new().unwrap(), on);
        let key = banner.iter().find_map(|it| it.strip_prefix("Maintainer key: "));
        let key = key.and_then(|it| it.split(' ').next()).unwrap().to_owned();
        (served, key)
    }

    pub(crate) fn on(data: TempDir, change: impl FnOnce(&mut Command)) -> Self {
        Self::telling(data, change).0
    }

    /// Starts one, and waits for what it tells until it is ready.
    fn telling(data: TempDir, change: impl FnOnce(&mut Command)) -> (Self, Vec<String>) {
        // Cargo builds the examples of a package together with its tests.
        let cli = Path::new(env!("CARGO_BIN_EXE_confluence-cli"));
        let mut command = Command::new(cli.with_file_name("examples").join("operated"));
        command.env_clear().arg("serve").stdin(Stdio::null()).stdout(Stdio::piped());
        command.env("CONFLUENCE_LISTEN", "127.0.0.1:0").env("CONFLUENCE_LOG", "warn");
        command.env("CONFLUENCE_DATA_DIR", data.path());
        change(&mut command);
        let mut child = command.spawn().unwrap();
        let mut banner = Vec::new();
        let mut endpoint = None;
        for line in BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap) {
            let told = line.strip_prefix("Endpoint: ");
            endpoint = told.map(|it| it.split('/').nth(2).unwrap().to_owned());
            banner.push(line);
            if endpoint.is_some() {
                break;
            }
        }
        let url = format!("http://{}", endpoint.expect("it is ready"));
        (Self { child, url, data }, banner)
    }

    /// Process id of the server.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// The database, which the server goes on to use.
    pub(crate) fn change<T, F: Future<Output = T>>(&self, work: impl FnOnce(Store) -> F) -> T {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let store = open(self.data.path()).await;
            let done = work(store.clone()).await;
            store.close().await;
            done
        })
    }

    /// The program with a maintainer's key.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = program(arguments);
        command
            .env("CONFLUENCE_SERVER_URL", &self.url)
            .env("CONFLUENCE_SERVER_KEY_FILE", self.data.path().join("maintainer.key"));
        command
    }

    /// The program with another key.
    pub(crate) fn with_key(&self, key: &str, arguments: &[&str]) -> Ended {
        let mut command = program(arguments);
        command.env("CONFLUENCE_SERVER_URL", &self.url).env("CONFLUENCE_SERVER_KEY", key);
        run(&mut command)
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ended {
        run(&mut self.command(arguments))
    }

    /// What is written when all goes well, with what differs from run to run replaced.
    #[track_caller]
    pub(crate) fn output(&self, arguments: &[&str]) -> String {
        let ended = self.run(arguments);
        assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""), "{arguments:?}");
        self.steady(&ended.stdout)
    }

    /// Commands one after the other, with what each writes.
    #[track_caller]
    pub(crate) fn session(&self, commands: &[&[&str]]) -> String {
        let mut session = String::new();
        for arguments in commands {
            let output = self.output(arguments);
            writeln!(session, "$ confluence-cli {}\n{output}", arguments.join(" ")).unwrap();
        }
        session
    }

    /// A key that is made, or replaces one: its id and its secret.
    #[track_caller]
    pub(crate) fn new_key(&self, arguments: &[&str]) -> (String, String) {
        let ended = self.run(&[arguments, &["-o", "json"]].concat());
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        let made: Value = serde_json::from_str(&ended.stdout).unwrap();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        (text(&made["key"]["id"]), text(&made["secret"]))
    }

    /// The JSON that is written, a value a line.
    #[track_caller]
    pub(crate) fn json(&self, arguments: &[&str]) -> Vec<Value> {
        let ended = self.run(&[arguments, &["-o", "json"]].concat());
        assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""), "{arguments:?}");
        ended.stdout.lines().map(|it| serde_json::from_str(it).unwrap()).collect()
    }

    /// Checks how a command fails: the exit code and what is told, as text and as JSON.
    #[track_caller]
    pub(crate) fn fails(&self, arguments: &[&str], code: i32, expected: &str) {
        let ended = self.run(arguments);
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(code), ""), "{}", ended.stderr);
        assert!(ended.stderr.starts_with("error: "), "{}", ended.stderr);
        assert!(ended.stderr.contains(expected), "{}", ended.stderr);
        let ended = self.run(&[arguments, &["-o", "json"]].concat());
        let json: Value = serde_json::from_str(&ended.stderr).unwrap();
        assert_eq!(json["error"]["exitCode"], code, "{json}");
        assert!(json["error"]["message"].as_str().unwrap().contains(expected), "{json}");
    }

    /// Text without what differs from run to run: the address, moments, ids of keys.
    pub(crate) fn steady(&self, text: &str) -> String {
        let text = text.replace(&self.url, "http://server");
        let mut out = String::new();
        for part in text.split_inclusive([' ', '\n', '"']) {
            let word = part.trim_end_matches([' ', '\n', '"']);
            let is_time = word.len() > 18 && word.ends_with('Z') && word.starts_with("20");
            out += &if is_time { part.replace(word, "TIME") } else { part.to_owned() };
        }
        out
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The most memory that a process has used so far, in kilobytes.
pub(crate) fn peak_memory(process: u32) -> u64 {
    let mut status = String::new();
    let file = std::fs::File::open(format!("/proc/{process}/status"));
    file.unwrap().read_to_string(&mut status).unwrap();
    let line = status.lines().find_map(|it| it.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}
