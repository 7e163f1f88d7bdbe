//! What holds for whole pages.

mod adf;
mod adf_pages;
mod corpus;
mod edits;
mod generated;
mod pages;
