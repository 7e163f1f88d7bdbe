//! The connections of profiles: what a database does, in a file.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use confluence_auth::connection::{Connection, ConnectionKey};
use confluence_auth::store::{
    ConnectionStore, Lease, LeaseHolder, Precondition, Replaced, Revision, StoreError, Stored,
};
use jiff::Timestamp;
use zeroize::Zeroizing;

use super::ProfileStore;
use super::document::{ConnectionEntry, LeaseRecord, Secret, Shown, from_json, to_json};
use super::mark::{self, Mark};
use super::transaction::{Transaction, corrupt};
use crate::record::ConnectionRecord;

impl Secret for ConnectionRecord {
    fn to_json(&self) -> Zeroizing<String> {
        to_json(self)
    }

    fn from_json(json: &str) -> serde_json::Result<Self> {
        from_json(json)
    }
}

/// A [`Precondition`] that can be taken along to another thread.
#[derive(Clone)]
enum When {
    Any,
    Leased { revision: String, holder: String },
}

impl From<Precondition<'_>> for When {
    fn from(when: Precondition<'_>) -> Self {
        match when {
            Precondition::Any => Self::Any,
            Precondition::Leased { revision, holder } => {
                Self::Leased { revision: revision.to_string(), holder: holder.to_string() }
            }
        }
    }
}

impl When {
    fn holds(&self, entry: Option<&ConnectionEntry>) -> bool {
        match self {
            Self::Any => true,
            Self::Leased { revision, holder } => entry.is_some_and(|it| {
                it.revision == *revision && it.lease.as_ref().is_some_and(|it| it.holder == *holder)
            }),
        }
    }
}

impl Transaction<'_> {
    /// Puts a connection in place of the one of that key, and ends its lease.
    pub(super) fn put_connection(
        &mut self,
        key: &ConnectionKey,
        connection: &Connection,
    ) -> Result<Revision, StoreError> {
        let shown = Shown {
            account_id: connection.account.as_ref().map(|it| it.id.clone()),
            account_name: connection.account.as_ref().map(|it| it.name.clone()),
            site: connection.site.url.to_string(),
            connected_at: connection.connected_at.to_string(),
        };
        let next = Revision::random();
        let secret = self.keep(&ConnectionRecord::from(connection))?;
        let old = self.document.take_connection(key);
        self.forget(old.map(|it| it.secret));
        let entry = ConnectionEntry::new(key, next.to_string(), shown, secret);
        self.document.connections.push(entry);
        Ok(next)
    }
}

#[async_trait]
impl ConnectionStore for ProfileStore {
    async fn load(&self, key: &ConnectionKey) -> Result<Option<Stored>, StoreError> {
        let key = key.clone();
        self.read(move |document, vault| {
            let Some(entry) = document.connection(&key) else { return Ok(None) };
            let revision = entry.revision.parse();
            let revision: Revision = revision.map_err(|it| corrupt(Box::new(it)))?;
            let record: ConnectionRecord = entry.secret.open(vault)?;
            let connection = record.try_into().map_err(corrupt)?;
            Ok(Some(Stored { connection, revision }))
        })
        .await
    }

    async fn lease(
        &self,
        key: &ConnectionKey,
        revision: &Revision,
        holder: &LeaseHolder,
        ttl: Duration,
    ) -> Result<Lease, StoreError> {
        let key = key.clone();
        let (revision, holder) = (revision.to_string(), holder.to_string());
        let (file, mark) = (Arc::clone(&self.file), Arc::clone(&self.mark));
        self.change(move |transaction| {
            let now = Timestamp::now().as_microsecond();
            let entry = transaction.document.connection(&key);
            let Some(entry) = entry.filter(|it| it.revision == revision) else {
                return Ok(Lease::Moved);
            };
            let is_own = entry.lease.as_ref().map(|it| it.holder == holder);
            let rest = entry.lease.as_ref().map_or(0, |it| it.rest(now));
            let process = entry.lease.as_ref().and_then(|it| it.process.as_deref());
            let is_dead = |process: &str| is_own != Some(true) && mark::is_dead(&file, process);
            // Whoever was killed in a refresh does not keep the next one waiting.
            let rest = if rest > 0 && process.is_some_and(is_dead) { 0 } else { rest };
            let held = Lease::Held { for_another: Duration::from_micros(rest) };
            if ttl.is_zero() {
                if is_own != Some(true) {
                    return Ok(held);
                }
                entry.lease = None;
            } else if is_own == Some(false) && rest > 0 {
                return Ok(held);
            } else {
                let ttl = i64::try_from(ttl.as_micros()).unwrap_or(i64::MAX);
                let until = now.saturating_add(ttl);
                let mark = mark.get_or_init(|| Mark::leave(&file).ok());
                let process = mark.as_ref().map(|it| it.name().to_owned());
                entry.lease = Some(LeaseRecord { holder, from: now, until, process });
            }
            transaction.write()?;
            Ok(Lease::Granted)
        })
        .await
    }

    async fn replace(
        &self,
        key: &ConnectionKey,
        when: Precondition<'_>,
        connection: &Connection,
    ) -> Result<Replaced, StoreError> {
        let (key, when) = (key.clone(), When::from(when));
        let connection = connection.clone();
        self.change(move |transaction| {
            if !when.holds(transaction.document.connection(&key).map(|it| &*it)) {
                return Ok(Replaced::Moved);
            }
            let next = transaction.put_connection(&key, &connection)?;
            transaction.write()?;
            Ok(Replaced::Done(next))
        })
        .await
    }

    async fn remove(
        &self,
        key: &ConnectionKey,
        when: Precondition<'_>,
    ) -> Result<bool, StoreError> {
        let (key, when) = (key.clone(), When::from(when));
        self.change(move |transaction| {
            if !when.holds(transaction.document.connection(&key).map(|it| &*it)) {
                return Ok(false);
            }
            let Some(removed) = transaction.document.take_connection(&key) else {
                return Ok(false);
            };
            transaction.forget(Some(removed.secret));
            transaction.write()?;
            Ok(true)
        })
        .await
    }
}

impl LeaseRecord {
    /// Microseconds until it ends.
    fn rest(&self, now: i64) -> u64 {
        let is_on = self.from <= now && now < self.until;
        if is_on { self.until.abs_diff(now) } else { 0 }
    }
}
