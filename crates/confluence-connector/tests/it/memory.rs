//! The ports, in memory, for these tests.

use std::{
    collections::HashMap,
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use confluence_auth::{
    connection::{Connection, ConnectionKey},
    store::{ConnectionStore, Lease, LeaseHolder, Precondition, Replaced, Stored},
};
use confluence_connector::{
    AuditEntry, AuditFilter, AuditLog, AuditRecord, CentralClient, CentralClientStore, Fingerprint,
    Instance, InstanceKey, InstanceName, InstanceStore, Key, KeyId, KeyStore, Revision, Saved,
    SeenAgent, SeenAgents, StoreError, Versioned, WorkspaceSlug,
};
use jiff::Timestamp;

/// Everything that there is to keep.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    pub(crate) instances: Mutex<HashMap<InstanceKey, Versioned<Instance>>>,
    pub(crate) keys: Mutex<Vec<Key>>,
    pub(crate) central: Mutex<Option<Versioned<CentralClient>>>,
    pub(crate) seen: Mutex<Vec<(InstanceKey, SeenAgent)>>,
    pub(crate) audit: Mutex<Vec<AuditRecord>>,
    pub(crate) connections: Mutex<HashMap<ConnectionKey, Stored>>,
    /// While set, nothing answers.
    pub(crate) down: AtomicBool,
}

impl Memory {
    fn check(&self) -> Result<(), StoreError> {
        if self.down.load(Ordering::SeqCst) {
            return Err(StoreError::Unavailable("it is down".into()));
        }
        Ok(())
    }

    pub(crate) fn set(&self, down: bool) {
        self.down.store(down, Ordering::SeqCst);
    }

    /// Writes an instance as its editor would.
    pub(crate) fn put(&self, instance: Instance) {
        let revision = Revision::random();
        let key = instance.key.clone();
        self.instances.lock().unwrap().insert(key, Versioned { value: instance, revision });
    }

    pub(crate) fn change(&self, key: &InstanceKey, change: impl FnOnce(&mut Instance)) {
        let mut instances = self.instances.lock().unwrap();
        let stored = instances.get_mut(key).unwrap();
        change(&mut stored.value);
        stored.revision = Revision::random();
    }

    /// What came of each call, in order: operation and outcome.
    pub(crate) fn outcomes(&self) -> Vec<String> {
        let audit = self.audit.lock().unwrap();
        let told =
            |it: &AuditRecord| format!("{} {}", it.operation.as_deref().unwrap_or("-"), it.outcome);
        audit.iter().map(told).collect()
    }
}

#[async_trait]
impl InstanceStore for Memory {
    async fn load(&self, key: &InstanceKey) -> Result<Option<Versioned<Instance>>, StoreError> {
        self.check()?;
        Ok(self.instances.lock().unwrap().get(key).cloned())
    }

    async fn names(&self, workspace: &WorkspaceSlug) -> Result<Vec<InstanceName>, StoreError> {
        let instances = self.instances.lock().unwrap();
        let of = instances.keys().filter(|it| it.workspace == *workspace);
        Ok(of.map(|it| it.name.clone()).collect())
    }

    async fn save(
        &self,
        instance: &Instance,
        expected: Option<&Revision>,
    ) -> Result<Saved, StoreError> {
        let mut instances = self.instances.lock().unwrap();
        if instances.get(&instance.key).map(|it| &it.revision) != expected {
            return Ok(Saved::Moved);
        }
        let revision = Revision::random();
        let stored = Versioned { value: instance.clone(), revision };
        instances.insert(instance.key.clone(), stored);
        Ok(Saved::Done(revision))
    }

    async fn remove(&self, key: &InstanceKey) -> Result<bool, StoreError> {
        Ok(self.instances.lock().unwrap().remove(key).is_some())
    }
}

#[async_trait]
impl KeyStore for Memory {
    async fn add(&self, key: &Key) -> Result<bool, StoreError> {
        self.keys.lock().unwrap().push(key.clone());
        Ok(true)
    }

    async fn find(&self, hash: &Fingerprint) -> Result<Option<Key>, StoreError> {
        self.check()?;
        Ok(self.keys.lock().unwrap().iter().find(|it| it.hash == *hash).cloned())
    }

    async fn list(&self, workspace: Option<&WorkspaceSlug>) -> Result<Vec<Key>, StoreError> {
        let keys = self.keys.lock().unwrap();
        Ok(keys.iter().filter(|it| it.kind.workspace() == workspace).cloned().collect())
    }

    async fn end(
        &self,
        workspace: Option<&WorkspaceSlug>,
        id: &KeyId,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut keys = self.keys.lock().unwrap();
        let mut of = keys.iter_mut().filter(|it| it.kind.workspace() == workspace);
        let Some(key) = of.find(|it| it.id == *id) else { return Ok(false) };
        key.not_after = Some(key.not_after.map_or(at, |end| end.min(at)));
        Ok(true)
    }
}

#[async_trait]
impl CentralClientStore for Memory {
    async fn load(&self) -> Result<Option<Versioned<CentralClient>>, StoreError> {
        self.check()?;
        Ok(self.central.lock().unwrap().clone())
    }

    async fn save(
        &self,
        client: &CentralClient,
        _expected: Option<&Revision>,
    ) -> Result<Saved, StoreError> {
        let revision = Revision::random();
        *self.central.lock().unwrap() = Some(Versioned { value: client.clone(), revision });
        Ok(Saved::Done(revision))
    }
}

#[async_trait]
impl SeenAgents for Memory {
    async fn record(&self, seen: &[(InstanceKey, SeenAgent)]) -> Result<(), StoreError> {
        self.check()?;
        self.seen.lock().unwrap().extend_from_slice(seen);
        Ok(())
    }

    async fn list(&self, instance: &InstanceKey) -> Result<Vec<SeenAgent>, StoreError> {
        let seen = self.seen.lock().unwrap();
        Ok(seen.iter().filter(|it| it.0 == *instance).map(|it| it.1.clone()).collect())
    }
}

#[async_trait]
impl AuditLog for Memory {
    async fn append(&self, records: &[AuditRecord]) -> Result<(), StoreError> {
        self.check()?;
        self.audit.lock().unwrap().extend_from_slice(records);
        Ok(())
    }

    async fn entries(
        &self,
        filter: &AuditFilter,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<AuditEntry>, StoreError> {
        self.check()?;
        let audit = self.audit.lock().unwrap();
        let entry = |(index, record): (usize, &AuditRecord)| AuditEntry {
            position: index as u64,
            record: record.clone(),
        };
        let entries = audit.iter().enumerate().rev().map(entry).filter(|it| {
            filter.workspace.as_ref().is_none_or(|of| *of == it.record.workspace)
                && before.is_none_or(|before| it.position < before)
        });
        Ok(entries.take(limit).collect())
    }

    async fn sweep(&self, _before: Timestamp) -> Result<u64, StoreError> {
        Ok(0)
    }
}

/// Only what these tests need: connections are put there, and no token has to be renewed.
#[async_trait]
impl ConnectionStore for Memory {
    async fn load(&self, key: &ConnectionKey) -> Result<Option<Stored>, StoreError> {
        self.check()?;
        Ok(self.connections.lock().unwrap().get(key).cloned())
    }

    async fn lease(
        &self,
        _key: &ConnectionKey,
        _revision: &Revision,
        _holder: &LeaseHolder,
        _ttl: Duration,
    ) -> Result<Lease, StoreError> {
        Ok(Lease::Granted)
    }

    async fn replace(
        &self,
        key: &ConnectionKey,
        _when: Precondition<'_>,
        connection: &Connection,
    ) -> Result<Replaced, StoreError> {
        let revision = Revision::random();
        let stored = Stored { connection: connection.clone(), revision };
        self.connections.lock().unwrap().insert(key.clone(), stored);
        Ok(Replaced::Done(revision))
    }

    async fn remove(
        &self,
        key: &ConnectionKey,
        _when: Precondition<'_>,
    ) -> Result<bool, StoreError> {
        Ok(self.connections.lock().unwrap().remove(key).is_some())
    }
}
