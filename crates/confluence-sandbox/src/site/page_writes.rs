//! Creating, changing and deleting pages.

use std::sync::Arc;

use jiff::Timestamp;

use super::{
    Body, ContentId, Draft, Kind, Markup, Page, Refusal, Site, SpaceId, Status, User, Version,
};

/// A page to create.
#[derive(Debug)]
pub(crate) struct NewPage {
    pub(crate) space: SpaceId,
    pub(crate) title: Option<String>,
    pub(crate) destination: Destination,
    pub(crate) draft: bool,
    /// Only the author may see and change it.
    pub(crate) private: bool,
    pub(crate) body: Option<Markup>,
}

/// Where a new page goes.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Destination {
    /// Below the home page of the space.
    Homepage,
    /// Next to the home page.
    Top,
    /// Below this page or folder.
    Below(ContentId),
}

/// A change of a page.
#[derive(Debug)]
pub(crate) struct PageUpdate {
    pub(crate) title: String,
    pub(crate) draft: bool,
    pub(crate) space: Option<SpaceId>,
    pub(crate) parent: Option<ContentId>,
    pub(crate) owner: Option<String>,
    pub(crate) body: Option<Markup>,
    pub(crate) number: i64,
    pub(crate) message: String,
}

/// How to delete a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Removal {
    Trash,
    Purge,
    DiscardDraft,
}

/// Longest title, as the editor enforces it.
const LONGEST_TITLE: usize = 255;

impl Site {
    pub(crate) fn create_page(
        &mut self,
        user: &User,
        new: NewPage,
        now: Timestamp,
    ) -> Result<&Page, Refusal> {
        let no_space = || Refusal::MissingReference { what: "space", id: new.space.to_string() };
        let space = self.space(new.space).ok_or_else(no_space)?;
        if !self.can_edit_space(user, new.space) {
            return Err(no_space());
        }
        let parent = match new.destination {
            Destination::Homepage => space.homepage,
            Destination::Top => None,
            Destination::Below(id) => Some(self.parent_in(user, new.space, id)?),
        };
        let title = new.title.as_deref().unwrap_or_default().trim();
        if title.is_empty() && !new.draft {
            return Err(Refusal::Invalid("A title is required when publishing a page".to_owned()));
        }
        check_length(title)?;
        if !new.draft && self.title_taken(new.space, title, None) {
            return Err(Refusal::TitleTaken);
        }
        let title: Arc<str> = title.into();
        let body = match new.body {
            Some(markup) => markup.into_body()?,
            None => Body::Stored("".into()),
        };
        let id = self.allocate();
        let author = Arc::clone(&user.account_id);
        let only_author = new.private.then(|| [Arc::clone(&author)].into());
        self.insert_page(Page {
            id,
            space: new.space,
            kind: Kind::Page,
            status: if new.draft { Status::Draft } else { Status::Current },
            title: Arc::clone(&title),
            parent,
            position: self.index.next_position(parent),
            author: Arc::clone(&author),
            owner: Arc::clone(&author),
            last_owner: None,
            created_at: now,
            versions: vec![Version {
                number: 1,
                minor_edit: false,
                message: "".into(),
                author,
                created_at: now,
                title,
                body,
            }],
            labels: Vec::new(),
            draft: None,
            restriction: only_author.map(|it: std::collections::BTreeSet<_>| {
                Box::new(super::permission::Restriction { view: Some(it.clone()), edit: Some(it) })
            }),
            trashed_at: None,
        });
        self.page(id).ok_or(Refusal::Missing)
    }

    pub(crate) fn update_page(
        &mut self,
        user: &User,
        id: ContentId,
        update: PageUpdate,
        now: Timestamp,
    ) -> Result<&Page, Refusal> {
        let page = self.editable(user, id)?;
        if update.space.is_some_and(|it| it != page.space) {
            return Err(Refusal::Invalid(
                "Moving a page to another space is not supported by this endpoint".to_owned(),
            ));
        }
        if page.status == Status::Trashed {
            return if update.draft {
                Err(Refusal::Invalid("A trashed page can only be restored".to_owned()))
            } else {
                self.restore(id)
            };
        }
        let title = update.title.trim();
        if title.is_empty() && !update.draft {
            return Err(Refusal::Invalid("A title is required when publishing a page".to_owned()));
        }
        check_length(title)?;
        check_number(page, &update)?;
        let (space, status, old_parent) = (page.space, page.status, page.parent);
        if !update.draft && self.title_taken(space, title, Some(id)) {
            return Err(Refusal::TitleTaken);
        }
        let parent = match update.parent {
            Some(parent) => {
                let parent = self.parent_in(user, space, parent)?;
                if self.entry(parent).is_some_and(|it| self.is_within(it, id)) {
                    return Err(Refusal::Invalid("A page cannot be moved below itself".to_owned()));
                }
                Some(parent)
            }
            None => old_parent,
        };
        let title: Arc<str> = title.into();
        let body = update.body.map(Markup::into_body).transpose()?;
        if update.draft && status != Status::Draft {
            return self.save_draft(user, id, title, body, now);
        }
        let position = (parent != old_parent).then(|| self.index.next_position(parent));
        let owner = update.owner.and_then(|it| self.user(&it).map(|it| Arc::clone(&it.account_id)));
        self.change(id, |page| {
            let body = body.unwrap_or_else(|| page.latest().body.clone());
            let number = if status == Status::Draft { 1 } else { page.latest().number + 1 };
            let version = Version {
                number,
                minor_edit: false,
                message: update.message.into(),
                author: Arc::clone(&user.account_id),
                created_at: now,
                title: Arc::clone(&title),
                body,
            };
            if status == Status::Draft {
                page.versions.clear();
                page.status = if update.draft { Status::Draft } else { Status::Current };
            }
            page.versions.push(version);
            page.title = title;
            page.parent = parent;
            page.draft = None;
            if let Some(position) = position {
                page.position = position;
            }
            if let Some(owner) = owner {
                page.last_owner = Some(std::mem::replace(&mut page.owner, owner));
            }
        })
    }

    /// Gives the page or its draft another title; a published page gains a version by it.
    pub(crate) fn retitle_page(
        &mut self,
        user: &User,
        id: ContentId,
        title: &str,
        draft: bool,
        now: Timestamp,
    ) -> Result<&Page, Refusal> {
        let page = self.editable(user, id)?;
        if page.status == Status::Trashed {
            return Err(Refusal::Missing);
        }
        let number = if draft || page.status == Status::Draft {
            1
        } else {
            i64::from(page.latest().number) + 1
        };
        let draft = draft || page.status == Status::Draft;
        let update = PageUpdate {
            title: title.to_owned(),
            draft,
            space: None,
            parent: None,
            owner: None,
            body: None,
            number,
            message: String::new(),
        };
        self.update_page(user, id, update, now)
    }

    pub(crate) fn delete_page(
        &mut self,
        user: &User,
        id: ContentId,
        removal: Removal,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let page = self.editable(user, id)?;
        match (removal, page.status) {
            (Removal::DiscardDraft, Status::Draft) => {
                self.take(id);
                self.forget_page(id);
                Ok(())
            }
            (Removal::DiscardDraft, _) if page.draft.is_some() => {
                self.change(id, |page| page.draft = None).map(drop)
            }
            (Removal::Purge, Status::Trashed) => {
                let space = self.space(page.space).ok_or(Refusal::Missing)?;
                if !user.administers(space) {
                    return Err(Refusal::Forbidden);
                }
                self.take(id);
                self.forget_page(id);
                Ok(())
            }
            (Removal::Purge, _) => Err(Refusal::Invalid(format!(
                "Only trashed content can be purged. Content with id [{id}] is not in the trash."
            ))),
            (Removal::Trash, Status::Current | Status::Archived) => self.trash(id, now),
            (Removal::Trash, Status::Trashed) => {
                Err(Refusal::Invalid(format!("Content with id [{id}] is already in the trash.")))
            }
            (Removal::DiscardDraft | Removal::Trash, _) => Err(Refusal::Missing),
        }
    }

    fn trash(&mut self, id: ContentId, now: Timestamp) -> Result<(), Refusal> {
        let page = self.page(id).ok_or(Refusal::Missing)?;
        if self.space(page.space).is_some_and(|it| it.homepage == Some(id)) {
            return Err(Refusal::Invalid("The home page of a space cannot be deleted".to_owned()));
        }
        let above = page.parent;
        let below: Vec<ContentId> = self.children(id).map(|it| it.id).collect();
        for child in below {
            let position = self.index.next_position(above);
            self.change(child, |it| {
                it.parent = above;
                it.position = position;
            })?;
        }
        self.change(id, |page| {
            page.status = Status::Trashed;
            page.parent = None;
            page.draft = None;
            page.trashed_at = Some(now);
        })
        .map(drop)
    }

    /// Puts a trashed page back below the home page; only its status changes.
    fn restore(&mut self, id: ContentId) -> Result<&Page, Refusal> {
        let page = self.page(id).ok_or(Refusal::Missing)?;
        if self.title_taken(page.space, &page.title, Some(id)) {
            return Err(Refusal::TitleTaken);
        }
        let parent = self.space(page.space).and_then(|it| it.homepage);
        let position = self.index.next_position(parent);
        self.change(id, |page| {
            page.status = Status::Current;
            page.parent = parent;
            page.position = position;
            page.trashed_at = None;
        })
    }

    fn save_draft(
        &mut self,
        user: &User,
        id: ContentId,
        title: Arc<str>,
        body: Option<Body>,
        now: Timestamp,
    ) -> Result<&Page, Refusal> {
        self.change(id, |page| {
            let body = body.unwrap_or_else(|| page.latest().body.clone());
            let author = Arc::clone(&user.account_id);
            page.draft = Some(Box::new(Draft { title, body, author, saved_at: now }));
        })
    }

    fn parent_in(&self, user: &User, space: SpaceId, id: ContentId) -> Result<ContentId, Refusal> {
        let missing = || Refusal::MissingReference { what: "parent", id: id.to_string() };
        let parent = self
            .entry(id)
            .filter(|it| it.status.is_in_tree() && self.can_view(user, it))
            .ok_or_else(missing)?;
        if parent.space != space {
            return Err(Refusal::Invalid(format!(
                "The parent with id [{id}] is not in the space with id [{space}]"
            )));
        }
        Ok(id)
    }

    fn editable(&self, user: &User, id: ContentId) -> Result<&Page, Refusal> {
        let page = self.visible_page(user, id).ok_or(Refusal::Missing)?;
        if self.can_edit(user, page) { Ok(page) } else { Err(Refusal::Forbidden) }
    }

    pub(super) fn insert_page(&mut self, page: Page) {
        self.reserve(page.id);
        self.index.insert(&page);
        self.pages.insert(page.id, Box::new(page));
    }

    fn take(&mut self, id: ContentId) -> Option<Box<Page>> {
        let page = self.pages.remove(&id)?;
        self.index.remove(&page);
        Some(page)
    }

    /// Changes a page or folder and keeps the indexes true.
    fn change(&mut self, id: ContentId, change: impl FnOnce(&mut Page)) -> Result<&Page, Refusal> {
        let mut page = self.take(id).ok_or(Refusal::Missing)?;
        change(&mut page);
        self.index.insert(&page);
        Ok(self.pages.entry(id).or_insert(page))
    }
}

fn check_length(title: &str) -> Result<(), Refusal> {
    if title.chars().count() > LONGEST_TITLE {
        return Err(Refusal::Invalid(format!(
            "Title cannot be longer than {LONGEST_TITLE} characters."
        )));
    }
    Ok(())
}

/// The number has to be the next one, but 1 for whatever is not published.
fn check_number(page: &Page, update: &PageUpdate) -> Result<(), Refusal> {
    let current = page.latest().number;
    let expected = if update.draft || page.status == Status::Draft { 1 } else { current + 1 };
    if update.number == i64::from(expected) {
        return Ok(());
    }
    if update.draft {
        return Err(Refusal::Invalid(format!(
            "Version number must be 1 when updating a draft. Provided version: [{}]",
            update.number
        )));
    }
    Err(Refusal::StaleVersion { current, provided: update.number })
}
