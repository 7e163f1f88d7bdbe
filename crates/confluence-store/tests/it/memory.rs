//! The store in memory.

use std::sync::Arc;

use confluence_store::MemoryStore;

use crate::suite;

#[tokio::test]
async fn it_keeps_connections() {
    suite::connections::all(Arc::new(MemoryStore::default())).await;
}

#[tokio::test]
async fn it_keeps_sign_ins() {
    suite::sign_ins::all(Arc::new(MemoryStore::default())).await;
}
