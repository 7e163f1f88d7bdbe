//! The elements that a placeholder may stand for, numbered through the whole body.
//!
//! `#m3` is the third of them, in whatever part of the body it is read.

use crate::storage::{Document, NodeId, Tag};

/// All elements of a body that have a number.
#[derive(Debug)]
pub(crate) struct Marks {
    nodes: Vec<NodeId>,
}

impl Marks {
    pub(crate) fn of(document: &Document<'_>) -> Self {
        Self { nodes: document.ids().filter(|it| is_numbered(document.tag(*it))).collect() }
    }

    /// The id of an element: empty if it has none.
    pub(crate) fn id(&self, node: NodeId) -> String {
        self.nodes.binary_search(&node).map_or_else(|_| String::new(), |it| format!("m{}", it + 1))
    }

    /// The element with an id.
    pub(crate) fn node(&self, id: &str) -> Option<NodeId> {
        let number: usize = id.strip_prefix('m')?.parse().ok()?;
        self.nodes.get(number.checked_sub(1)?).copied()
    }
}

fn is_numbered(tag: Option<Tag>) -> bool {
    matches!(
        tag,
        Some(
            Tag::StructuredMacro
                | Tag::OldMacro
                | Tag::AdfExtension
                | Tag::Image
                | Tag::Link
                | Tag::InlineCommentMarker
                | Tag::LayoutSection
                | Tag::LayoutCell
                | Tag::Placeholder
                | Tag::Emoticon
                | Tag::Img
        )
    )
}
