//! Callers of several tenants against the embedded Confluence, through the crate's public face.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a helper that fails is a test that fails")]

mod audit;
mod keys;
mod memory;
mod order;
mod rig;
mod search;
mod spaces;
mod tenants;
