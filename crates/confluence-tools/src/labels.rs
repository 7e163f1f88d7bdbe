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
#[cfg_attr(feature = "clap", derive(clap::Subcommand, serde::Serialize))]
#[serde(rename_all = "camelCase")]
pub(crate) enum LabelsAction {
    /// Labels of a page.
    GetForPage(Get),
    /// Adds labels to a page.
    AddToPage(Add),
}

/// Arguments of `getForPage`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[cfg_attr(feature = "clap", derive(clap::Args, serde::Serialize))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Get {
    /// page id.
    #[cfg_attr(
        feature = "clap",
        arg(value_name = "PAGE", help = "Page, by its id or its address")
    )]
    id: PageId,
    /// global, my, team or system.
    #[serde(default)]
    #[schemars(with = "String")]
    #[cfg_attr(feature = "clap", arg(long, value_parser = crate::cli::words!(LabelPrefix), help = "Only labels with this prefix"))]
    prefix: Option<LabelPrefix>,
    /// name, id or created-date.
    #[serde(default)]
    #[schemars(with = "String")]
    #[cfg_attr(feature = "clap", arg(long, value_name = "FIELD", allow_hyphen_values = true, value_parser = crate::cli::words!(LabelSort), help = "Order; `-` in front reverses it"))]
    sort: Option<LabelSort>,
    #[serde(default)]
    #[cfg_attr(feature = "clap", arg(long, value_name = "N", help = "Rows at once, 1 to 100"))]
    limit: Option<i64>,
    #[serde(default)]
    #[cfg_attr(feature = "clap", arg(long, help = "Go on where an earlier list ended"))]
    cursor: Option<String>,
}

/// Arguments of `addToPage`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[cfg_attr(feature = "clap", derive(clap::Args, serde::Serialize))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Add {
    #[cfg_attr(
        feature = "clap",
        arg(value_name = "PAGE", help = "Page, by its id or its address")
    )]
    id: PageId,
    #[serde(deserialize_with = "lenient::array")]
    #[cfg_attr(
        feature = "clap",
        arg(
            value_name = "NAME",
            required = true,
            help = "Labels, with a prefix or without: `roadmap`, `my:later`"
        )
    )]
    body: Vec<LabelToAdd>,
}

/// A label to add.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[cfg_attr(feature = "clap", derive(serde::Serialize))]
#[serde(deny_unknown_fields)]
#[schemars(description = "")]
pub(crate) struct LabelToAdd {
    #[serde(default)]
    #[schemars(with = "String")]
    prefix: Option<LabelPrefix>,
    name: String,
}

/// A label as people write it: `roadmap`, or `my:later`.
#[cfg(feature = "clap")]
impl std::str::FromStr for LabelToAdd {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let prefixed = text.split_once(':').and_then(|(prefix, name)| {
            Some(Self { prefix: Some(prefix.parse().ok()?), name: name.to_owned() })
        });
        Ok(prefixed.unwrap_or_else(|| Self { prefix: None, name: text.to_owned() }))
    }
}

impl Action for LabelsAction {
    const TOOL: &'static str = "labels";
    const DESCRIPTION: &'static str = "Labels of a page. addToPage adds.";

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
