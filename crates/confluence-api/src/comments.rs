//! Comments (REST API v2, group `comment`).

use bytes::Bytes;
use http::Method;
use serde::{Deserialize, Serialize};

use crate::{
    Endpoint, List, Page, Query,
    body::{Bodies, BodyFormat, NewBody, PageBodyFormat},
    endpoint::json,
    id::{CommentId, PageId},
    lenient::or_default,
    pages::ContentLinks,
    scope::Scope,
    versions::Version,
    word::words,
};

/// A comment below a page or at a place in its text.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Comment {
    /// Its id.
    pub id: CommentId,
    /// `current`, …
    pub status: Option<String>,
    /// Title of the page, prefixed with `Re:`.
    pub title: Option<String>,
    /// The page it belongs to.
    pub page_id: Option<PageId>,
    /// The comment that it answers.
    pub parent_comment_id: Option<CommentId>,
    /// Its author and time: comments have no author of their own.
    pub version: Option<Version>,
    /// Empty unless a format was asked for.
    pub body: Option<Bodies>,
    /// `open`, `reopened`, `resolved` or `dangling`; only inline comments.
    pub resolution_status: Option<String>,
    /// Where it is attached; only inline comments.
    pub properties: Option<InlineProperties>,
    /// Addresses.
    #[serde(rename = "_links", default, deserialize_with = "or_default")]
    pub links: ContentLinks,
}

/// Where an inline comment is attached.
///
/// Live sites send each property twice, in camel case and with hyphens.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct InlineProperties {
    inline_marker_ref: Option<String>,
    inline_original_selection: Option<String>,
    #[serde(rename = "inline-marker-ref")]
    hyphen_marker_ref: Option<String>,
    #[serde(rename = "inline-original-selection")]
    hyphen_original_selection: Option<String>,
}

impl InlineProperties {
    /// Id of the marker in the page's body.
    pub fn marker_ref(&self) -> Option<&str> {
        self.inline_marker_ref.as_deref().or(self.hyphen_marker_ref.as_deref())
    }

    /// The text that was selected.
    pub fn original_selection(&self) -> Option<&str> {
        self.inline_original_selection.as_deref().or(self.hyphen_original_selection.as_deref())
    }
}

words! {
    /// State of comments to list.
    CommentStatus {
        /// Published.
        Current = "current",
        /// Archived.
        Archived = "archived",
        /// In the trash.
        Trashed = "trashed",
        /// Deleted.
        Deleted = "deleted",
        /// An earlier version.
        Historical = "historical",
        /// Not published.
        Draft = "draft",
    }
}

words! {
    /// Order of comments.
    CommentSort {
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

macro_rules! page_comments {
    ($(#[$doc:meta])* $name:ident, $path:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone)]
        pub struct $name {
            /// The page.
            pub id: PageId,
            /// Adds bodies.
            pub body_format: Option<BodyFormat>,
            /// Only comments in these states.
            pub statuses: Vec<CommentStatus>,
            /// Order of the rows.
            pub sort: Option<CommentSort>,
            /// Rows per page: 1 to 250, 25 by default.
            pub limit: Option<u32>,
            /// Where to go on.
            pub cursor: Option<String>,
        }

        impl $name {
            /// The first page of comments, without bodies.
            pub fn new(id: PageId) -> Self {
                Self {
                    id,
                    body_format: None,
                    statuses: Vec::new(),
                    sort: None,
                    limit: None,
                    cursor: None,
                }
            }
        }

        impl Endpoint for $name {
            type Response = Page<Comment>;
            const METHOD: Method = Method::GET;
            const SCOPES: &'static [Scope] = &[Scope::ReadComment];

            fn path(&self) -> String {
                format!(concat!("/wiki/api/v2/pages/{}/", $path), self.id)
            }

            fn query(&self, query: &mut Query) {
                query.push_some("body-format", self.body_format);
                query.push_all("status", &self.statuses);
                query.push_some("sort", self.sort);
                query.push_some("limit", self.limit);
                query.push_some("cursor", self.cursor.as_deref());
            }
        }

        impl List for $name {
            type Item = Comment;

            fn set_cursor(&mut self, cursor: String) {
                self.cursor = Some(cursor);
            }
        }
    };
}

page_comments! {
    /// `GET /wiki/api/v2/pages/{id}/footer-comments`: comments below a page, replies apart.
    ListFooterComments, "footer-comments"
}
page_comments! {
    /// `GET /wiki/api/v2/pages/{id}/inline-comments`: comments in the text of a page, replies
    /// apart.
    ListInlineComments, "inline-comments"
}

/// `GET /wiki/api/v2/footer-comments/{id}`: one comment.
#[derive(Debug, Clone)]
pub struct GetFooterComment {
    /// The comment.
    pub id: CommentId,
    /// `None` leaves the text out.
    pub body_format: Option<PageBodyFormat>,
}

impl GetFooterComment {
    /// The comment without its text.
    pub fn new(id: CommentId) -> Self {
        Self { id, body_format: None }
    }
}

impl Endpoint for GetFooterComment {
    type Response = Comment;
    const METHOD: Method = Method::GET;
    const SCOPES: &'static [Scope] = &[Scope::ReadComment];

    fn path(&self) -> String {
        format!("/wiki/api/v2/footer-comments/{}", self.id)
    }

    fn query(&self, query: &mut Query) {
        query.push_some("body-format", self.body_format);
    }
}

/// `POST /wiki/api/v2/footer-comments`: comments on a page, or answers a comment.
///
/// ```no_run
/// # async fn example(client: confluence_api::Client) -> Result<(), Box<dyn std::error::Error>> {
/// use confluence_api::{
///     body::NewBody,
///     comments::{CommentTarget, CreateFooterComment},
/// };
///
/// let target = CommentTarget::Page("98765".parse()?);
/// let body = NewBody::storage("<p>Done.</p>");
/// let comment = client.send(&CreateFooterComment { target, body }).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Serialize)]
pub struct CreateFooterComment {
    /// What is commented on.
    #[serde(flatten)]
    pub target: CommentTarget,
    /// The text.
    pub body: NewBody,
}

/// What a new comment is about. The API takes one of the two, never both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum CommentTarget {
    /// A page.
    #[serde(rename = "pageId")]
    Page(PageId),
    /// A comment that is answered.
    #[serde(rename = "parentCommentId")]
    Comment(CommentId),
}

impl Endpoint for CreateFooterComment {
    type Response = Comment;
    const METHOD: Method = Method::POST;
    const SCOPES: &'static [Scope] = &[Scope::WriteComment];

    fn path(&self) -> String {
        "/wiki/api/v2/footer-comments".to_owned()
    }

    fn body(&self) -> Result<Option<Bytes>, serde_json::Error> {
        json(self)
    }
}
