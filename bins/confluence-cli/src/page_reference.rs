//! Pages as people name them: by id, by the address in a browser, or by a tiny link.

use std::str::FromStr;

use base64::{Engine, alphabet, engine};
use confluence_api::id::{InvalidId, PageId};
use url::{Origin, Url};

/// A page, and the site that it is said to be on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PageReference {
    pub(crate) id: PageId,
    /// Scheme and host of an address; `None` for an id alone.
    pub(crate) origin: Option<Origin>,
}

/// Why a text names no page.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InvalidReference {
    /// It is no id, and no address either.
    #[error("{0}, or the address of a page")]
    Id(InvalidId),
    /// It is an address, but not one of a page.
    #[error(
        "not the address of a page: expected `…/wiki/spaces/KEY/pages/ID/Title`, \
         `…/wiki/pages/viewpage.action?pageId=ID` or `…/wiki/x/CODE`"
    )]
    Address,
    /// It would carry a password.
    #[error("an address with a user name or a password is refused")]
    UserInfo,
}

impl FromStr for PageReference {
    type Err = InvalidReference;

    fn from_str(text: &str) -> Result<Self, InvalidReference> {
        let text = text.trim();
        if text.starts_with('/') {
            // As Confluence spells it in links: the site is the one that is configured.
            let nowhere = Url::parse("https://site.invalid").expect("a constant address is valid");
            let url = nowhere.join(text).map_err(|_invalid| InvalidReference::Address)?;
            // `//host/…` would be another site.
            return match url.host_str() {
                Some("site.invalid") => Ok(Self { id: page_of(&url)?, origin: None }),
                _ => Err(InvalidReference::Address),
            };
        }
        if !text.contains("://") {
            return match text.parse() {
                Ok(id) => Ok(Self { id, origin: None }),
                Err(error) => Err(InvalidReference::Id(error)),
            };
        }
        let url: Url = text.parse().map_err(|_invalid| InvalidReference::Address)?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(InvalidReference::Address);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(InvalidReference::UserInfo);
        }
        Ok(Self { id: page_of(&url)?, origin: Some(url.origin()) })
    }
}

/// The id in the address of a page.
fn page_of(url: &Url) -> Result<PageId, InvalidReference> {
    let parts: Vec<_> = url.path_segments().map(Iterator::collect).unwrap_or_default();
    let number = match parts.as_slice() {
        ["wiki", "spaces", _, "pages", "edit-v2" | "edit", id, ..]
        | ["wiki", "spaces", _, "pages", id, ..] => Some((*id).to_owned()),
        ["wiki", "pages", action] if action.ends_with(".action") => {
            url.query_pairs().find(|(name, _)| name == "pageId").map(|(_, id)| id.into_owned())
        }
        ["wiki", "x", code] => tiny(code).map(|id| id.to_string()),
        _ => None,
    };
    let number = number.filter(|it| !it.is_empty() && it.bytes().all(|it| it.is_ascii_digit()));
    number.and_then(|it| it.parse().ok()).ok_or(InvalidReference::Address)
}

/// Reads the code of a tiny link: the page's id as bytes, least significant first, in base64.
///
/// Confluence swaps the two signs of the URL-safe alphabet (`-` for `/`, `_` for `+`) and drops what
/// is zero at the end (`A`). Source: Atlassian's knowledge base, "How to programmatically generate
/// the tiny link of a Confluence page", and `com.atlassian.confluence.pages.TinyUrl`, where an id is
/// eight bytes long.
fn tiny(code: &str) -> Option<u64> {
    /// An id of eight bytes in base64, without `=`.
    const LENGTH: usize = 11;
    if code.is_empty() || code.len() > LENGTH {
        return None;
    }
    let standard: String = code
        .chars()
        .map(|it| match it {
            '-' => Some('/'),
            '_' => Some('+'),
            it if it.is_ascii_alphanumeric() => Some(it),
            _ => None,
        })
        .collect::<Option<_>>()?;
    let padded = format!("{standard:A<LENGTH$}");
    let base64 = engine::GeneralPurpose::new(&alphabet::STANDARD, engine::general_purpose::NO_PAD);
    let bytes: [u8; 8] = base64.decode(padded).ok()?.try_into().ok()?;
    Some(u64::from_le_bytes(bytes)).filter(|it| *it > 0)
}

#[cfg(test)]
mod tests;
