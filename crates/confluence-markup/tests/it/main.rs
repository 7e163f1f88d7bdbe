//! What holds for whole pages.

mod corpus;
mod edits;
mod generated;
mod pages;
