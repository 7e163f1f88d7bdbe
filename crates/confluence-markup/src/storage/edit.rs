//! Edits of a body by bytes: what they do not name stays as it is.

use std::ops::Range;

use super::{
    MergeError,
    error::ParseError,
    outline::{Section, SectionError},
    tag::Tag,
    text,
    tree::{Document, Kind, NodeId},
};

/// Where the new storage goes in a section.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Place {
    /// Instead of all after the heading.
    Replace,
    /// Before the next section.
    Append,
    /// Right after the heading.
    Prepend,
}

/// An edit that was not made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// No section, or not one alone, is meant.
    #[error(transparent)]
    Section(#[from] SectionError),
    /// What was to be put in cannot be written as storage format.
    #[error(transparent)]
    Merge(#[from] MergeError),
    /// What was to be put in is not storage format.
    #[error(transparent)]
    Content(#[from] ParseError),
    /// The text is nowhere in the body.
    #[error("`{0}` is nowhere in the text; markup and the names of macros are not searched")]
    NotFound(String),
    /// An empty text cannot be searched for.
    #[error("the text to find is empty")]
    NothingToFind,
    /// The text is there, but goes across a tag.
    #[error("`{0}` goes across formatting, a link or a macro; find a part of it on one side")]
    AcrossMarkup(String),
}

/// The body after an edit, and how often it was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replaced {
    /// The whole body.
    pub storage: String,
    /// How many places changed.
    pub count: usize,
}

impl Document<'_> {
    /// Puts storage into a section and returns the whole body.
    ///
    /// # Errors
    ///
    /// When no section, or not one alone, has this id or title; when the storage is not well-formed.
    pub fn edit_section(
        &self,
        section: &str,
        place: Place,
        storage: &str,
    ) -> Result<String, EditError> {
        let section = self.section(section)?;
        Document::parse(storage)?;
        Ok(self.splice(place_in(&section, place), storage))
    }

    /// Replaces text wherever it stands between tags, and returns the whole body.
    ///
    /// Text in CDATA sections, such as code, is text, too. What only a macro sees is not: its parameters,
    /// the ids and states of tasks.
    ///
    /// # Errors
    ///
    /// When the text is empty, nowhere, or only across markup.
    pub fn replace_text(
        &self,
        range: Range<usize>,
        find: &str,
        replacement: &str,
    ) -> Result<Replaced, EditError> {
        if find.is_empty() {
            return Err(EditError::NothingToFind);
        }
        let mut out = String::with_capacity(self.source().len());
        let (mut kept, mut count) = (0, 0);
        for id in self.visible_text() {
            let outer = self.outer(id);
            if outer.start < range.start || outer.end > range.end {
                continue;
            }
            let inner = self.inner(id);
            let raw = self.inner_source(id);
            if self.kind(id) == Kind::Data {
                let found = raw.matches(find).count();
                if found > 0 {
                    // As a whole: what stood on both sides of a place may become `]]>`.
                    out.push_str(&self.source()[kept..inner.start]);
                    push_data(&raw.replace(find, replacement), &mut out);
                    (kept, count) = (inner.end, count + found);
                }
                continue;
            }
            let mapped = Mapped::of(raw);
            let found = mapped.text.matches(find).count();
            count += found;
            if found > 0 && mapped.has_lone_ampersand {
                // As a whole: a lone `&` and what comes after it may become a reference.
                out.push_str(&self.source()[kept..inner.start]);
                text::escape_text_into(&mapped.text.replace(find, replacement), &mut out);
                kept = inner.end;
                continue;
            }
            for (at, _) in mapped.text.match_indices(find) {
                out.push_str(&self.source()[kept..inner.start + mapped.raw(at)]);
                text::escape_text_into(replacement, &mut out);
                kept = inner.start + mapped.raw(at + find.len());
            }
        }
        if count == 0 {
            let all: String = self.visible_text().map(|it| self.text(it)).collect();
            return Err(if all.contains(find) {
                EditError::AcrossMarkup(find.to_owned())
            } else {
                EditError::NotFound(find.to_owned())
            });
        }
        out.push_str(&self.source()[kept..]);
        Ok(Replaced { storage: out, count })
    }

    /// The text and CDATA nodes that a reader sees.
    fn visible_text(&self) -> impl Iterator<Item = NodeId> {
        let mut hidden_until = self.root();
        self.ids().filter(move |id| {
            if *id < hidden_until {
                return false;
            }
            match self.kind(*id) {
                Kind::Element(tag) if is_hidden(tag) => {
                    hidden_until = self.after(*id);
                    false
                }
                Kind::Text | Kind::Data => true,
                Kind::Root | Kind::Element(_) | Kind::Comment | Kind::Instruction => false,
            }
        })
    }

    /// The source with other bytes in a range.
    pub(crate) fn splice(&self, range: Range<usize>, with: &str) -> String {
        let source = self.source();
        let mut out = String::with_capacity(source.len() + with.len());
        out.push_str(source.get(..range.start).unwrap_or_default());
        out.push_str(with);
        out.push_str(source.get(range.end..).unwrap_or_default());
        out
    }
}

/// The bytes that new content takes the place of.
pub(crate) fn place_in(section: &Section, place: Place) -> Range<usize> {
    match place {
        Place::Replace => section.body.clone(),
        Place::Append => section.body.end..section.body.end,
        Place::Prepend => section.body.start..section.body.start,
    }
}

fn is_hidden(tag: Tag) -> bool {
    matches!(
        tag,
        Tag::Parameter
            | Tag::DefaultParameter
            | Tag::TaskId
            | Tag::TaskUuid
            | Tag::TaskStatus
            | Tag::AdfAttribute
            | Tag::AdfFallback
            | Tag::Placeholder
    )
}

/// Goes into a CDATA section: `]]>` in it ends that section and begins another.
fn push_data(replacement: &str, out: &mut String) {
    let mut whole = String::new();
    text::data_into(replacement, &mut whole);
    let content = whole.strip_prefix("<![CDATA[").and_then(|it| it.strip_suffix("]]>"));
    out.push_str(content.unwrap_or_default());
}

/// Text with its references resolved, and where in the source each part of it is.
pub(crate) struct Mapped {
    /// The text.
    pub(crate) text: String,
    /// For each stretch: its start in the text and in the source. From one to the next, both grow alike,
    /// but for a reference, which is a stretch of its own.
    stretches: Vec<(usize, usize)>,
    end: usize,
    /// Whether an `&` stands for itself.
    pub(crate) has_lone_ampersand: bool,
}

impl Mapped {
    pub(crate) fn of(raw: &str) -> Self {
        let mut mapped = Self {
            text: String::with_capacity(raw.len()),
            stretches: vec![(0, 0)],
            end: raw.len(),
            has_lone_ampersand: false,
        };
        let mut at = 0;
        while let Some(offset) = memchr::memchr(b'&', &raw.as_bytes()[at..]) {
            mapped.text.push_str(&raw[at..at + offset]);
            at += offset;
            if let Some((char, length)) = text::reference(&raw[at..]) {
                mapped.stretches.push((mapped.text.len(), at));
                mapped.text.push(char);
                at += length;
                mapped.stretches.push((mapped.text.len(), at));
            } else {
                mapped.text.push('&');
                mapped.has_lone_ampersand = true;
                at += 1;
            }
        }
        mapped.text.push_str(&raw[at..]);
        mapped
    }

    /// Where in the source a place of the text is.
    pub(crate) fn raw(&self, at: usize) -> usize {
        if at >= self.text.len() {
            return self.end;
        }
        let after = self.stretches.partition_point(|it| it.0 <= at);
        let (text, raw) =
            after.checked_sub(1).and_then(|it| self.stretches.get(it)).copied().unwrap_or((0, 0));
        raw + (at - text)
    }
}
