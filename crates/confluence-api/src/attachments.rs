//! Attachments (REST API v2, group `attachment`).

use http::Method;
use serde::Deserialize;
use serde_with::{DefaultOnError, DisplayFromStr, serde_as};

use crate::{
    Endpoint, List, Page, Query,
    id::{AttachmentId, PageId},
    lenient::{id_text, or_default},
    pages::ContentLinks,
    scope::Scope,
    versions::Version,
    word::words,
};

/// A file attached to a page.
#[serde_as]
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Attachment {
    /// Its id, such as `att98306`.
    pub id: AttachmentId,
    /// `current`, `archived`, `trashed`, …
    pub status: Option<String>,
    /// Its file name.
    #[serde(default, deserialize_with = "or_default")]
    pub title: String,
    /// When it was first attached.
    #[serde_as(as = "DefaultOnError<Option<DisplayFromStr>>")]
    #[serde(default)]
    pub created_at: Option<jiff::Timestamp>,
    /// The page it is attached to.
    pub page_id: Option<PageId>,
    /// The blog post it is attached to.
    #[serde(default, deserialize_with = "id_text")]
    pub blog_post_id: Option<String>,
    /// Such as `image/png`.
    pub media_type: Option<String>,
    /// What its author said about it.
    pub comment: Option<String>,
    /// Id that media nodes of the document format use.
    pub file_id: Option<String>,
    /// Size in bytes.
    pub file_size: Option<u64>,
    /// To view it, relative to `base`.
    pub webui_link: Option<String>,
    /// Not dependable: [`Attachment::download_path`] is.
    pub download_link: Option<String>,
    /// The version that this answer shows.
    pub version: Option<Version>,
    /// Addresses.
    #[serde(rename = "_links", default, deserialize_with = "or_default")]
    pub links: ContentLinks,
}

impl Attachment {
    /// Path of the download below the root URL, if the attachment belongs to a page.
    ///
    /// `download_link` has pointed to two different places, one of which refuses API tokens since
    /// May 2026; this one is built from the ids. It answers with a redirect to a signed address,
    /// which must be fetched without the `Authorization` header.
    pub fn download_path(&self) -> Option<String> {
        let page = self.page_id.as_ref()?;
        Some(format!("/wiki/rest/api/content/{page}/child/attachment/{}/download", self.id))
    }
}

words! {
    /// Order of attachments.
    AttachmentSort {
        /// Oldest first.
        CreatedDate = "created-date",
        /// Newest first.
        CreatedDateDescending = "-created-date",
        /// Least recently changed first.
        ModifiedDate = "modified-date",
        /// Most recently changed first.
        ModifiedDateDescending = "-modified-date",
    }
}

/// `GET /wiki/api/v2/pages/{id}/attachments`: files attached to a page.
#[derive(Debug, Clone)]
pub struct ListPageAttachments {
    /// The page.
    pub id: PageId,
    /// Only files of this type.
    pub media_type: Option<String>,
    /// Only the file of this name.
    pub filename: Option<String>,
    /// Order of the rows.
    pub sort: Option<AttachmentSort>,
    /// Rows per page: 1 to 250, 50 by default.
    pub limit: Option<u32>,
    /// Where to go on.
    pub cursor: Option<String>,
}

impl ListPageAttachments {
    /// The first page of attachments.
    pub fn new(id: PageId) -> Self {
        Self { id, media_type: None, filename: None, sort: None, limit: None, cursor: None }
    }
}

impl Endpoint for ListPageAttachments {
    type Response = Page<Attachment>;
    const METHOD: Method = Method::GET;
    const SCOPES: &'static [Scope] = &[Scope::ReadAttachment];

    fn path(&self) -> String {
        format!("/wiki/api/v2/pages/{}/attachments", self.id)
    }

    fn query(&self, query: &mut Query) {
        query.push_some("mediaType", self.media_type.as_deref());
        query.push_some("filename", self.filename.as_deref());
        query.push_some("sort", self.sort);
        query.push_some("limit", self.limit);
        query.push_some("cursor", self.cursor.as_deref());
    }
}

impl List for ListPageAttachments {
    type Item = Attachment;

    fn set_cursor(&mut self, cursor: String) {
        self.cursor = Some(cursor);
    }
}

/// `GET /wiki/api/v2/attachments/{id}`: one attachment's metadata.
///
/// ```no_run
/// # async fn example(client: confluence_api::Client) -> Result<(), Box<dyn std::error::Error>> {
/// use confluence_api::attachments::GetAttachment;
///
/// let file = client.send(&GetAttachment::new("att98306".parse()?)).await?;
/// println!("{} ({:?} bytes)", file.title, file.file_size);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct GetAttachment {
    /// The attachment to fetch.
    pub id: AttachmentId,
    /// An earlier version.
    pub version: Option<u64>,
}

impl GetAttachment {
    /// The latest version.
    pub fn new(id: AttachmentId) -> Self {
        Self { id, version: None }
    }
}

impl Endpoint for GetAttachment {
    type Response = Attachment;
    const METHOD: Method = Method::GET;
    const SCOPES: &'static [Scope] = &[Scope::ReadAttachment];

    fn path(&self) -> String {
        format!("/wiki/api/v2/attachments/{}", self.id)
    }

    fn query(&self, query: &mut Query) {
        query.push_some("version", self.version);
    }
}
