//! Tests of the query language: what it refuses, what it finds, and in which order.

mod evaluation;
mod properties;
mod syntax;
