#![doc = include_str!("../README.md")]

mod master_key;
mod memory;
mod private_file;
mod random;
mod record;
mod seal;
mod sql;

pub use master_key::{InvalidMasterKey, KeyFileError, KeyId, MasterKey, MasterKeys};
pub use memory::MemoryStore;
pub use sql::{DatabaseUrl, InvalidDatabaseUrl, OpenError, Rotated, Settings, Store};
