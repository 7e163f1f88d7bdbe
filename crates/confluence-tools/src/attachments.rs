//! The `attachments` tool.

use confluence_api::{
    attachments::{Attachment, AttachmentSort, GetAttachment, ListPageAttachments},
    id::{AttachmentId, PageId},
};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use crate::{
    DEFAULT_PAGE_SIZE,
    action::Action,
    arguments::refuse,
    call::{Call, Success},
    failure::Failure,
    listing::Listing,
    page_size,
    render::attachments as render,
};

/// What can be done with attachments.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[cfg_attr(feature = "clap", derive(clap::Subcommand, serde::Serialize))]
#[serde(rename_all = "camelCase")]
pub(crate) enum AttachmentsAction {
    /// Attachments of a page.
    ListForPage(List),
    /// One attachment.
    Get(Get),
}

/// Arguments of `listForPage`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[cfg_attr(feature = "clap", derive(clap::Args, serde::Serialize))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct List {
    /// page id; for get: attachment id (att123).
    #[cfg_attr(
        feature = "clap",
        arg(value_name = "PAGE", help = "Page, by its id or its address")
    )]
    id: PageId,
    #[serde(default)]
    #[cfg_attr(feature = "clap", arg(long, help = "Only files of this media type"))]
    media_type: Option<String>,
    #[serde(default)]
    #[cfg_attr(feature = "clap", arg(long, help = "Only the file with this name"))]
    filename: Option<String>,
    /// created-date or modified-date.
    #[serde(default)]
    #[schemars(with = "String")]
    #[cfg_attr(feature = "clap", arg(long, value_name = "FIELD", allow_hyphen_values = true, value_parser = crate::cli::words!(AttachmentSort), help = "Order; `-` in front reverses it"))]
    sort: Option<AttachmentSort>,
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
    #[cfg_attr(
        feature = "clap",
        arg(value_name = "ATTACHMENT_ID", help = "Attachment, by its id, such as `att98400`")
    )]
    id: AttachmentId,
    #[serde(default)]
    #[cfg_attr(feature = "clap", arg(long, help = "An earlier version"))]
    version: Option<u64>,
}

impl Action for AttachmentsAction {
    const TOOL: &'static str = "attachments";
    const DESCRIPTION: &'static str = "Attachments: names, sizes, download paths; not their bytes.";

    async fn run(self, call: &Call<'_>) -> Result<Success, Failure> {
        match self {
            Self::ListForPage(List { id, .. }) if id.as_str().starts_with("att") => {
                let reason = format!(
                    "argument `id`: {id} is an attachment's; for it use action get, or give the page's id"
                );
                Err(refuse(call.operation, &reason))
            }
            Self::ListForPage(List { id, media_type, filename, sort, limit, cursor }) => {
                // Confluence's own default is 50 here, and every row costs quota.
                let limit = page_size(limit).or(Some(DEFAULT_PAGE_SIZE));
                let endpoint =
                    ListPageAttachments { id, media_type, filename, sort, limit, cursor };
                let answer = call.fetch(&endpoint).await?;
                finish(call, &answer, |value, next| {
                    let page = call.view(value)?;
                    Ok(Listing::text(&page, next.as_deref(), call.reader, render::list))
                })
            }
            Self::Get(Get { id, version }) => {
                let answer = call.fetch(&GetAttachment { id, version }).await?;
                finish(call, &answer, |value, _| {
                    Ok(render::attachment(&call.view::<Attachment>(value)?))
                })
            }
        }
    }
}

/// Finishes a call, with the dependable download paths added to the JSON.
fn finish(
    call: &Call<'_>,
    answer: &confluence_api::Answer,
    render: impl FnOnce(&Value, Option<String>) -> Result<String, Failure>,
) -> Result<Success, Failure> {
    let Some(output) = call.output.filter(|output| output.has_json()) else {
        return call.finish(answer, render);
    };
    let next = answer.link_cursor().map(str::to_owned);
    let mut value = call.parse(answer)?;
    let next = crate::call::next_cursor(&value).or(next);
    match value.get_mut("results").and_then(Value::as_array_mut) {
        Some(rows) => rows.iter_mut().for_each(add_path),
        None => add_path(&mut value),
    }
    call.present(value, next, output, render)
}

fn add_path(row: &mut Value) {
    let path = Attachment::deserialize(&*row).ok().and_then(|it| it.download_path());
    if let (Some(path), Some(row)) = (path, row.as_object_mut()) {
        row.insert("downloadPath".to_owned(), Value::String(path));
    }
}
