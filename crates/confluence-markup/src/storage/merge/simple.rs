//! Merges blocks that are one thing: headings, panels, code, and what encloses others.

use std::ops::Range;

use super::{MergeError, Merger, Side};
use crate::{
    model::{Block, PanelKind, Placeholder},
    storage::{
        NodeId, Tag,
        read::{Macro, Source},
        text::{data_into, escape_text_into},
        write::{WriteError, panel_name},
    },
};

/// What may have its title edited in the placeholder.
const TITLED: [&str; 6] = ["expand", "panel", "info", "note", "tip", "warning"];

/// Whether the block is a placeholder of this kind, with content.
pub(super) fn is_named(block: &Block, kind: &str) -> bool {
    matches!(block, Block::Enclosed { placeholder, .. } if placeholder.kind == kind)
}

impl Merger<'_, '_> {
    /// Whether the block is a section of a layout: all beside it are, too.
    pub(super) fn is_layout_section(&self, source: &Source) -> bool {
        let text = self.reader.document.source().get(source.outer.clone()).unwrap_or_default();
        text.starts_with("<ac:layout-section")
    }

    /// Writes all before a heading's text, with another level.
    pub(super) fn renamed_start(&mut self, range: Range<usize>, was: u8, level: u8) {
        if was == level {
            return self.copy(range);
        }
        let source = self.reader.document.source().get(range).unwrap_or_default();
        self.writer.out.push_str(&source.replacen(&format!("<h{was}"), &format!("<h{level}"), 1));
    }

    /// Writes all after a heading's text, with another level.
    pub(super) fn renamed_end(&mut self, range: Range<usize>, was: u8, level: u8) {
        if was == level {
            return self.copy(range);
        }
        let source = self.reader.document.source().get(range).unwrap_or_default();
        self.writer.out.push_str(&source.replacen(&format!("</h{was}"), &format!("</h{level}"), 1));
    }

    /// Writes all before a panel's content, as another panel.
    pub(super) fn renamed_panel(&mut self, range: Range<usize>, was: PanelKind, kind: PanelKind) {
        let source = self.reader.document.source().get(range).unwrap_or_default();
        let (was, is) = (panel_name(was), panel_name(kind));
        let mut renamed = source.replacen(&format!("\"{was}\""), &format!("\"{is}\""), 1);
        if renamed == source {
            renamed = source.replacen(&format!("'{was}'"), &format!("'{is}'"), 1);
        }
        self.writer.out.push_str(&renamed);
    }

    /// Merges what a placeholder encloses, and its title if it may have another.
    pub(super) fn enclosed(
        &mut self,
        outer: &Range<usize>,
        side: &Side<'_>,
        was: &Placeholder,
        is: &Placeholder,
    ) -> Result<(), MergeError> {
        if was.kind == "layout" && side.new.iter().any(|it| !is_named(it, "cell")) {
            return Err(WriteError::OutsideCell.into());
        }
        if was == is {
            self.copy(outer.start..side.inner.start);
        } else {
            let node = self.writer.node(is)?;
            let parameter =
                self.parameter(node, "title").filter(|_| TITLED.contains(&was.kind.as_str()));
            let parameter = parameter.ok_or_else(|| WriteError::changed(is, was))?;
            let inner = self.reader.document.inner(parameter);
            self.copy(outer.start..inner.start);
            escape_text_into(&is.label, &mut self.writer.out);
            self.copy(inner.end..side.inner.start);
        }
        self.body(side, is)?;
        self.copy(side.inner.end..outer.end);
        Ok(())
    }

    fn body(&mut self, side: &Side<'_>, placeholder: &Placeholder) -> Result<(), MergeError> {
        let node = self.writer.node(placeholder)?;
        let is_text =
            matches!(self.reader.document.tag(node), Some(Tag::StructuredMacro | Tag::OldMacro))
                && Macro::of(self.reader.document, node).rich_body.is_none();
        if is_text && !matches!(side.new, [Block::Code { .. }]) {
            return Err(WriteError::OnlyText(placeholder.clone()).into());
        }
        self.blocks(side)
    }

    fn parameter(&self, node: NodeId, name: &str) -> Option<NodeId> {
        let document = self.reader.document;
        document.children(node).find(|it| {
            document.tag(*it) == Some(Tag::Parameter)
                && document.attribute(*it, "ac:name").is_some_and(|it| it == name)
        })
    }

    /// Merges code: `node` is a macro, its plain text, or a `pre`.
    pub(super) fn code(
        &mut self,
        node: NodeId,
        outer: &Range<usize>,
        was: (&str, &str),
        is: (&str, &str),
    ) {
        let document = self.reader.document;
        let mut from = outer.start;
        let (body, is_data) = match document.tag(node) {
            Some(Tag::StructuredMacro | Tag::OldMacro) => {
                if was.0 != is.0 {
                    from = self.language(node, from, is.0);
                }
                (document.child(node, Tag::PlainTextBody).unwrap_or(node), true)
            }
            Some(Tag::Pre) => (node, false),
            _ => (node, true),
        };
        let inner = document.inner(body);
        if was.1 == is.1 {
            self.copy(from..outer.end);
            return;
        }
        self.copy(from..inner.start);
        // A last line break that the fence took stays.
        let ending = if document.text(body).ends_with('\n') { "\n" } else { "" };
        let text = format!("{}{ending}", is.1);
        if is_data {
            data_into(&text, &mut self.writer.out);
        } else {
            escape_text_into(&text, &mut self.writer.out);
        }
        self.copy(inner.end..outer.end);
    }

    /// Writes a code macro up to and with its language; returns up to where.
    fn language(&mut self, node: NodeId, from: usize, language: &str) -> usize {
        let document = self.reader.document;
        if let Some(parameter) = self.parameter(node, "language") {
            let inner = document.inner(parameter);
            self.copy(from..inner.start);
            escape_text_into(language, &mut self.writer.out);
            return inner.end;
        }
        let start = document.inner(node).start;
        self.copy(from..start);
        self.writer.out.push_str("<ac:parameter ac:name=\"language\">");
        escape_text_into(language, &mut self.writer.out);
        self.writer.out.push_str("</ac:parameter>");
        start
    }
}
