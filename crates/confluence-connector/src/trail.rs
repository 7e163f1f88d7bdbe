//! The audit on its way to the store: bounded, in batches, and never dropped.

use std::{future::pending, iter, pin::pin, sync::Arc, time::Duration};

use tokio::{
    sync::{mpsc, oneshot},
    task::JoinHandle,
    time::{Instant, sleep, timeout},
};

use crate::{AuditLog, AuditRecord};

/// How many calls may be under way or waiting to be written.
const CAPACITY: usize = 4_096;

/// How many records are written at once, at most.
const BATCH: usize = 1_024;

/// How long the first record of a batch waits for others: a transaction for each call would cost
/// more than the call.
const GATHERING: Duration = Duration::from_millis(100);

/// How long a call waits for a place, before it is refused: it would not be audited.
const PATIENCE: Duration = Duration::from_secs(10);

/// The pauses after failed attempts to write, the first and the longest.
const PAUSES: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(5));

/// Takes the records of calls.
#[derive(Debug, Clone)]
pub struct AuditTrail {
    sender: mpsc::Sender<AuditRecord>,
}

/// Writes records until it is finished.
#[derive(Debug)]
pub struct AuditWriter {
    task: JoinHandle<()>,
    stop: oneshot::Sender<()>,
}

/// A record cannot be taken: the store has not kept up for some time, or the process ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the audit log cannot take another call")]
pub struct AuditFull;

/// Not everything was written in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the audit log could not be written to the end")]
pub struct AuditUnfinished;

/// The place of one call in the audit. However the call ends, one record is written.
#[derive(Debug)]
pub(crate) struct AuditLine {
    permit: Option<mpsc::OwnedPermit<AuditRecord>>,
    record: AuditRecord,
    started: Instant,
}

impl AuditTrail {
    /// Starts to write to `log`, in a task of its own.
    pub fn start(log: Arc<dyn AuditLog>) -> (Self, AuditWriter) {
        let (sender, receiver) = mpsc::channel(CAPACITY);
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(write(log, receiver, stopped));
        (Self { sender }, AuditWriter { task, stop })
    }

    /// Takes a place for a call, before the call does anything. Waits for one if there is none.
    pub(crate) async fn open(&self, record: AuditRecord) -> Result<AuditLine, AuditFull> {
        let permit = timeout(PATIENCE, self.sender.clone().reserve_owned()).await;
        let Ok(Ok(permit)) = permit else { return Err(AuditFull) };
        Ok(AuditLine { permit: Some(permit), record, started: Instant::now() })
    }
}

impl AuditWriter {
    /// Takes no new calls, waits for those under way and writes what is left, `within` some time.
    ///
    /// # Errors
    ///
    /// Fails when that was too short; what was not written is lost.
    pub async fn finish(mut self, within: Duration) -> Result<(), AuditUnfinished> {
        // Fails only if the task has ended, which the next line finds out.
        let _ = self.stop.send(());
        match timeout(within, &mut self.task).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(AuditUnfinished),
            Err(_elapsed) => {
                self.task.abort();
                Err(AuditUnfinished)
            }
        }
    }
}

async fn write(
    log: Arc<dyn AuditLog>,
    mut receiver: mpsc::Receiver<AuditRecord>,
    stopped: oneshot::Receiver<()>,
) {
    let mut stop = pin!(async {
        if stopped.await.is_err() {
            // The writer was dropped without being finished: calls go on all the same.
            pending::<()>().await;
        }
    });
    let mut batch = Vec::with_capacity(BATCH);
    let mut open = true;
    loop {
        tokio::select! {
            () = &mut stop, if open => {
                open = false;
                receiver.close();
            }
            taken = receiver.recv_many(&mut batch, BATCH) => {
                if taken == 0 {
                    return;
                }
                if open && taken < BATCH {
                    tokio::select! {
                        () = sleep(GATHERING) => {}
                        () = &mut stop => {
                            open = false;
                            receiver.close();
                        }
                    }
                    batch.extend(iter::from_fn(|| receiver.try_recv().ok()).take(BATCH - taken));
                }
                append(log.as_ref(), &batch).await;
                batch.clear();
            }
        }
    }
}

/// Writes a batch, however often that has to be tried: meanwhile calls wait.
async fn append(log: &dyn AuditLog, batch: &[AuditRecord]) {
    let (mut pause, longest) = PAUSES;
    while let Err(error) = log.append(batch).await {
        let records = batch.len();
        tracing::error!(%error, records, "the audit log cannot be written; trying again");
        sleep(pause).await;
        pause = (pause * 2).min(longest);
    }
}

impl AuditLine {
    /// Ends the line with what came of the call.
    pub(crate) fn finish(mut self, outcome: &str) {
        self.send(outcome);
    }

    fn send(&mut self, outcome: &str) {
        let Some(permit) = self.permit.take() else { return };
        let mut record = self.record.clone();
        outcome.clone_into(&mut record.outcome);
        record.duration = self.started.elapsed();
        permit.send(record);
    }
}

/// A call that is given up has happened all the same.
impl Drop for AuditLine {
    fn drop(&mut self) {
        self.send("cancelled");
    }
}

#[cfg(test)]
mod tests;
