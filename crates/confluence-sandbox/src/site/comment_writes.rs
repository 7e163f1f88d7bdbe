//! Adding comments.

use std::sync::Arc;

use jiff::Timestamp;

use super::{Comment, NewComment, Refusal, Site, Status, Target, User};

impl Site {
    /// Adds a footer comment to a page or a reply to a comment.
    pub(crate) fn add_comment(
        &mut self,
        user: &User,
        new: NewComment,
        now: Timestamp,
    ) -> Result<&Comment, Refusal> {
        let (page, parent) = match new.target {
            Target::Page(id) => (id, None),
            Target::Comment(id) => {
                let parent = self.visible_comment(user, id).ok_or_else(|| missing(new.target))?;
                if self.is_inline(parent) {
                    // The inline route answers those; the footer one does not know them.
                    return Err(missing(new.target));
                }
                (parent.page, Some(id))
            }
        };
        let page = self
            .visible_page(user, page)
            .filter(|it| it.status.is_in_tree() || it.status == Status::Draft)
            .filter(|it| self.can_edit_space(user, it.space))
            .ok_or_else(|| missing(new.target))?
            .id;
        let body = new.body.into_body()?;
        let id = self.allocate();
        self.insert_comment(Comment {
            id,
            page,
            parent,
            inline: None,
            author: Arc::clone(&user.account_id),
            created_at: now,
            body,
        });
        self.comment(id).ok_or(Refusal::Missing)
    }
}

fn missing(target: Target) -> Refusal {
    match target {
        Target::Page(id) => Refusal::MissingReference { what: "page", id: id.to_string() },
        Target::Comment(id) => Refusal::MissingReference { what: "comment", id: id.to_string() },
    }
}
