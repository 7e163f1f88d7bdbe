//! What is kept for a moment: never beyond a write of this process, and never what is not there.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use confluence_connector::{
    Allowlist, CentralClient, CentralClientStore, Instance, InstanceKey, InstanceName,
    InstanceStore, Key, KeyKind, KeyStore, OAuthClient, RecentCentralClient, RecentInstances,
    RecentKeys, Revision, Saved, StoreError, Versioned, WorkspaceSlug,
};
use futures::join;
use jiff::Timestamp;
use tokio::sync::Notify;

use crate::{memory::Memory, rig::instance};

fn key() -> Key {
    let kind = KeyKind::Platform { workspace: instance("acme").workspace };
    Key::generate(kind, "test", Timestamp::now()).key
}

fn keys_of(memory: &Arc<Memory>) -> RecentKeys {
    RecentKeys::new(Arc::<Memory>::clone(memory))
}

fn instances_of(memory: &Arc<Memory>) -> RecentInstances {
    RecentInstances::new(Arc::<Memory>::clone(memory))
}

#[tokio::test]
async fn what_was_known_just_now_is_not_asked_for_again() {
    let memory = Arc::new(Memory::default());
    memory.put(Instance::new(instance("acme")));
    let (keys, instances) = (keys_of(&memory), instances_of(&memory));
    let key = key();
    keys.add(&key).await.unwrap();
    keys.find(&key.hash).await.unwrap().unwrap();
    instances.load(&instance("acme")).await.unwrap().unwrap();
    memory.set(true);
    keys.find(&key.hash).await.unwrap().unwrap();
    instances.load(&instance("acme")).await.unwrap().unwrap();
    assert!(instances.load(&instance("other")).await.is_err(), "another one is asked for");
}

#[tokio::test]
async fn a_write_of_this_process_holds_at_once() {
    let memory = Arc::new(Memory::default());
    memory.put(Instance::new(instance("acme")));
    let (keys, instances) = (keys_of(&memory), instances_of(&memory));
    let key = key();
    keys.add(&key).await.unwrap();
    keys.find(&key.hash).await.unwrap().unwrap();
    let workspace = instance("acme").workspace;
    assert!(keys.end(Some(&workspace), &key.id, Timestamp::now()).await.unwrap());
    let ended = keys.find(&key.hash).await.unwrap().unwrap();
    assert!(!ended.is_valid(Timestamp::now()), "a revoked key is revoked");
    let stored = instances.load(&instance("acme")).await.unwrap().unwrap();
    let open = Instance { allowlist: Allowlist::Everyone, ..stored.value };
    let saved = instances.save(&open, Some(&stored.revision)).await.unwrap();
    let stored = instances.load(&instance("acme")).await.unwrap().unwrap();
    assert_eq!(stored.value.allowlist, Allowlist::Everyone);
    assert_eq!(saved, Saved::Done(stored.revision));
    assert!(instances.remove(&instance("acme")).await.unwrap());
    assert!(instances.load(&instance("acme")).await.unwrap().is_none());
}

#[tokio::test]
async fn the_central_client_is_kept_and_forgotten_like_the_rest() {
    let memory = Arc::new(Memory::default());
    let central = RecentCentralClient::new(Arc::<Memory>::clone(&memory));
    assert!(central.load().await.unwrap().is_none());
    for id in ["one", "two"] {
        let client = OAuthClient { id: id.to_owned(), secret: "s".into() };
        central.save(&CentralClient { client, scopes: None }, None).await.unwrap();
        memory.set(false);
        assert_eq!(central.load().await.unwrap().unwrap().value.client.id, id);
        memory.set(true);
        assert_eq!(central.load().await.unwrap().unwrap().value.client.id, id);
    }
}

#[tokio::test]
async fn what_is_not_there_is_asked_for_again() {
    let memory = Arc::new(Memory::default());
    let (keys, instances) = (keys_of(&memory), instances_of(&memory));
    let key = key();
    assert!(keys.find(&key.hash).await.unwrap().is_none());
    assert!(instances.load(&instance("acme")).await.unwrap().is_none());
    // By another process.
    KeyStore::add(&*memory, &key).await.unwrap();
    memory.put(Instance::new(instance("acme")));
    assert!(keys.find(&key.hash).await.unwrap().is_some());
    assert!(instances.load(&instance("acme")).await.unwrap().is_some());
}

/// Answers what it read before it was told to go on.
#[derive(Debug)]
struct Slow {
    memory: Arc<Memory>,
    has_read: Notify,
    go_on: Notify,
}

#[async_trait]
impl InstanceStore for Slow {
    async fn load(&self, key: &InstanceKey) -> Result<Option<Versioned<Instance>>, StoreError> {
        let read = InstanceStore::load(&*self.memory, key).await;
        self.has_read.notify_one();
        self.go_on.notified().await;
        read
    }

    async fn names(&self, workspace: &WorkspaceSlug) -> Result<Vec<InstanceName>, StoreError> {
        self.memory.names(workspace).await
    }

    async fn save(
        &self,
        instance: &Instance,
        expected: Option<&Revision>,
    ) -> Result<Saved, StoreError> {
        InstanceStore::save(&*self.memory, instance, expected).await
    }

    async fn remove(&self, key: &InstanceKey) -> Result<bool, StoreError> {
        InstanceStore::remove(&*self.memory, key).await
    }
}

#[tokio::test]
async fn what_was_read_before_a_write_is_not_kept_after_it() {
    let memory = Arc::new(Memory::default());
    let before = Instance::new(instance("acme"));
    memory.put(before.clone());
    let (has_read, go_on) = (Notify::new(), Notify::new());
    let slow = Arc::new(Slow { memory: Arc::clone(&memory), has_read, go_on });
    let instances = RecentInstances::new(Arc::<Slow>::clone(&slow));
    let acme = instance("acme");
    let load = instances.load(&acme);
    let write = async {
        slow.has_read.notified().await;
        let revision = InstanceStore::load(&*memory, &acme).await.unwrap().unwrap().revision;
        let open = Instance { allowlist: Allowlist::Everyone, ..before };
        instances.save(&open, Some(&revision)).await.unwrap();
        slow.go_on.notify_one();
    };
    let (loaded, ()) =
        tokio::time::timeout(Duration::from_mins(1), async { join!(load, write) }).await.unwrap();
    assert_eq!(loaded.unwrap().unwrap().value.allowlist, Allowlist::Nobody, "read before");
    slow.go_on.notify_one();
    let now = instances.load(&acme).await.unwrap().unwrap();
    assert_eq!(now.value.allowlist, Allowlist::Everyone);
}
