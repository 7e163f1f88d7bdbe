//! The Atlassian Document Format: parsed, shown as Markdown, and edited as such.
//!
//! A [`Document`] borrows its JSON. Nodes whose type is not known are nodes like all others, and what an
//! edit does not touch is copied as it was written. Placeholders and targets of links are those of the
//! storage format, as far as ADF says the same.

mod document;
mod error;
mod kind;
mod merge;
mod read;
mod token;
mod write;

pub use document::{Document, MAX_BYTES, MAX_NESTING, Mark, Node};
pub use error::{ParseError, WriteError};
pub use kind::{Kind, MarkKind};
pub use merge::{from_markdown, to_markdown};

#[cfg(test)]
mod tests;
