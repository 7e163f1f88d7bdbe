//! Confluence's storage format, ADF and Markdown.

mod diff;
pub mod loss;
pub mod markdown;
pub mod model;
pub mod storage;
