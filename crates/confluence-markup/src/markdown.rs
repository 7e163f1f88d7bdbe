//! Markdown: `CommonMark` with GitHub's tables, task lists, strikethrough and alerts.
//!
//! Beyond that there are placeholders, `[[macro:jira key=ABC-1 #m3]]`. One that encloses something is
//! closed by its name and id: `[[expand:Details #m4]]`, the content, `[[/expand #m4]]`. `<br>`, `<u>`,
//! `<sub>`, `<sup>`, `<strong>`, `<em>` and `<del>` are read; all other HTML is text.

mod escape;
mod inline;
mod placeholder;
mod read;
mod write;

pub use read::read;
pub use write::write;

#[cfg(test)]
mod tests;
