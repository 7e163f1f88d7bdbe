//! The `comments` tool.

use confluence_api::{
    body::BodyFormat,
    comments::{
        CommentSort, CommentStatus, CommentTarget, CreateFooterComment, ListFooterComments,
        ListInlineComments,
    },
    id::{CommentId, PageId},
};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    action::Action,
    arguments::refuse,
    call::{Call, Success},
    failure::Failure,
    format::{ListFormat, new_body},
    lenient, page_size,
    pages::ContentBody,
    render::comments as render,
};

/// What can be done with comments.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[cfg_attr(feature = "clap", derive(clap::Subcommand, serde::Serialize))]
#[serde(rename_all = "camelCase")]
pub(crate) enum CommentsAction {
    /// Comments below a page.
    GetFooter(Get),
    /// Adds a comment below a page.
    AddFooter(Add),
    /// Comments in the text of a page.
    GetInline(Get),
}

/// Arguments of `getFooter` and `getInline`.
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
    /// storage (default), markdown or `atlas_doc_format`.
    #[serde(default)]
    #[schemars(with = "String")]
    #[cfg_attr(feature = "clap", arg(long, value_name = "FORMAT", value_parser = crate::cli::words!(ListFormat), help = "Format of the texts; `storage` if not given"))]
    body_format: Option<ListFormat>,
    #[serde(default, deserialize_with = "lenient::list")]
    #[schemars(with = "String")]
    #[cfg_attr(feature = "clap", arg(long, value_parser = crate::cli::words!(CommentStatus), value_delimiter = ',', help = "Only comments with this status; several are separated by commas"))]
    status: Vec<CommentStatus>,
    /// created-date or modified-date.
    #[serde(default)]
    #[schemars(with = "String")]
    #[cfg_attr(feature = "clap", arg(long, value_name = "FIELD", allow_hyphen_values = true, value_parser = crate::cli::words!(CommentSort), help = "Order; `-` in front reverses it"))]
    sort: Option<CommentSort>,
    #[serde(default)]
    #[cfg_attr(feature = "clap", arg(long, value_name = "N", help = "Rows at once, 1 to 100"))]
    limit: Option<i64>,
    #[serde(default)]
    #[cfg_attr(feature = "clap", arg(long, help = "Go on where an earlier list ended"))]
    cursor: Option<String>,
}

/// Arguments of `addFooter`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[cfg_attr(feature = "clap", derive(clap::Args, serde::Serialize))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Add {
    /// pageId or parentCommentId; body.
    #[serde(deserialize_with = "lenient::object")]
    #[cfg_attr(feature = "clap", command(flatten))]
    body: NewComment,
}

/// A comment to add.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[cfg_attr(feature = "clap", derive(clap::Args, serde::Serialize))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(description = "")]
pub(crate) struct NewComment {
    #[serde(default)]
    #[cfg_attr(
        feature = "clap",
        arg(long, value_name = "PAGE", help = "Page to comment on, by its id or its address")
    )]
    page_id: Option<PageId>,
    /// for a reply.
    #[serde(default)]
    #[cfg_attr(feature = "clap", arg(long, help = "Comment to reply to, by its id"))]
    parent_comment_id: Option<CommentId>,
    #[serde(default)]
    #[cfg_attr(feature = "clap", command(flatten))]
    body: Option<ContentBody>,
}

impl Action for CommentsAction {
    const TOOL: &'static str = "comments";
    const DESCRIPTION: &'static str = "Comments of a page. getFooter: below it. getInline: on its text. addFooter: comment or reply.";

    async fn run(self, call: &Call<'_>) -> Result<Success, Failure> {
        match self {
            Self::GetFooter(Get { id, body_format, status, sort, limit, cursor }) => {
                let (statuses, limit) = (status, page_size(limit));
                let format = texts(call, body_format);
                let (body_format, markdown) = upstream(format);
                let endpoint =
                    ListFooterComments { id, body_format, statuses, sort, limit, cursor };
                call.list_as(&endpoint, markdown, |it| render::list(it, &endpoint.id, "footer"))
                    .await
            }
            Self::AddFooter(arguments) => add(call, arguments.body).await,
            Self::GetInline(Get { id, body_format, status, sort, limit, cursor }) => {
                let (statuses, limit) = (status, page_size(limit));
                let format = texts(call, body_format);
                let (body_format, markdown) = upstream(format);
                let endpoint =
                    ListInlineComments { id, body_format, statuses, sort, limit, cursor };
                call.list_as(&endpoint, markdown, |it| render::list(it, &endpoint.id, "inline"))
                    .await
            }
        }
    }
}

/// A comment without its text is no use to a model; an instruction gives what is asked for.
fn texts(call: &Call<'_>, asked: Option<ListFormat>) -> Option<ListFormat> {
    let storage = ListFormat::Confluence(BodyFormat::Storage);
    asked.or_else(|| call.output.map(|_| storage))
}

/// What Confluence is asked for, and whether that is converted.
fn upstream(format: Option<ListFormat>) -> (Option<BodyFormat>, bool) {
    (format.map(ListFormat::upstream), format.is_some_and(ListFormat::is_markdown))
}

async fn add(call: &Call<'_>, comment: NewComment) -> Result<Success, Failure> {
    let missing =
        |name: &str| refuse(call.operation, &format!("Missing required argument: body.{name}"));
    // On the wire the two exclude each other: a reply goes out with its parent alone.
    let target = match (comment.parent_comment_id, comment.page_id) {
        (Some(parent), _) => CommentTarget::Comment(parent),
        (None, Some(page)) => CommentTarget::Page(page),
        (None, None) => return Err(missing("pageId (or body.parentCommentId)")),
    };
    let body = comment.body.ok_or_else(|| missing("body"))?;
    let body = new_body(call, body.representation, body.value)?;
    call.one(&CreateFooterComment { target, body }, render::added).await
}
