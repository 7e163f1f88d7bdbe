//! `audit`.

use std::{
    io::{BufRead, BufReader},
    time::Duration,
};

use confluence_connector::{AuditLog, AuditRecord};
use confluence_store::Store;
use serde_json::Value;

use super::served::{Database, Served, peak_memory};

/// Adds calls to the audit, a second apart.
async fn add(store: &Store, workspace: &str, calls: std::ops::Range<u64>) {
    let start: jiff::Timestamp = "2026-11-20T10:00:00Z".parse().unwrap();
    let record = |index: u64| AuditRecord {
        at: start.checked_add(Duration::from_secs(index)).unwrap(),
        workspace: workspace.parse().unwrap(),
        instance: "ConfluenceNext".parse().unwrap(),
        key: None,
        user: Some("ada".parse().unwrap()),
        agent: index.is_multiple_of(2).then(|| "agent-1".parse().unwrap()),
        operation: Some("getPage".to_owned()),
        target: Some(index.to_string()),
        outcome: "ok".to_owned(),
        duration: Duration::from_millis(17),
    };
    let records: Vec<_> = calls.map(record).collect();
    for records in records.chunks(5_000) {
        AuditLog::append(store, records).await.unwrap();
    }
}

fn with(calls: u64) -> Served {
    let database = Database::new();
    let store = database.store.clone();
    database.fill(async move { add(&store, "acme", 0..calls).await });
    database.serve()
}

fn targets(list: &[Value]) -> Vec<u64> {
    list.iter().map(|it| it["target"].as_str().unwrap().parse().unwrap()).collect()
}

#[test]
fn the_last_calls_are_shown_oldest_first() {
    let served = with(30);
    insta::assert_snapshot!(served.run(&["audit", "tail", "-n", "3"]).stdout);
    let list = served.json(&["audit", "tail"]);
    assert_eq!(targets(&list), (10..30).collect::<Vec<_>>());
    assert_eq!(targets(&served.json(&["audit", "tail", "-n", "0"])), [0; 0]);
    let list = served.json(&["audit", "tail", "-n", "2", "--agent", "agent-1"]);
    assert_eq!(targets(&list), [26, 28]);
    assert_eq!(served.output(&["audit", "tail", "-w", "other"]), "");
    served.fails(&["audit", "tail", "-n", "1001"], 2, "1001");
}

#[test]
fn an_export_has_every_call_once() {
    let served = with(2_500);
    let list = served.json(&["audit", "export"]);
    assert_eq!(targets(&list), (0..2_500).rev().collect::<Vec<_>>());
    let some = ["audit", "export", "--since", "2026-11-20T10:00:10Z", "--until"];
    let list = served.json(&[&some[..], &["2026-11-20T10:00:13Z"]].concat());
    assert_eq!(targets(&list), [12, 11, 10]);
    served.fails(&["audit", "export", "--since", "yesterday"], 2, "yesterday");
}

#[test]
fn a_long_export_takes_no_more_memory_than_a_short_one() {
    const CALLS: u64 = 100_000;
    // In KiB. Far less than all of it, which is 20 MB of text alone, and more as records.
    const MORE: u64 = 6 * 1024;
    // Each of the four connections to the database comes to keep up to 2 MB of its pages.
    const CACHES: u64 = 4 * 2 * 1024;
    let served = with(CALLS);
    let mut command = served.command(&["audit", "export"]);
    let mut child = command.spawn().unwrap();
    let process = child.id();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut next = || lines.next().map(Result::unwrap);
    for _ in 0..5_000 {
        next().unwrap();
    }
    let early = (peak_memory(process), peak_memory(served.id()));
    for _ in 5_000..95_000 {
        next().unwrap();
    }
    // What is left does not fit into the pipe, so the program is still there.
    let late = (peak_memory(process), peak_memory(served.id()));
    let mut rest = 0;
    let mut last = String::new();
    while let Some(line) = next() {
        rest += 1;
        last = line;
    }
    assert_eq!(rest, CALLS - 95_000);
    let last: Value = serde_json::from_str(&last).unwrap();
    assert_eq!(last["target"], "0");
    assert!(child.wait().unwrap().success());
    assert!(late.0 < early.0 + MORE, "program: {early:?} {late:?}");
    assert!(late.1 < early.1 + MORE + CACHES, "server: {early:?} {late:?}");
}

#[test]
fn new_calls_are_followed() {
    let served = with(3);
    let mut command = served.command(&["audit", "tail", "-n", "1", "--follow", "-o", "json"]);
    let mut child = command.spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut next = || {
        let line = lines.next().unwrap().unwrap();
        serde_json::from_str::<Value>(&line).unwrap()["target"].as_str().unwrap().to_owned()
    };
    assert_eq!(next(), "2");
    served.change(|store| async move { add(&store, "acme", 3..5).await });
    assert_eq!([next(), next()], ["3", "4"]);
    // More than are looked through at once.
    served.change(|store| async move { add(&store, "other", 5..555).await });
    let seen: Vec<u64> = (5..555).map(|_| next().parse().unwrap()).collect();
    assert_eq!(seen, (5..555).collect::<Vec<_>>());
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn a_closed_pipe_is_no_failure() {
    let served = with(3_000);
    let mut child = served.command(&["audit", "export"]).spawn().unwrap();
    drop(child.stdout.take());
    let ended = child.wait_with_output().unwrap();
    assert_eq!((ended.status.code(), ended.stderr), (Some(0), Vec::new()));
}
