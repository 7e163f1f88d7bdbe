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
#[cfg_attr(feature = "clap", derive(clap::Subcommand, serde::Serialize))]
#[serde(rename_all = "camelCase")]
pub(crate) enum VersionsAction {
    /// Versions of a page.
    ListForPage(List),
}

/// Arguments of `listForPage`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[cfg_attr(feature = "clap", derive(clap::Args, serde::Serialize))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct List {
    /// page id.
    #[cfg_attr(
        feature = "clap",
        arg(value_name = "PAGE", help = "Page, by its id or its address")
    )]
    id: PageId,
    /// -modified-date (default) or modified-date.
    #[serde(default)]
    #[schemars(with = "String")]
    #[cfg_attr(feature = "clap", arg(long, value_name = "FIELD", allow_hyphen_values = true, value_parser = crate::cli::words!(VersionSort), help = "Order; `-` in front reverses it"))]
    sort: Option<VersionSort>,
    #[serde(default)]
    #[cfg_attr(feature = "clap", arg(long, value_name = "N", help = "Rows at once, 1 to 100"))]
    limit: Option<i64>,
    #[serde(default)]
    #[cfg_attr(feature = "clap", arg(long, help = "Go on where an earlier list ended"))]
    cursor: Option<String>,
}

impl Action for VersionsAction {
    const TOOL: &'static str = "versions";
    const DESCRIPTION: &'static str =
        "Versions of a page: authors, times, messages. Old texts: pages getBody with version.";

    async fn run(self, call: &Call<'_>) -> Result<Success, Failure> {
        let Self::ListForPage(List { id, sort, limit, cursor }) = self;
        let limit = page_size(limit);
        let endpoint = ListPageVersions { id, body_format: None, sort, limit, cursor };
        call.list(&endpoint, |versions| render::list(versions, &endpoint.id)).await
    }
}
