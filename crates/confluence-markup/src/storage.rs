//! Confluence's storage format: parsed without loss, compared, outlined and edited by bytes.

mod attributes;
mod convert;
mod edit;
mod entities;
mod error;
mod inventory;
mod merge;
mod outline;
mod parse;
mod read;
mod tag;
mod text;
mod tree;
mod write;

pub use attributes::{Attribute, Attributes};
pub use convert::{from_markdown, to_markdown};
pub use edit::{EditError, Place, Replaced};
pub use error::ParseError;
pub use inventory::{compare, inventory};
pub use merge::MergeError;
pub use outline::{Section, SectionError};
pub use parse::MAX_BYTES;
pub use tag::Tag;
pub use text::decoded;
pub use tree::{Children, Document, Kind, NodeId};
pub use write::WriteError;

#[cfg(test)]
mod tests;
