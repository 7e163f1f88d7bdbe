//! The parsed query, and how it is written down again.

use std::fmt;

use super::field::{Field, Function, Operator};

/// A parsed query.
///
/// Its `Display` parses to the same query again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// Which documents are asked for.
    pub filter: Expression,
    /// In which order; by relevance when empty.
    pub order: Vec<SortKey>,
}

/// A condition on documents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expression {
    /// All of at least two conditions hold.
    And(Vec<Self>),
    /// One of at least two conditions holds.
    Or(Vec<Self>),
    /// The condition does not hold.
    Not(Box<Self>),
    /// A single comparison.
    Clause(Clause),
}

/// A single comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    /// What is compared.
    pub field: Field,
    /// How it is compared.
    pub operator: Operator,
    /// With what it is compared.
    pub operand: Operand,
}

/// The right side of a comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operand {
    /// One value.
    One(Value),
    /// The list of `IN` and `NOT IN`, never empty.
    List(Vec<Value>),
}

impl Operand {
    pub(super) fn values(&self) -> &[Value] {
        match self {
            Self::One(value) => std::slice::from_ref(value),
            Self::List(values) => values,
        }
    }
}

/// A value to compare with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A word or string.
    Text(String),
    /// A function call.
    Call(Call),
}

/// A function call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// What is called.
    pub function: Function,
    /// With what.
    pub arguments: Vec<String>,
}

/// A field to order by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SortKey {
    /// What is compared.
    pub field: Field,
    /// Which end comes first.
    pub direction: Direction,
}

/// Which end of an order comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// The smallest first.
    Ascending,
    /// The largest first.
    Descending,
}

impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.filter)?;
        for (index, key) in self.order.iter().enumerate() {
            f.write_str(if index == 0 { " ORDER BY " } else { ", " })?;
            write!(f, "{}", key.field)?;
            f.write_str(match key.direction {
                Direction::Ascending => " ASC",
                Direction::Descending => " DESC",
            })?;
        }
        Ok(())
    }
}

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let joined = |f: &mut fmt::Formatter<'_>, parts: &[Self], word: &str, outer: u8| {
            for (index, part) in parts.iter().enumerate() {
                if index > 0 {
                    write!(f, " {word} ")?;
                }
                part.fmt_within(f, outer)?;
            }
            Ok(())
        };
        match self {
            Self::And(parts) => joined(f, parts, "AND", 1),
            Self::Or(parts) => joined(f, parts, "OR", 0),
            Self::Not(inner) => {
                f.write_str("NOT ")?;
                inner.fmt_within(f, 2)
            }
            Self::Clause(clause) => write!(f, "{clause}"),
        }
    }
}

impl Expression {
    /// Writes the expression within one that binds as strongly as `outer`.
    fn fmt_within(&self, f: &mut fmt::Formatter<'_>, outer: u8) -> fmt::Result {
        let own = match self {
            Self::Or(_) => 0,
            Self::And(_) => 1,
            Self::Not(_) | Self::Clause(_) => 3,
        };
        if own > outer { write!(f, "{self}") } else { write!(f, "({self})") }
    }
}

impl fmt::Display for Clause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.field, self.operator, self.operand)
    }
}

impl fmt::Display for Operand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::One(value) => write!(f, "{value}"),
            Self::List(values) => {
                for (index, value) in values.iter().enumerate() {
                    f.write_str(if index == 0 { "(" } else { ", " })?;
                    write!(f, "{value}")?;
                }
                f.write_str(")")
            }
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write_quoted(f, text),
            Self::Call(call) => {
                write!(f, "{}(", call.function.as_str())?;
                for (index, argument) in call.arguments.iter().enumerate() {
                    if index > 0 {
                        f.write_str(", ")?;
                    }
                    write_quoted(f, argument)?;
                }
                f.write_str(")")
            }
        }
    }
}

fn write_quoted(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    f.write_str("\"")?;
    for char in text.chars() {
        if matches!(char, '"' | '\\') {
            f.write_str("\\")?;
        }
        write!(f, "{char}")?;
    }
    f.write_str("\"")
}
