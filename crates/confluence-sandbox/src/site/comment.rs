//! Footer and inline comments, and the replies to them.

use std::sync::Arc;

use jiff::Timestamp;

use super::{Body, ContentId, Markup, Site};

/// A comment on a page, or a reply to one.
#[derive(Debug, Clone)]
pub(crate) struct Comment {
    pub(crate) id: ContentId,
    pub(crate) page: ContentId,
    /// The comment this one answers.
    pub(crate) parent: Option<ContentId>,
    /// What an inline comment is about; replies to one are inline, too, but have nothing here.
    pub(crate) inline: Option<Box<Inline>>,
    pub(crate) author: Arc<str>,
    pub(crate) created_at: Timestamp,
    pub(crate) body: Body,
}

/// Where an inline comment hangs.
#[derive(Debug, Clone)]
pub(crate) struct Inline {
    pub(crate) marker: String,
    pub(crate) selection: String,
    pub(crate) resolution: &'static str,
    pub(crate) resolved_by: Option<Arc<str>>,
    pub(crate) resolved_at: Option<Timestamp>,
}

/// A footer comment to add.
#[derive(Debug)]
pub(crate) struct NewComment {
    pub(crate) target: Target,
    pub(crate) body: Markup,
}

/// What a new comment is about.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Target {
    Page(ContentId),
    Comment(ContentId),
}

impl Site {
    pub(crate) fn comment(&self, id: ContentId) -> Option<&Comment> {
        self.comments.get(&id)
    }

    /// Root comments of a page, oldest first; inline ones or footer ones.
    pub(crate) fn root_comments(
        &self,
        page: ContentId,
        inline: bool,
    ) -> impl Iterator<Item = &Comment> {
        self.page_comments
            .get(&page)
            .into_iter()
            .flatten()
            .filter_map(|it| self.comments.get(it))
            .filter(move |it| it.parent.is_none() && it.inline.is_some() == inline)
    }

    /// Answers to a comment, oldest first.
    pub(crate) fn replies(&self, comment: ContentId) -> impl Iterator<Item = &Comment> {
        self.replies.get(&comment).into_iter().flatten().filter_map(|it| self.comments.get(it))
    }

    pub(crate) fn all_comments(&self) -> impl Iterator<Item = &Comment> {
        self.comments.values()
    }

    /// Whether the comment belongs to an inline thread.
    pub(crate) fn is_inline(&self, comment: &Comment) -> bool {
        let mut at = comment;
        while let Some(parent) = at.parent.and_then(|it| self.comments.get(&it)) {
            at = parent;
        }
        at.inline.is_some()
    }

    pub(super) fn insert_comment(&mut self, comment: Comment) {
        self.reserve(comment.id);
        self.page_comments.entry(comment.page).or_default().push(comment.id);
        if let Some(parent) = comment.parent {
            self.replies.entry(parent).or_default().push(comment.id);
        }
        self.comments.insert(comment.id, comment);
    }

    pub(super) fn forget_page(&mut self, page: ContentId) {
        for id in self.page_comments.remove(&page).unwrap_or_default() {
            self.comments.remove(&id);
            self.replies.remove(&id);
        }
        for id in self.page_attachments.remove(&page).unwrap_or_default() {
            self.attachments.remove(&id);
        }
    }
}
