//! What every call has to know, kept for a moment, so that a call asks the store nothing that it
//! knew just now.
//!
//! What this process writes holds at once; what another process writes, after [`STANDS`]: a key that
//! is revoked elsewhere opens for so long. Only what is there is kept, so that neither guessed keys
//! nor made-up names fill a cache.

use std::{
    hash::Hash,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use confluence_auth::client::CentralClient;
use jiff::Timestamp;
use moka::sync::Cache;

use crate::{
    CentralClientStore, Fingerprint, Instance, InstanceKey, InstanceName, InstanceStore, Key,
    KeyId, KeyStore, Revision, Saved, StoreError, Versioned, WorkspaceSlug,
};

/// How long something stands without being looked at again.
pub const STANDS: Duration = Duration::from_secs(2);

/// How many are kept of each sort.
const ENTRIES: u64 = 10_000;

/// Values by key, with the number of writes so far: what was read before a write is not kept after
/// it.
#[derive(Debug)]
struct Recent<K: Hash + Eq + Send + Sync + 'static, V: Clone + Send + Sync + 'static> {
    values: Cache<K, V>,
    writes: AtomicU64,
}

impl<K: Hash + Eq + Clone + Send + Sync + 'static, V: Clone + Send + Sync + 'static> Recent<K, V> {
    fn new() -> Self {
        let values = Cache::builder().max_capacity(ENTRIES).time_to_live(STANDS).build();
        Self { values, writes: AtomicU64::new(0) }
    }

    async fn get(
        &self,
        key: K,
        load: impl Future<Output = Result<Option<V>, StoreError>>,
    ) -> Result<Option<V>, StoreError> {
        if let Some(known) = self.values.get(&key) {
            return Ok(Some(known));
        }
        let writes = self.writes.load(Ordering::SeqCst);
        let loaded = load.await?;
        if let Some(value) = &loaded {
            self.values.insert(key.clone(), value.clone());
            if self.writes.load(Ordering::SeqCst) != writes {
                // Read before the write, perhaps.
                self.values.invalidate(&key);
            }
        }
        Ok(loaded)
    }

    /// Performs a write. Whatever comes of it, and even if it is given up, nothing is known after.
    async fn write<T>(&self, write: impl Future<Output = T>) -> T {
        let _forget = Forget(self);
        write.await
    }
}

/// Forgets everything when it is dropped: writes are rare.
struct Forget<'a, K: Hash + Eq + Send + Sync + 'static, V: Clone + Send + Sync + 'static>(
    &'a Recent<K, V>,
);

impl<K: Hash + Eq + Send + Sync + 'static, V: Clone + Send + Sync + 'static> Drop
    for Forget<'_, K, V>
{
    fn drop(&mut self) {
        self.0.writes.fetch_add(1, Ordering::SeqCst);
        self.0.values.invalidate_all();
    }
}

/// Keys, kept for a moment.
#[derive(Debug)]
pub struct RecentKeys {
    store: Arc<dyn KeyStore>,
    recent: Recent<Fingerprint, Key>,
}

impl RecentKeys {
    /// Keys in `store`.
    pub fn new(store: Arc<dyn KeyStore>) -> Self {
        Self { store, recent: Recent::new() }
    }
}

#[async_trait]
impl KeyStore for RecentKeys {
    async fn add(&self, key: &Key) -> Result<bool, StoreError> {
        self.recent.write(self.store.add(key)).await
    }

    async fn find(&self, hash: &Fingerprint) -> Result<Option<Key>, StoreError> {
        self.recent.get(*hash, self.store.find(hash)).await
    }

    async fn list(&self, workspace: Option<&WorkspaceSlug>) -> Result<Vec<Key>, StoreError> {
        self.store.list(workspace).await
    }

    async fn end(
        &self,
        workspace: Option<&WorkspaceSlug>,
        id: &KeyId,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        self.recent.write(self.store.end(workspace, id, at)).await
    }
}

/// Instances, kept for a moment.
#[derive(Debug)]
pub struct RecentInstances {
    store: Arc<dyn InstanceStore>,
    recent: Recent<InstanceKey, Versioned<Instance>>,
}

impl RecentInstances {
    /// Instances in `store`.
    pub fn new(store: Arc<dyn InstanceStore>) -> Self {
        Self { store, recent: Recent::new() }
    }
}

#[async_trait]
impl InstanceStore for RecentInstances {
    async fn load(&self, key: &InstanceKey) -> Result<Option<Versioned<Instance>>, StoreError> {
        self.recent.get(key.clone(), self.store.load(key)).await
    }

    async fn names(&self, workspace: &WorkspaceSlug) -> Result<Vec<InstanceName>, StoreError> {
        self.store.names(workspace).await
    }

    async fn save(
        &self,
        instance: &Instance,
        expected: Option<&Revision>,
    ) -> Result<Saved, StoreError> {
        self.recent.write(self.store.save(instance, expected)).await
    }

    async fn remove(&self, key: &InstanceKey) -> Result<bool, StoreError> {
        self.recent.write(self.store.remove(key)).await
    }
}

/// The central client, kept for a moment.
#[derive(Debug)]
pub struct RecentCentralClient {
    store: Arc<dyn CentralClientStore>,
    recent: Recent<(), Versioned<CentralClient>>,
}

impl RecentCentralClient {
    /// The client in `store`.
    pub fn new(store: Arc<dyn CentralClientStore>) -> Self {
        Self { store, recent: Recent::new() }
    }
}

#[async_trait]
impl CentralClientStore for RecentCentralClient {
    async fn load(&self) -> Result<Option<Versioned<CentralClient>>, StoreError> {
        self.recent.get((), self.store.load()).await
    }

    async fn save(
        &self,
        client: &CentralClient,
        expected: Option<&Revision>,
    ) -> Result<Saved, StoreError> {
        self.recent.write(self.store.save(client, expected)).await
    }
}
