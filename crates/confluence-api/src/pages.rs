//! Pages (REST API v2, group `page`).

use bytes::Bytes;
use http::Method;
use serde::{Deserialize, Serialize};
use serde_with::{DefaultOnError, DisplayFromStr, serde_as};

use crate::{
    Endpoint, List, NoContent, Page, Query,
    body::{Bodies, BodyFormat, NewBody, PageBodyFormat},
    endpoint::json,
    id::{PageId, SpaceId},
    labels::Label,
    lenient::or_default,
    scope::Scope,
    versions::Version,
    word::words,
};

/// A page. Lists and single answers share the shape; only the id is certain.
#[serde_as]
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct PageDetail {
    /// Its id.
    pub id: PageId,
    /// Its title. Drafts may have none.
    #[serde(default, deserialize_with = "or_default")]
    pub title: String,
    /// `current`, `draft`, `archived`, `historical`, `trashed`, `deleted`, or a word to come.
    pub status: Option<String>,
    /// The space it is in.
    pub space_id: Option<SpaceId>,
    /// What it stands below. `None` at the top of a space, and in the trash.
    pub parent_id: Option<PageId>,
    /// `page`, `whiteboard`, `database`, `embed`, `folder`, or a word to come.
    pub parent_type: Option<String>,
    /// Place among its siblings.
    pub position: Option<i64>,
    /// `live` or `page`; only in lists.
    pub subtype: Option<String>,
    /// Account id of whoever created it.
    pub author_id: Option<String>,
    /// Account id of its owner.
    pub owner_id: Option<String>,
    /// When it was created.
    #[serde_as(as = "DefaultOnError<Option<DisplayFromStr>>")]
    #[serde(default)]
    pub created_at: Option<jiff::Timestamp>,
    /// The version that this answer shows.
    pub version: Option<Version>,
    /// Empty unless a format was asked for.
    pub body: Option<Bodies>,
    /// Its labels, if they were asked for.
    pub labels: Option<Page<Label>>,
    /// Addresses, relative to `base` or to the list's.
    #[serde(rename = "_links", default, deserialize_with = "or_default")]
    pub links: ContentLinks,
}

impl PageDetail {
    /// The content, in the format that was asked for; `None` if none was.
    pub fn body_text(&self) -> Option<&str> {
        self.body.as_ref()?.any()?.value.as_deref()
    }

    /// Number of the version that this answer shows.
    pub fn version_number(&self) -> Option<u64> {
        self.version.as_ref()?.number
    }
}

/// Addresses of content, as Confluence's own user interface spells them.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct ContentLinks {
    /// To read it, relative to `base`.
    pub webui: Option<String>,
    /// To edit it, relative to `base`.
    pub editui: Option<String>,
    /// The short form, relative to `base`.
    pub tinyui: Option<String>,
    /// To download an attachment, relative to `base`. Not dependable.
    pub download: Option<String>,
    /// The site's address with `/wiki`. Rows of a list leave it to the list.
    pub base: Option<String>,
}

words! {
    /// Which pages a list shows: `current` and `archived` unless told otherwise.
    PageListStatus {
        /// Published.
        Current = "current",
        /// Archived.
        Archived = "archived",
        /// Purged.
        Deleted = "deleted",
        /// In the trash.
        Trashed = "trashed",
    }
}

words! {
    /// Order of pages.
    PageSort {
        /// By id.
        Id = "id",
        /// By id, highest first.
        IdDescending = "-id",
        /// Oldest first.
        CreatedDate = "created-date",
        /// Newest first.
        CreatedDateDescending = "-created-date",
        /// Least recently changed first.
        ModifiedDate = "modified-date",
        /// Most recently changed first.
        ModifiedDateDescending = "-modified-date",
        /// By title.
        Title = "title",
        /// By title, last first.
        TitleDescending = "-title",
    }
}

words! {
    /// Status of a page that is written.
    NewPageStatus {
        /// Published.
        Current = "current",
        /// Seen by its author only.
        Draft = "draft",
    }
}

/// `GET /wiki/api/v2/pages`: pages of a site.
///
/// ```no_run
/// # async fn example(client: confluence_api::Client) -> Result<(), confluence_api::Error> {
/// use confluence_api::pages::ListPages;
///
/// let named = ListPages { title: Some("On-call handbook".to_owned()), ..ListPages::default() };
/// for page in client.send(&named).await?.results {
///     println!("{} {}", page.id, page.title);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default)]
pub struct ListPages {
    /// Only these pages; at most 250.
    pub ids: Vec<PageId>,
    /// Only pages of these spaces; at most 100.
    pub space_ids: Vec<SpaceId>,
    /// Only pages with this title: the whole title, in any case.
    pub title: Option<String>,
    /// Only pages in these states.
    pub statuses: Vec<PageListStatus>,
    /// Adds bodies.
    pub body_format: Option<BodyFormat>,
    /// Order of the rows.
    pub sort: Option<PageSort>,
    /// Rows per page: 1 to 250, 25 by default.
    pub limit: Option<u32>,
    /// Where to go on.
    pub cursor: Option<String>,
}

impl Endpoint for ListPages {
    type Response = Page<PageDetail>;
    const METHOD: Method = Method::GET;
    const SCOPES: &'static [Scope] = &[Scope::ReadPage];

    fn path(&self) -> String {
        "/wiki/api/v2/pages".to_owned()
    }

    fn query(&self, query: &mut Query) {
        query.push_all("id", &self.ids);
        query.push_all("space-id", &self.space_ids);
        query.push_some("title", self.title.as_deref());
        query.push_all("status", &self.statuses);
        query.push_some("body-format", self.body_format);
        query.push_some("sort", self.sort);
        query.push_some("limit", self.limit);
        query.push_some("cursor", self.cursor.as_deref());
    }
}

impl List for ListPages {
    type Item = PageDetail;

    fn set_cursor(&mut self, cursor: String) {
        self.cursor = Some(cursor);
    }
}

/// `GET /wiki/api/v2/pages/{id}`: one page.
///
/// ```no_run
/// # async fn example(client: confluence_api::Client) -> Result<(), Box<dyn std::error::Error>> {
/// use confluence_api::{body::PageBodyFormat, pages::GetPage};
///
/// let request =
///     GetPage { body_format: Some(PageBodyFormat::Storage), ..GetPage::new("98765".parse()?) };
/// let page = client.send(&request).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct GetPage {
    /// The page to fetch.
    pub id: PageId,
    /// Adds the body.
    pub body_format: Option<PageBodyFormat>,
    /// The draft instead of the published page.
    pub get_draft: bool,
    /// An earlier version.
    pub version: Option<u64>,
    /// Adds the labels.
    pub include_labels: bool,
}

impl GetPage {
    /// The published page, without its body.
    pub fn new(id: PageId) -> Self {
        Self { id, body_format: None, get_draft: false, version: None, include_labels: false }
    }
}

impl Endpoint for GetPage {
    type Response = PageDetail;
    const METHOD: Method = Method::GET;
    const SCOPES: &'static [Scope] = &[Scope::ReadPage];

    fn path(&self) -> String {
        format!("/wiki/api/v2/pages/{}", self.id)
    }

    fn query(&self, query: &mut Query) {
        query.push_some("body-format", self.body_format);
        query.push_flag("get-draft", self.get_draft);
        query.push_some("version", self.version);
        query.push_flag("include-labels", self.include_labels);
    }
}

/// `POST /wiki/api/v2/pages`: creates a page.
///
/// ```no_run
/// # async fn example(client: confluence_api::Client) -> Result<(), Box<dyn std::error::Error>> {
/// use confluence_api::{body::NewBody, pages::CreatePage};
///
/// let body = NewBody::storage("<p>Present: everyone.</p>");
/// let minutes = CreatePage::new("65538".parse()?, "Minutes of Monday", body);
/// let below = CreatePage { parent_id: Some("98765".parse()?), ..minutes };
/// let page = client.send(&below).await?;
/// println!("created {}", page.id);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CreatePage {
    /// The space to create it in.
    pub space_id: SpaceId,
    /// Published unless told otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<NewPageStatus>,
    /// Required unless it is a draft; unique in the space.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The space's home page unless told otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent_id: Option<PageId>,
    /// The content; 5 MB at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<NewBody>,
}

impl CreatePage {
    /// A published page below the home page of a space.
    pub fn new(space_id: SpaceId, title: impl Into<String>, body: NewBody) -> Self {
        let (title, body) = (Some(title.into()), Some(body));
        Self { space_id, status: None, title, parent_id: None, body }
    }
}

impl Endpoint for CreatePage {
    type Response = PageDetail;
    const METHOD: Method = Method::POST;
    const SCOPES: &'static [Scope] = &[Scope::WritePage];

    fn path(&self) -> String {
        "/wiki/api/v2/pages".to_owned()
    }

    fn body(&self) -> Result<Option<Bytes>, serde_json::Error> {
        json(self)
    }
}

/// `PUT /wiki/api/v2/pages/{id}`: replaces the content of a page.
///
/// Somebody else's change in between is a [`Conflict`](crate::ApiErrorKind::Conflict): read the page
/// again, put both changes together, and send that with the next number.
///
/// ```no_run
/// # async fn example(client: confluence_api::Client) -> Result<(), Box<dyn std::error::Error>> {
/// use confluence_api::{
///     body::{NewBody, PageBodyFormat},
///     pages::{GetPage, NewVersion, UpdatePage},
/// };
///
/// let id: confluence_api::id::PageId = "98765".parse()?;
/// let read = GetPage { body_format: Some(PageBodyFormat::Storage), ..GetPage::new(id.clone()) };
/// let page = client.send(&read).await?;
/// let text = format!("{}<p>One more line.</p>", page.body_text().unwrap_or_default());
/// let number = page.version_number().unwrap_or_default() + 1;
/// let version = NewVersion { message: Some("one more line".to_owned()), number };
/// client.send(&UpdatePage::new(id, page.title, NewBody::storage(text), version)).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UpdatePage {
    /// The page to update. Confluence wants it in the path and in the body.
    pub id: PageId,
    /// `current` publishes.
    pub status: NewPageStatus,
    /// The title, also if it stays.
    pub title: String,
    /// The space it is in. It cannot change.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub space_id: Option<SpaceId>,
    /// A new parent in the same space. Left out, the page stays where it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent_id: Option<PageId>,
    /// The whole new content.
    pub body: NewBody,
    /// The version that this makes.
    pub version: NewVersion,
}

impl UpdatePage {
    /// Publishes a version; the page stays where it is.
    pub fn new(
        id: PageId,
        title: impl Into<String>,
        body: NewBody,
        version: impl Into<NewVersion>,
    ) -> Self {
        Self {
            id,
            status: NewPageStatus::Current,
            title: title.into(),
            space_id: None,
            parent_id: None,
            body,
            version: version.into(),
        }
    }
}

/// The version that an update makes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewVersion {
    /// The current number plus one; 1 for a draft.
    pub number: u64,
    /// What to say about the change.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// The version of this number, without a message.
impl From<u64> for NewVersion {
    fn from(number: u64) -> Self {
        Self { number, message: None }
    }
}

impl Endpoint for UpdatePage {
    type Response = PageDetail;
    const METHOD: Method = Method::PUT;
    const SCOPES: &'static [Scope] = &[Scope::WritePage];

    fn path(&self) -> String {
        format!("/wiki/api/v2/pages/{}", self.id)
    }

    fn body(&self) -> Result<Option<Bytes>, serde_json::Error> {
        json(self)
    }
}

/// `DELETE /wiki/api/v2/pages/{id}`: moves a page to the trash.
#[derive(Debug, Clone)]
pub struct DeletePage {
    /// The page to delete.
    pub id: PageId,
    /// Delete it from the trash, where it has to be already. Needs space administration.
    pub purge: bool,
    /// Discard its draft, for good.
    pub draft: bool,
}

impl DeletePage {
    /// Moves the published page to the trash.
    pub fn new(id: PageId) -> Self {
        Self { id, purge: false, draft: false }
    }
}

impl Endpoint for DeletePage {
    type Response = NoContent;
    const METHOD: Method = Method::DELETE;
    const SCOPES: &'static [Scope] = &[Scope::DeletePage];

    fn path(&self) -> String {
        format!("/wiki/api/v2/pages/{}", self.id)
    }

    fn query(&self, query: &mut Query) {
        query.push_flag("purge", self.purge);
        query.push_flag("draft", self.draft);
    }
}
