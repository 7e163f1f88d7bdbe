//! Everything that a list has.

#[cfg(target_os = "linux")]
use std::io::{BufRead, BufReader};

use confluence_sandbox::{Fault, Sandbox};
use serde_json::Value;

use crate::process::Rig;

#[test]
fn everything_is_written_a_row_a_line() {
    let rig = Rig::start(Sandbox::builder().generate(450));
    let output = rig.output(&["pages", "list", "--all"]);
    let ids: Vec<String> = output
        .lines()
        .map(|it| serde_json::from_str::<Value>(it).unwrap()["id"].as_str().unwrap().to_owned())
        .collect();
    assert!(ids.len() >= 450, "{}", ids.len());
    let unique: std::collections::BTreeSet<_> = ids.iter().collect();
    assert_eq!(unique.len(), ids.len());
    assert_eq!(rig.sent("GET"), ids.len().div_ceil(100));
}

#[test]
fn an_empty_page_does_not_end_it() {
    let rig = Rig::start(Sandbox::builder().generate(30));
    let whole = rig.output(&["pages", "list", "--all"]);
    rig.sandbox.faults().inject(Fault::EmptyPage.on("GET", "/wiki/api/v2/pages").once());
    let again = rig.output(&["pages", "list", "--all", "--limit=10"]);
    assert_eq!(again.lines().count(), whole.lines().count());
}

#[test]
fn a_link_to_another_host_is_not_followed() {
    let rig = Rig::start(Sandbox::builder().generate(30));
    let fault = Fault::ForeignNextLink { origin: "http://127.0.0.1:9".to_owned() };
    rig.sandbox.faults().inject(fault.everywhere());
    assert!(rig.output(&["pages", "list", "--all", "--limit=10"]).lines().count() >= 30);
}

#[test]
fn what_was_read_before_a_failure_is_there() {
    let rig = Rig::start(Sandbox::builder().generate(30));
    let fault = Fault::internal_error().on("GET", "/wiki/api/v2/pages").after(2);
    rig.sandbox.faults().inject(fault);
    let ended = rig.run(&["pages", "list", "--all", "--limit=10"]);
    assert_eq!(ended.code, Some(1));
    assert_eq!(ended.stdout.lines().count(), 20);
    assert!(ended.stderr.contains("server error"), "{}", ended.stderr);
}

#[test]
fn other_lists_page_too() {
    let rig = Rig::demo();
    let hits = rig.output(&["search", "cql", "type = page", "--all", "--limit=20"]);
    assert!(hits.lines().count() > 40, "{hits}");
    let below = rig.output(&["content", "descendants", "65601537", "--all", "--limit=5"]);
    assert!(below.lines().count() > 10, "{below}");
}

/// The most memory that a process has had so far, in kilobytes.
#[cfg(target_os = "linux")]
fn peak(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|it| it.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn memory_does_not_grow_with_the_list() {
    let rig = Rig::start(Sandbox::builder().generate(10_000));
    let arguments = ["pages", "list", "--all", "--body-format=storage"];
    let mut child = rig.command(&arguments).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert_eq!(lines.by_ref().take(1_000).count(), 1_000);
    let early = peak(child.id());
    assert_eq!(lines.by_ref().take(8_500).count(), 8_500);
    // It still runs: what is left does not fit into the pipe.
    let late = peak(child.id());
    assert!(late < early + 4_096, "{early} kB after 1,000 rows, {late} kB after 9,500");
    assert!(lines.count() >= 500);
    assert!(child.wait().unwrap().success());
}
