//! Sorted indexes over pages, so that no listing has to look at all of them.
//!
//! Every index is cut into lanes, one per space and status. A listing merges the lanes it asks
//! for and stops after its limit, in whichever of the four orders.

use std::{
    collections::BTreeSet,
    iter::Peekable,
    ops::Bound::{Excluded, Included},
    sync::Arc,
};

use serde::{Deserialize, Serialize};

use super::{ContentId, Kind, Page, SpaceId, Status};

/// What pages are sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OrderKey {
    Id,
    Created,
    Modified,
    Title,
}

/// A key and a direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Order {
    pub(crate) key: OrderKey,
    pub(crate) descending: bool,
}

/// Where a page stands in an order: what a cursor remembers.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Position {
    pub(crate) key: SortValue,
    pub(crate) id: ContentId,
}

/// The value sorted by; equal ones are told apart by id.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum SortValue {
    Nothing,
    Moment(i64),
    Text(Arc<str>),
}

/// Pages of one space with one status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Lane(u64);

impl Lane {
    pub(crate) fn new(space: SpaceId, status: Status) -> Self {
        let status = match status {
            Status::Current => 0,
            Status::Archived => 1,
            Status::Trashed => 2,
            Status::Draft => 3,
        };
        Self(space << 2 | status)
    }
}

/// The indexes over all pages, and over the tree they form with folders.
#[derive(Debug, Default)]
pub(super) struct PageIndex {
    by_id: BTreeSet<(Lane, ContentId)>,
    by_created: BTreeSet<(Lane, i64, ContentId)>,
    by_modified: BTreeSet<(Lane, i64, ContentId)>,
    by_title: BTreeSet<(Lane, Arc<str>, ContentId)>,
    children: BTreeSet<(ContentId, i32, ContentId)>,
}

/// Stands for the top of the tree, which no content has as its id.
const TOP: ContentId = 0;

impl PageIndex {
    pub(super) fn insert(&mut self, page: &Page) {
        if page.status.is_in_tree() {
            self.children.insert((page.parent.unwrap_or(TOP), page.position, page.id));
        }
        if page.kind == Kind::Page {
            let lane = Lane::new(page.space, page.status);
            self.by_id.insert((lane, page.id));
            self.by_created.insert((lane, page.created_at.as_millisecond(), page.id));
            self.by_modified.insert((lane, page.latest().created_at.as_millisecond(), page.id));
            self.by_title.insert((lane, fold(&page.title), page.id));
        }
    }

    /// Takes a page out; it must not have changed since it was put in.
    pub(super) fn remove(&mut self, page: &Page) {
        self.children.remove(&(page.parent.unwrap_or(TOP), page.position, page.id));
        let lane = Lane::new(page.space, page.status);
        self.by_id.remove(&(lane, page.id));
        self.by_created.remove(&(lane, page.created_at.as_millisecond(), page.id));
        self.by_modified.remove(&(lane, page.latest().created_at.as_millisecond(), page.id));
        self.by_title.remove(&(lane, fold(&page.title), page.id));
    }

    /// Ids of the entries directly below, in the order people see.
    pub(super) fn children(
        &self,
        parent: Option<ContentId>,
    ) -> impl DoubleEndedIterator<Item = ContentId> + '_ {
        let parent = parent.unwrap_or(TOP);
        self.children
            .range((parent, i32::MIN, 0)..=(parent, i32::MAX, ContentId::MAX))
            .map(|&(_, _, id)| id)
    }

    /// A position behind all present children.
    pub(super) fn next_position(&self, parent: Option<ContentId>) -> i32 {
        let parent = parent.unwrap_or(TOP);
        self.children
            .range((parent, i32::MIN, 0)..=(parent, i32::MAX, ContentId::MAX))
            .next_back()
            .map_or(POSITION_STEP, |&(_, position, _)| position.saturating_add(POSITION_STEP))
    }

    /// Ids of pages with exactly that title, but for case.
    pub(super) fn titled(&self, lane: Lane, title: &str) -> Vec<ContentId> {
        let title = fold(title);
        self.by_title
            .range((lane, Arc::clone(&title), 0)..=(lane, title, ContentId::MAX))
            .map(|&(_, _, id)| id)
            .collect()
    }

    /// At most `limit` positions behind `after` in the merged order of the lanes.
    pub(super) fn listing(
        &self,
        lanes: &[Lane],
        order: Order,
        after: Option<&Position>,
        limit: usize,
    ) -> Vec<Position> {
        let mut streams: Vec<Peekable<Box<dyn Iterator<Item = Position> + '_>>> =
            lanes.iter().map(|&lane| self.stream(lane, order, after).peekable()).collect();
        let mut listed = Vec::new();
        while listed.len() < limit {
            let nearest = streams
                .iter_mut()
                .enumerate()
                .filter_map(|(at, stream)| stream.peek().map(|it| (it.clone(), at)))
                .min_by(|(one, _), (other, _)| order.directed(one.cmp(other)));
            let Some((_, at)) = nearest else { break };
            listed.extend(streams[at].next());
        }
        listed
    }

    fn stream(
        &self,
        lane: Lane,
        order: Order,
        after: Option<&Position>,
    ) -> Box<dyn Iterator<Item = Position> + '_> {
        match order.key {
            OrderKey::Id => {
                let after = after.map(|it| (lane, it.id));
                let whole = ((lane, 0), (lane, ContentId::MAX));
                directed(order, &self.by_id, after, whole, |&(_, id)| Position {
                    key: SortValue::Nothing,
                    id,
                })
            }
            OrderKey::Created | OrderKey::Modified => {
                let index = if order.key == OrderKey::Created {
                    &self.by_created
                } else {
                    &self.by_modified
                };
                let after = after.and_then(|it| match it.key {
                    SortValue::Moment(moment) => Some((lane, moment, it.id)),
                    SortValue::Nothing | SortValue::Text(_) => None,
                });
                let whole = ((lane, i64::MIN, 0), (lane, i64::MAX, ContentId::MAX));
                directed(order, index, after, whole, |&(_, moment, id)| Position {
                    key: SortValue::Moment(moment),
                    id,
                })
            }
            OrderKey::Title => {
                let after = after.and_then(|it| match &it.key {
                    SortValue::Text(title) => Some((lane, Arc::clone(title), it.id)),
                    SortValue::Nothing | SortValue::Moment(_) => None,
                });
                let whole = ((lane, "".into(), 0), (Lane(lane.0 + 1), "".into(), 0));
                directed(order, &self.by_title, after, whole, |(_, title, id)| Position {
                    key: SortValue::Text(Arc::clone(title)),
                    id: *id,
                })
            }
        }
    }
}

fn directed<'a, T: Ord + Clone>(
    order: Order,
    index: &'a BTreeSet<T>,
    after: Option<T>,
    (first, last): (T, T),
    position: impl Fn(&T) -> Position + 'a,
) -> Box<dyn Iterator<Item = Position> + 'a> {
    if order.descending {
        let end = after.map_or(Included(last), Excluded);
        let range = index.range((Included(first), end));
        Box::new(range.rev().map(position))
    } else {
        let start = after.map_or(Included(first), Excluded);
        let range = index.range((start, Included(last)));
        Box::new(range.map(position))
    }
}

impl Order {
    pub(crate) fn directed(self, ordering: std::cmp::Ordering) -> std::cmp::Ordering {
        if self.descending { ordering.reverse() } else { ordering }
    }

    /// Where the page stands in this order.
    pub(crate) fn position(self, page: &Page) -> Position {
        let key = match self.key {
            OrderKey::Id => SortValue::Nothing,
            OrderKey::Created => SortValue::Moment(page.created_at.as_millisecond()),
            OrderKey::Modified => SortValue::Moment(page.latest().created_at.as_millisecond()),
            OrderKey::Title => SortValue::Text(fold(&page.title)),
        };
        Position { key, id: page.id }
    }
}

/// Room between siblings, so that something can be moved between them later.
const POSITION_STEP: i32 = 1000;

/// A title as titles are compared: without regard to case.
pub(crate) fn fold(title: &str) -> Arc<str> {
    title.to_lowercase().into()
}
