//! Why a text is not a query.

use super::field::{Field, Function, Operator};

/// The text is not a query; says where it stops being one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason} at line {line}, column {column}")]
pub struct SyntaxError {
    /// The line, counted from one.
    pub line: usize,
    /// The column in characters, counted from one.
    pub column: usize,
    /// What is wrong there.
    pub reason: Reason,
}

impl SyntaxError {
    /// Whether a text field was given an empty operand, which Confluence answers with a 500.
    pub fn is_empty_text(&self) -> bool {
        matches!(self.reason, Reason::EmptyText(_))
    }
}

/// What is wrong with a query.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// Something else should stand here.
    #[error("Could not parse cql : found {found}, expected {expected}")]
    Unexpected {
        /// What stands there.
        found: String,
        /// What may stand there.
        expected: &'static str,
    },
    /// No quote ends the string that begins here.
    #[error("Could not parse cql : the string that begins here has no end")]
    UnterminatedString,
    /// The query is longer than what is accepted.
    #[error("Could not parse cql : the query has more than {limit} bytes")]
    TooLong {
        /// The accepted length.
        limit: usize,
    },
    /// Parentheses or `NOT`s are nested deeper than what is accepted.
    #[error("Could not parse cql : more than {limit} levels of nesting")]
    TooDeep {
        /// The accepted depth.
        limit: usize,
    },
    /// There is no such field.
    #[error("No field exists with the name: '{name}'. Valid fields are: {}", Field::names().join(", "))]
    UnknownField {
        /// The name in the query.
        name: String,
    },
    /// There is no such function.
    #[error(
        "No function exists with the name: '{name}'. Valid functions are: {}",
        Function::names().join(", ")
    )]
    UnknownFunction {
        /// The name in the query.
        name: String,
    },
    /// The field cannot be compared in this way.
    #[error(
        "The operator '{operator}' is not supported by the field '{field}'. Supported operators are: {}",
        field.operators().iter().map(|it| it.as_str()).collect::<Vec<_>>().join(", ")
    )]
    UnsupportedOperator {
        /// The field.
        field: Field,
        /// The operator in the query.
        operator: Operator,
    },
    /// The field cannot be compared with what the function gives.
    #[error("The function '{function}' is not supported by the field '{field}'")]
    UnsupportedFunction {
        /// The field.
        field: Field,
        /// The function in the query.
        function: Function,
    },
    /// The function was given arguments that it does not take.
    #[error("The function '{function}' does not take these arguments: expected {expected}")]
    BadArguments {
        /// The function.
        function: Function,
        /// What it takes.
        expected: &'static str,
    },
    /// Results cannot be ordered by this field.
    #[error("The field '{0}' does not support ordering")]
    NotSortable(Field),
    /// The text is not a date.
    #[error(
        "'{0}' is not a date: expected yyyy-MM-dd, yyyy/MM/dd, yyyy-MM-dd HH:mm or yyyy/MM/dd HH:mm"
    )]
    BadDate(String),
    /// The text to search for is empty.
    #[error("The text to search for in the field '{0}' is empty")]
    EmptyText(Field),
}
