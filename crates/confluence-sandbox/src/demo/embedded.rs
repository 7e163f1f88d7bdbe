//! The files of the demo site, compiled into the library.

use include_dir::{Dir, File, include_dir};
use serde::{Deserialize, de::DeserializeOwned};

use super::{
    DemoPermissions, DemoSite, DemoSpace, DemoUser, SpaceType,
    error::DemoError,
    page::{DemoPage, PageFile},
};

/// `demo/` as it was at compile time.
pub(super) static FILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/demo");

/// `users.toml`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UsersFile {
    users: Vec<DemoUser>,
}

/// `spaces/<name>/space.toml`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SpaceFile {
    id: String,
    key: String,
    name: String,
    #[serde(rename = "type")]
    space_type: SpaceType,
    description: String,
    author: String,
    created: jiff::Timestamp,
    homepage: String,
    permissions: DemoPermissions,
}

/// Parses every file.
pub(super) fn site() -> Result<DemoSite, DemoError> {
    let UsersFile { users } = parse("users.toml", text("users.toml")?)?;
    let mut spaces = FILES
        .get_dir("spaces")
        .ok_or_else(|| DemoError::Unreadable { file: "spaces".into() })?
        .dirs()
        .map(space)
        .collect::<Result<Vec<_>, _>>()?;
    spaces.sort_by(|one, other| one.key.cmp(&other.key));
    Ok(DemoSite { users, spaces })
}

fn space(dir: &'static Dir<'static>) -> Result<DemoSpace, DemoError> {
    let path = dir.path().join("space.toml").display().to_string();
    let file: SpaceFile = parse(&path, text(&path)?)?;
    let pages = dir
        .files()
        .filter(|it| it.path().extension().is_some_and(|extension| extension == "xml"))
        .map(|it| page(dir, it))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(DemoSpace {
        id: file.id,
        key: file.key,
        name: file.name,
        space_type: file.space_type,
        description: file.description,
        author: file.author,
        created: file.created,
        homepage: file.homepage,
        permissions: file.permissions,
        pages: parents_first(pages, dir)?,
    })
}

fn page(dir: &'static Dir<'static>, file: &'static File<'static>) -> Result<DemoPage, DemoError> {
    let path = file.path().display().to_string();
    let slug = file.path().file_stem().unwrap_or_default().display().to_string();
    let (front_matter, body) = text(&path)?
        .strip_prefix("+++\n")
        .and_then(|it| it.split_once("\n+++\n"))
        .ok_or_else(|| DemoError::NoFrontMatter { file: path.clone() })?;
    let metadata: PageFile = parse(&path, front_matter)?;
    let attached = |name: &str| {
        let attachment = dir.path().join("files").join(&slug).join(name).display().to_string();
        FILES
            .get_file(&attachment)
            .map(File::contents)
            .ok_or(DemoError::Unreadable { file: attachment })
    };
    metadata.into_page(&path, &slug, body.trim_end(), attached)
}

/// Orders pages so that a store can insert them one after the other.
fn parents_first(
    mut pages: Vec<DemoPage>,
    dir: &'static Dir<'static>,
) -> Result<Vec<DemoPage>, DemoError> {
    pages.sort_by_key(|it| it.position);
    let mut ordered = Vec::<DemoPage>::with_capacity(pages.len());
    while !pages.is_empty() {
        let (ready, waiting): (Vec<_>, Vec<_>) =
            pages.into_iter().partition(|it| match &it.parent {
                None => true,
                Some(parent) => ordered.iter().any(|known| known.slug == *parent),
            });
        if let (true, Some(orphan)) = (ready.is_empty(), waiting.first()) {
            let file = dir.path().join(format!("{}.xml", orphan.slug));
            return Err(DemoError::Orphan { file: file.display().to_string() });
        }
        ordered.extend(ready);
        pages = waiting;
    }
    Ok(ordered)
}

fn text(path: &str) -> Result<&'static str, DemoError> {
    FILES
        .get_file(path)
        .and_then(File::contents_utf8)
        .ok_or_else(|| DemoError::Unreadable { file: path.into() })
}

fn parse<T: DeserializeOwned>(path: &str, text: &str) -> Result<T, DemoError> {
    toml::from_str(text)
        .map_err(|source| DemoError::Metadata { file: path.into(), source: Box::new(source) })
}
