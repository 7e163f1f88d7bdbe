//! The `search` tool.

use confluence_api::{
    search::{Excerpt, SearchCql},
    text,
};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    action::Action,
    arguments::refuse,
    call::{Call, Success},
    failure::Failure,
    lenient, page_size,
    render::search as render,
};

/// What can be searched.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[cfg_attr(feature = "clap", derive(clap::Subcommand, serde::Serialize))]
#[serde(rename_all = "camelCase")]
pub(crate) enum SearchAction {
    /// Finds content with CQL.
    Cql(Cql),
}

/// Arguments of `cql`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[cfg_attr(feature = "clap", derive(clap::Args, serde::Serialize))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(clippy::struct_field_names, reason = "`cql` is the argument's name")]
pub(crate) struct Cql {
    /// like: type = page AND space = ENG AND text ~ "on call" ORDER BY lastmodified DESC.
    #[cfg_attr(feature = "clap", arg(help = "Query, such as: type = page AND text ~ \"on call\""))]
    cql: String,
    #[serde(default)]
    #[cfg_attr(feature = "clap", arg(long, help = "Context of the query, as JSON"))]
    cqlcontext: Option<String>,
    #[serde(default)]
    #[cfg_attr(feature = "clap", arg(long, value_name = "N", help = "Rows at once, 1 to 100"))]
    limit: Option<i64>,
    /// Confluence ignores it: accepted, forwarded, and not shown.
    #[serde(default)]
    #[schemars(extend("x-hidden" = true))]
    #[cfg_attr(feature = "clap", arg(skip))]
    start: Option<u32>,
    #[serde(default)]
    #[cfg_attr(feature = "clap", arg(long, help = "Go on where an earlier search ended"))]
    cursor: Option<String>,
    /// highlight (default), indexed or none.
    #[serde(default)]
    #[schemars(with = "String")]
    #[cfg_attr(feature = "clap", arg(long, value_parser = crate::cli::words!(Excerpt), help = "Kind of excerpt"))]
    excerpt: Option<Excerpt>,
    #[serde(default, deserialize_with = "lenient::list")]
    #[schemars(with = "String")]
    #[cfg_attr(
        feature = "clap",
        arg(long, value_delimiter = ',', help = "More fields in the JSON, separated by commas")
    )]
    expand: Vec<String>,
}

impl Action for SearchAction {
    const TOOL: &'static str = "search";
    const DESCRIPTION: &'static str = "Search with CQL. Fields: type (page, comment, attachment, folder), space (key), title, text, label, ancestor, parent, container (page of a comment), id, creator, contributor, created, lastmodified (now(\"-3w\")). text ~ needs all words.";

    async fn run(self, call: &Call<'_>) -> Result<Success, Failure> {
        let Self::Cql(arguments) = self;
        let Cql { cql, cqlcontext, limit, start, cursor, excerpt, expand } = arguments;
        if cql.trim().is_empty() {
            return Err(refuse(call.operation, "Missing required argument: cql; it is empty"));
        }
        if let Some(field) = empty_text(&cql) {
            // Confluence answers this with a NullPointerException and status 500.
            let reason = format!(
                "`{} ~ \"\"` searches for nothing; put a word between the quotes or leave the condition out",
                text::excerpt(field, 60)
            );
            return Err(refuse(call.operation, &reason));
        }
        let endpoint = SearchCql {
            cql,
            cql_context: cqlcontext,
            excerpt,
            expand,
            limit: page_size(limit),
            start,
            cursor,
        };
        call.list(&endpoint, |hits| render::hits(hits, start.is_some_and(|it| it > 0))).await
    }
}

/// The field of a `~` condition whose text is empty.
fn empty_text(cql: &str) -> Option<&str> {
    let mut rest = cql;
    let mut quote = None;
    let mut escaped = false;
    let start = cql.as_ptr() as usize;
    while let Some(character) = rest.chars().next() {
        let at = rest.as_ptr() as usize - start;
        rest = &rest[character.len_utf8()..];
        match quote {
            Some(_) if escaped => escaped = false,
            Some(_) if character == '\\' => escaped = true,
            Some(open) if character == open => quote = None,
            None if matches!(character, '"' | '\'') => quote = Some(character),
            None if character == '~' && is_empty_operand(rest) => {
                let before = cql[..at].trim_end().trim_end_matches('!').trim_end();
                let field = before.rsplit(|it: char| it.is_whitespace() || it == '(').next();
                return field.filter(|field| !field.is_empty()).or(Some("text"));
            }
            Some(_) | None => {}
        }
    }
    None
}

/// Whether what follows `~` is an empty or blank string.
fn is_empty_operand(rest: &str) -> bool {
    let rest = rest.trim_start();
    let Some(quote) = rest.chars().next().filter(|it| matches!(it, '"' | '\'')) else {
        return false;
    };
    rest[1..].trim_start().starts_with(quote)
}

#[cfg(test)]
mod tests {
    use super::empty_text;

    #[test]
    fn an_empty_text_is_found_wherever_it_stands() {
        assert_eq!(empty_text("text ~ \"\""), Some("text"));
        assert_eq!(empty_text("type = page and (siteSearch ~ '  ')"), Some("siteSearch"));
        assert_eq!(empty_text("title !~ \"\" or text ~ x"), Some("title"));
        assert_eq!(empty_text("title~\"\""), Some("title~\"\"".split('~').next().unwrap()));
    }

    #[test]
    fn other_queries_pass() {
        for cql in [
            "text ~ \"a\"",
            "text ~ word",
            "label = \"\"",
            "title = \"~ \\\"\\\"\"",
            "text ~ \"\\\"quoted\\\"\"",
            "text ~",
            "~",
            "title = 'é ~ \"\"'",
        ] {
            assert_eq!(empty_text(cql), None, "{cql}");
        }
    }
}
