//! The `content` tool: the page tree.

use std::collections::HashMap;

use confluence_api::{
    Page,
    content::{Ancestor, ChildSort, ListAncestors, ListChildren, ListDescendants},
    id::PageId,
    pages::{ListPages, PageDetail, PageListStatus},
};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use crate::{
    action::Action,
    arguments::refuse,
    call::{Call, Success},
    failure::Failure,
    listing::Listing,
    page_size,
    render::content as render,
};

/// What can be seen of the page tree.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[cfg_attr(feature = "clap", derive(clap::Subcommand, serde::Serialize))]
#[serde(rename_all = "camelCase")]
pub(crate) enum ContentAction {
    /// What stands directly below a page.
    Children(Children),
    /// The way up.
    Ancestors(Ancestors),
    /// Everything below a page.
    Descendants(Descendants),
}

/// Arguments of `children`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[cfg_attr(feature = "clap", derive(clap::Args, serde::Serialize))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Children {
    /// page id.
    #[cfg_attr(
        feature = "clap",
        arg(value_name = "PAGE", help = "Page, by its id or its address")
    )]
    id: PageId,
    /// child-position, title, created-date, modified-date or id.
    #[serde(default)]
    #[schemars(with = "String")]
    #[cfg_attr(feature = "clap", arg(long, value_name = "FIELD", allow_hyphen_values = true, value_parser = crate::cli::words!(ChildSort), help = "Order; `-` in front reverses it"))]
    sort: Option<ChildSort>,
    #[serde(default)]
    #[cfg_attr(feature = "clap", arg(long, value_name = "N", help = "Rows at once, 1 to 100"))]
    limit: Option<i64>,
    #[serde(default)]
    #[cfg_attr(feature = "clap", arg(long, help = "Go on where an earlier list ended"))]
    cursor: Option<String>,
}

/// Arguments of `ancestors`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[cfg_attr(feature = "clap", derive(clap::Args, serde::Serialize))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Ancestors {
    #[cfg_attr(
        feature = "clap",
        arg(value_name = "PAGE", help = "Page, by its id or its address")
    )]
    id: PageId,
    #[serde(default)]
    #[cfg_attr(feature = "clap", arg(long, value_name = "N", help = "Rows, 1 to 100"))]
    limit: Option<i64>,
}

/// Arguments of `descendants`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[cfg_attr(feature = "clap", derive(clap::Args, serde::Serialize))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Descendants {
    #[cfg_attr(
        feature = "clap",
        arg(value_name = "PAGE", help = "Page, by its id or its address")
    )]
    id: PageId,
    /// 1 to 10, default 2.
    #[serde(default)]
    #[cfg_attr(feature = "clap", arg(long, help = "Levels to look down, 1 to 10; 2 if not given"))]
    depth: Option<u32>,
    #[serde(default)]
    #[cfg_attr(feature = "clap", arg(long, value_name = "N", help = "Rows at once, 1 to 100"))]
    limit: Option<i64>,
    #[serde(default)]
    #[cfg_attr(feature = "clap", arg(long, help = "Go on where an earlier list ended"))]
    cursor: Option<String>,
}

/// Levels that Confluence shows unless told otherwise.
const DEFAULT_DEPTH: u32 = 2;

impl Action for ContentAction {
    const TOOL: &'static str = "content";
    const DESCRIPTION: &'static str = "The page tree: children, descendants (several levels), ancestors; also folders. Start at a space's home page.";

    async fn run(self, call: &Call<'_>) -> Result<Success, Failure> {
        match self {
            Self::Children(Children { id, sort, limit, cursor }) => {
                let endpoint = ListChildren { id, sort, limit: page_size(limit), cursor };
                call.list(&endpoint, render::children).await
            }
            Self::Ancestors(Ancestors { id, limit }) => ancestors(call, id, limit).await,
            Self::Descendants(Descendants { id, depth, limit, cursor }) => {
                if let Some(depth) = depth.filter(|depth| !(1..=10).contains(depth)) {
                    let reason = format!("argument `depth`: got {depth}, expected 1 to 10");
                    return Err(refuse(call.operation, &reason));
                }
                let endpoint = ListDescendants { id, depth, limit: page_size(limit), cursor };
                let depth = depth.unwrap_or(DEFAULT_DEPTH);
                call.list(&endpoint, |nodes| render::descendants(nodes, depth)).await
            }
        }
    }
}

async fn ancestors(call: &Call<'_>, id: PageId, limit: Option<i64>) -> Result<Success, Failure> {
    let limit = page_size(limit);
    let answer = call.fetch(&ListAncestors { id, limit }).await?;
    let Some(output) = call.output else {
        return call.finish(&answer, |_, _| Ok(String::new()));
    };
    let mut value = call.parse(&answer)?;
    let page: Page<Ancestor> = call.view(&value)?;
    let titles = titles(call, &page.results).await;
    for row in
        value["results"].as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut)
    {
        let id = row.get("id").map(|id| id.as_str().map_or_else(|| id.to_string(), str::to_owned));
        if let Some(title) = id.and_then(|id| titles.get(&id)) {
            row.insert("title".to_owned(), Value::String(title.clone()));
        }
    }
    call.present(value, None, output, |_, next| {
        let title = |ancestor: &Ancestor| titles.get(ancestor.id.as_str()).cloned();
        let limit = limit.unwrap_or(crate::DEFAULT_PAGE_SIZE) as usize;
        let listing = Listing::whole(&page, next.as_deref(), call.reader);
        Ok(render::ancestors(&listing, &title, limit))
    })
}

/// The titles of `ancestors`, which Confluence does not give: one batched request. Those that
/// cannot be read stay without.
async fn titles(call: &Call<'_>, ancestors: &[Ancestor]) -> HashMap<String, String> {
    if ancestors.is_empty() {
        return HashMap::new();
    }
    let endpoint = ListPages {
        ids: ancestors.iter().map(|ancestor| ancestor.id.clone()).collect(),
        statuses: vec![PageListStatus::Current, PageListStatus::Archived],
        limit: u32::try_from(ancestors.len()).ok(),
        ..ListPages::default()
    };
    let pages = match call.fetch(&endpoint).await {
        Ok(answer) => call.decode::<Page<PageDetail>>(&answer),
        Err(failure) => Err(failure),
    };
    match pages {
        Ok(pages) => {
            pages.results.into_iter().map(|page| (page.id.to_string(), page.title)).collect()
        }
        Err(failure) => {
            tracing::debug!(kind = ?failure.kind, "ancestors are shown without titles");
            HashMap::new()
        }
    }
}
