//! What the content tree is made of: pages and the folders between them.

use std::sync::Arc;

use jiff::Timestamp;

use super::{Body, ContentId, Draft, Label, SpaceId, permission::Restriction};

/// An entry of the content tree.
///
/// Folders and the other kinds share titles, places and permissions with pages, and so this
/// type; only a [`Kind::Page`] is ever handed out as a page.
#[derive(Debug, Clone)]
pub(crate) struct Page {
    pub(crate) id: ContentId,
    pub(crate) space: SpaceId,
    pub(crate) kind: Kind,
    pub(crate) status: Status,
    pub(crate) title: Arc<str>,
    /// `None` at the top of the space and in the trash.
    pub(crate) parent: Option<ContentId>,
    pub(crate) position: i32,
    pub(crate) author: Arc<str>,
    pub(crate) owner: Arc<str>,
    pub(crate) last_owner: Option<Arc<str>>,
    pub(crate) created_at: Timestamp,
    /// Oldest first, never empty.
    pub(crate) versions: Vec<Version>,
    pub(crate) labels: Vec<Label>,
    /// Unpublished changes to a published page.
    pub(crate) draft: Option<Box<Draft>>,
    pub(crate) restriction: Option<Box<Restriction>>,
    pub(crate) trashed_at: Option<Timestamp>,
}

/// One saved state of a page.
#[derive(Debug, Clone)]
pub(crate) struct Version {
    pub(crate) number: u32,
    pub(crate) minor_edit: bool,
    pub(crate) message: Box<str>,
    pub(crate) author: Arc<str>,
    pub(crate) created_at: Timestamp,
    pub(crate) title: Arc<str>,
    pub(crate) body: Body,
}

/// The kinds of content that live in the tree; the list is Atlassian's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Page,
    Folder,
}

impl Kind {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Folder => "folder",
        }
    }
}

/// Where in its life a page is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Status {
    Current,
    Archived,
    Trashed,
    Draft,
}

impl Status {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Current => "current",
            Self::Archived => "archived",
            Self::Trashed => "trashed",
            Self::Draft => "draft",
        }
    }

    /// Whether pages in this state keep their place in the tree and their title.
    pub(crate) fn is_in_tree(self) -> bool {
        matches!(self, Self::Current | Self::Archived)
    }
}

impl Page {
    /// The version that readers see.
    pub(crate) fn latest(&self) -> &Version {
        self.versions.last().expect("a page is made with a version and never loses its last one")
    }

    pub(crate) fn version(&self, number: u32) -> Option<&Version> {
        self.versions.iter().find(|it| it.number == number)
    }
}
