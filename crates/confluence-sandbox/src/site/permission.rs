//! Who may see and change what.
//!
//! A space says who may read and who may write. A page can narrow both: a view restriction also
//! covers everything below it, an edit restriction covers the page alone.

use std::{collections::BTreeSet, sync::Arc};

use crate::access::Role;

use super::{Attachment, Comment, ContentId, Page, Site, Space, SpaceId, Status, User};

/// A set of users.
#[derive(Debug, Clone, Default)]
pub(crate) enum Audience {
    /// Members and guests.
    #[default]
    Everyone,
    /// Members, no guests.
    Members,
    /// These account ids.
    Only(BTreeSet<Arc<str>>),
}

impl Audience {
    pub(crate) fn includes(&self, user: &User) -> bool {
        match self {
            Self::Everyone => true,
            Self::Members => user.role != Role::Guest,
            Self::Only(accounts) => accounts.contains(&user.account_id),
        }
    }
}

impl User {
    pub(crate) fn administers(&self, space: &Space) -> bool {
        space.viewers.includes(self)
            && (self.role == Role::Administrator || space.admins.contains(&self.account_id))
    }
}

/// What a page narrows; `None` narrows nothing.
#[derive(Debug, Clone, Default)]
pub(crate) struct Restriction {
    pub(crate) view: Option<BTreeSet<Arc<str>>>,
    pub(crate) edit: Option<BTreeSet<Arc<str>>>,
}

impl Site {
    pub(crate) fn can_view_space(&self, user: &User, space: SpaceId) -> bool {
        self.spaces.get(&space).is_some_and(|it| it.viewers.includes(user))
    }

    pub(crate) fn can_edit_space(&self, user: &User, space: SpaceId) -> bool {
        self.spaces
            .get(&space)
            .is_some_and(|it| it.viewers.includes(user) && it.editors.includes(user))
    }

    /// Whether the user sees the page: its space, its restrictions and those above it.
    ///
    /// An unpublished draft is seen by its author alone.
    pub(crate) fn can_view(&self, user: &User, page: &Page) -> bool {
        if !self.can_view_space(user, page.space) {
            return false;
        }
        if page.status == Status::Draft && page.author != user.account_id {
            return false;
        }
        permitted(user, page, |it| &it.view)
            && self.ancestors(page).all(|it| permitted(user, it, |it| &it.view))
    }

    pub(crate) fn can_edit(&self, user: &User, page: &Page) -> bool {
        self.can_view(user, page)
            && self.can_edit_space(user, page.space)
            && permitted(user, page, |it| &it.edit)
    }

    /// The page if it exists and the user sees it; folders and the like are no pages.
    pub(crate) fn visible_page(&self, user: &User, id: ContentId) -> Option<&Page> {
        self.page(id).filter(|it| self.can_view(user, it))
    }

    pub(crate) fn visible_comment(&self, user: &User, id: ContentId) -> Option<&Comment> {
        self.comments.get(&id).filter(|it| self.visible_page(user, it.page).is_some())
    }

    pub(crate) fn visible_attachment(&self, user: &User, id: ContentId) -> Option<&Attachment> {
        self.attachments.get(&id).filter(|it| self.visible_page(user, it.page).is_some())
    }
}

fn permitted(
    user: &User,
    page: &Page,
    list: impl Fn(&Restriction) -> &Option<BTreeSet<Arc<str>>>,
) -> bool {
    match page.restriction.as_deref().map(list) {
        Some(Some(accounts)) => accounts.contains(&user.account_id),
        Some(None) | None => true,
    }
}
