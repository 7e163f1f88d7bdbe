//! What a process has used so far, as Linux tells it in `/proc`.

use std::fs;

use anyhow::{Context, Result};

/// Ticks per second in which Linux reports processor time, on every architecture in use.
const TICKS_PER_SECOND: u64 = 100;

/// Where the processor time of user and system are in `/proc/PID/stat`, counted behind the name of
/// the program, which may have spaces in it.
const USER_TICKS: usize = 11;
const SYSTEM_TICKS: usize = 12;

/// Memory of a process, in KiB.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Memory {
    /// What is in memory now.
    pub(crate) resident: u64,
    /// Of that, what belongs to this process alone.
    ///
    /// The rest is pages of its program file, which the system shares, drops and maps in pieces as it
    /// likes: the same program differs by a MiB from one copy of its file to another.
    pub(crate) anonymous: u64,
    /// The most that ever was in memory.
    pub(crate) peak: u64,
}

/// The memory of a process.
///
/// # Errors
///
/// When it has ended, or the system has no `/proc`.
pub(crate) fn memory(process: u32) -> Result<Memory> {
    let path = format!("/proc/{process}/status");
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read {path}"))?;
    parse_memory(&text).with_context(|| format!("{path} does not tell the memory"))
}

fn parse_memory(text: &str) -> Option<Memory> {
    let kib = |name: &str| {
        let line = text.lines().find_map(|it| it.strip_prefix(name)?.strip_prefix(':'))?;
        line.split_whitespace().next()?.parse().ok()
    };
    Some(Memory { resident: kib("VmRSS")?, anonymous: kib("RssAnon")?, peak: kib("VmHWM")? })
}

/// The processor time that a process has used, in milliseconds.
///
/// # Errors
///
/// As [`memory`].
pub(crate) fn processor_milliseconds(process: u32) -> Result<u64> {
    let path = format!("/proc/{process}/stat");
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read {path}"))?;
    let ticks = parse_ticks(&text).with_context(|| format!("{path} does not tell the time"))?;
    Ok(ticks * 1000 / TICKS_PER_SECOND)
}

fn parse_ticks(text: &str) -> Option<u64> {
    let (_, fields) = text.rsplit_once(')')?;
    let mut fields = fields.split_whitespace().skip(USER_TICKS);
    let user: u64 = fields.next()?.parse().ok()?;
    let system: u64 = fields.nth(SYSTEM_TICKS - USER_TICKS - 1)?.parse().ok()?;
    Some(user + system)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_is_found_behind_any_name() {
        let text = "42 (a) b (c) S 1 42 42 0 -1 4194304 900 0 3 0 120 30 0 0 20 0 3 0 1 1 1";
        assert_eq!(parse_ticks(text), Some(150));
        assert_eq!(parse_ticks("42 (a) S 1"), None);
        assert_eq!(parse_ticks(""), None);
    }

    #[test]
    fn the_memory_is_read_from_its_lines() {
        let text = "Name:\tx\nVmHWM:\t    5000 kB\nVmRSS:\t    4000 kB\nRssAnon:\t    1000 kB\n";
        let memory = Memory { resident: 4000, anonymous: 1000, peak: 5000 };
        assert_eq!(parse_memory(text), Some(memory));
        assert_eq!(parse_memory("Name:\tx\n"), None);
    }

    #[test]
    fn this_process_uses_memory() {
        let memory = memory(std::process::id()).unwrap();
        assert!(memory.resident > 0 && memory.peak >= memory.resident);
        processor_milliseconds(std::process::id()).unwrap();
    }
}
