//! Confluence's storage format, ADF and Markdown.

mod diff;
pub mod loss;
pub mod model;
pub mod storage;
