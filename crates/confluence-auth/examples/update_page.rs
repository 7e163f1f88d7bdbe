//! Creates a page and changes it while somebody else does, too, without losing either change.

use std::io::{self, Write};

use confluence_api::{
    ApiErrorKind, BoxError, Client,
    body::{NewBody, PageBodyFormat},
    id::PageId,
    pages::{CreatePage, DeletePage, GetPage, PageDetail, UpdatePage},
    spaces::ListSpaces,
};
use confluence_sandbox::Sandbox;

use account::Arguments;

mod account;

/// How often a change is tried: whoever loses that many times should ask a person.
const ATTEMPTS: u32 = 4;

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    run(std::env::args().skip(1), &mut io::stdout()).await
}

pub(crate) async fn run(
    arguments: impl Iterator<Item = String>,
    out: &mut dyn Write,
) -> Result<(), BoxError> {
    let arguments = Arguments::parse(arguments)?;
    if arguments.site.is_some() && arguments.space.is_none() {
        return Err("this example writes: say where, with --space".into());
    }
    let account = arguments.open(Sandbox::builder().empty()).await?;
    let client = &account.client;

    let key = arguments.space.unwrap_or_else(|| "SAND".to_owned());
    let named = ListSpaces { keys: vec![key.clone()], ..ListSpaces::default() };
    let space = client.send(&named).await?.results.pop();
    let space = space.ok_or_else(|| format!("no space `{key}`"))?;

    let body = NewBody::storage("<p>Present: everyone.</p>");
    let created = client.send(&CreatePage::new(space.id, "Minutes of Monday", body)).await?;
    writeln!(out, "created {:?}", created.title)?;

    // Two people open the page, and both save.
    let opened = read(client, &created.id).await?;
    let (mine, theirs) = (opened.clone(), opened);
    save(client, theirs, |text| text + "<p>Decided: ship it.</p>", out).await?;
    save(client, mine, |text| text + "<p>Next: Thursday.</p>", out).await?;

    let page = read(client, &created.id).await?;
    writeln!(out, "{}", page.body_text().unwrap_or_default())?;
    client.send(&DeletePage::new(page.id)).await?;
    writeln!(out, "moved it to the trash")?;
    Ok(())
}

async fn read(client: &Client, id: &PageId) -> Result<PageDetail, confluence_api::Error> {
    let body_format = Some(PageBodyFormat::Storage);
    client.send(&GetPage { body_format, ..GetPage::new(id.clone()) }).await
}

/// Saves `edit`'s change to `page`, made again on top of what others have saved since it was read.
async fn save(
    client: &Client,
    mut page: PageDetail,
    edit: impl Fn(String) -> String,
    out: &mut dyn Write,
) -> Result<(), BoxError> {
    for _ in 0..ATTEMPTS {
        let (Some(text), Some(number)) = (page.body_text(), page.version_number()) else {
            return Err("the answer has no body or no version".into());
        };
        let body = NewBody::storage(edit(text.to_owned()));
        let update = UpdatePage::new(page.id.clone(), &page.title, body, number + 1);
        match client.send(&update).await {
            Ok(_) => {
                writeln!(out, "saved version {}", number + 1)?;
                return Ok(());
            }
            Err(error) if error.kind() == Some(ApiErrorKind::Conflict) => {
                writeln!(out, "somebody else made version {}: reading it", number + 1)?;
                page = read(client, &update.id).await?;
            }
            Err(error) => return Err(error.into()),
        }
    }
    Err(format!("others saved {ATTEMPTS} times meanwhile").into())
}
