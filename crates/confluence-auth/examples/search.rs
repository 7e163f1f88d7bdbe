//! Searches with CQL for text that comes from outside.

use std::io::{self, Write};

use confluence_api::{
    BoxError,
    search::{Excerpt, SearchCql, quote},
};
use confluence_sandbox::Sandbox;

use account::Arguments;

mod account;

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    run(std::env::args().skip(1), &mut io::stdout()).await
}

pub(crate) async fn run(
    arguments: impl Iterator<Item = String>,
    out: &mut dyn Write,
) -> Result<(), BoxError> {
    let arguments = Arguments::parse(arguments)?;
    let account = arguments.open(Sandbox::builder().demo()).await?;

    // Unquoted, this would be another query: `x" OR creator = "…`.
    let text = arguments.text.unwrap_or_else(|| "expired certificate".to_owned());
    let cql = format!("type = page AND text ~ {} ORDER BY lastmodified DESC", quote(&text));
    let search = SearchCql {
        limit: Some(5),
        excerpt: Some(Excerpt::None),
        expand: vec!["content.space".to_owned()],
        ..SearchCql::new(&cql)
    };
    let found = account.client.send(&search).await?;

    writeln!(out, "{cql}")?;
    for hit in &found.results {
        // Spaces and people can be hits as well, and have no content.
        let Some(content) = &hit.content else { continue };
        let id = content.id.as_deref().unwrap_or_default();
        let title = content.title.as_deref().unwrap_or_default();
        let space = content.space.as_ref().and_then(|it| it.key.as_deref()).unwrap_or_default();
        writeln!(out, "{id:>8}  {space:<6}  {title}")?;
    }
    writeln!(out, "about {} hits", found.total_size.unwrap_or_default())?;
    Ok(())
}
