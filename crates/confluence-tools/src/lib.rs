//! Placeholder of the crate to come.
