//! Queries in Confluence's query language, as trees: read, narrowed, and written out again.
//!
//! What is sent after a query was narrowed is what the tree says, every value in quotes and every
//! group in parentheses, never the text that came in: a text that two parsers read differently
//! cannot say one thing here and another in Confluence. Fields and functions are not known by name;
//! Confluence refuses those that it does not have.

mod lexer;
mod parser;
mod print;

pub use parser::{MAX_DEPTH, MAX_LENGTH, SyntaxError};

use std::str::FromStr;

/// A query: what to find, and in which order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// What has to hold for what is found.
    pub filter: Expression,
    /// By what to sort, the most important first.
    pub order: Vec<SortKey>,
}

/// A condition, or several put together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expression {
    /// All hold. At least two.
    And(Vec<Self>),
    /// One holds, or more. At least two.
    Or(Vec<Self>),
    /// It does not hold.
    Not(Box<Self>),
    /// A field is compared with something.
    Clause(Clause),
}

/// One condition, such as `space IN (ENG, HR)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    /// What is compared.
    pub field: Name,
    /// How.
    pub operator: Operator,
    /// With what.
    pub operand: Operand,
}

/// What a field is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operand {
    /// One value, or what one function gives.
    One(Value),
    /// A list in parentheses: only of `IN` and `NOT IN`, and never empty.
    List(Vec<Value>),
}

/// A value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A text, without quotes and escapes.
    Text(String),
    /// A function, such as `now("-3w")`.
    Call {
        /// Its name.
        function: Name,
        /// What it is given.
        arguments: Vec<String>,
    },
}

/// How a field is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// `=`
    Equals,
    /// `!=`
    NotEquals,
    /// `~`
    Contains,
    /// `!~`
    NotContains,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `IN`
    In,
    /// `NOT IN`
    NotIn,
}

/// A part of the order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SortKey {
    /// What to sort by.
    pub field: Name,
    /// The largest first; Confluence's own choice if not said.
    pub descending: Option<bool>,
}

/// Name of a field or a function: it begins with an ASCII letter, goes on with letters, digits, `_`
/// and `.`, and is no word of the language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name(String);

/// Words of the language. As values they need quotes.
const RESERVED: [&str; 6] = ["and", "or", "not", "in", "order", "by"];

fn is_reserved(word: &str) -> bool {
    RESERVED.iter().any(|it| it.eq_ignore_ascii_case(word))
}

impl Name {
    /// `None` if `text` is no name.
    pub fn new(text: &str) -> Option<Self> {
        let safe = |it: char| it.is_ascii_alphanumeric() || it == '_' || it == '.';
        let fits = text.starts_with(|it: char| it.is_ascii_alphabetic())
            && text.chars().all(safe)
            && !is_reserved(text);
        fits.then(|| Self(text.to_owned()))
    }

    /// The name as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Expression {
    /// That the value of `field` is one of `values`, or none of them. `None` without values.
    pub fn one_of<'v>(
        field: &Name,
        operator: Operator,
        values: impl IntoIterator<Item = &'v str>,
    ) -> Option<Self> {
        let values: Vec<_> = values.into_iter().map(|it| Value::Text(it.to_owned())).collect();
        (!values.is_empty()).then(|| {
            let operand = Operand::List(values);
            Self::Clause(Clause { field: field.clone(), operator, operand })
        })
    }
}

impl Query {
    /// The same query, for which `condition` has to hold in addition.
    #[must_use]
    pub fn narrowed(self, condition: Expression) -> Self {
        Self { filter: Expression::And(vec![condition, self.filter]), ..self }
    }
}

impl FromStr for Query {
    type Err = SyntaxError;

    fn from_str(text: &str) -> Result<Self, SyntaxError> {
        parser::parse(text)
    }
}

#[cfg(test)]
mod tests;
