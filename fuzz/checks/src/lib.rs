//! What must hold for every input.
//!
//! Each check takes bytes and panics when something is wrong. libFuzzer runs them on inputs that it
//! makes up (`cargo fuzz run <check>`), and the test here on those in `fuzz/corpus/<check>`, on any
//! toolchain.

#![expect(clippy::panic, reason = "a finding is a panic")]

mod adf;
mod arguments;
mod calls;
mod cql;
mod documents;
mod links;
mod markup;
mod refusals;
mod requests;
mod script;
mod site;
mod storage;
mod text;

pub use adf::adf;
pub use arguments::arguments;
pub use calls::calls;
pub use cql::cql;
pub use documents::documents;
pub use links::links;
pub use refusals::refusals;
pub use requests::requests;
pub use storage::storage;

/// Panics when something is wrong with the input.
pub type Check = fn(&[u8]);

/// Every check by its name, which is that of its corpus and of its fuzz target.
pub const CHECKS: &[(&str, Check)] = &[
    ("adf", adf),
    ("arguments", arguments),
    ("calls", calls),
    ("cql", cql),
    ("documents", documents),
    ("links", links),
    ("refusals", refusals),
    ("requests", requests),
    ("storage", storage),
];
