//! Labels and the rules for their names.

use std::sync::Arc;

use super::{ContentId, Page, Refusal, Site, Status, User};

/// A label on a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Label {
    pub(crate) id: ContentId,
    pub(crate) prefix: Prefix,
    pub(crate) name: Arc<str>,
}

/// The namespace of a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Prefix {
    Global,
    My,
    Team,
    System,
}

impl Prefix {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Global => "global",
            Self::My => "my",
            Self::Team => "team",
            Self::System => "system",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        [Self::Global, Self::My, Self::Team, Self::System]
            .into_iter()
            .find(|it| it.as_str() == name)
    }
}

/// A label to add.
#[derive(Debug)]
pub(crate) struct NewLabel {
    pub(crate) prefix: Prefix,
    pub(crate) name: String,
}

/// Longest name of a label.
const LONGEST_NAME: usize = 255;

/// Most labels in one request.
const MOST_AT_ONCE: usize = 20;

/// Most labels on one piece of content.
const MOST_IN_ALL: usize = 400;

/// Characters that no label may contain, as Confluence lists them; neither may spaces.
const FORBIDDEN: [char; 20] = [
    ':', ';', ',', '.', ' ', '?', '&', '[', ']', '(', ')', '#', '^', '*', '@', '!', '<', '>', '\t',
    '\n',
];

impl NewLabel {
    fn check(&self) -> Result<(), Refusal> {
        if self.name.is_empty() {
            return Err(Refusal::Invalid("Label name cannot be empty".to_owned()));
        }
        if self.name.chars().count() > LONGEST_NAME {
            return Err(Refusal::Invalid(format!(
                "The label '{}' is too long: a label may have {LONGEST_NAME} characters at most.",
                self.name
            )));
        }
        if self.name.contains(FORBIDDEN) || self.name.chars().any(char::is_control) {
            return Err(Refusal::Invalid(format!(
                "The label '{}' contains invalid characters. The following characters are not allowed: : ; , . ? & [ ] ( ) # ^ * @ ! < > and spaces.",
                self.name
            )));
        }
        Ok(())
    }
}

impl Site {
    /// Adds labels to a page and keeps those it has; all or none.
    pub(crate) fn add_labels(
        &mut self,
        user: &User,
        id: ContentId,
        labels: &[NewLabel],
    ) -> Result<&Page, Refusal> {
        let page = self.visible_page(user, id).ok_or(Refusal::Missing)?;
        if page.status == Status::Trashed {
            return Err(Refusal::Missing);
        }
        if !self.can_edit(user, page) {
            return Err(Refusal::Forbidden);
        }
        if labels.len() > MOST_AT_ONCE {
            return Err(Refusal::Invalid(format!(
                "Too many labels: at most {MOST_AT_ONCE} labels can be added at once."
            )));
        }
        labels.iter().try_for_each(NewLabel::check)?;
        let mut all = page.labels.clone();
        for label in labels {
            let label = self.label(label.prefix, &label.name);
            if !all.iter().any(|it| it.id == label.id) {
                all.push(label);
            }
        }
        if all.len() > MOST_IN_ALL {
            return Err(Refusal::Invalid(format!(
                "Too many labels: content may have {MOST_IN_ALL} labels at most."
            )));
        }
        let page = self.pages.get_mut(&id).ok_or(Refusal::Missing)?;
        page.labels = all;
        Ok(page)
    }

    /// The label with that name, made when it is new: one id for all pages that carry it.
    pub(super) fn label(&mut self, prefix: Prefix, name: &str) -> Label {
        let name: Arc<str> = name.to_lowercase().into();
        let known = self.label_ids.get(&(prefix, Arc::clone(&name))).copied();
        let id = known.unwrap_or_else(|| {
            let id = self.allocate();
            self.label_ids.insert((prefix, Arc::clone(&name)), id);
            id
        });
        Label { id, prefix, name }
    }
}
