//! What Markdown's links and images are in storage format.

use super::{WriteError, Writer};
use crate::{
    model::{Inline, Placeholder},
    storage::{Tag, read::decoded, text},
};

/// Schemes that run something where they are followed.
const UNSAFE: [&str; 4] = ["javascript:", "vbscript:", "data:", "file:"];

/// Whether following it would run something.
pub(crate) fn is_unsafe(target: &str) -> bool {
    // Browsers skip white space and control characters when they look for the scheme.
    let scheme: String = target
        .chars()
        .filter(|it| !it.is_whitespace() && !it.is_control())
        .take(16)
        .flat_map(char::to_lowercase)
        .collect();
    UNSAFE.iter().any(|it| scheme.starts_with(it))
}

/// What a link leads to.
enum Target<'t> {
    Url(&'t str),
    Page { space: String, title: String, anchor: String },
    PageId { id: &'t str, anchor: String },
    Blog { space: String, day: String, title: String, anchor: String },
    Attachment(String),
    Anchor(String),
}

impl<'t> Target<'t> {
    fn of(text: &'t str) -> Result<Self, WriteError> {
        let (path, anchor) = match text.split_once('#') {
            Some((path, anchor)) => (path, decoded(anchor)),
            None => (text, String::new()),
        };
        if path.is_empty() {
            return Ok(Self::Anchor(anchor));
        }
        if let Some(page) = path.strip_prefix("page:") {
            if let Some((space, title)) = page.split_once('/') {
                return Ok(Self::Page { space: decoded(space), title: decoded(title), anchor });
            }
            if !page.is_empty() && page.bytes().all(|it| it.is_ascii_digit()) {
                return Ok(Self::PageId { id: page, anchor });
            }
            return Ok(Self::Page { space: String::new(), title: decoded(page), anchor });
        }
        if let Some(blog) = path.strip_prefix("blog:")
            && let [space, day, title] = blog.splitn(3, '/').collect::<Vec<_>>().as_slice()
        {
            let day = decoded(day).replace('-', "/");
            return Ok(Self::Blog { space: decoded(space), day, title: decoded(title), anchor });
        }
        if let Some(file) = path.strip_prefix("attachment:") {
            return Ok(Self::Attachment(decoded(file)));
        }
        if is_unsafe(text) {
            return Err(WriteError::UnsafeLink(text.to_owned()));
        }
        Ok(Self::Url(text))
    }
}

impl Writer<'_, '_> {
    pub(super) fn link(&mut self, target: &str, content: &[Inline]) -> Result<(), WriteError> {
        self.open_link(target)?;
        self.inlines(content)?;
        self.close_link(target)
    }

    /// Writes all of a link before its text.
    pub(crate) fn open_link(&mut self, target: &str) -> Result<(), WriteError> {
        match Target::of(target)? {
            Target::Url(url) => {
                self.out.push_str("<a href=\"");
                text::escape_attribute_into(url, &mut self.out);
                self.out.push_str("\">");
                return Ok(());
            }
            Target::Page { space, title, anchor } => {
                self.open("ac:link", &[("ac:anchor", &anchor)], false);
                let of = [("ri:space-key", space.as_str()), ("ri:content-title", &title)];
                self.open("ri:page", &of, true);
            }
            Target::PageId { id, anchor } => {
                self.open("ac:link", &[("ac:anchor", &anchor)], false);
                self.open("ri:content-entity", &[("ri:content-id", id)], true);
            }
            Target::Blog { space, day, title, anchor } => {
                self.open("ac:link", &[("ac:anchor", &anchor)], false);
                let of = [
                    ("ri:space-key", space.as_str()),
                    ("ri:posting-day", &day),
                    ("ri:content-title", &title),
                ];
                self.open("ri:blog-post", &of, true);
            }
            Target::Attachment(file) => {
                self.open("ac:link", &[], false);
                self.open("ri:attachment", &[("ri:filename", &file)], true);
            }
            Target::Anchor(anchor) => self.open("ac:link", &[("ac:anchor", &anchor)], false),
        }
        self.out.push_str("<ac:link-body>");
        Ok(())
    }

    /// Writes all of a link after its text.
    pub(crate) fn close_link(&mut self, target: &str) -> Result<(), WriteError> {
        let end = match Target::of(target)? {
            Target::Url(_) => "</a>",
            Target::Page { .. }
            | Target::PageId { .. }
            | Target::Blog { .. }
            | Target::Attachment(_)
            | Target::Anchor(_) => "</ac:link-body></ac:link>",
        };
        self.out.push_str(end);
        Ok(())
    }

    pub(super) fn image(&mut self, target: &str, alt: &str, id: &str) -> Result<(), WriteError> {
        if !id.is_empty() {
            return self.known_image(target, alt, id);
        }
        self.open("ac:image", &[("ac:alt", alt)], false);
        match Target::of(target)? {
            Target::Attachment(file) => self.open("ri:attachment", &[("ri:filename", &file)], true),
            Target::Url(url) => self.open("ri:url", &[("ri:value", url)], true),
            Target::Page { .. }
            | Target::PageId { .. }
            | Target::Blog { .. }
            | Target::Anchor(_) => {
                return Err(WriteError::UnsafeLink(target.to_owned()));
            }
        }
        self.out.push_str("</ac:image>");
        Ok(())
    }

    /// An image of the page: as it is, but for the text in its place.
    fn known_image(&mut self, target: &str, alt: &str, id: &str) -> Result<(), WriteError> {
        let unknown = || Placeholder {
            kind: "image".to_owned(),
            label: target.to_owned(),
            id: id.to_owned(),
        };
        let Some(reader) = self.original else {
            return Err(WriteError::UnknownPlaceholder(unknown()));
        };
        let node = reader
            .marks
            .node(id)
            .filter(|it| matches!(reader.document.tag(*it), Some(Tag::Image | Tag::Img)));
        let Some(node) = node else { return Err(WriteError::UnknownPlaceholder(unknown())) };
        let Some((was, old_alt)) = reader.image_of(node) else {
            return Err(WriteError::UnknownPlaceholder(unknown()));
        };
        if was != target {
            // Another image in the same place is another image.
            return self.image(target, alt, "");
        }
        let source = reader.document.outer_source(node);
        if old_alt == alt {
            self.out.push_str(source);
            return Ok(());
        }
        let name = if reader.document.tag(node) == Some(Tag::Img) { "alt" } else { "ac:alt" };
        self.with_attribute(reader, node, name, alt);
        self.out
            .push_str(source.get(reader.document.open_source(node).len()..).unwrap_or_default());
        Ok(())
    }
}
