//! Attachments.

use std::sync::Arc;

use jiff::Timestamp;

use super::{ContentId, Label, Site};

/// A file on a page.
#[derive(Debug, Clone)]
pub(crate) struct Attachment {
    pub(crate) id: ContentId,
    pub(crate) page: ContentId,
    pub(crate) name: String,
    pub(crate) media_type: String,
    /// Id by which ADF media nodes name the file.
    pub(crate) file_id: String,
    pub(crate) author: Arc<str>,
    pub(crate) created_at: Timestamp,
    pub(crate) comment: String,
    pub(crate) version: u32,
    pub(crate) labels: Vec<Label>,
    pub(crate) bytes: &'static [u8],
}

impl Attachment {
    /// The id as the API spells it.
    pub(crate) fn spelled_id(&self) -> String {
        format!("att{}", self.id)
    }
}

impl Site {
    /// All attachments of a page, in the order they came.
    pub(crate) fn attachments(&self, page: ContentId) -> impl Iterator<Item = &Attachment> {
        self.page_attachments
            .get(&page)
            .into_iter()
            .flatten()
            .filter_map(|it| self.attachments.get(it))
    }

    pub(crate) fn all_attachments(&self) -> impl Iterator<Item = &Attachment> {
        self.attachments.values()
    }

    pub(crate) fn attachment(&self, id: ContentId) -> Option<&Attachment> {
        self.attachments.get(&id)
    }

    pub(super) fn insert_attachment(&mut self, attachment: Attachment) {
        self.reserve(attachment.id);
        self.page_attachments.entry(attachment.page).or_default().push(attachment.id);
        self.attachments.insert(attachment.id, attachment);
    }
}
