//! The `pages` tool.

use confluence_api::{
    body::{BodyFormat, NewBody, PageBodyFormat, Representation},
    id::{PageId, SpaceId},
    pages::{
        CreatePage, DeletePage, GetPage, ListPages, NewPageStatus, NewVersion, PageDetail,
        PageListStatus, PageSort, UpdatePage,
    },
};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    action::Action,
    arguments::refuse,
    call::{Call, Success},
    failure::{Failure, FailureKind},
    lenient, page_size,
    render::{Reader, body::Window, pages as render},
    trim::MAX_TEXT,
};

mod conflict;

/// The largest part of a body that one call gives, in characters.
const MAX_PART: usize = 100_000;

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
    /// Moves a page to the trash.
    Delete(Delete),
}

/// Arguments of `list`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[cfg_attr(feature = "clap", derive(clap::Args, serde::Serialize))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct List {
    /// from spaces list.
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
    /// exact.
    #[serde(default)]
    #[cfg_attr(feature = "clap", arg(long, help = "Exact title"))]
    title: Option<String>,
    /// current, archived, trashed or deleted.
    #[serde(default, deserialize_with = "lenient::list")]
    #[schemars(with = "String")]
    #[cfg_attr(feature = "clap", arg(long, value_parser = crate::cli::words!(PageListStatus), value_delimiter = ',', help = "Only pages with this status; several are separated by commas"))]
    status: Vec<PageListStatus>,
    /// storage, `atlas_doc_format`; not for list: view, `export_view`, others.
    #[serde(default)]
    #[schemars(with = "String")]
    #[cfg_attr(feature = "clap", arg(long, value_name = "FORMAT", value_parser = crate::cli::words!(BodyFormat), help = "Show the content, in this format"))]
    body_format: Option<BodyFormat>,
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
    #[cfg_attr(feature = "clap", arg(long, value_name = "FORMAT", value_parser = crate::cli::words!(PageBodyFormat), help = "Show the content, in this format"))]
    body_format: Option<PageBodyFormat>,
    #[serde(default)]
    #[cfg_attr(feature = "clap", arg(long, help = "The draft, in place of what is published"))]
    get_draft: bool,
    /// an earlier one.
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
    #[cfg_attr(feature = "clap", arg(long, value_name = "FORMAT", value_parser = crate::cli::words!(PageBodyFormat), help = "Format of the content; `storage` if not given"))]
    body_format: Option<PageBodyFormat>,
    #[serde(default)]
    #[cfg_attr(feature = "clap", arg(long, help = "An earlier version"))]
    version: Option<u64>,
    #[serde(default)]
    #[cfg_attr(feature = "clap", arg(skip))]
    offset: Option<u32>,
    /// default 20000.
    #[serde(default)]
    #[cfg_attr(feature = "clap", arg(skip))]
    max_chars: Option<u32>,
}

/// Arguments of `create`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[cfg_attr(feature = "clap", derive(clap::Args, serde::Serialize))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Create {
    /// create needs spaceId, title, body; update title, body (all of it), version.
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
    /// from the trash, for good.
    #[serde(default)]
    #[cfg_attr(feature = "clap", arg(long, help = "Remove it from the trash, for good"))]
    purge: bool,
    /// only the draft, for good.
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
    /// storage or `atlas_doc_format`.
    #[schemars(with = "String")]
    #[cfg_attr(feature = "clap", arg(long, value_name = "FORMAT", default_value = "storage", value_parser = crate::cli::words!(Representation), help = "Format of the content"))]
    pub(crate) representation: Representation,
    #[cfg_attr(feature = "clap", arg(id = crate::cli::CONTENT, long = "body", value_name = "TEXT", default_value = "", hide_default_value = true, allow_hyphen_values = true, help = "The content itself"))]
    pub(crate) value: String,
}

impl From<ContentBody> for NewBody {
    fn from(body: ContentBody) -> Self {
        Self { representation: body.representation, value: body.value }
    }
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
    const DESCRIPTION: &'static str = "Confluence pages. list: by exact title or space. get: metadata. getBody: content. Before update, read the page with getBody, change that text, keep its macros (ac:, ri: elements), and send version.number = version read + 1.";

    async fn run(self, call: &Call<'_>) -> Result<Success, Failure> {
        match self {
            Self::List(arguments) => list(call, arguments).await,
            Self::Get(arguments) => {
                let Get { id, body_format, get_draft, version, include_labels } = arguments;
                let endpoint = GetPage { id, body_format, get_draft, version, include_labels };
                call.one(&endpoint, |page| render::page(page, call.reader)).await
            }
            Self::GetBody(arguments) => get_body(call, arguments).await,
            Self::Create(arguments) => create(call, arguments.body).await,
            Self::Update(arguments) => update(call, arguments).await,
            Self::Delete(arguments) => delete(call, arguments).await,
        }
    }
}

async fn list(call: &Call<'_>, arguments: List) -> Result<Success, Failure> {
    let by_title = arguments.title.is_some();
    let endpoint = ListPages {
        ids: Vec::new(),
        space_ids: arguments.space_id,
        title: arguments.title,
        statuses: arguments.status,
        body_format: arguments.body_format,
        sort: arguments.sort,
        limit: page_size(arguments.limit),
        cursor: arguments.cursor,
    };
    call.list(&endpoint, |pages| render::list(pages, by_title)).await
}

async fn get_body(call: &Call<'_>, arguments: GetBody) -> Result<Success, Failure> {
    let GetBody { id, body_format, version, offset, max_chars } = arguments;
    if call.output.is_none() && (offset.is_some() || max_chars.is_some()) {
        return Err(refuse(
            call.operation,
            "offset and maxChars belong to the tool; an instruction returns Confluence's JSON whole",
        ));
    }
    if max_chars == Some(0) {
        return Err(refuse(call.operation, "argument `maxChars`: got 0, expected at least 1"));
    }
    let max_chars = max_chars.map_or(MAX_TEXT, |it| (it as usize).min(MAX_PART));
    let window = Window { offset: offset.unwrap_or(0) as usize, max_chars };
    let body_format = Some(body_format.unwrap_or(PageBodyFormat::Storage));
    let endpoint = GetPage { body_format, version, ..GetPage::new(id) };
    let answer = call.fetch(&endpoint).await?;
    let Some(output) = call.output else {
        return call.finish(&answer, |_, _| Ok(String::new()));
    };
    let render = |page: PageDetail| match call.reader {
        Reader::Model => render::body(&page, window),
        Reader::Person => render::content(&page),
    };
    if !output.has_json() {
        let text = render(call.decode(&answer)?);
        return Ok(Success { text, structured: None, raw: None, next: None });
    }
    let mut value = call.parse(&answer)?;
    let text = if output.has_text() { render(call.view(&value)?) } else { String::new() };
    keep_part(&mut value, window);
    call.part(value, output, text)
}

/// Leaves the asked part of the body in the JSON, and says so beside it.
fn keep_part(page: &mut Value, window: Window) {
    let bodies = page.get_mut("body").and_then(Value::as_object_mut);
    for body in bodies.into_iter().flat_map(|it| it.values_mut()).filter_map(Value::as_object_mut) {
        let Some(text) = body.get("value").and_then(Value::as_str) else { continue };
        let part = crate::render::body::part(text, window);
        if part.is_whole() {
            continue;
        }
        let note = json!({
            "offset": part.start,
            "end": part.end,
            "total": part.total,
            "hint": "A part of the body: read on with getBody offset/maxChars. Do not use it for an update.",
        });
        let text = part.text.to_owned();
        body.insert("value".to_owned(), Value::String(text));
        body.insert("__truncated".to_owned(), note);
    }
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
        body: page.body.map(NewBody::from),
    };
    call.one(&endpoint, |page| render::written(page, "Created")).await
}

async fn update(call: &Call<'_>, arguments: Update) -> Result<Success, Failure> {
    let Update { id, body: page } = arguments;
    let missing =
        |name: &str| refuse(call.operation, &format!("Missing required argument: body.{name}"));
    if let Some(echoed) = page.id.filter(|echoed| *echoed != id) {
        let reason = format!("argument `body.id`: got {echoed}, but `id` is {id}; leave it out");
        return Err(refuse(call.operation, &reason));
    }
    let version = page.version.ok_or_else(|| {
        let hint = "read the page first (pages getBody) and send its version number plus one, so that nobody's change is overwritten";
        refuse(call.operation, &format!("Missing required argument: body.version.number; {hint}"))
    })?;
    let endpoint = UpdatePage {
        status: page.status.unwrap_or(NewPageStatus::Current),
        title: page.title.ok_or_else(|| missing("title"))?,
        space_id: page.space_id,
        parent_id: page.parent_id,
        body: page.body.ok_or_else(|| missing("body"))?.into(),
        version: NewVersion { number: version.number, message: version.message },
        id,
    };
    let answer = match call.fetch(&endpoint).await {
        Ok(answer) => answer,
        Err(failure) if failure.kind == FailureKind::Conflict => {
            return Err(conflict::explain(call, &endpoint, failure).await);
        }
        Err(failure) => return Err(failure),
    };
    // Success is claimed only if the text was saved, whatever form the answer is wanted in.
    let page: PageDetail = call.decode(&answer)?;
    if let Some(failure) = conflict::not_saved(&endpoint, &page) {
        return Err(failure);
    }
    call.finish(&answer, |_, _| Ok(render::written(&page, "Updated")))
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
