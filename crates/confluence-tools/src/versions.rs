//! The `versions` tool.

use confluence_api::{
    id::PageId,
    versions::{ListPageVersions, VersionSort},
};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    action::Action,
    call::{Call, Success},
    failure::Failure,
    page_size,
    render::versions as render,
};

/// What can be seen of a page's history.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum VersionsAction {
    /// Versions of a page.
    ListForPage(List),
}

/// Arguments of `listForPage`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct List {
    /// page id.
    id: PageId,
    /// -modified-date (default) or modified-date.
    #[serde(default)]
    #[schemars(with = "String")]
    sort: Option<VersionSort>,
    #[serde(default)]
    limit: Option<i64>,
    #[serde(default)]
    cursor: Option<String>,
}

impl Action for VersionsAction {
    const TOOL: &'static str = "versions";
    const DESCRIPTION: &'static str = "History of a page: versions, authors, times, messages. Old texts: pages getBody with version.";

    async fn run(self, call: &Call<'_>) -> Result<Success, Failure> {
        let Self::ListForPage(List { id, sort, limit, cursor }) = self;
        let limit = page_size(limit);
        let endpoint = ListPageVersions { id, body_format: None, sort, limit, cursor };
        call.list(&endpoint, |versions| render::list(versions, &endpoint.id)).await
    }
}
