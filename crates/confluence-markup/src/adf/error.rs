//! Why a document is not read or an edit not written.

use super::MAX_NESTING;
use crate::model::Placeholder;

/// The text is not an ADF document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// Not JSON, or not the JSON of a node.
    #[error("this is not an ADF document: {0}")]
    Malformed(String),
    /// The outermost node is another one.
    #[error("an ADF document begins with a node of type `doc`; this one is of type `{0}`")]
    NotADocument(String),
    /// Nodes in nodes in nodes.
    #[error("the ADF document is nested more than {MAX_NESTING} nodes deep")]
    TooDeep,
    /// More bytes than are read; Confluence takes 5 MB.
    #[error("the ADF document has {bytes} bytes; at most {limit} are read")]
    TooLarge {
        /// How many it has.
        bytes: usize,
        /// How many it may have.
        limit: usize,
    },
}

/// Something in the Markdown that cannot be written as ADF, or not here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WriteError {
    /// The id is not one of the document's.
    #[error(
        "`{0}` stands for nothing on this page: copy placeholders as they are, with their `#` id"
    )]
    UnknownPlaceholder(Placeholder),
    /// Its text says something else than what it stands for.
    #[error("`{edited}` stands for `{original}`: what it says cannot be changed here")]
    ChangedPlaceholder {
        /// As in the edited Markdown.
        edited: Box<Placeholder>,
        /// As the document has it.
        original: Box<Placeholder>,
    },
    /// Nothing of this sort can be made anew.
    #[error(
        "`{0}` cannot be made from Markdown: what can are status, date, mention, emoji and expand"
    )]
    CannotMake(Placeholder),
    /// ADF has it, but not in there.
    #[error("in ADF, {holder} cannot hold {what}: put it before or after")]
    NotHere {
        /// What cannot stand there.
        what: String,
        /// What cannot hold it.
        holder: &'static str,
    },
    /// A link that would run something.
    #[error("a link to `{0}` is not written: take http, https, mailto or #anchor")]
    UnsafeLink(String),
    /// A link or an image that only the storage format has.
    #[error("ADF has no name for `{0}`: write its URL")]
    NoAddress(String),
    /// A cell of a table that another one covers has text of its own.
    #[error("a cell that is merged with another has no text of its own: leave `[[{0}]]` as it is")]
    MergedCell(String),
    /// Columns are aligned by what is in their cells.
    #[error("how the columns of a table are aligned cannot be changed here")]
    Alignment,
    /// What the Markdown says here is not what the document says.
    #[error("this part of the page cannot be edited as Markdown; use ADF: {0}")]
    NotTheSame(String),
}
