//! Confluence's storage format, ADF and Markdown.

pub mod loss;
pub mod storage;
