//! Versions of pages (REST API v2, group `version`).

use http::Method;
use serde::Deserialize;
use serde_with::{DefaultOnError, DisplayFromStr, serde_as};

use crate::{
    Endpoint, List, Page, Query,
    body::{Bodies, BodyFormat},
    id::PageId,
    scope::Scope,
    word::words,
};

/// A version of a page, comment or attachment.
#[serde_as]
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct Version {
    /// Counts from one.
    pub number: Option<u64>,
    /// What its author said about the change.
    pub message: Option<String>,
    /// Whether watchers were not told.
    pub minor_edit: Option<bool>,
    /// Account id of its author.
    pub author_id: Option<String>,
    /// When it was made.
    #[serde_as(as = "DefaultOnError<Option<DisplayFromStr>>")]
    pub created_at: Option<jiff::Timestamp>,
}

/// A row of a page's history.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct PageVersion {
    /// The version itself.
    #[serde(flatten)]
    pub version: Version,
    /// The page as it was. Its body is there if one was asked for.
    pub page: Option<VersionedPage>,
}

/// A page as it was in an earlier version.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct VersionedPage {
    /// Its id.
    pub id: Option<PageId>,
    /// Its title then.
    pub title: Option<String>,
    /// Its body then.
    pub body: Option<Bodies>,
}

words! {
    /// Order of versions.
    VersionSort {
        /// Oldest first.
        ModifiedDate = "modified-date",
        /// Newest first: the default.
        ModifiedDateDescending = "-modified-date",
    }
}

/// `GET /wiki/api/v2/pages/{id}/versions`: the history of a page, newest first.
///
/// ```no_run
/// # async fn example(client: confluence_api::Client) -> Result<(), Box<dyn std::error::Error>> {
/// use confluence_api::versions::ListPageVersions;
///
/// let history = client.send(&ListPageVersions::new("98765".parse()?)).await?;
/// println!("{} versions on the first page", history.results.len());
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct ListPageVersions {
    /// The page.
    pub id: PageId,
    /// Adds the body of each version.
    pub body_format: Option<BodyFormat>,
    /// Order of the rows.
    pub sort: Option<VersionSort>,
    /// Rows per page: 1 to 250, 25 by default.
    pub limit: Option<u32>,
    /// Where to go on.
    pub cursor: Option<String>,
}

impl ListPageVersions {
    /// The first page of the history, without bodies.
    pub fn new(id: PageId) -> Self {
        Self { id, body_format: None, sort: None, limit: None, cursor: None }
    }
}

impl Endpoint for ListPageVersions {
    type Response = Page<PageVersion>;
    const METHOD: Method = Method::GET;
    const SCOPES: &'static [Scope] = &[Scope::ReadPage];

    fn path(&self) -> String {
        format!("/wiki/api/v2/pages/{}/versions", self.id)
    }

    fn query(&self, query: &mut Query) {
        query.push_some("body-format", self.body_format);
        query.push_some("sort", self.sort);
        query.push_some("limit", self.limit);
        query.push_some("cursor", self.cursor.as_deref());
    }
}

impl List for ListPageVersions {
    type Item = PageVersion;

    fn set_cursor(&mut self, cursor: String) {
        self.cursor = Some(cursor);
    }
}
