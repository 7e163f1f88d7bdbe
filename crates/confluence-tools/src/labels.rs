//! The `labels` tool.

use confluence_api::{
    id::PageId,
    labels::{AddLabels, LabelPrefix, LabelSort, ListPageLabels, NewLabel},
};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    action::Action,
    arguments::refuse,
    call::{Call, Success},
    failure::Failure,
    lenient, page_size,
    render::labels as render,
};

/// What can be done with labels.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum LabelsAction {
    /// Labels of a page.
    GetForPage(Get),
    /// Adds labels to a page.
    AddToPage(Add),
}

/// Arguments of `getForPage`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Get {
    /// page id.
    id: PageId,
    /// global, my, team or system.
    #[serde(default)]
    #[schemars(with = "String")]
    prefix: Option<LabelPrefix>,
    /// name, id or created-date; - reverses.
    #[serde(default)]
    #[schemars(with = "String")]
    sort: Option<LabelSort>,
    #[serde(default)]
    limit: Option<i64>,
    #[serde(default)]
    cursor: Option<String>,
}

/// Arguments of `addToPage`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Add {
    id: PageId,
    /// labels to add.
    #[serde(deserialize_with = "lenient::array")]
    body: Vec<LabelToAdd>,
}

/// A label to add.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(description = "")]
pub(crate) struct LabelToAdd {
    #[serde(default)]
    #[schemars(with = "String")]
    prefix: Option<LabelPrefix>,
    name: String,
}

impl Action for LabelsAction {
    const TOOL: &'static str = "labels";
    const DESCRIPTION: &'static str = "Labels of a page. addToPage keeps those that are there.";

    async fn run(self, call: &Call<'_>) -> Result<Success, Failure> {
        match self {
            Self::GetForPage(Get { id, prefix, sort, limit, cursor }) => {
                let limit = page_size(limit);
                let endpoint = ListPageLabels { id, prefix, sort, limit, cursor };
                call.list(&endpoint, render::list).await
            }
            Self::AddToPage(Add { id, body }) => {
                if body.is_empty() {
                    return Err(refuse(
                        call.operation,
                        "argument `body`: got an empty array, expected at least one label",
                    ));
                }
                let labels = body.into_iter().map(|label| NewLabel {
                    prefix: label.prefix.unwrap_or(LabelPrefix::Global),
                    name: label.name,
                });
                let endpoint = AddLabels { id, labels: labels.collect() };
                call.list(&endpoint, render::added).await
            }
        }
    }
}
