//! Starting a server, asking it, and ending it.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

/// Names the folder with the programs.
const VARIABLE: &str = "CONFLUENCE_POSTGRES_BIN";

/// Whose the server is where the tests are root's, for whom it refuses to run: `nobody`.
const NOBODY: u32 = 65534;

/// The longest that a start may take.
const START: Duration = Duration::from_mins(1);

/// Runs the server until the pipe on standard input closes, then removes its folder.
const SCRIPT: &str = r#"
"$1/postgres" -D "$2/data" -k "$2" -F -c listen_addresses= -c max_connections=300 \
    -c synchronous_commit=off -c full_page_writes=off >"$2/log" 2>&1 &
server=$!
read -r _
kill -INT "$server"
wait "$server"
rm -rf "$2"
"#;

/// A server that runs.
#[derive(Debug)]
pub struct Server {
    programs: PathBuf,
    folder: PathBuf,
    keeper: Child,
    databases: AtomicU32,
}

impl Server {
    /// Starts one, or says on standard error that there is none to start.
    ///
    /// # Errors
    ///
    /// When the variable names a folder whose programs do not work.
    pub fn start() -> Result<Option<Self>> {
        #[expect(clippy::disallowed_methods, reason = "a test has no configuration of its own")]
        let programs = std::env::var_os(VARIABLE).filter(|it| !it.is_empty());
        if programs.is_none() {
            skipped();
        }
        programs.map(|it| Self::start_with(PathBuf::from(it))).transpose()
    }

    fn start_with(programs: PathBuf) -> Result<Self> {
        // The path of a socket has a limit of about 100 bytes, so the folder's name is short.
        let folder = tempfile::Builder::new().prefix("pg-").tempdir()?;
        let is_root = rustix::process::geteuid().is_root();
        if is_root {
            std::os::unix::fs::chown(folder.path(), Some(NOBODY), Some(NOBODY))?;
        }
        let data = folder.path().join("data");
        let mut initdb = command(&programs.join("initdb"), is_root);
        initdb.args(["--username=tests", "--auth=trust", "--no-sync", "--encoding=UTF8"]);
        // Compares texts as people do, and not byte by byte, as many servers.
        initdb.args(["--no-locale", "--locale-provider=icu", "--icu-locale=en"]);
        initdb.arg("--pgdata").arg(&data);
        run(&mut initdb)?;

        let mut keeper = command(Path::new("sh"), is_root);
        keeper.args(["-c", SCRIPT, "sh"]).arg(&programs).arg(folder.path());
        keeper.stdin(Stdio::piped()).stdout(Stdio::null());
        // Of its own: what ends the tests by a signal leaves the folder to the keeper.
        std::os::unix::process::CommandExt::process_group(&mut keeper, 0);
        let keeper = keeper.spawn().context("cannot start PostgreSQL")?;
        let folder = folder.keep();
        let server = Self { programs, folder, keeper, databases: AtomicU32::new(0) };
        server.wait_until_ready(&data)?;
        Ok(server)
    }

    fn wait_until_ready(&self, data: &Path) -> Result<()> {
        let end = Instant::now() + START;
        loop {
            // Its last line is the state.
            let state = match fs::read_to_string(data.join("postmaster.pid")) {
                Ok(state) => state,
                Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
                Err(error) => return Err(error.into()),
            };
            if state.lines().nth(7).is_some_and(|it| it.trim() == "ready") {
                return Ok(());
            }
            if Instant::now() > end {
                let log = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
                bail!("PostgreSQL did not start: {log}");
            }
            sleep(Duration::from_millis(20));
        }
    }

    /// Makes an empty database; returns its URL.
    ///
    /// # Errors
    ///
    /// When the server refuses.
    pub fn database(&self) -> Result<String> {
        let name = format!("tests_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        self.sql("postgres", &format!("CREATE DATABASE {name}"))?;
        Ok(self.url(&name))
    }

    /// Runs statements in the database of a URL that [`Server::database`] gave; returns what they
    /// print.
    ///
    /// # Errors
    ///
    /// When one of them fails.
    pub fn run_sql(&self, url: &str, statements: &str) -> Result<String> {
        self.sql(url.rsplit('/').next().unwrap_or_default(), statements)
    }

    /// All that a database holds, as text.
    ///
    /// # Errors
    ///
    /// When the server refuses.
    pub fn dump(&self, url: &str) -> Result<String> {
        let mut dump = Command::new(self.programs.join("pg_dump"));
        dump.args(["--inserts", "--username=tests", "--host"]).arg(&self.folder);
        run(dump.arg(url.rsplit('/').next().unwrap_or_default()))
    }

    fn sql(&self, database: &str, statements: &str) -> Result<String> {
        let mut psql = Command::new(self.programs.join("psql"));
        psql.args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align"]);
        psql.args(["--set=ON_ERROR_STOP=1", "--username=tests", "--host"]).arg(&self.folder);
        run(psql.args(["--dbname", database, "--command", statements]))
    }

    fn url(&self, database: &str) -> String {
        let socket = self.folder.display().to_string().replace('/', "%2F");
        format!("postgres://tests@{socket}/{database}")
    }
}

#[expect(clippy::print_stderr, reason = "what is skipped is said plainly")]
fn skipped() {
    eprintln!("skipped: {VARIABLE} names no folder with PostgreSQL; `cargo xtask test` finds it");
}

impl Drop for Server {
    fn drop(&mut self) {
        // Closes the pipe.
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
    }
}

fn command(program: &Path, is_root: bool) -> Command {
    if is_root {
        let mut command = Command::new("setpriv");
        command.arg(format!("--reuid={NOBODY}")).arg(format!("--regid={NOBODY}"));
        command.args(["--clear-groups", "--"]).arg(program);
        // The folder that the tests run in may be root's alone.
        command.current_dir("/");
        command
    } else {
        Command::new(program)
    }
}

fn run(command: &mut Command) -> Result<String> {
    let output = command.stdin(Stdio::null()).output();
    let output = output.with_context(|| format!("cannot run {}", name(command)))?;
    if !output.status.success() {
        bail!("{} failed: {}", name(command), String::from_utf8_lossy(&output.stderr));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn name(command: &Command) -> String {
    let arguments = command.get_args().map(|it| it.to_string_lossy().into_owned());
    let program = command.get_program().to_string_lossy().into_owned();
    [program].into_iter().chain(arguments).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
