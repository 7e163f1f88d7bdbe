//! CQL, the query language of Confluence's search: lexer, parser and evaluator.
//!
//! [`parse`] gives a [`Query`]; [`Query::prepare`] resolves its functions and folds its
//! texts once, so that the [`Prepared`] query scans many [`Document`]s cheaply.

mod ast;
mod date;
mod document;
mod error;
mod field;
mod lexer;
mod order;
mod parser;
mod prepare;
mod text;

pub use ast::{Call, Clause, Direction, Expression, Operand, Query, SortKey, Value};
pub use document::{Context, Document};
pub use error::{Reason, SyntaxError};
pub use field::{Field, Function, Operator};
pub use parser::parse;
pub use prepare::Prepared;
pub use text::fold;

#[cfg(test)]
mod tests;
