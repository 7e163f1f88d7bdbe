//! Search with CQL (REST API v1).

use http::Method;
use serde::Deserialize;

use crate::{Endpoint, List, Page, Query, lenient::id_text, scope::Scope, word::words};

/// A hit.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct SearchResult {
    /// The content found. Hits on spaces and people have none.
    pub content: Option<FoundContent>,
    /// The space found.
    pub space: Option<FoundSpace>,
    /// HTML-escaped, perhaps with highlight markers: [`FoundContent::title`] is clean.
    pub title: Option<String>,
    /// Text around the hit, with markers and entities.
    pub excerpt: Option<String>,
    /// Address, relative to the page's `base`.
    pub url: Option<String>,
    /// What it stands in: the space, by title and address.
    pub result_global_container: Option<Container>,
    /// `content`, `space`, `user`, …
    pub entity_type: Option<String>,
    /// When it was last changed.
    pub last_modified: Option<String>,
}

/// The content of a hit.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct FoundContent {
    /// Its id.
    #[serde(deserialize_with = "id_text")]
    pub id: Option<String>,
    /// `page`, `blogpost`, `comment`, `attachment`, or an app's own.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// `current`, …
    pub status: Option<String>,
    /// Its title as it is.
    pub title: Option<String>,
    /// The space it is in, with `expand=content.space`.
    pub space: Option<FoundSpace>,
}

/// A space in a hit.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct FoundSpace {
    /// Its key.
    pub key: Option<String>,
    /// Its name.
    pub name: Option<String>,
}

/// What a hit stands in.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct Container {
    /// The space's name.
    pub title: Option<String>,
    /// The space's address, relative to `base`.
    pub display_url: Option<String>,
}

words! {
    /// What a hit's excerpt shows.
    Excerpt {
        /// The text around the hit, terms between markers: the default.
        Highlight = "highlight",
        /// The beginning of the text, 50 characters.
        Indexed = "indexed",
        /// Nothing.
        None = "none",
        /// As `highlight`, without HTML escapes.
        HighlightUnescaped = "highlight_unescaped",
        /// As `indexed`, without HTML escapes.
        IndexedUnescaped = "indexed_unescaped",
    }
}

/// `GET /wiki/rest/api/search`: finds content with CQL.
///
/// The index lags by seconds to minutes. Do not paste untrusted text into `cql`: quote it with
/// [`quote`].
///
/// ```no_run
/// # async fn example(client: confluence_api::Client) -> Result<(), confluence_api::Error> {
/// use confluence_api::search::{SearchCql, quote};
///
/// let cql = format!("type = page AND text ~ {}", quote("blue/green"));
/// let hits = client.send(&SearchCql::new(cql)).await?.results;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct SearchCql {
    /// The query.
    pub cql: String,
    /// Context of `currentSpace()` and the like, as JSON.
    pub cql_context: Option<String>,
    /// What the excerpts show.
    pub excerpt: Option<Excerpt>,
    /// Parts to add, such as `content.space`.
    pub expand: Vec<String>,
    /// Rows per page; 25 by default, about 250 at most.
    pub limit: Option<u32>,
    /// Ignored by Confluence: only `cursor` pages.
    pub start: Option<u32>,
    /// Where to go on.
    pub cursor: Option<String>,
}

impl SearchCql {
    /// A search with the defaults.
    pub fn new(cql: impl Into<String>) -> Self {
        Self {
            cql: cql.into(),
            cql_context: None,
            excerpt: None,
            expand: Vec::new(),
            limit: None,
            start: None,
            cursor: None,
        }
    }
}

impl Endpoint for SearchCql {
    type Response = Page<SearchResult>;
    const METHOD: Method = Method::GET;
    const SCOPES: &'static [Scope] = &[Scope::ReadContentDetails];

    fn path(&self) -> String {
        "/wiki/rest/api/search".to_owned()
    }

    fn query(&self, query: &mut Query) {
        query.push("cql", self.cql.as_str());
        query.push_some("cqlcontext", self.cql_context.as_deref());
        query.push_some("excerpt", self.excerpt);
        query.push_joined("expand", &self.expand);
        query.push_some("limit", self.limit);
        query.push_some("start", self.start);
        query.push_some("cursor", self.cursor.as_deref());
    }
}

impl List for SearchCql {
    type Item = SearchResult;

    fn set_cursor(&mut self, cursor: String) {
        self.cursor = Some(cursor);
    }
}

/// Writes `text` as a CQL string: quoted, with `\` and `"` escaped.
pub fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        if matches!(character, '"' | '\\') {
            quoted.push('\\');
        }
        quoted.push(character);
    }
    quoted.push('"');
    quoted
}
