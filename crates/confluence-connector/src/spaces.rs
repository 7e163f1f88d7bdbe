//! Which spaces are open to a caller, and where pages, comments and spaces belong.

use std::{
    collections::{BTreeSet, HashMap},
    fmt,
    sync::Arc,
    time::Duration,
};

use async_trait::async_trait;
use confluence_api::{
    Client, Error,
    comments::GetFooterComment,
    id::{CommentId, PageId, SpaceId},
    pages::GetPage,
    spaces::{GetSpace, ListSpaces},
};
use confluence_tools::{
    Gate, Place, Verdict,
    cql::{Expression, Name, Operator},
};
use moka::sync::Cache;

use crate::{Limits, SpaceKey, SpaceRef};

/// How many pages, comments and spaces are remembered, of each, for all callers together.
const REMEMBERED: u64 = 50_000;

/// How long the space of a page is remembered. It can be moved to another.
const PAGE_TIME: Duration = Duration::from_mins(1);

/// How long the page of a comment and the key of a space are remembered. Neither ever changes;
/// what is gone need not be kept.
const OTHER_TIME: Duration = Duration::from_hours(1);

/// How many spaces Confluence gives at once.
const MAX_SPACES: usize = 250;

/// Tells the clients apart whose answers are remembered: each has a site, and rights, of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct ClientId(pub(crate) u64);

/// What has been looked up.
#[derive(Clone)]
pub(crate) struct Whereabouts {
    pages: Cache<(ClientId, PageId), SpaceId>,
    comments: Cache<(ClientId, CommentId), PageId>,
    spaces: Cache<(ClientId, SpaceId), SpaceKey>,
}

impl Default for Whereabouts {
    fn default() -> Self {
        fn cache<K, V>(time: Duration) -> Cache<K, V>
        where
            K: std::hash::Hash + Eq + Send + Sync + 'static,
            V: Clone + Send + Sync + 'static,
        {
            Cache::builder().max_capacity(REMEMBERED).time_to_live(time).build()
        }
        Self { pages: cache(PAGE_TIME), comments: cache(OTHER_TIME), spaces: cache(OTHER_TIME) }
    }
}

/// Applies a policy on spaces to the calls of one client.
pub(crate) struct SpaceGate {
    limits: Limits<SpaceRef>,
    client: ClientId,
    known: Arc<Whereabouts>,
}

impl fmt::Debug for SpaceGate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SpaceGate").field("limits", &self.limits).finish_non_exhaustive()
    }
}

/// Whether two are the same space; `None` if what is known of them does not tell.
fn same(entry: &SpaceRef, id: &SpaceId, key: Option<&SpaceKey>) -> Option<bool> {
    match (&entry.id, key) {
        (Some(own), _) if own == id => Some(true),
        (_, Some(key)) => Some(entry.key == *key),
        (Some(_), None) => Some(false),
        (None, None) => None,
    }
}

impl SpaceGate {
    pub(crate) fn new(limits: Limits<SpaceRef>, client: ClientId, known: Arc<Whereabouts>) -> Self {
        Self { limits, client, known }
    }

    /// Whether the space is open; `None` if its key has to be known for that.
    fn decide(&self, id: &SpaceId, key: Option<&SpaceKey>) -> Option<bool> {
        let among = |spaces: &BTreeSet<SpaceRef>| {
            let answers: Vec<_> = spaces.iter().map(|it| same(it, id, key)).collect();
            let unsure = answers.contains(&None);
            if answers.contains(&Some(true)) { Some(true) } else { (!unsure).then_some(false) }
        };
        if among(&self.limits.denied)? {
            return Some(false);
        }
        self.limits.allowed.as_ref().map_or(Some(true), among)
    }

    /// Whether a space is open of which only the key is known.
    fn decide_by_key(&self, key: &str) -> Verdict {
        let Ok(key) = key.parse::<SpaceKey>() else { return Verdict::Unknown };
        let names = |spaces: &BTreeSet<SpaceRef>| spaces.iter().any(|it| it.key == key);
        let open = self.limits.allowed.as_ref().is_none_or(names) && !names(&self.limits.denied);
        verdict(open)
    }

    /// The spaces that are open, where they are named.
    fn open(&self) -> Option<impl Iterator<Item = &SpaceRef>> {
        let Limits { allowed, denied } = &self.limits;
        let closed = |space: &SpaceRef| denied.iter().any(|it| it.key == space.key);
        Some(allowed.as_ref()?.iter().filter(move |it| !closed(it)))
    }

    async fn space(&self, client: &Client, id: &SpaceId) -> Result<Verdict, Error> {
        if let Some(open) = self.decide(id, None) {
            return Ok(verdict(open));
        }
        self.learn_keys(client, [id]).await?;
        let key = self.known.spaces.get(&(self.client, id.clone()));
        let open = key.and_then(|key| self.decide(id, Some(&key)));
        Ok(open.map_or(Verdict::Unknown, verdict))
    }

    /// Looks up the keys of those spaces that cannot be judged without: one request for all.
    async fn learn_keys(
        &self,
        client: &Client,
        ids: impl IntoIterator<Item = &SpaceId>,
    ) -> Result<(), Error> {
        let is_needed = |id: &&SpaceId| {
            let known = self.known.spaces.contains_key(&(self.client, (*id).clone()));
            !known && self.decide(id, None).is_none()
        };
        let needed: BTreeSet<&SpaceId> = ids.into_iter().filter(is_needed).collect();
        let needed: Vec<SpaceId> = needed.into_iter().take(MAX_SPACES).cloned().collect();
        let spaces = match needed.as_slice() {
            [] => return Ok(()),
            [id] => match client.send(&GetSpace { id: id.clone(), description_format: None }).await
            {
                Ok(space) => vec![space],
                Err(error) if error.is_not_found() => Vec::new(),
                Err(error) => return Err(error),
            },
            _ => {
                let limit = u32::try_from(needed.len()).ok();
                let endpoint = ListSpaces { ids: needed, limit, ..ListSpaces::default() };
                client.send(&endpoint).await?.results
            }
        };
        for space in spaces {
            self.learn_key(space.id, &space.key);
        }
        Ok(())
    }

    fn learn_key(&self, id: SpaceId, key: &str) {
        if let Ok(key) = key.parse() {
            self.known.spaces.insert((self.client, id), key);
        }
    }

    async fn page(&self, client: &Client, id: &PageId, draft: bool) -> Result<Verdict, Error> {
        let place = (self.client, id.clone());
        let space = if let Some(space) = self.known.pages.get(&place) {
            space
        } else {
            let endpoint = GetPage { get_draft: draft, ..GetPage::new(id.clone()) };
            let Some(space) = client.send(&endpoint).await?.space_id else {
                return Ok(Verdict::Unknown);
            };
            self.known.pages.insert(place, space.clone());
            space
        };
        self.space(client, &space).await
    }

    async fn comment(&self, client: &Client, id: &CommentId) -> Result<Verdict, Error> {
        let place = (self.client, id.clone());
        let page = if let Some(page) = self.known.comments.get(&place) {
            page
        } else {
            let comment = client.send(&GetFooterComment::new(id.clone())).await?;
            let Some(page) = comment.page_id else { return Ok(Verdict::Unknown) };
            self.known.comments.insert(place, page.clone());
            page
        };
        self.page(client, &page, false).await
    }

    async fn place(&self, client: &Client, place: &Place) -> Result<Verdict, Error> {
        match place {
            Place::Space(id) => self.space(client, id).await,
            Place::SpaceKey(key) => Ok(self.decide_by_key(key)),
            Place::KnownSpace { id, key } => {
                self.learn_key(id.clone(), key);
                let open = key.parse().ok().and_then(|key| self.decide(id, Some(&key)));
                Ok(open.map_or(Verdict::Unknown, verdict))
            }
            Place::Page { id, draft } => self.page(client, id, *draft).await,
            Place::KnownPage { id, space } => {
                self.known.pages.insert((self.client, id.clone()), space.clone());
                self.space(client, space).await
            }
            Place::Parent(id) => match self.page(client, id, false).await {
                // A folder, for example: nothing that the connector may read says where it is.
                Err(error) if error.is_not_found() => Ok(Verdict::Unknown),
                other => other,
            },
            Place::Comment(id) => self.comment(client, id).await,
            Place::Unknown => Ok(Verdict::Unknown),
        }
    }
}

fn verdict(open: bool) -> Verdict {
    if open { Verdict::Open } else { Verdict::Closed }
}

#[async_trait]
impl Gate for SpaceGate {
    async fn judge(&self, client: &Client, places: &[Place]) -> Result<Vec<Verdict>, Error> {
        let spaces: Vec<&SpaceId> = places
            .iter()
            .filter_map(|place| match place {
                Place::Space(id) | Place::KnownPage { space: id, .. } => Some(id),
                Place::SpaceKey(_)
                | Place::KnownSpace { .. }
                | Place::Page { .. }
                | Place::Parent(_)
                | Place::Comment(_)
                | Place::Unknown => None,
            })
            .collect();
        if spaces.len() > 1 {
            self.learn_keys(client, spaces).await?;
        }
        let mut verdicts = Vec::with_capacity(places.len());
        // A list names the same few spaces again and again.
        let mut judged: HashMap<&Place, Verdict> = HashMap::new();
        for place in places {
            let verdict = match judged.get(place) {
                Some(verdict) => *verdict,
                None => self.place(client, place).await?,
            };
            judged.insert(place, verdict);
            verdicts.push(verdict);
        }
        Ok(verdicts)
    }

    fn space_ids(&self) -> Option<Vec<SpaceId>> {
        self.open()?.map(|it| it.id.clone()).collect()
    }

    fn space_keys(&self) -> Option<Vec<String>> {
        Some(self.open()?.map(|it| it.key.as_str().to_owned()).collect())
    }

    fn condition(&self) -> Option<Expression> {
        let space = Name::new("space").expect("`space` is a name");
        let of = |operator, spaces: &BTreeSet<SpaceRef>| {
            Expression::one_of(&space, operator, spaces.iter().map(|it| it.key.as_str()))
        };
        let denied = of(Operator::NotIn, &self.limits.denied);
        let Some(allowed) = &self.limits.allowed else { return denied };
        let allowed = of(Operator::In, allowed)?;
        Some(match denied {
            Some(denied) => Expression::And(vec![allowed, denied]),
            None => allowed,
        })
    }
}
