//! A store in memory, which fails when told to.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use confluence_auth::{
    Fingerprint,
    connection::{Connection, ConnectionKey},
    pending::PendingSignIn,
    store::{
        ConnectionStore, Lease, LeaseHolder, Precondition, Replaced, Revision, SignInStore,
        StoreError, Stored, TicketId,
    },
};
use jiff::Timestamp;
use tokio::time::Instant;

/// How the next writes fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WriteFault {
    /// Nothing is written.
    Lost,
    /// It is written, but the answer does not arrive.
    Unheard,
}

#[derive(Debug, Default)]
pub(crate) struct Memory {
    rows: Mutex<HashMap<ConnectionKey, Row>>,
    pending: Mutex<Vec<PendingSignIn>>,
    spent: Mutex<HashSet<String>>,
    write_faults: Mutex<Vec<WriteFault>>,
    pub(crate) down: Mutex<bool>,
    pub(crate) hangs: Mutex<bool>,
    pub(crate) corrupt: Mutex<bool>,
    /// What connections would belong to is gone.
    pub(crate) gone: Mutex<bool>,
    pub(crate) loads: Mutex<usize>,
    pub(crate) writes: Mutex<usize>,
}

#[derive(Debug)]
struct Row {
    stored: Stored,
    lease: Option<(LeaseHolder, Instant)>,
}

impl Memory {
    pub(crate) fn new() -> Arc<Self> {
        Arc::default()
    }

    pub(crate) fn put(&self, key: &ConnectionKey, connection: Connection) -> Revision {
        let revision = Revision::random();
        let stored = Stored { connection, revision };
        self.rows.lock().unwrap().insert(key.clone(), Row { stored, lease: None });
        revision
    }

    pub(crate) fn get(&self, key: &ConnectionKey) -> Option<Stored> {
        self.rows.lock().unwrap().get(key).map(|it| it.stored.clone())
    }

    /// As if another process had been killed with a lease in its hands.
    pub(crate) fn leave_a_lease(&self, key: &ConnectionKey, ttl: Duration) {
        let mut rows = self.rows.lock().unwrap();
        let row = rows.get_mut(key).unwrap();
        row.lease = Some((LeaseHolder::random(), Instant::now() + ttl));
    }

    pub(crate) fn is_leased(&self, key: &ConnectionKey) -> bool {
        self.rows.lock().unwrap()[key].lease.is_some_and(|it| it.1 > Instant::now())
    }

    pub(crate) fn fail_writes(&self, fault: WriteFault, times: usize) {
        self.write_faults.lock().unwrap().extend(vec![fault; times]);
    }

    pub(crate) fn pending(&self) -> Vec<PendingSignIn> {
        self.pending.lock().unwrap().clone()
    }

    async fn turn(&self) -> Result<(), StoreError> {
        // As with a database, others get a turn meanwhile.
        tokio::time::sleep(Duration::from_millis(1)).await;
        if *self.hangs.lock().unwrap() {
            std::future::pending::<()>().await;
        }
        if *self.corrupt.lock().unwrap() {
            let source = "the key with id 7 is not known".into();
            return Err(StoreError::Corrupt { what: "a connection", source });
        }
        if *self.down.lock().unwrap() { Err(unavailable()) } else { Ok(()) }
    }
}

fn unavailable() -> StoreError {
    StoreError::Unavailable("connection refused".into())
}

fn holds(row: Option<&Row>, when: Precondition<'_>) -> bool {
    match when {
        Precondition::Any => true,
        Precondition::Leased { revision, holder } => row.is_some_and(|it| {
            it.stored.revision == *revision && it.lease.is_some_and(|it| it.0 == *holder)
        }),
    }
}

#[async_trait]
impl ConnectionStore for Memory {
    async fn load(&self, key: &ConnectionKey) -> Result<Option<Stored>, StoreError> {
        *self.loads.lock().unwrap() += 1;
        self.turn().await?;
        Ok(self.get(key))
    }

    async fn lease(
        &self,
        key: &ConnectionKey,
        revision: &Revision,
        holder: &LeaseHolder,
        ttl: Duration,
    ) -> Result<Lease, StoreError> {
        *self.writes.lock().unwrap() += 1;
        self.turn().await?;
        let now = Instant::now();
        let mut rows = self.rows.lock().unwrap();
        let Some(row) = rows.get_mut(key).filter(|it| it.stored.revision == *revision) else {
            return Ok(Lease::Moved);
        };
        match row.lease {
            Some((other, until)) if other != *holder && until > now => {
                Ok(Lease::Held { for_another: until - now })
            }
            _ => {
                row.lease = (!ttl.is_zero()).then(|| (*holder, now + ttl));
                Ok(Lease::Granted)
            }
        }
    }

    async fn replace(
        &self,
        key: &ConnectionKey,
        when: Precondition<'_>,
        connection: &Connection,
    ) -> Result<Replaced, StoreError> {
        *self.writes.lock().unwrap() += 1;
        self.turn().await?;
        let fault = self.write_faults.lock().unwrap().pop();
        if fault == Some(WriteFault::Lost) {
            return Err(unavailable());
        }
        let mut rows = self.rows.lock().unwrap();
        if *self.gone.lock().unwrap() || !holds(rows.get(key), when) {
            return Ok(Replaced::Moved);
        }
        let revision = Revision::random();
        let stored = Stored { connection: connection.clone(), revision };
        rows.insert(key.clone(), Row { stored, lease: None });
        if fault == Some(WriteFault::Unheard) {
            return Err(unavailable());
        }
        Ok(Replaced::Done(revision))
    }

    async fn remove(
        &self,
        key: &ConnectionKey,
        when: Precondition<'_>,
    ) -> Result<bool, StoreError> {
        *self.writes.lock().unwrap() += 1;
        self.turn().await?;
        let mut rows = self.rows.lock().unwrap();
        Ok(holds(rows.get(key), when) && rows.remove(key).is_some())
    }
}

#[async_trait]
impl SignInStore for Memory {
    async fn begin(&self, pending: &PendingSignIn) -> Result<(), StoreError> {
        self.turn().await?;
        self.pending.lock().unwrap().push(pending.clone());
        Ok(())
    }

    async fn take(&self, state: &Fingerprint) -> Result<Option<PendingSignIn>, StoreError> {
        self.turn().await?;
        let mut pending = self.pending.lock().unwrap();
        let index = pending.iter().position(|it| it.state == *state);
        Ok(index.map(|it| pending.remove(it)))
    }

    async fn spend(&self, ticket: &TicketId, _until: Timestamp) -> Result<bool, StoreError> {
        self.turn().await?;
        Ok(self.spent.lock().unwrap().insert(ticket.to_string()))
    }
}
