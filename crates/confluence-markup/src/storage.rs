//! Confluence's storage format: parsed without loss, compared, outlined and edited by bytes.

mod attributes;
mod convert;
mod edit;
mod entities;
mod error;
mod inventory;
pub(crate) mod merge;
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
pub(crate) use read::{FROM_ABOVE, FROM_LEFT, label};
pub use tag::Tag;
pub use text::decoded;
pub use tree::{Children, Document, Kind, NodeId};
pub use write::WriteError;
pub(crate) use write::{is_unsafe, merged, spans};

#[cfg(test)]
mod tests;
