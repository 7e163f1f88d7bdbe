//! What is done from time to time: removing what has become too old (audit, web sessions, failed
//! sign-ins), and encrypting again what a previous master key has encrypted.

use std::time::Duration;

use confluence_connector::{AuditLog, LoginFailures, SessionStore, StoreError};
use confluence_store::{Rotated, Store};
use jiff::{SignedDuration, Timestamp};
use tokio::{
    task::JoinHandle,
    time::{MissedTickBehavior, interval},
};

/// How long calls stay in the audit.
const AUDIT: SignedDuration = SignedDuration::from_hours(90 * 24);

/// How long failed sign-ins are remembered: longer than anybody is locked out for them.
const FAILURES: SignedDuration = SignedDuration::from_hours(24);

/// How often it is done. Several replicas do it one after the other, or at once: both are fine.
const EVERY: Duration = Duration::from_hours(1);

/// Sweeps for as long as the process serves. While `rotating`, a previous master key is on its way out.
pub(super) fn start(store: Store, mut rotating: bool) -> JoinHandle<()> {
    tokio::spawn(async move {
        let mut turns = interval(EVERY);
        turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            turns.tick().await;
            if rotating {
                rotating = !rotate(&store).await;
            }
            if let Err(error) = sweep(&store, Timestamp::now()).await {
                let error = &error as &dyn std::error::Error;
                tracing::warn!(error, "what is too old stays for another hour");
            }
        }
    })
}

/// Encrypts with the current master key what the previous one has encrypted; whether all is done.
async fn rotate(store: &Store) -> bool {
    match store.rotate().await {
        Ok(Rotated { rows, complete: true }) => {
            tracing::info!(rows, "the previous master key is needed no more");
            true
        }
        Ok(Rotated { rows, complete: false }) => {
            tracing::info!(rows, "a process still encrypts with the previous master key");
            false
        }
        Err(error) => {
            let error = &error as &dyn std::error::Error;
            tracing::warn!(error, "the previous master key is needed for another hour");
            false
        }
    }
}

async fn sweep(store: &Store, now: Timestamp) -> Result<(), StoreError> {
    let before = |age| now.saturating_sub(age).unwrap_or(Timestamp::MIN);
    let calls = AuditLog::sweep(store, before(AUDIT)).await?;
    SessionStore::sweep(store, now).await?;
    LoginFailures::sweep(store, before(FAILURES)).await?;
    if calls > 0 {
        tracing::info!(calls, "old calls were removed from the audit");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use confluence_connector::{AuditFilter, AuditRecord};
    use confluence_store::{DatabaseUrl, Settings};

    use super::*;

    fn call(at: Timestamp) -> AuditRecord {
        AuditRecord {
            at,
            workspace: "acme".parse().unwrap(),
            instance: "ConfluenceNext".parse().unwrap(),
            key: None,
            user: None,
            agent: None,
            operation: None,
            target: None,
            outcome: "ok".to_owned(),
            duration: Duration::ZERO,
        }
    }

    #[tokio::test]
    async fn only_what_is_too_old_goes() {
        let settings = Settings {
            url: DatabaseUrl::Memory,
            master_key: None,
            previous_master_key: None,
            key_file: "unused".into(),
        };
        let store = Store::open(&settings).await.unwrap();
        let now: Timestamp = "2026-11-20T10:00:00Z".parse().unwrap();
        let old = now.checked_sub(SignedDuration::from_hours(90 * 24 + 1)).unwrap();
        let young = now.checked_sub(SignedDuration::from_hours(90 * 24 - 1)).unwrap();
        AuditLog::append(&store, &[call(old), call(young)]).await.unwrap();
        LoginFailures::note(&store, "192.0.2.1", old).await.unwrap();
        LoginFailures::note(&store, "192.0.2.1", now).await.unwrap();
        sweep(&store, now).await.unwrap();
        let left = AuditLog::read(&store, &AuditFilter::default(), None, 10).await.unwrap().0;
        assert_eq!(left.iter().map(|it| it.at).collect::<Vec<_>>(), [young]);
        let failures = LoginFailures::count(&store, "192.0.2.1", Timestamp::MIN).await.unwrap();
        assert_eq!(failures, 1);
    }
}
