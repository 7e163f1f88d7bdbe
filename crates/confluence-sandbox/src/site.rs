//! The content of the site: spaces, the tree of pages and all that hangs on them.
//!
//! Everything here is plain data with indexes, free of HTTP. Reads take a [`User`] where what
//! they may see matters; writes check permissions and state, and say with a [`Refusal`] why not.

mod attachment;
mod body;
mod comment;
mod comment_writes;
mod generate;
mod index;
mod label;
mod lookup;
mod page;
mod page_writes;
mod permission;
mod refusal;
mod search;
mod seed;
mod space;
mod tree;
mod user;

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

pub(crate) use attachment::Attachment;
pub(crate) use body::{Body, Draft, Markup, escape};
pub(crate) use comment::{Comment, Inline, NewComment, Target};
pub(crate) use index::{Order, OrderKey, Position};
pub(crate) use label::{Label, NewLabel, Prefix};
pub(crate) use lookup::PageFilter;
pub(crate) use page::{Kind, Page, Status, Version};
pub(crate) use page_writes::{Destination, NewPage, PageUpdate, Removal};
pub(crate) use permission::Audience;
pub(crate) use refusal::Refusal;
pub(crate) use search::{Hit, Spaces};
pub(crate) use space::{Space, SpaceKind};
pub(crate) use user::User;

/// Id of a page, folder, comment or attachment: they share one sequence.
pub(crate) type ContentId = u64;
/// Id of a space.
pub(crate) type SpaceId = u64;

/// The whole site.
#[derive(Debug)]
pub(crate) struct Site {
    spaces: BTreeMap<SpaceId, Space>,
    pages: BTreeMap<ContentId, Box<Page>>,
    index: index::PageIndex,
    comments: BTreeMap<ContentId, Comment>,
    page_comments: HashMap<ContentId, Vec<ContentId>>,
    replies: HashMap<ContentId, Vec<ContentId>>,
    attachments: BTreeMap<ContentId, Attachment>,
    page_attachments: HashMap<ContentId, Vec<ContentId>>,
    label_ids: HashMap<(Prefix, Arc<str>), ContentId>,
    users: Vec<Arc<User>>,
    next_id: ContentId,
}

impl Site {
    /// A site with people but without any space.
    pub(crate) fn new(users: Vec<User>) -> Self {
        Self {
            spaces: BTreeMap::new(),
            pages: BTreeMap::new(),
            index: index::PageIndex::default(),
            comments: BTreeMap::new(),
            page_comments: HashMap::new(),
            replies: HashMap::new(),
            attachments: BTreeMap::new(),
            page_attachments: HashMap::new(),
            label_ids: HashMap::new(),
            users: users.into_iter().map(Arc::new).collect(),
            next_id: FIRST_ID,
        }
    }

    fn allocate(&mut self) -> ContentId {
        let id = self.next_id;
        self.next_id += ID_STEP;
        id
    }

    /// Keeps new ids clear of one that came with the content.
    fn reserve(&mut self, id: ContentId) {
        self.next_id = self.next_id.max(id + ID_STEP);
    }
}

/// Where ids start on an empty site.
const FIRST_ID: ContentId = 327_681;

/// How far ids are apart.
///
/// Atlassian's are not consecutive either; code that counts on `id + 1` should fail here too.
const ID_STEP: ContentId = 7;
