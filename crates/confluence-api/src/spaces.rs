//! Spaces (REST API v2, group `space`).

use http::Method;
use serde::Deserialize;
use serde_with::{DefaultOnError, DisplayFromStr, serde_as};

use crate::{
    Endpoint, List, Page, Query,
    body::Body,
    id::{PageId, SpaceId},
    lenient::or_default,
    pages::ContentLinks,
    scope::Scope,
    word::words,
};

/// A space.
#[serde_as]
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Space {
    /// Its id, a number.
    pub id: SpaceId,
    /// Its key, such as `ENG` or `~5570…`.
    #[serde(default, deserialize_with = "or_default")]
    pub key: String,
    /// Its name.
    #[serde(default, deserialize_with = "or_default")]
    pub name: String,
    /// `global`, `personal`, `collaboration`, …
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// `current` or `archived`.
    pub status: Option<String>,
    /// Account id of whoever created it.
    pub author_id: Option<String>,
    /// When it was created.
    #[serde_as(as = "DefaultOnError<Option<DisplayFromStr>>")]
    #[serde(default)]
    pub created_at: Option<jiff::Timestamp>,
    /// The page at its top.
    pub homepage_id: Option<PageId>,
    /// Its description, if one was asked for.
    pub description: Option<SpaceDescription>,
    /// Addresses.
    #[serde(rename = "_links", default, deserialize_with = "or_default")]
    pub links: ContentLinks,
}

/// A space's description, by format.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct SpaceDescription {
    /// Text.
    pub plain: Option<Body>,
    /// HTML.
    pub view: Option<Body>,
}

words! {
    /// Kind of a space.
    SpaceType {
        /// A site's space.
        Global = "global",
        /// For working together.
        Collaboration = "collaboration",
        /// For reference.
        KnowledgeBase = "knowledge_base",
        /// A person's own.
        Personal = "personal",
        /// Atlassian's own.
        System = "system",
        /// For getting started.
        Onboarding = "onboarding",
        /// An example.
        XflowSampleSpace = "xflow_sample_space",
    }
}

words! {
    /// State of a space.
    SpaceStatus {
        /// In use.
        Current = "current",
        /// Archived.
        Archived = "archived",
    }
}

words! {
    /// Order of spaces.
    SpaceSort {
        /// By id.
        Id = "id",
        /// By id, highest first.
        IdDescending = "-id",
        /// By key.
        Key = "key",
        /// By key, last first.
        KeyDescending = "-key",
        /// By name.
        Name = "name",
        /// By name, last first.
        NameDescending = "-name",
    }
}

words! {
    /// Form of a space's description.
    DescriptionFormat {
        /// Text.
        Plain = "plain",
        /// HTML.
        View = "view",
    }
}

/// `GET /wiki/api/v2/spaces`: spaces of a site.
///
/// ```no_run
/// # async fn example(client: confluence_api::Client) -> Result<(), confluence_api::Error> {
/// use confluence_api::spaces::ListSpaces;
///
/// let engineering = ListSpaces { keys: vec!["ENG".to_owned()], ..ListSpaces::default() };
/// let spaces = client.send(&engineering).await?.results;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default)]
pub struct ListSpaces {
    /// Only these; at most 250.
    pub ids: Vec<SpaceId>,
    /// Only spaces with these keys; at most 250.
    pub keys: Vec<String>,
    /// Only this kind.
    pub kind: Option<SpaceType>,
    /// Only this state.
    pub status: Option<SpaceStatus>,
    /// Only spaces with any of these labels.
    pub labels: Vec<String>,
    /// Order of the rows.
    pub sort: Option<SpaceSort>,
    /// Rows per page: 1 to 250, 25 by default.
    pub limit: Option<u32>,
    /// Where to go on.
    pub cursor: Option<String>,
}

impl Endpoint for ListSpaces {
    type Response = Page<Space>;
    const METHOD: Method = Method::GET;
    const SCOPES: &'static [Scope] = &[Scope::ReadSpace];

    fn path(&self) -> String {
        "/wiki/api/v2/spaces".to_owned()
    }

    fn query(&self, query: &mut Query) {
        query.push_all("ids", &self.ids);
        query.push_all("keys", &self.keys);
        query.push_some("type", self.kind);
        query.push_some("status", self.status);
        query.push_all("labels", &self.labels);
        query.push_some("sort", self.sort);
        query.push_some("limit", self.limit);
        query.push_some("cursor", self.cursor.as_deref());
    }
}

impl List for ListSpaces {
    type Item = Space;

    fn set_cursor(&mut self, cursor: String) {
        self.cursor = Some(cursor);
    }
}

/// `GET /wiki/api/v2/spaces/{id}`: one space.
#[derive(Debug, Clone)]
pub struct GetSpace {
    /// The space to fetch.
    pub id: SpaceId,
    /// Adds the description.
    pub description_format: Option<DescriptionFormat>,
}

impl GetSpace {
    /// The space, without its description.
    pub fn new(id: SpaceId) -> Self {
        Self { id, description_format: None }
    }
}

impl Endpoint for GetSpace {
    type Response = Space;
    const METHOD: Method = Method::GET;
    const SCOPES: &'static [Scope] = &[Scope::ReadSpace];

    fn path(&self) -> String {
        format!("/wiki/api/v2/spaces/{}", self.id)
    }

    fn query(&self, query: &mut Query) {
        query.push_some("description-format", self.description_format);
    }
}
