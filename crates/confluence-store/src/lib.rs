#![doc = include_str!("../README.md")]

mod master_key;
mod private_file;
mod random;
mod seal;

pub use master_key::{InvalidMasterKey, KeyId, MasterKey, MasterKeys};
