//! Search: everything that has been indexed, matched against a CQL query.

use std::{borrow::Cow, cmp::Ordering, time::Duration};

use jiff::Timestamp;

use crate::{
    clock,
    cql::{Context, Document, Query},
};

use super::{Attachment, Comment, Page, Site, Space, Status, User, Version};

/// Something that a query can find, as the index knows it.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Hit<'a> {
    /// A page or folder, in the version that has reached the index.
    Page { page: &'a Page, version: &'a Version },
    /// A comment on a page.
    Comment { comment: &'a Comment, page: &'a Page },
    /// A file on a page.
    Attachment { attachment: &'a Attachment, page: &'a Page },
    /// A space itself.
    Space(&'a Space),
}

/// One page of results, before permissions.
#[derive(Debug)]
pub(crate) struct Found<'a> {
    pub(crate) hits: Vec<Hit<'a>>,
    /// How many match in all, whoever may see them: hence an estimate.
    pub(crate) total: usize,
    /// Where the next page starts, if there is one.
    pub(crate) next: Option<usize>,
}

/// Which spaces to search.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spaces {
    pub(crate) archived: bool,
    pub(crate) current: bool,
}

impl Site {
    /// Matches from `offset` on; a change counts once it is older than `lag`.
    pub(crate) fn search(
        &self,
        query: &Query,
        context: &Context,
        lag: Duration,
        spaces: Spaces,
        (offset, limit): (usize, usize),
    ) -> Found<'_> {
        let prepared = query.prepare(context);
        let now = context.now;
        let entries = self.pages.values().filter_map(|it| indexed(it, lag, now));
        let comments = self.all_comments().filter_map(|comment| {
            let page = self.entry(comment.page).filter(|it| it.status == Status::Current)?;
            has_arrived(comment.created_at, lag, now).then_some(Hit::Comment { comment, page })
        });
        let attachments = self.all_attachments().filter_map(|attachment| {
            let page = self.entry(attachment.page).filter(|it| it.status == Status::Current)?;
            has_arrived(attachment.created_at, lag, now)
                .then_some(Hit::Attachment { attachment, page })
        });
        let mut matches: Vec<Candidate<'_>> = entries
            .chain(comments)
            .chain(attachments)
            .chain(self.spaces().map(Hit::Space))
            .filter_map(|hit| {
                let space = self.space(hit.space())?;
                let searched = if space.archived { spaces.archived } else { spaces.current };
                searched.then_some(Candidate { site: self, hit, space })
            })
            .filter(|it| prepared.matches(it))
            .collect();
        let total = matches.len();
        let end = offset.saturating_add(limit).min(total);
        let compare = |one: &Candidate<'_>, other: &Candidate<'_>| -> Ordering {
            prepared.compare(one, other)
        };
        if end == 0 {
            matches.clear();
        } else if end < total {
            matches.select_nth_unstable_by(end - 1, compare);
            matches.truncate(end);
        }
        matches.sort_by(compare);
        let hits = matches.into_iter().skip(offset).map(|it| it.hit).collect();
        Found { hits, total, next: (end < total && limit > 0).then_some(end) }
    }

    /// Whether the user sees what was found.
    pub(crate) fn can_see(&self, user: &User, hit: &Hit<'_>) -> bool {
        match hit {
            Hit::Page { page, .. } | Hit::Comment { page, .. } | Hit::Attachment { page, .. } => {
                self.can_view(user, page)
            }
            Hit::Space(space) => self.can_view_space(user, space.id),
        }
    }
}

impl<'a> Hit<'a> {
    fn space(&self) -> u64 {
        match self {
            Self::Page { page, .. }
            | Self::Comment { page, .. }
            | Self::Attachment { page, .. } => page.space,
            Self::Space(space) => space.id,
        }
    }

    /// The space that it is in, or is.
    pub(crate) fn space_of<'b>(&self, site: &'b Site) -> Option<&'b Space> {
        site.space(self.space())
    }

    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Page { page, .. } => page.kind.as_str(),
            Self::Comment { .. } => "comment",
            Self::Attachment { .. } => "attachment",
            Self::Space(_) => "space",
        }
    }

    pub(crate) fn id(&self) -> String {
        match self {
            Self::Page { page, .. } => page.id.to_string(),
            Self::Comment { comment, .. } => comment.id.to_string(),
            Self::Attachment { attachment, .. } => attachment.spelled_id(),
            Self::Space(space) => space.id.to_string(),
        }
    }

    pub(crate) fn title(&self) -> Cow<'a, str> {
        match self {
            Self::Page { version, .. } => Cow::Borrowed(&*version.title),
            Self::Comment { page, .. } => Cow::Owned(format!("Re: {}", page.title)),
            Self::Attachment { attachment, .. } => Cow::Borrowed(&*attachment.name),
            Self::Space(space) => Cow::Borrowed(&*space.name),
        }
    }

    /// The text that excerpts are cut from.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Page { version, .. } => version.body.text(),
            Self::Comment { comment, .. } => comment.body.text(),
            Self::Attachment { attachment, .. } => attachment.comment.clone(),
            Self::Space(space) => space.description.clone(),
        }
    }

    pub(crate) fn modified(&self) -> Timestamp {
        match self {
            Self::Page { version, .. } => version.created_at,
            Self::Comment { comment, .. } => comment.created_at,
            Self::Attachment { attachment, .. } => attachment.created_at,
            Self::Space(space) => space.created_at,
        }
    }
}

/// A hit with what CQL may ask about it.
struct Candidate<'a> {
    site: &'a Site,
    hit: Hit<'a>,
    space: &'a Space,
}

impl Document for Candidate<'_> {
    fn kind(&self) -> &str {
        self.hit.kind()
    }

    fn id(&self) -> Cow<'_, str> {
        Cow::Owned(self.hit.id())
    }

    fn title(&self) -> &str {
        match &self.hit {
            Hit::Page { version, .. } => &version.title,
            // Its title is its page's; found by that, comments would bury the pages.
            Hit::Comment { .. } => "",
            Hit::Attachment { attachment, .. } => &attachment.name,
            Hit::Space(space) => &space.name,
        }
    }

    fn space_key(&self) -> &str {
        &self.space.key
    }

    fn space_title(&self) -> &str {
        &self.space.name
    }

    fn space_type(&self) -> &str {
        self.space.kind.as_str()
    }

    fn text(&self) -> Cow<'_, str> {
        Cow::Owned(self.hit.text())
    }

    fn any_label(&self, test: &mut dyn FnMut(&str) -> bool) -> bool {
        let labels = match &self.hit {
            Hit::Page { page, .. } => &page.labels,
            Hit::Attachment { attachment, .. } => &attachment.labels,
            Hit::Comment { .. } | Hit::Space(_) => return false,
        };
        labels.iter().any(|it| test(&it.name))
    }

    fn any_ancestor(&self, test: &mut dyn FnMut(&str) -> bool) -> bool {
        match &self.hit {
            Hit::Page { page, .. } => self.site.ancestors(page).any(|it| test(&it.id.to_string())),
            Hit::Comment { page, .. } | Hit::Attachment { page, .. } => {
                test(&page.id.to_string())
                    || self.site.ancestors(page).any(|it| test(&it.id.to_string()))
            }
            Hit::Space(_) => false,
        }
    }

    fn any_contributor(&self, test: &mut dyn FnMut(&str) -> bool) -> bool {
        match &self.hit {
            Hit::Page { page, .. } => page.versions.iter().any(|it| test(&it.author)),
            Hit::Comment { .. } | Hit::Attachment { .. } | Hit::Space(_) => test(self.creator()),
        }
    }

    fn parent(&self) -> Option<Cow<'_, str>> {
        match &self.hit {
            Hit::Page { page, .. } => page.parent.map(|it| Cow::Owned(it.to_string())),
            Hit::Comment { .. } | Hit::Attachment { .. } | Hit::Space(_) => None,
        }
    }

    fn container(&self) -> Option<Cow<'_, str>> {
        match &self.hit {
            Hit::Comment { page, .. } | Hit::Attachment { page, .. } => {
                Some(Cow::Owned(page.id.to_string()))
            }
            Hit::Page { .. } | Hit::Space(_) => None,
        }
    }

    fn creator(&self) -> &str {
        match &self.hit {
            Hit::Page { page, .. } => &page.author,
            Hit::Comment { comment, .. } => &comment.author,
            Hit::Attachment { attachment, .. } => &attachment.author,
            Hit::Space(space) => &space.author,
        }
    }

    fn created(&self) -> Timestamp {
        match &self.hit {
            Hit::Page { page, .. } => page.created_at,
            Hit::Comment { .. } | Hit::Attachment { .. } | Hit::Space(_) => self.hit.modified(),
        }
    }

    fn last_modified(&self) -> Timestamp {
        self.hit.modified()
    }
}

/// The page as the index knows it; deleted ones linger, new ones are not there yet.
fn indexed(page: &Page, lag: Duration, now: Timestamp) -> Option<Hit<'_>> {
    let listed = match page.status {
        Status::Current => true,
        Status::Trashed => page.trashed_at.is_some_and(|it| !has_arrived(it, lag, now)),
        Status::Archived | Status::Draft => false,
    };
    if !listed {
        return None;
    }
    let version = page.versions.iter().rev().find(|it| has_arrived(it.created_at, lag, now))?;
    Some(Hit::Page { page, version })
}

fn has_arrived(at: Timestamp, lag: Duration, now: Timestamp) -> bool {
    lag.is_zero() || clock::after(at, lag) <= now
}
