//! The `spaces` tool.

use confluence_api::{
    id::SpaceId,
    spaces::{DescriptionFormat, GetSpace, ListSpaces, SpaceSort, SpaceStatus, SpaceType},
};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    action::Action,
    call::{Call, Success},
    failure::Failure,
    lenient, page_size,
    render::spaces as render,
};

/// What can be done with spaces.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[cfg_attr(feature = "clap", derive(clap::Subcommand, serde::Serialize))]
#[serde(rename_all = "camelCase")]
pub(crate) enum SpacesAction {
    /// Lists spaces.
    List(List),
    /// Shows one space.
    Get(Get),
}

/// Arguments of `list`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[cfg_attr(feature = "clap", derive(clap::Args, serde::Serialize))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct List {
    #[serde(default, deserialize_with = "lenient::list")]
    #[schemars(with = "String")]
    #[cfg_attr(
        feature = "clap",
        arg(long, value_delimiter = ',', help = "Ids, separated by commas")
    )]
    ids: Vec<SpaceId>,
    #[serde(default, deserialize_with = "lenient::list")]
    #[schemars(with = "String")]
    #[cfg_attr(
        feature = "clap",
        arg(long, value_delimiter = ',', help = "Keys, separated by commas")
    )]
    keys: Vec<String>,
    /// global, personal, collaboration or `knowledge_base`.
    #[serde(default, rename = "type")]
    #[schemars(with = "String")]
    #[cfg_attr(feature = "clap", arg(long = "type", value_name = "TYPE", value_parser = crate::cli::words!(SpaceType), help = "Kind of space"))]
    kind: Option<SpaceType>,
    /// current or archived.
    #[serde(default)]
    #[schemars(with = "String")]
    #[cfg_attr(feature = "clap", arg(long, value_parser = crate::cli::words!(SpaceStatus), help = "Current or archived ones"))]
    status: Option<SpaceStatus>,
    #[serde(default, deserialize_with = "lenient::list")]
    #[schemars(with = "String")]
    #[cfg_attr(
        feature = "clap",
        arg(long, value_delimiter = ',', help = "Spaces with these labels, separated by commas")
    )]
    labels: Vec<String>,
    /// id, key or name.
    #[serde(default)]
    #[schemars(with = "String")]
    #[cfg_attr(feature = "clap", arg(long, value_name = "FIELD", allow_hyphen_values = true, value_parser = crate::cli::words!(SpaceSort), help = "Order; `-` in front reverses it"))]
    sort: Option<SpaceSort>,
    #[serde(default)]
    #[cfg_attr(feature = "clap", arg(long, value_name = "N", help = "Rows at once, 1 to 100"))]
    limit: Option<i64>,
    #[serde(default)]
    #[cfg_attr(feature = "clap", arg(long, help = "Go on where an earlier list ended"))]
    cursor: Option<String>,
}

/// Arguments of `get`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[cfg_attr(feature = "clap", derive(clap::Args, serde::Serialize))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Get {
    /// not the key.
    #[cfg_attr(
        feature = "clap",
        arg(value_name = "SPACE_ID", help = "Space, by its id, which is not its key")
    )]
    id: SpaceId,
    /// plain or view.
    #[serde(default)]
    #[schemars(with = "String")]
    #[cfg_attr(feature = "clap", arg(long, value_name = "FORMAT", value_parser = crate::cli::words!(DescriptionFormat), help = "Show the description, in this format"))]
    description_format: Option<DescriptionFormat>,
}

impl Action for SpacesAction {
    const TOOL: &'static str = "spaces";
    const DESCRIPTION: &'static str =
        "Spaces. list: by keys (A,B), type or label; gives ids and home pages. get: one.";

    async fn run(self, call: &Call<'_>) -> Result<Success, Failure> {
        match self {
            Self::List(List { ids, keys, kind, status, labels, sort, limit, cursor }) => {
                let limit = page_size(limit);
                let endpoint = ListSpaces { ids, keys, kind, status, labels, sort, limit, cursor };
                call.list(&endpoint, render::list).await
            }
            Self::Get(Get { id, description_format }) => {
                let endpoint = GetSpace { id, description_format };
                call.one(&endpoint, |space| render::space(space, call.reader)).await
            }
        }
    }
}
