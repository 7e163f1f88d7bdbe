//! The machine that was measured on.

use std::fs;
use std::process::Command;
use std::thread;

/// What a reader needs to know to compare figures.
#[derive(Debug)]
pub(crate) struct Machine {
    pub(crate) processor: String,
    pub(crate) cores: usize,
    pub(crate) memory_gib: u64,
    pub(crate) system: String,
    pub(crate) compiler: String,
    /// Processes that wanted to run in the minute before.
    pub(crate) load: String,
    pub(crate) date: String,
}

impl Machine {
    /// Looks at this machine; what it does not tell is `unknown`.
    pub(crate) fn this() -> Self {
        let processors = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let memory = fs::read_to_string("/proc/meminfo").unwrap_or_default();
        let kib: u64 = field(&memory, "MemTotal")
            .and_then(|it| it.split_whitespace().next()?.parse().ok())
            .unwrap_or_default();
        let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
        let unknown = || "unknown".to_owned();
        Self {
            processor: field(&processors, "model name").map_or_else(unknown, str::to_owned),
            cores: thread::available_parallelism().map_or(0, usize::from),
            memory_gib: kib.div_ceil(1024 * 1024),
            system: told(Command::new("uname").arg("-sr")).unwrap_or_else(unknown),
            compiler: told(Command::new("rustc").arg("--version")).unwrap_or_else(unknown),
            load: load.split_whitespace().next().map_or_else(unknown, str::to_owned),
            date: told(Command::new("date").args(["-u", "+%Y-%m-%d"])).unwrap_or_else(unknown),
        }
    }
}

fn field<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    text.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        (key.trim() == name).then(|| value.trim())
    })
}

fn told(command: &mut Command) -> Option<String> {
    let output = command.output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}
