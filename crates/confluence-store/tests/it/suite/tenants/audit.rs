//! The audit log.

use std::time::Duration;

use confluence_connector::{AuditFilter, AuditRecord};
use jiff::{Timestamp, ToSpan as _};

use super::{Ports, now};

pub(super) async fn all(ports: &Ports) {
    let start = now() - 1.hour();
    records_are_read_as_they_were_written(ports, start).await;
    they_are_filtered_and_paged(ports, start).await;
    old_ones_are_swept(ports, start).await;
}

/// Record `number` of many: every other one lacks what may be lacking.
fn record(start: Timestamp, number: usize) -> AuditRecord {
    let full = number.is_multiple_of(2);
    let text = |text: &str| full.then(|| text.to_owned());
    AuditRecord {
        at: start + i64::try_from(number).unwrap().seconds(),
        workspace: if number.is_multiple_of(3) { "audited" } else { "elsewhere" }.parse().unwrap(),
        instance: "First".parse().unwrap(),
        key: full.then(|| "key-1".parse().unwrap()),
        user: full.then(|| "ada".parse().unwrap()),
        agent: full.then(|| "agent-7".parse().unwrap()),
        operation: text("getPage"),
        target: text("98765"),
        outcome: if full { "ok" } else { "not_found" }.to_owned(),
        duration: Duration::from_micros(1_500 + u64::try_from(number).unwrap()),
    }
}

async fn records_are_read_as_they_were_written(ports: &Ports, start: Timestamp) {
    ports.audit.append(&[]).await.unwrap();
    let everything = AuditFilter::default();
    assert_eq!(ports.audit.read(&everything, None, 10).await.unwrap(), (Vec::new(), None));
    // More than one statement takes.
    let records: Vec<_> = (0..450).map(|it| record(start, it)).collect();
    ports.audit.append(&records[..1]).await.unwrap();
    ports.audit.append(&records[1..]).await.unwrap();
    let (mut found, next) = ports.audit.read(&everything, None, 1_000).await.unwrap();
    found.reverse();
    assert_eq!(found, records);
    assert_eq!(next, None);
}

async fn they_are_filtered_and_paged(ports: &Ports, start: Timestamp) {
    let at = |number: usize| record(start, number).at;
    let filter = AuditFilter {
        workspace: Some("audited".parse().unwrap()),
        instance: Some("First".parse().unwrap()),
        user: Some("ada".parse().unwrap()),
        agent: Some("agent-7".parse().unwrap()),
        since: Some(at(6)),
        until: Some(at(24)),
    };
    let expected = [18, 12, 6].map(|it| record(start, it));
    let mut found = Vec::new();
    let mut position = None;
    loop {
        let (page, next) = ports.audit.read(&filter, position, 2).await.unwrap();
        assert!(page.len() <= 2);
        found.extend(page);
        position = next;
        if position.is_none() {
            break;
        }
    }
    assert_eq!(found, expected);
    for nobody in [
        AuditFilter { workspace: Some("nowhere".parse().unwrap()), ..filter.clone() },
        AuditFilter { instance: Some("Second".parse().unwrap()), ..filter.clone() },
        AuditFilter { user: Some("bob".parse().unwrap()), ..filter.clone() },
        AuditFilter { agent: Some("agent-8".parse().unwrap()), ..filter.clone() },
        AuditFilter { until: Some(at(6)), ..filter.clone() },
    ] {
        assert_eq!(ports.audit.read(&nobody, None, 10).await.unwrap().0, []);
    }
}

async fn old_ones_are_swept(ports: &Ports, start: Timestamp) {
    let before = record(start, 440).at;
    assert_eq!(ports.audit.sweep(before).await.unwrap(), 440);
    let (found, _) = ports.audit.read(&AuditFilter::default(), None, 1_000).await.unwrap();
    assert_eq!(found.len(), 10);
    assert!(found.iter().all(|it| it.at >= before));
}
