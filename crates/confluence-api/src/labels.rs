//! Labels (REST API v2 to read, v1 to add).

use bytes::Bytes;
use http::Method;
use serde::{Deserialize, Serialize};

use crate::{
    Endpoint, List, Page, Query,
    endpoint::json,
    id::PageId,
    lenient::{id_text, or_default},
    scope::Scope,
    word::words,
};

/// A label.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Label {
    /// Its id.
    #[serde(deserialize_with = "id_text")]
    pub id: Option<String>,
    /// Its name, without the prefix.
    #[serde(deserialize_with = "or_default")]
    pub name: String,
    /// `global`, `my`, `team` or `system`.
    pub prefix: Option<String>,
}

words! {
    /// Who sees a label.
    LabelPrefix {
        /// Everyone.
        Global = "global",
        /// Its author.
        My = "my",
        /// A team.
        Team = "team",
        /// Confluence itself. Cannot be added.
        System = "system",
    }
}

words! {
    /// Order of labels.
    LabelSort {
        /// Oldest first.
        CreatedDate = "created-date",
        /// Newest first.
        CreatedDateDescending = "-created-date",
        /// By id.
        Id = "id",
        /// By id, highest first.
        IdDescending = "-id",
        /// By name.
        Name = "name",
        /// By name, last first.
        NameDescending = "-name",
    }
}

/// `GET /wiki/api/v2/pages/{id}/labels`: labels of a page.
#[derive(Debug, Clone)]
pub struct ListPageLabels {
    /// The page.
    pub id: PageId,
    /// Only labels of this kind.
    pub prefix: Option<LabelPrefix>,
    /// Order of the rows.
    pub sort: Option<LabelSort>,
    /// Rows per page: 1 to 250, 25 by default.
    pub limit: Option<u32>,
    /// Where to go on.
    pub cursor: Option<String>,
}

impl ListPageLabels {
    /// The first page of labels.
    pub fn new(id: PageId) -> Self {
        Self { id, prefix: None, sort: None, limit: None, cursor: None }
    }
}

impl Endpoint for ListPageLabels {
    type Response = Page<Label>;
    const METHOD: Method = Method::GET;
    const SCOPES: &'static [Scope] = &[Scope::ReadPage];

    fn path(&self) -> String {
        format!("/wiki/api/v2/pages/{}/labels", self.id)
    }

    fn query(&self, query: &mut Query) {
        query.push_some("prefix", self.prefix);
        query.push_some("sort", self.sort);
        query.push_some("limit", self.limit);
        query.push_some("cursor", self.cursor.as_deref());
    }
}

impl List for ListPageLabels {
    type Item = Label;

    fn set_cursor(&mut self, cursor: String) {
        self.cursor = Some(cursor);
    }
}

/// A label to add.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NewLabel {
    /// Who sees it.
    pub prefix: LabelPrefix,
    /// Its name: no spaces, lower case.
    pub name: String,
}

impl NewLabel {
    /// A label that everyone sees.
    pub fn global(name: impl Into<String>) -> Self {
        Self { prefix: LabelPrefix::Global, name: name.into() }
    }
}

/// `POST /wiki/rest/api/content/{id}/label`: adds labels to a page, and answers with all of them.
///
/// The others stay, and adding one twice changes nothing.
///
/// ```no_run
/// # async fn example(client: confluence_api::Client) -> Result<(), Box<dyn std::error::Error>> {
/// use confluence_api::labels::{AddLabels, NewLabel};
///
/// let labels = vec![NewLabel::global("runbook")];
/// let all = client.send(&AddLabels { id: "98765".parse()?, labels }).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct AddLabels {
    /// The page.
    pub id: PageId,
    /// What to add.
    pub labels: Vec<NewLabel>,
}

impl Endpoint for AddLabels {
    type Response = Page<Label>;
    const METHOD: Method = Method::POST;
    const SCOPES: &'static [Scope] = &[Scope::ReadLabel, Scope::WriteLabel];

    fn path(&self) -> String {
        format!("/wiki/rest/api/content/{}/label", self.id)
    }

    fn body(&self) -> Result<Option<Bytes>, serde_json::Error> {
        json(&self.labels)
    }
}
