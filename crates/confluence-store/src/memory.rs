//! A store in memory, for tests: also for those that stop tokio's clock.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use confluence_auth::Fingerprint;
use confluence_auth::connection::{Connection, ConnectionKey};
use confluence_auth::pending::PendingSignIn;
use confluence_auth::store::{
    ConnectionStore, Lease, LeaseHolder, MAX_PENDING, Precondition, Replaced, Revision,
    SignInStore, StoreError, Stored, TicketId,
};
use jiff::Timestamp;
use tokio::time::Instant;

/// Connections and sign-ins of one process, gone with it. Not bounded: for tests, and for programs
/// that sign in once.
///
/// What belongs to a workspace needs no workspace here. The whole of it in memory, with all ports, is
/// [`DatabaseUrl::Memory`](crate::DatabaseUrl::Memory), whose clock is the system's.
#[derive(Debug, Default)]
pub struct MemoryStore {
    content: Mutex<Content>,
}

#[derive(Debug, Default)]
struct Content {
    connections: HashMap<ConnectionKey, Entry>,
    sign_ins: BTreeMap<Fingerprint, PendingSignIn>,
    spent: HashMap<TicketId, Timestamp>,
}

#[derive(Debug)]
struct Entry {
    stored: Stored,
    lease: Option<(LeaseHolder, Instant)>,
}

impl Entry {
    fn allows(&self, when: Precondition<'_>) -> bool {
        match when {
            Precondition::Any => true,
            Precondition::Leased { revision, holder } => {
                let held_by = self.lease.as_ref().map(|(by, _)| by);
                self.stored.revision == *revision && held_by == Some(holder)
            }
        }
    }
}

impl MemoryStore {
    fn content(&self) -> MutexGuard<'_, Content> {
        self.content.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl ConnectionStore for MemoryStore {
    async fn load(&self, key: &ConnectionKey) -> Result<Option<Stored>, StoreError> {
        Ok(self.content().connections.get(key).map(|it| it.stored.clone()))
    }

    async fn lease(
        &self,
        key: &ConnectionKey,
        revision: &Revision,
        holder: &LeaseHolder,
        ttl: Duration,
    ) -> Result<Lease, StoreError> {
        let now = Instant::now();
        let mut content = self.content();
        let entry = content.connections.get_mut(key).filter(|it| it.stored.revision == *revision);
        let Some(entry) = entry else { return Ok(Lease::Moved) };
        let others = entry.lease.filter(|(by, _)| by != holder).map(|(_, until)| until);
        if ttl.is_zero() {
            if entry.lease.is_some() && others.is_none() {
                entry.lease = None;
                return Ok(Lease::Granted);
            }
        } else if others.is_none_or(|until| until <= now) {
            // An hour stands for the times that cannot be told.
            let until = now.checked_add(ttl).unwrap_or(now + Duration::from_hours(1));
            entry.lease = Some((*holder, until));
            return Ok(Lease::Granted);
        }
        let rest = others.map(|until| until.saturating_duration_since(now));
        Ok(Lease::Held { for_another: rest.unwrap_or_default() })
    }

    async fn replace(
        &self,
        key: &ConnectionKey,
        when: Precondition<'_>,
        connection: &Connection,
    ) -> Result<Replaced, StoreError> {
        let mut content = self.content();
        let allowed = match content.connections.get(key) {
            Some(entry) => entry.allows(when),
            None => matches!(when, Precondition::Any),
        };
        if !allowed {
            return Ok(Replaced::Moved);
        }
        let revision = Revision::random();
        let stored = Stored { connection: connection.clone(), revision };
        content.connections.insert(key.clone(), Entry { stored, lease: None });
        Ok(Replaced::Done(revision))
    }

    async fn remove(
        &self,
        key: &ConnectionKey,
        when: Precondition<'_>,
    ) -> Result<bool, StoreError> {
        let mut content = self.content();
        let allowed = content.connections.get(key).is_some_and(|it| it.allows(when));
        Ok(allowed && content.connections.remove(key).is_some())
    }
}

#[async_trait]
impl SignInStore for MemoryStore {
    async fn begin(&self, pending: &PendingSignIn) -> Result<(), StoreError> {
        let now = Timestamp::now();
        let mut content = self.content();
        content.sign_ins.retain(|_, it| it.expires_at > now);
        let mut others: Vec<(Timestamp, Fingerprint)> = content
            .sign_ins
            .values()
            .filter(|it| it.key == pending.key)
            .map(|it| (it.created_at, it.state))
            .collect();
        others.sort_unstable();
        others.truncate((others.len() + 1).saturating_sub(MAX_PENDING));
        for (_, state) in others {
            content.sign_ins.remove(&state);
        }
        content.sign_ins.insert(pending.state, pending.clone());
        Ok(())
    }

    async fn take(&self, state: &Fingerprint) -> Result<Option<PendingSignIn>, StoreError> {
        Ok(self.content().sign_ins.remove(state))
    }

    async fn spend(&self, ticket: &TicketId, until: Timestamp) -> Result<bool, StoreError> {
        let now = Timestamp::now();
        let mut content = self.content();
        content.spent.retain(|_, until| *until > now);
        Ok(content.spent.insert(*ticket, until).is_none())
    }
}
