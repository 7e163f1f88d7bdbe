//! Lists pages of a space: the first five by title.

use std::io::{self, Write};

use confluence_api::{
    BoxError,
    pages::{ListPages, PageSort},
    spaces::ListSpaces,
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
    let client = &account.client;

    // Pages belong to a space's id. People know its key.
    let key = arguments.space.unwrap_or_else(|| "ENG".to_owned());
    let named = ListSpaces { keys: vec![key.clone()], ..ListSpaces::default() };
    let Some(space) = client.send(&named).await?.results.pop() else {
        return Err(format!("there is no space `{key}`, or the account may not see it").into());
    };

    let first = ListPages {
        space_ids: vec![space.id],
        sort: Some(PageSort::Title),
        limit: Some(5),
        ..ListPages::default()
    };
    let pages = client.send(&first).await?;
    writeln!(out, "{} ({key})", space.name)?;
    for page in &pages.results {
        writeln!(out, "{:>8}  {}", page.id, page.title)?;
    }
    if pages.next_cursor().is_some() {
        writeln!(out, "{:>8}", "…")?;
    }
    Ok(())
}
