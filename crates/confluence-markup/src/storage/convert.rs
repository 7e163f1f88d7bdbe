//! Storage format to Markdown and back.

use std::ops::Range;

use super::{
    Document, EditError, MergeError, Place, WriteError, merge::Merger, read::Reader, write::Writer,
};
use crate::markdown;

/// The body as Markdown.
///
/// What Markdown cannot say becomes a placeholder that names it, with an id that is the same in every
/// part of the body.
pub fn to_markdown(document: &Document<'_>) -> String {
    document.to_markdown(0..document.source().len())
}

/// Markdown as a new body.
///
/// # Errors
///
/// When it has a placeholder with an id, as there is nothing that it could stand for, or something else
/// that cannot be written.
pub fn from_markdown(markdown: &str) -> Result<String, WriteError> {
    let mut writer = Writer::new(None);
    writer.blocks(&markdown::read(markdown))?;
    Ok(writer.out)
}

impl Document<'_> {
    /// A part of the body as Markdown, such as a section's [`outer`](super::Section::outer) range.
    ///
    /// Elements that reach out of the range are left out.
    pub fn to_markdown(&self, range: Range<usize>) -> String {
        let reader = Reader::new(self);
        markdown::write(&reader.blocks_in(&range).blocks)
    }

    /// The body with an edit of its Markdown: `edited` takes the place of what
    /// [`Document::to_markdown`] gives for the same range.
    ///
    /// Everything that was not edited keeps its bytes, and placeholders become what they stand for.
    ///
    /// # Errors
    ///
    /// When the edit has something that cannot be written, such as a placeholder that is not one of the
    /// body's.
    pub fn merge_markdown(&self, range: Range<usize>, edited: &str) -> Result<String, MergeError> {
        let reader = Reader::new(self);
        let old = reader.blocks_in(&range);
        let base = markdown::write(&old.blocks);
        if base == edited {
            return Ok(self.source().to_owned());
        }
        let (base, new) = (markdown::read(&base), markdown::read(edited));
        let inner = match (old.sources.first(), old.sources.last()) {
            (Some(first), Some(last)) if range != (0..self.source().len()) => {
                first.outer.start..last.outer.end
            }
            _ => range,
        };
        let part = Merger::new(&reader).merge(&base, &old.sources, inner.clone(), &new)?;
        Ok(self.splice(inner, &part))
    }

    /// Puts Markdown into a section and returns the whole body.
    ///
    /// What replaces a section is merged with it, so that what stays keeps its bytes. Placeholders become
    /// what they stand for, wherever on the page that is.
    ///
    /// # Errors
    ///
    /// When no section, or not one alone, has this id or title, or the Markdown has something that cannot
    /// be written.
    pub fn edit_section_markdown(
        &self,
        section: &str,
        place: Place,
        edited: &str,
    ) -> Result<String, EditError> {
        let section = self.section(section)?;
        if place == Place::Replace && !section.body.is_empty() {
            return Ok(self.merge_markdown(section.body, edited)?);
        }
        let reader = Reader::new(self);
        let mut writer = Writer::new(Some(&reader));
        writer.blocks(&markdown::read(edited)).map_err(MergeError::Write)?;
        Ok(self.splice(super::edit::place_in(&section, place), &writer.out))
    }
}
