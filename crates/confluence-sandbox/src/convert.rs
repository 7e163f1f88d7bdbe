//! Storage format, the Atlassian document format (ADF), HTML and plain text.
//!
//! What a page was saved as is checked and rewritten by [`storage::normalize`]; every other
//! representation is made from that. Both directions of the conversion to ADF keep what the
//! other format cannot say: as extensions in ADF, as `ac:adf-extension` in storage.

pub mod storage;

mod entities;
mod error;
mod from_adf;
mod identity;
mod marks;
mod plain;
mod reference;
mod scanner;
mod to_adf;
mod tree;
mod view;

pub use error::{InvalidAdf, Malformed};
pub use from_adf::adf_to_storage;
pub use plain::storage_to_text;
pub use reference::{LinkResolver, Resolved, Target};
pub use to_adf::storage_to_adf;
pub use view::storage_to_view;

#[cfg(test)]
mod tests;
