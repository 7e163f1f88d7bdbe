//! What cannot be written as storage format.

use crate::model::Placeholder;

/// Something in the Markdown that has no storage format, or not here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WriteError {
    /// The id is not one of the page's.
    #[error(
        "`{0}` stands for nothing on this page: copy placeholders as they are, with their `#` id"
    )]
    UnknownPlaceholder(Placeholder),
    /// Nothing of this sort can be made anew.
    #[error(
        "`{0}` cannot be made from Markdown: what can are status, date, mention, emoji, expand, panel \
         and macro"
    )]
    CannotMake(Placeholder),
    /// Its text says something else than what it stands for.
    #[error("`{edited}` stands for `{original}`: what it says cannot be changed here")]
    ChangedPlaceholder {
        /// As in the edited Markdown.
        edited: String,
        /// As the page has it.
        original: String,
    },
    /// A link that would run something.
    #[error(
        "a link to `{0}` is not written: take http, https, mailto, page:, attachment: or #anchor"
    )]
    UnsafeLink(String),
    /// A macro whose body is plain text got something else.
    #[error("`{0}` holds one block of code and nothing else")]
    OnlyText(Placeholder),
    /// Text between the parts of a layout.
    #[error("between the cells of a layout there can be no text: put it before `[[/cell]]`")]
    OutsideCell,
    /// A cell of a table that another one covers has text of its own.
    #[error("a cell that is merged with another has no text of its own: leave `[[{0}]]` as it is")]
    MergedCell(String),
}

impl WriteError {
    pub(crate) fn changed(edited: &Placeholder, original: &Placeholder) -> Self {
        Self::ChangedPlaceholder { edited: edited.to_string(), original: original.to_string() }
    }
}
