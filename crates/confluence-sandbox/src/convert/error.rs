//! Why a document is not accepted.

/// The text is not well-formed storage format; worded as Confluence does.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Error parsing xhtml: {message}\n at [row,col {{unknown-source}}]: [{line},{column}]")]
pub struct Malformed {
    /// The line, counted from one.
    pub line: usize,
    /// The column in characters, counted from one.
    pub column: usize,
    /// What is wrong there.
    pub message: String,
}

impl Malformed {
    /// An error at a byte offset of the source.
    pub(super) fn at(source: &str, offset: usize, message: impl Into<String>) -> Self {
        let mut offset = offset.min(source.len());
        while !source.is_char_boundary(offset) {
            offset -= 1;
        }
        let before = &source[..offset];
        let line_start = before.rfind('\n').map_or(0, |it| it + 1);
        Self {
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            message: message.into(),
        }
    }
}

/// The JSON is not a document in the Atlassian document format.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Invalid ADF: {message} at `{path}`")]
pub struct InvalidAdf {
    /// Where, as a JSON pointer.
    pub path: String,
    /// What is wrong there.
    pub message: String,
}
