//! What is left of REST v1: search, labels, people, attachments.

pub(super) mod attachments;
mod excerpt;
pub(super) mod labels;
pub(super) mod search;
pub(super) mod users;
