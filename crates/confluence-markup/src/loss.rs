//! What a new body has lost of the old one, apart from text.
//!
//! An [`Inventory`] lists the things of a body that a reader would miss and that nobody can retype:
//! macros, images, links to pages and files, mentions, layouts, tasks, comments. Two of them compare to
//! a [`LossReport`]. What is visible text in Markdown, too (the title of a status, the language of
//! code), may change without a word; that it is gone is said.

use std::{collections::HashMap, fmt};

/// What sort of thing was lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LossKind {
    /// A macro or an extension, with or without a body.
    Macro,
    /// An image.
    Image,
    /// A link to a page, a file, a space or another resource.
    Resource,
    /// A mention of a user.
    Mention,
    /// A section of a layout.
    Layout,
    /// A task with its id; whoever was assigned it loses it.
    Task,
    /// The text that an inline comment stands at.
    InlineComment,
}

impl LossKind {
    /// As it is called in answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Macro => "macro",
            Self::Image => "image",
            Self::Resource => "link",
            Self::Mention => "mention",
            Self::Layout => "layout",
            Self::Task => "task",
            Self::InlineComment => "inline comment",
        }
    }
}

/// What happened to it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Change {
    /// It is gone.
    Removed,
    /// It is there, without or with another value of what is named.
    Changed(String),
}

/// One thing of the old body that the new one does not have as it was.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Loss {
    /// What sort of thing it is.
    pub kind: LossKind,
    /// What happened to it.
    pub change: Change,
    /// What it is, such as `jira key=ABC-1`.
    pub name: String,
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = self.kind.as_str();
        match &self.change {
            Change::Removed => write!(f, "{kind} removed: {}", self.name),
            Change::Changed(what) => write!(f, "{kind} changed: {} ({what})", self.name),
        }
    }
}

/// All that was lost, in the order of the old body.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LossReport {
    /// One entry for each thing.
    pub losses: Vec<Loss>,
}

impl LossReport {
    /// Whether nothing was lost.
    pub fn is_empty(&self) -> bool {
        self.losses.is_empty()
    }
}

impl fmt::Display for LossReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, loss) in self.losses.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(f, "- {loss}")?;
        }
        Ok(())
    }
}

/// A thing of a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// What sort of thing it is.
    pub kind: LossKind,
    /// What makes it the same thing as another before anything else is looked at: an id that
    /// Confluence gave it. Empty if it has none.
    pub id: String,
    /// What it is called; things that differ here are never taken for each other, unless by id.
    pub group: String,
    /// What must stay, as names and values. Order does not count.
    pub details: Vec<(String, String)>,
    /// How it is called in a report.
    pub name: String,
}

impl Item {
    /// The first detail that the other does not have with the same value.
    fn difference(&self, other: &Self) -> Option<&str> {
        if self.group != other.group {
            return Some("what it is");
        }
        let is_lost = |it: &&(String, String)| !other.details.contains(it);
        self.details.iter().find(is_lost).map(|it| it.0.as_str())
    }
}

/// The things of a body, in its order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Inventory {
    /// One entry for each thing.
    pub items: Vec<Item>,
}

impl Inventory {
    /// What the new body has lost of this one.
    pub fn compare(&self, new: &Self) -> LossReport {
        let mut partners = Partners::new(&new.items);
        let mut losses = Vec::new();
        // Those that are certain first, so that they are not taken by what only looks alike.
        let certain: Vec<Option<usize>> =
            self.items.iter().map(|it| partners.take_same_id(it)).collect();
        let exact: Vec<Option<usize>> = self
            .items
            .iter()
            .zip(&certain)
            .map(|(it, partner)| partner.or_else(|| partners.take_equal(it)))
            .collect();
        for (item, partner) in self.items.iter().zip(exact) {
            let partner = partner.or_else(|| partners.take_alike(item));
            let change = match partner.and_then(|it| new.items.get(it)) {
                None => Change::Removed,
                Some(other) => match item.difference(other) {
                    Some(what) => Change::Changed(what.to_owned()),
                    None => continue,
                },
            };
            losses.push(Loss { kind: item.kind, change, name: item.name.clone() });
        }
        LossReport { losses }
    }
}

/// The new things that no old one was matched with yet.
struct Partners<'a> {
    items: &'a [Item],
    taken: Vec<bool>,
    by_id: HashMap<(LossKind, &'a str), Vec<usize>>,
    by_content: HashMap<Content<'a>, Vec<usize>>,
    by_group: HashMap<(LossKind, &'a str), Vec<usize>>,
}

impl<'a> Partners<'a> {
    fn new(items: &'a [Item]) -> Self {
        let mut partners = Self {
            items,
            taken: vec![false; items.len()],
            by_id: HashMap::new(),
            by_content: HashMap::new(),
            by_group: HashMap::new(),
        };
        // From the end, as partners are taken from there: the first comes first.
        for (index, item) in items.iter().enumerate().rev() {
            if !item.id.is_empty() {
                partners.by_id.entry((item.kind, &item.id)).or_default().push(index);
            }
            partners.by_content.entry(content(item)).or_default().push(index);
            partners.by_group.entry((item.kind, &item.group)).or_default().push(index);
        }
        partners
    }

    fn take_same_id(&mut self, old: &'a Item) -> Option<usize> {
        if old.id.is_empty() {
            return None;
        }
        take(self.by_id.get_mut(&(old.kind, old.id.as_str())), &mut self.taken)
    }

    fn take_equal(&mut self, old: &'a Item) -> Option<usize> {
        take(self.by_content.get_mut(&content(old)), &mut self.taken)
    }

    /// One that is called the same. Not for what is nothing but its name and id: a user, a task.
    fn take_alike(&mut self, old: &'a Item) -> Option<usize> {
        let is_itself = match old.kind {
            LossKind::Macro | LossKind::Image | LossKind::Layout => true,
            LossKind::Resource | LossKind::Mention | LossKind::Task | LossKind::InlineComment => {
                false
            }
        };
        let partner = is_itself
            .then(|| take(self.by_group.get_mut(&(old.kind, old.group.as_str())), &mut self.taken));
        partner.flatten().filter(|it| *it < self.items.len())
    }
}

/// Takes the next that is free.
fn take(candidates: Option<&mut Vec<usize>>, taken: &mut [bool]) -> Option<usize> {
    let candidates = candidates?;
    while let Some(index) = candidates.pop() {
        if let Some(it) = taken.get_mut(index)
            && !*it
        {
            *it = true;
            return Some(index);
        }
    }
    None
}

/// All that two things must have in common to be the same.
type Content<'a> = (LossKind, &'a str, Vec<&'a (String, String)>);

fn content(item: &Item) -> Content<'_> {
    let mut details: Vec<_> = item.details.iter().collect();
    details.sort_unstable();
    (item.kind, &item.group, details)
}
