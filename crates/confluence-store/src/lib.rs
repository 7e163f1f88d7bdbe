#![doc = include_str!("../README.md")]

mod file_lock;
mod kept_secret;
mod master_key;
mod memory;
mod private_file;
mod profiles;
mod random;
mod record;
mod seal;
mod sql;

pub use kept_secret::kept_secret;
pub use master_key::{InvalidMasterKey, KeyFileError, KeyId, MasterKey, MasterKeys};
pub use memory::MemoryStore;
#[cfg(feature = "keyring")]
pub use profiles::Keyring;
pub use profiles::{ListedProfile, Profile, ProfileSecrets, ProfileStore, SignedIn, Vault};
pub use sql::{DatabaseUrl, InvalidDatabaseUrl, OpenError, Rotated, Settings, Store};
