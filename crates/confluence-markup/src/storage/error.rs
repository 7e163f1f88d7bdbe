//! Why a body is not read or an edit not made.

/// The body is not storage format.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// Confluence would turn the body down, too.
    #[error("the storage format is not well-formed at line {line}, column {column}: {reason}")]
    Malformed {
        /// Counted from one.
        line: usize,
        /// In characters, counted from one.
        column: usize,
        /// What is wrong there.
        reason: String,
    },
    /// More bytes than are read; Confluence takes 5 MB.
    #[error("the body has {bytes} bytes; at most {limit} are read")]
    TooLarge {
        /// How many it has.
        bytes: usize,
        /// How many it may have.
        limit: usize,
    },
}

impl ParseError {
    pub(super) fn at(source: &str, offset: usize, reason: impl Into<String>) -> Self {
        let mut offset = offset.min(source.len());
        while !source.is_char_boundary(offset) {
            offset -= 1;
        }
        let before = &source[..offset];
        let line_start = before.rfind('\n').map_or(0, |it| it + 1);
        Self::Malformed {
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            reason: reason.into(),
        }
    }
}
