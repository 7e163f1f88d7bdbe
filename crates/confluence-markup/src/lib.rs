//! Confluence's storage format, ADF and Markdown.

pub mod adf;
mod diff;
pub mod loss;
pub mod markdown;
pub mod model;
pub mod storage;
