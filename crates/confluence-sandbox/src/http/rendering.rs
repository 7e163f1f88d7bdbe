//! Storage format turned into what readers ask for, with links that lead somewhere.

use jiff::Timestamp;

use crate::{
    convert::{self, LinkResolver, Resolved, Target},
    site::{Attachment, Page, Site},
    state::Shared,
};

use super::{links, media};

/// The body as an ADF document, in JSON text as the API sends it.
///
/// What is stored has been checked when it was written, so that this cannot fail; if it did,
/// an empty document would be better than no answer.
pub(super) fn document(storage: &str) -> String {
    convert::storage_to_adf(storage).map_or_else(
        |_| r#"{"type":"doc","version":1,"content":[]}"#.to_owned(),
        |it| it.to_string(),
    )
}

/// The body as HTML, links relative to the site.
pub(super) fn view(site: &Site, page: &Page, storage: &str) -> String {
    let resolver = Resolver { site, page, signing: None };
    convert::storage_to_view(storage, &resolver).unwrap_or_default()
}

/// The body as HTML for a browser that has no credential: files are at signed addresses.
pub(super) fn view_in_browser(
    shared: &Shared,
    site: &Site,
    page: &Page,
    storage: &str,
    now: Timestamp,
) -> String {
    let resolver = Resolver { site, page, signing: Some((shared, now)) };
    convert::storage_to_view(storage, &resolver).unwrap_or_default()
}

/// Finds what the links of a page mean.
struct Resolver<'a> {
    site: &'a Site,
    page: &'a Page,
    signing: Option<(&'a Shared, Timestamp)>,
}

impl Resolver<'_> {
    fn page(&self, target: &Target) -> Option<&Page> {
        match target {
            Target::Page { space_key, title } => {
                let space = match space_key {
                    Some(key) => self.site.space_by_key(key)?.id,
                    None => self.page.space,
                };
                self.site.page_titled(space, title)
            }
            Target::Content { id } => self.site.entry(id.parse().ok()?),
            Target::Attachment { .. } | Target::User { .. } | Target::Space { .. } => None,
        }
    }

    fn attachment(&self, page: Option<&Target>, filename: &str) -> Option<&Attachment> {
        let page = page.map_or(Some(self.page), |it| self.page(it))?;
        self.site.attachments(page.id).find(|it| it.name == filename)
    }
}

impl LinkResolver for Resolver<'_> {
    fn resolve(&self, target: &Target) -> Option<Resolved> {
        match target {
            Target::Page { .. } | Target::Content { .. } => {
                let page = self.page(target)?;
                let href = format!("/wiki{}", links::web(self.site, page));
                Some(Resolved { href, name: page.title.to_string() })
            }
            Target::Attachment { page, filename } => {
                let file = self.attachment(page.as_deref(), filename)?;
                let href = match self.signing {
                    Some((shared, now)) => media::signed(shared, file.id, now),
                    None => format!("/wiki{}", links::download(file.page, file.id)),
                };
                Some(Resolved { href, name: file.name.clone() })
            }
            Target::User { account_id } => {
                let user = self.site.user(account_id)?;
                let href = format!("/wiki/people/{account_id}");
                Some(Resolved { href, name: user.display_name.clone() })
            }
            Target::Space { key } => {
                let space = self.site.space_by_key(key)?;
                let href = format!("/wiki{}", links::space(&space.key));
                Some(Resolved { href, name: space.name.clone() })
            }
        }
    }
}
