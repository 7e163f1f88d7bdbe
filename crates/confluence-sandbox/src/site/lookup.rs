//! Finding and listing pages.

use super::{
    ContentId, Kind, Order, Page, Position, Site, SpaceId, Status,
    index::{Lane, fold},
};

/// Which pages a listing is about; what is left empty does not narrow.
#[derive(Debug, Default)]
pub(crate) struct PageFilter {
    pub(crate) ids: Vec<ContentId>,
    pub(crate) spaces: Vec<SpaceId>,
    pub(crate) statuses: Vec<Status>,
    pub(crate) title: Option<String>,
    /// Only pages at the top of their space.
    pub(crate) root_only: bool,
}

impl Site {
    /// The page with that id; folders are no pages.
    pub(crate) fn page(&self, id: ContentId) -> Option<&Page> {
        self.entry(id).filter(|it| it.kind == Kind::Page)
    }

    /// The page or folder with that id.
    pub(crate) fn entry(&self, id: ContentId) -> Option<&Page> {
        self.pages.get(&id).map(|it| &**it)
    }

    /// At most `limit` pages behind `after`, and where they end if there are more.
    ///
    /// Permissions play no part yet: Confluence filters after it has cut the page.
    pub(crate) fn list(
        &self,
        filter: &PageFilter,
        order: Order,
        after: Option<&Position>,
        limit: usize,
    ) -> (Vec<&Page>, Option<Position>) {
        let mut positions = match self.candidates(filter) {
            Some(candidates) => {
                let mut positions: Vec<_> = candidates
                    .into_iter()
                    .filter_map(|id| self.page(id))
                    .filter(|page| filter.admits(page))
                    .map(|page| order.position(page))
                    .filter(|it| after.is_none_or(|after| order.directed(it.cmp(after)).is_gt()))
                    .collect();
                positions.sort_by(|one, other| order.directed(one.cmp(other)));
                positions.dedup();
                positions
            }
            None => self.index.listing(&self.lanes(filter), order, after, limit + 1),
        };
        let more = positions.len() > limit;
        positions.truncate(limit);
        let next = if more { positions.last().cloned() } else { None };
        (positions.iter().filter_map(|it| self.page(it.id)).collect(), next)
    }

    /// The few pages to look at when the filter names them, in no particular order.
    fn candidates(&self, filter: &PageFilter) -> Option<Vec<ContentId>> {
        if !filter.ids.is_empty() {
            return Some(filter.ids.clone());
        }
        if let Some(title) = &filter.title {
            let lanes = self.lanes(filter);
            return Some(lanes.iter().flat_map(|it| self.index.titled(*it, title)).collect());
        }
        filter.root_only.then(|| self.index.children(None).collect())
    }

    fn lanes(&self, filter: &PageFilter) -> Vec<Lane> {
        let spaces: Vec<SpaceId> = if filter.spaces.is_empty() {
            self.spaces.keys().copied().collect()
        } else {
            // Ids that no space has would lead into the lanes of others.
            let known = filter.spaces.iter().copied().filter(|it| self.spaces.contains_key(it));
            let mut spaces: Vec<SpaceId> = known.collect();
            spaces.sort_unstable();
            spaces.dedup();
            spaces
        };
        spaces
            .into_iter()
            .flat_map(|space| filter.statuses.iter().map(move |it| Lane::new(space, *it)))
            .collect()
    }

    /// Whether a published or archived page of the space has that title.
    pub(super) fn title_taken(
        &self,
        space: SpaceId,
        title: &str,
        except: Option<ContentId>,
    ) -> bool {
        [Status::Current, Status::Archived]
            .into_iter()
            .flat_map(|it| self.index.titled(Lane::new(space, it), title))
            .any(|it| Some(it) != except)
    }

    /// The page that a link by title means.
    pub(crate) fn page_titled(&self, space: SpaceId, title: &str) -> Option<&Page> {
        self.index
            .titled(Lane::new(space, Status::Current), title)
            .first()
            .and_then(|it| self.page(*it))
    }
}

impl PageFilter {
    fn admits(&self, page: &Page) -> bool {
        self.statuses.contains(&page.status)
            && (self.spaces.is_empty() || self.spaces.contains(&page.space))
            && self.title.as_deref().is_none_or(|it| fold(it) == fold(&page.title))
            && (!self.root_only || page.parent.is_none())
    }
}
