//! The `pages` tool.

use confluence_api::{
    id::{PageId, SpaceId},
    pages::{CreatePage, DeletePage, GetPage, ListPages, NewPageStatus, PageListStatus, PageSort},
};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    action::Action,
    arguments::refuse,
    call::{Call, Success},
    failure::Failure,
    format::{ListFormat, PageFormat, WriteFormat, new_body},
    lenient, page_size,
    render::pages as render,
};

mod conflict;
mod edit;
mod original;
mod read;
mod update;

/// What can be done with pages.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[cfg_attr(feature = "clap", derive(clap::Subcommand, serde::Serialize))]
#[serde(rename_all = "camelCase")]
pub(crate) enum PagesAction {
    /// Lists pages of a site or a space.
    List(List),
    /// Shows a page's metadata.
    Get(Get),
    /// Shows a page's content.
    GetBody(GetBody),
    /// Creates a page.
    #[cfg_attr(feature = "clap", command(mut_arg("number", |it| it.hide(true)), mut_arg("message", |it| it.hide(true))))]
    Create(Create),
    /// Replaces a page's content.
    Update(Update),
    /// Changes parts of a page's content.
    Edit(edit::Edit),
    /// Moves a page to the trash.
    Delete(Delete),
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
        arg(
            long,
            value_delimiter = ',',
            help = "Space to list, by its id; several are separated by commas"
        )
    )]
    space_id: Vec<SpaceId>,
    #[serde(default)]
    #[cfg_attr(feature = "clap", arg(long, help = "Exact title"))]
    title: Option<String>,
    /// current, archived, trashed or deleted.
    #[serde(default, deserialize_with = "lenient::list")]
    #[schemars(with = "String")]
    #[cfg_attr(feature = "clap", arg(long, value_parser = crate::cli::words!(PageListStatus), value_delimiter = ',', help = "Only pages with this status; several are separated by commas"))]
    status: Vec<PageListStatus>,
    /// markdown, storage, `atlas_doc_format`; not for list: view, others.
    #[serde(default)]
    #[schemars(with = "String")]
    #[cfg_attr(feature = "clap", arg(long, value_name = "FORMAT", value_parser = crate::cli::words!(ListFormat), help = "Show the content, in this format"))]
    body_format: Option<ListFormat>,
    /// title, id, created-date, modified-date; - reverses.
    #[serde(default)]
    #[schemars(with = "String")]
    #[cfg_attr(feature = "clap", arg(long, value_name = "FIELD", allow_hyphen_values = true, value_parser = crate::cli::words!(PageSort), help = "Order; `-` in front reverses it"))]
    sort: Option<PageSort>,
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
#[expect(clippy::struct_field_names, reason = "`getDraft` is the argument's name")]
pub(crate) struct Get {
    #[cfg_attr(
        feature = "clap",
        arg(value_name = "PAGE", help = "Page, by its id or its address")
    )]
    id: PageId,
    #[serde(default)]
    #[schemars(with = "String")]
    #[cfg_attr(feature = "clap", arg(long, value_name = "FORMAT", value_parser = crate::cli::words!(PageFormat), help = "Show the content, in this format"))]
    body_format: Option<PageFormat>,
    #[serde(default)]
    #[cfg_attr(feature = "clap", arg(long, help = "The draft, in place of what is published"))]
    get_draft: bool,
    /// an earlier one; edit: the one read.
    #[serde(default)]
    #[cfg_attr(feature = "clap", arg(long, help = "An earlier version"))]
    version: Option<u64>,
    #[serde(default)]
    #[cfg_attr(feature = "clap", arg(long, help = "Show the labels"))]
    include_labels: bool,
}

/// Arguments of `getBody`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[cfg_attr(feature = "clap", derive(clap::Args, serde::Serialize))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct GetBody {
    #[cfg_attr(
        feature = "clap",
        arg(value_name = "PAGE", help = "Page, by its id or its address")
    )]
    id: PageId,
    #[serde(default)]
    #[schemars(with = "String")]
    #[cfg_attr(feature = "clap", arg(long, value_name = "FORMAT", value_parser = crate::cli::words!(PageFormat), help = "Format of the content; `storage` if not given"))]
    body_format: Option<PageFormat>,
    #[serde(default)]
    #[cfg_attr(feature = "clap", arg(long, help = "An earlier version"))]
    version: Option<u64>,
    /// headings only.
    #[serde(default)]
    #[cfg_attr(feature = "clap", arg(skip))]
    outline: bool,
    /// from outline.
    #[serde(default)]
    #[cfg_attr(feature = "clap", arg(skip))]
    section: Option<String>,
    #[serde(default)]
    #[cfg_attr(feature = "clap", arg(skip))]
    offset: Option<u32>,
    #[serde(default)]
    #[cfg_attr(feature = "clap", arg(skip))]
    max_chars: Option<u32>,
}

/// Arguments of `create`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[cfg_attr(feature = "clap", derive(clap::Args, serde::Serialize))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Create {
    /// title, body, and spaceId or version.
    #[serde(deserialize_with = "lenient::object")]
    #[cfg_attr(feature = "clap", command(flatten))]
    body: PageContent,
}

/// Arguments of `update`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[cfg_attr(feature = "clap", derive(clap::Args, serde::Serialize))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Update {
    #[cfg_attr(
        feature = "clap",
        arg(value_name = "PAGE", help = "Page, by its id or its address")
    )]
    id: PageId,
    #[serde(deserialize_with = "lenient::object")]
    #[cfg_attr(feature = "clap", command(flatten))]
    body: PageContent,
    /// drop macros, comments.
    #[serde(default)]
    #[cfg_attr(
        feature = "clap",
        arg(
            long,
            help = "Write even if macros, images, mentions or comments of the page are lost"
        )
    )]
    allow_loss: bool,
}

/// Arguments of `delete`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[cfg_attr(feature = "clap", derive(clap::Args, serde::Serialize))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Delete {
    #[cfg_attr(
        feature = "clap",
        arg(value_name = "PAGE", help = "Page, by its id or its address")
    )]
    id: PageId,
    /// for good.
    #[serde(default)]
    #[cfg_attr(feature = "clap", arg(long, help = "Remove it from the trash, for good"))]
    purge: bool,
    /// only the draft.
    #[serde(default)]
    #[cfg_attr(feature = "clap", arg(long, help = "Discard only the draft, for good"))]
    draft: bool,
}

/// A page to write.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[cfg_attr(feature = "clap", derive(clap::Args, serde::Serialize))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(description = "")]
pub(crate) struct PageContent {
    /// On update: must equal the argument `id`, if given.
    #[serde(default)]
    #[schemars(skip)]
    #[cfg_attr(feature = "clap", arg(skip))]
    id: Option<PageId>,
    #[serde(default)]
    #[cfg_attr(feature = "clap", arg(long, help = "Space, by its id"))]
    space_id: Option<SpaceId>,
    #[serde(default)]
    #[cfg_attr(feature = "clap", arg(long, help = "Title"))]
    title: Option<String>,
    /// on update: moves.
    #[serde(default)]
    #[cfg_attr(
        feature = "clap",
        arg(long, value_name = "PAGE", help = "Page above it, by its id or its address")
    )]
    parent_id: Option<PageId>,
    /// current or draft.
    #[serde(default)]
    #[schemars(with = "String")]
    #[cfg_attr(feature = "clap", arg(long, value_parser = crate::cli::words!(NewPageStatus), help = "Published, or a draft"))]
    status: Option<NewPageStatus>,
    #[serde(default)]
    #[cfg_attr(feature = "clap", command(flatten))]
    body: Option<ContentBody>,
    #[serde(default)]
    #[cfg_attr(feature = "clap", command(flatten))]
    version: Option<ContentVersion>,
}

/// The content of a page.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[cfg_attr(feature = "clap", derive(clap::Args, serde::Serialize))]
#[serde(deny_unknown_fields)]
#[schemars(description = "")]
pub(crate) struct ContentBody {
    /// markdown, storage or `atlas_doc_format`.
    #[schemars(with = "String")]
    #[cfg_attr(feature = "clap", arg(long, value_name = "FORMAT", default_value = "storage", value_parser = crate::cli::words!(WriteFormat), help = "Format of the content"))]
    pub(crate) representation: WriteFormat,
    #[cfg_attr(feature = "clap", arg(id = crate::cli::CONTENT, long = "body", value_name = "TEXT", default_value = "", hide_default_value = true, allow_hyphen_values = true, help = "The content itself"))]
    pub(crate) value: String,
}

/// The version that an update makes.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[cfg_attr(feature = "clap", derive(clap::Args, serde::Serialize))]
#[serde(deny_unknown_fields)]
#[schemars(description = "")]
pub(crate) struct ContentVersion {
    /// the version you read + 1.
    #[cfg_attr(
        feature = "clap",
        arg(
            long = "version-number",
            required = false,
            value_name = "N",
            help = "The version that this makes: the one you read, plus one"
        )
    )]
    number: u64,
    #[serde(default)]
    #[cfg_attr(
        feature = "clap",
        arg(
            long,
            value_name = "TEXT",
            requires = "number",
            help = "What was changed, for the history"
        )
    )]
    message: Option<String>,
}

impl Action for PagesAction {
    const TOOL: &'static str = "pages";
    const DESCRIPTION: &'static str = "Pages. list: by exact title or space. get: metadata. getBody: content. edit: changes parts; keep [[…]] placeholders. update: replaces all.";

    async fn run(self, call: &Call<'_>) -> Result<Success, Failure> {
        match self {
            Self::List(arguments) => list(call, arguments).await,
            Self::Get(arguments) => {
                let Get { id, body_format, get_draft, version, include_labels } = arguments;
                let markdown = body_format.is_some_and(PageFormat::is_markdown);
                let body_format = body_format.map(PageFormat::upstream);
                let endpoint = GetPage { id, body_format, get_draft, version, include_labels };
                call.one_as(&endpoint, markdown, |page| render::page(page, call.reader)).await
            }
            Self::GetBody(arguments) => read::get_body(call, arguments).await,
            Self::Create(arguments) => create(call, arguments.body).await,
            Self::Update(arguments) => update::update(call, arguments).await,
            Self::Edit(arguments) => edit::edit(call, arguments).await,
            Self::Delete(arguments) => delete(call, arguments).await,
        }
    }
}

async fn list(call: &Call<'_>, arguments: List) -> Result<Success, Failure> {
    let by_title = arguments.title.is_some();
    let markdown = arguments.body_format.is_some_and(ListFormat::is_markdown);
    let endpoint = ListPages {
        ids: Vec::new(),
        space_ids: arguments.space_id,
        title: arguments.title,
        statuses: arguments.status,
        body_format: arguments.body_format.map(ListFormat::upstream),
        sort: arguments.sort,
        limit: page_size(arguments.limit),
        cursor: arguments.cursor,
    };
    call.list_as(&endpoint, markdown, |pages| render::list(pages, by_title)).await
}

async fn create(call: &Call<'_>, page: PageContent) -> Result<Success, Failure> {
    let missing =
        |name: &str| refuse(call.operation, &format!("Missing required argument: body.{name}"));
    let draft = page.status == Some(NewPageStatus::Draft);
    if page.id.is_some() {
        return Err(refuse(
            call.operation,
            "argument `body.id`: a new page gets its id from Confluence; leave it out",
        ));
    }
    if page.version.is_some() {
        return Err(refuse(
            call.operation,
            "argument `body.version`: a new page starts with version 1; leave it out",
        ));
    }
    if page.title.is_none() && !draft {
        return Err(missing("title"));
    }
    if page.body.is_none() && !draft {
        return Err(missing("body"));
    }
    let endpoint = CreatePage {
        space_id: page.space_id.ok_or_else(|| missing("spaceId"))?,
        status: page.status,
        title: page.title,
        parent_id: page.parent_id,
        body: match page.body {
            Some(it) => Some(new_body(call, it.representation, it.value)?),
            None => None,
        },
    };
    call.one(&endpoint, |page| render::written(page, "Created")).await
}

async fn delete(call: &Call<'_>, arguments: Delete) -> Result<Success, Failure> {
    let Delete { id, purge, draft } = arguments;
    if purge && draft {
        return Err(refuse(call.operation, "purge and draft exclude each other"));
    }
    let text = match (purge, draft) {
        (true, _) => format!("Purged page {id} from the trash, for good."),
        (_, true) => format!("Discarded the draft of page {id}, for good."),
        _ => format!("Moved page {id} to the trash. It can be restored there until it is purged."),
    };
    let endpoint = DeletePage { id, purge, draft };
    call.fetch(&endpoint).await?;
    Ok(call.empty(endpoint.id.as_str(), text))
}
