//! The page tree (REST API v2, groups `children`, `ancestors` and `descendants`).

use http::Method;
use serde::Deserialize;

use crate::{
    Endpoint, List, Page, Query,
    id::{PageId, SpaceId},
    lenient::or_default,
    scope::Scope,
    word::words,
};

/// A child or a descendant: a page, folder, whiteboard, database or embed.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Node {
    /// Its id.
    pub id: PageId,
    /// Its title.
    #[serde(default, deserialize_with = "or_default")]
    pub title: String,
    /// `current` or `archived`; others have been seen.
    pub status: Option<String>,
    /// `page`, `folder`, `whiteboard`, `database`, `embed`, or a word to come.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// The space it is in. Documented for children, left out by live sites.
    pub space_id: Option<SpaceId>,
    /// What it stands below; only for descendants.
    pub parent_id: Option<PageId>,
    /// How far below, 1 for a child; only for descendants.
    pub depth: Option<u32>,
    /// Place among its siblings.
    pub child_position: Option<i64>,
}

/// An ancestor. Confluence gives no title: ask [`ListPages`](crate::pages::ListPages) by ids.
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct Ancestor {
    /// Its id.
    pub id: PageId,
    /// `page`, `folder`, `whiteboard`, `database`, `embed`, or a word to come.
    #[serde(rename = "type")]
    pub kind: Option<String>,
}

words! {
    /// Order of children.
    ChildSort {
        /// As arranged in the page tree.
        ChildPosition = "child-position",
        /// As arranged, last first.
        ChildPositionDescending = "-child-position",
        /// Oldest first.
        CreatedDate = "created-date",
        /// Newest first.
        CreatedDateDescending = "-created-date",
        /// Least recently changed first.
        ModifiedDate = "modified-date",
        /// Most recently changed first.
        ModifiedDateDescending = "-modified-date",
        /// By id.
        Id = "id",
        /// By id, highest first.
        IdDescending = "-id",
        /// By title.
        Title = "title",
        /// By title, last first.
        TitleDescending = "-title",
    }
}

/// `GET /wiki/api/v2/pages/{id}/direct-children`: what stands directly below a page.
///
/// The older `/children` leaves out folders and everything below them; it is not used.
///
/// ```no_run
/// # async fn example(client: confluence_api::Client) -> Result<(), Box<dyn std::error::Error>> {
/// use confluence_api::content::ListChildren;
///
/// for child in client.send(&ListChildren::new("98765".parse()?)).await?.results {
///     println!("{} {}", child.id, child.title);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct ListChildren {
    /// The page above.
    pub id: PageId,
    /// Order of the rows.
    pub sort: Option<ChildSort>,
    /// Rows per page: 1 to 250, 25 by default.
    pub limit: Option<u32>,
    /// Where to go on.
    pub cursor: Option<String>,
}

impl ListChildren {
    /// The first page of children.
    pub fn new(id: PageId) -> Self {
        Self { id, sort: None, limit: None, cursor: None }
    }
}

impl Endpoint for ListChildren {
    type Response = Page<Node>;
    const METHOD: Method = Method::GET;
    const SCOPES: &'static [Scope] = &[Scope::ReadHierarchicalContent];

    fn path(&self) -> String {
        format!("/wiki/api/v2/pages/{}/direct-children", self.id)
    }

    fn query(&self, query: &mut Query) {
        query.push_some("sort", self.sort);
        query.push_some("limit", self.limit);
        query.push_some("cursor", self.cursor.as_deref());
    }
}

impl List for ListChildren {
    type Item = Node;

    fn set_cursor(&mut self, cursor: String) {
        self.cursor = Some(cursor);
    }
}

/// `GET /wiki/api/v2/pages/{id}/ancestors`: the way up, top first.
///
/// It has no cursor: for what lies further up, ask again with the first ancestor's id.
#[derive(Debug, Clone)]
pub struct ListAncestors {
    /// The page below.
    pub id: PageId,
    /// How many at most: 1 to 250, 25 by default.
    pub limit: Option<u32>,
}

impl ListAncestors {
    /// The way up, as far as one answer goes.
    pub fn new(id: PageId) -> Self {
        Self { id, limit: None }
    }
}

impl Endpoint for ListAncestors {
    type Response = Page<Ancestor>;
    const METHOD: Method = Method::GET;
    const SCOPES: &'static [Scope] = &[Scope::ReadContentMetadata];

    fn path(&self) -> String {
        format!("/wiki/api/v2/pages/{}/ancestors", self.id)
    }

    fn query(&self, query: &mut Query) {
        query.push_some("limit", self.limit);
    }
}

/// `GET /wiki/api/v2/pages/{id}/descendants`: everything below a page, level by level.
#[derive(Debug, Clone)]
pub struct ListDescendants {
    /// The page above.
    pub id: PageId,
    /// How far down: 1 to 10, 2 by default.
    pub depth: Option<u32>,
    /// Rows per page: 1 to 250, 25 by default.
    pub limit: Option<u32>,
    /// Where to go on.
    pub cursor: Option<String>,
}

impl ListDescendants {
    /// Two levels down.
    pub fn new(id: PageId) -> Self {
        Self { id, depth: None, limit: None, cursor: None }
    }
}

impl Endpoint for ListDescendants {
    type Response = Page<Node>;
    const METHOD: Method = Method::GET;
    const SCOPES: &'static [Scope] = &[Scope::ReadHierarchicalContent];

    fn path(&self) -> String {
        format!("/wiki/api/v2/pages/{}/descendants", self.id)
    }

    fn query(&self, query: &mut Query) {
        query.push_some("depth", self.depth);
        query.push_some("limit", self.limit);
        query.push_some("cursor", self.cursor.as_deref());
    }
}

impl List for ListDescendants {
    type Item = Node;

    fn set_cursor(&mut self, cursor: String) {
        self.cursor = Some(cursor);
    }
}
