//! The headings of a body, and the sections that they begin.
//!
//! A section goes from its heading to the next of the same or a higher level in the same place: the end
//! of a layout's cell, of a panel or of an expand ends it, too.

use std::{collections::HashMap, fmt::Write, ops::Range};

use super::{
    inventory::shorten,
    tree::{Document, Kind, NodeId},
};

/// A heading and the section that it begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Made of the heading's text; the second of the same text ends in `-2`.
    pub id: String,
    /// From 1 to 6.
    pub level: u8,
    /// The heading's text.
    pub title: String,
    /// The bytes of the heading.
    pub heading: Range<usize>,
    /// The bytes after the heading, up to the section's end.
    pub body: Range<usize>,
    /// How many characters of text the section has, with its heading.
    pub characters: usize,
}

impl Section {
    /// The bytes of the section with its heading.
    pub fn outer(&self) -> Range<usize> {
        self.heading.start..self.body.end
    }

    /// How many bytes of storage format the section has, with its heading.
    pub fn bytes(&self) -> usize {
        self.outer().len()
    }
}

impl Document<'_> {
    /// The headings in the order of the body.
    pub fn outline(&self) -> Vec<Section> {
        let lengths = self.text_lengths();
        let mut names = Names::default();
        let mut sections: Vec<Section> = Vec::new();
        // Sections that may still go on: the node that holds the heading, and its place in the list.
        let mut open: Vec<(NodeId, usize)> = Vec::new();
        for id in self.ids() {
            let Some(level) = self.tag(id).and_then(super::tag::Tag::heading_level) else {
                continue;
            };
            let parent = self.parent(id);
            while let Some(&(holder, index)) = open.last() {
                let is_over = self.after(holder) <= id
                    || holder == parent && sections.get(index).is_some_and(|it| it.level >= level);
                if !is_over {
                    break;
                }
                if holder == parent
                    && let Some(section) = sections.get_mut(index)
                {
                    section.body.end = self.outer(id).start;
                }
                open.pop();
            }
            let title = one_line(&self.text(id));
            let heading = self.outer(id);
            let body = heading.end..self.inner(parent).end;
            open.push((parent, sections.len()));
            let id = names.name(&title);
            sections.push(Section { id, level, title, heading, body, characters: 0 });
        }
        for section in &mut sections {
            let outer = section.outer();
            section.characters = lengths.between(outer.start, outer.end);
        }
        sections
    }

    /// The section with this id, or with this title if none has the id.
    ///
    /// # Errors
    ///
    /// When there is none, or several have the title.
    pub fn section(&self, wanted: &str) -> Result<Section, SectionError> {
        let mut outline = self.outline();
        if let Some(index) = outline.iter().position(|it| it.id == wanted) {
            return Ok(outline.swap_remove(index));
        }
        let title = one_line(wanted);
        let title = title.trim_start_matches('#').trim_start();
        let found: Vec<usize> = (0..outline.len())
            .filter(|it| outline.get(*it).is_some_and(|it| it.title.eq_ignore_ascii_case(title)))
            .collect();
        match found.as_slice() {
            [index] => Ok(outline.swap_remove(*index)),
            [] => Err(SectionError::Unknown {
                wanted: shorten(wanted),
                known: outline.into_iter().map(|it| it.id).collect(),
            }),
            several => Err(SectionError::Ambiguous {
                wanted: shorten(wanted),
                ids: several.iter().filter_map(|it| Some(outline.get(*it)?.id.clone())).collect(),
            }),
        }
    }

    /// How many characters of text each piece has, by where it stands.
    fn text_lengths(&self) -> TextLengths {
        let mut lengths = TextLengths::default();
        let mut decoded = String::new();
        for id in self.ids() {
            if matches!(self.kind(id), Kind::Text | Kind::Data) {
                decoded.clear();
                self.push_text(id, &mut decoded);
                lengths.total += decoded.chars().count();
                lengths.after.push((self.outer(id).start, lengths.total));
            }
        }
        lengths
    }
}

/// Sums of lengths, so that any stretch's is a subtraction.
#[derive(Default)]
struct TextLengths {
    total: usize,
    after: Vec<(usize, usize)>,
}

impl TextLengths {
    fn between(&self, start: usize, end: usize) -> usize {
        self.before(end).saturating_sub(self.before(start))
    }

    fn before(&self, offset: usize) -> usize {
        let count = self.after.partition_point(|it| it.0 < offset);
        count.checked_sub(1).and_then(|it| self.after.get(it)).map_or(0, |it| it.1)
    }
}

/// Gives each heading an id of its own.
#[derive(Default)]
struct Names {
    used: HashMap<String, usize>,
}

impl Names {
    fn name(&mut self, title: &str) -> String {
        let slug = slug(title);
        let mut number = self.used.get(&slug).copied().unwrap_or(0) + 1;
        let mut name = slug.clone();
        if number > 1 {
            name = format!("{slug}-{number}");
            // A heading may be called what another's number made.
            while self.used.contains_key(&name) {
                number += 1;
                name = format!("{slug}-{number}");
            }
            self.used.insert(name.clone(), 1);
        }
        self.used.insert(slug, number);
        name
    }
}

/// The letters and digits in lower case, the rest as single hyphens.
fn slug(title: &str) -> String {
    let mut out = String::with_capacity(title.len());
    for char in title.chars() {
        if char.is_alphanumeric() {
            out.extend(char.to_lowercase());
        } else if !out.is_empty() && !out.ends_with('-') {
            out.push('-');
        }
    }
    out.truncate(out.trim_end_matches('-').len());
    if out.is_empty() {
        out.push_str("section");
    }
    out
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// No section, or not one alone, is meant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SectionError {
    /// No heading has this id or title.
    #[error("no section `{wanted}`; the sections are {}", list(known))]
    Unknown {
        /// What was asked for.
        wanted: String,
        /// The ids of all sections.
        known: Vec<String>,
    },
    /// Several headings have this title.
    #[error("several sections are called `{wanted}`; take one of the ids {}", list(ids))]
    Ambiguous {
        /// What was asked for.
        wanted: String,
        /// The ids of those sections.
        ids: Vec<String>,
    },
}

/// How many ids an error lists.
const LISTED: usize = 20;

fn list(ids: &[String]) -> String {
    if ids.is_empty() {
        return "none: the page has no headings".to_owned();
    }
    let mut out = String::new();
    for (index, id) in ids.iter().take(LISTED).enumerate() {
        out.push_str(if index > 0 { ", `" } else { "`" });
        out.push_str(id);
        out.push('`');
    }
    if let Some(more) = ids.len().checked_sub(LISTED).filter(|it| *it > 0) {
        let _ = write!(out, " and {more} more");
    }
    out
}
