//! Placeholder of the crate to come.

pub mod cql;
#[expect(dead_code, reason = "the store that loads it comes next")]
mod demo;
