use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use jiff::Timestamp;

use super::*;
use crate::{AuditEntry, AuditFilter, StoreError};

/// A log that remembers how many records came at once.
#[derive(Debug, Default)]
struct Batches(Mutex<Vec<usize>>);

#[async_trait]
impl AuditLog for Batches {
    async fn append(&self, records: &[AuditRecord]) -> Result<(), StoreError> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(records.len());
        Ok(())
    }

    async fn entries(
        &self,
        _filter: &AuditFilter,
        _before: Option<u64>,
        _limit: usize,
    ) -> Result<Vec<AuditEntry>, StoreError> {
        Ok(Vec::new())
    }

    async fn sweep(&self, _before: Timestamp) -> Result<u64, StoreError> {
        Ok(0)
    }
}

impl Batches {
    fn seen(&self) -> Vec<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn record() -> AuditRecord {
    AuditRecord {
        at: Timestamp::UNIX_EPOCH,
        workspace: "acme".parse().unwrap(),
        instance: "ConfluenceNext".parse().unwrap(),
        key: None,
        user: None,
        agent: None,
        operation: None,
        target: None,
        outcome: String::new(),
        duration: Duration::ZERO,
    }
}

async fn call(trail: &AuditTrail) {
    trail.open(record()).await.unwrap().finish("ok");
}

#[tokio::test(start_paused = true)]
async fn what_ends_within_a_moment_is_written_at_once() {
    let log = Arc::new(Batches::default());
    let (trail, writer) = AuditTrail::start(Arc::<Batches>::clone(&log));
    for _ in 0..3 {
        call(&trail).await;
        sleep(GATHERING / 4).await;
    }
    assert_eq!(log.seen(), [0; 0]);
    sleep(GATHERING).await;
    assert_eq!(log.seen(), [3]);
    call(&trail).await;
    sleep(GATHERING * 2).await;
    assert_eq!(log.seen(), [3, 1]);
    writer.finish(PATIENCE).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn no_more_than_a_batch_is_written_at_once() {
    let log = Arc::new(Batches::default());
    let (trail, writer) = AuditTrail::start(Arc::<Batches>::clone(&log));
    for _ in 0..=BATCH {
        call(&trail).await;
    }
    sleep(GATHERING * 3).await;
    assert_eq!(log.seen(), [BATCH, 1]);
    writer.finish(PATIENCE).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn the_end_does_not_wait_for_others() {
    let log = Arc::new(Batches::default());
    let (trail, writer) = AuditTrail::start(Arc::<Batches>::clone(&log));
    call(&trail).await;
    sleep(GATHERING / 4).await;
    call(&trail).await;
    let before = Instant::now();
    writer.finish(PATIENCE).await.unwrap();
    assert_eq!((log.seen(), before.elapsed()), (vec![2], Duration::ZERO));
}
