//! Spaces.

use std::{collections::BTreeSet, sync::Arc};

use jiff::Timestamp;

use super::{Audience, ContentId, Site, SpaceId, User};

/// A space without its pages.
#[derive(Debug, Clone)]
pub(crate) struct Space {
    pub(crate) id: SpaceId,
    pub(crate) key: Arc<str>,
    pub(crate) name: String,
    pub(crate) kind: SpaceKind,
    pub(crate) archived: bool,
    pub(crate) author: Arc<str>,
    pub(crate) created_at: Timestamp,
    pub(crate) homepage: Option<ContentId>,
    pub(crate) description: String,
    pub(crate) viewers: Audience,
    pub(crate) editors: Audience,
    pub(crate) admins: BTreeSet<Arc<str>>,
}

/// What a space is for; the list is Atlassian's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SpaceKind {
    Global,
    Collaboration,
    KnowledgeBase,
    Personal,
    System,
    Onboarding,
    XflowSampleSpace,
}

impl SpaceKind {
    pub(crate) const ALL: [Self; 7] = [
        Self::Global,
        Self::Collaboration,
        Self::KnowledgeBase,
        Self::Personal,
        Self::System,
        Self::Onboarding,
        Self::XflowSampleSpace,
    ];

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Global => "global",
            Self::Collaboration => "collaboration",
            Self::KnowledgeBase => "knowledge_base",
            Self::Personal => "personal",
            Self::System => "system",
            Self::Onboarding => "onboarding",
            Self::XflowSampleSpace => "xflow_sample_space",
        }
    }
}

impl Space {
    pub(crate) fn status(&self) -> &'static str {
        if self.archived { "archived" } else { "current" }
    }
}

impl Site {
    pub(crate) fn space(&self, id: SpaceId) -> Option<&Space> {
        self.spaces.get(&id)
    }

    /// The space with that key, whatever its case.
    pub(crate) fn space_by_key(&self, key: &str) -> Option<&Space> {
        self.spaces.values().find(|it| it.key.eq_ignore_ascii_case(key))
    }

    pub(crate) fn spaces(&self) -> impl Iterator<Item = &Space> {
        self.spaces.values()
    }

    /// The space of that person, if there is one.
    pub(crate) fn personal_space(&self, user: &User) -> Option<&Space> {
        self.spaces
            .values()
            .find(|it| it.kind == SpaceKind::Personal && it.author == user.account_id)
    }

    pub(crate) fn add_space(&mut self, space: Space) {
        self.reserve(space.id);
        self.spaces.insert(space.id, space);
    }
}
